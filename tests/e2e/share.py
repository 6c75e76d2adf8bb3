# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""D6: the folder of a share goes away while it is in use, and comes back. The other shares go on, nothing lands in a folder that
only has its path, and when it is back so are the transfers."""

import os
import shutil
import subprocess

import harness

SIZE = 30_000_000
MIDDLE = 4_000_000


class Share(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.other = self.server.add_share("other", change="ann")
        self.source = harness.make_file(self.folder / "file", SIZE, seed=1)
        self.small = harness.make_file(self.folder / "small", 1000, seed=2)
        self.away = self.folder / "away"
        self.n_files = 0

    def other_goes_on(self):
        self.n_files += 1
        self.client.run("put", self.small, self.client.remote(f"other/{self.n_files}"))
        self.assertEqual((self.other / str(self.n_files)).read_bytes(), self.small.read_bytes())

    def start_upload(self):
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_client("put", self.source, self.client.remote("files/target", port=proxy.port))
        proxy.wait_reached()
        return proxy, process

    def is_back(self):
        self.client.run("put", "--on-conflict=replace", "--resume", self.source, self.client.remote("files/target"))
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())
        self.assertEqual(self.visible(), ["target"])
        self.other_goes_on()

    def test_d6_renamed_and_back(self):
        """What is served is the folder, not its path: a disk that went away leaves an empty one behind, which nobody means."""
        proxy, process = self.start_upload()
        self.share.rename(self.away)
        self.share.mkdir()
        self.other_goes_on()
        proxy.release()
        self.assert_ends(process, 0)
        self.assertEqual(os.listdir(self.share), [])
        self.assertEqual((self.away / "target").read_bytes(), self.source.read_bytes())
        self.share.rmdir()
        self.away.rename(self.share)
        self.is_back()

    def test_d6_removed_and_made_anew(self):
        proxy, process = self.start_upload()
        shutil.rmtree(self.share)
        proxy.release()
        self.assertIn("file", self.assert_ends(process, 1).errors)
        self.assertIn("files", self.client.run("ls", self.client.remote("files/"), status=1).errors)
        self.client.run("put", self.small, self.client.remote("files/small"), status=1)
        self.other_goes_on()
        self.share.mkdir()
        self.server.stop()
        self.server.start()
        self.client.port = self.server.port
        self.assertIn("files", self.client.run("ls", self.client.remote("files/"), status=1).errors)
        self.assertEqual(os.listdir(self.share), [])
        self.server.command("share", "accept", "files")
        self.is_back()

    def test_d6_disk_is_not_mounted_when_the_server_starts(self):
        """The empty folder below takes nothing: it would be lost to sight when the disk is back."""
        self.server.stop()
        self.mount_small(self.share, 2 * SIZE)
        self.server.start()
        self.server.command("share", "accept", "files")
        self.client.port = self.server.port
        self.client.run("put", self.small, self.client.remote("files/first"))
        self.server.stop()
        subprocess.run(["umount", str(self.share)], check=True)
        self.server.start()
        self.client.port = self.server.port
        self.client.run("put", self.small, self.client.remote("files/second"), status=1)
        self.assertEqual(self.visible(), [])
        self.assertIn("share accept", self.server.log())
        self.other_goes_on()

    def test_d6_is_not_there_when_the_server_starts(self):
        self.share.rename(self.away)
        self.server.stop()
        self.server.start()
        self.client.port = self.server.port
        self.assertIn("files", self.client.run("ls", self.client.remote("files/"), status=1).errors)
        self.client.run("put", self.small, self.client.remote("files/small"), status=1)
        self.other_goes_on()
        self.assertFalse(self.share.exists())


if __name__ == "__main__":
    harness.main()
