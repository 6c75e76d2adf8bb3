# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that go on by themselves over a wire that breaks."""

import json
import os
import signal
import threading
import time

import harness

SIZE = 24_000_000
CUTS = 10
OVERHEAD = 1_500_000  # frames, logins, and what was under way when the wire was cut, for each cut


class Heal(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.local = self.folder / "local"
        self.local.mkdir()
        self.source = harness.make_file(self.folder / "file", SIZE)

    def test_put_over_a_wire_that_is_cut(self):
        proxy = self.new_proxy(up_limit=SIZE // (CUTS + 4), at_limit="reset", times=CUTS, chunk=8192)
        process = self.start_client("put", self.source, self.client.remote("files/target", port=proxy.port))
        self.assert_ends(process, 0)
        self.assertEqual(proxy.resets, CUTS)
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())
        self.assertEqual((self.visible(), self.staged(), self.trash()), (["target"], [], []))
        self.assertLess(proxy.counts["up"], SIZE + (CUTS + 1) * OVERHEAD)

    def test_get_over_a_wire_that_is_cut(self):
        harness.make_file(self.share / "target", SIZE)
        proxy = self.new_proxy(down_limit=SIZE // (CUTS + 4), at_limit="reset", times=CUTS, chunk=8192)
        process = self.start_client("get", self.client.remote("files/target", port=proxy.port), self.local)
        self.assert_ends(process, 0)
        self.assertEqual(proxy.resets, CUTS)
        self.assertEqual((self.local / "target").read_bytes(), self.source.read_bytes())
        self.assertEqual(os.listdir(self.local), ["target"])
        self.assertLess(proxy.counts["down"], SIZE + (CUTS + 1) * OVERHEAD)

    def start_watch(self, path, **options):
        process = self.start_client("watch", "--json", self.client.remote(path, **options))
        told = []
        threading.Thread(target=self.read_json, args=(process.stdout, told), daemon=True).start()
        harness.wait_until(lambda: told, "the watch to begin")
        self.assertEqual(told[0]["status"], "watching")
        return process, told

    @staticmethod
    def read_json(stream, told):
        for line in stream:
            told.append(json.loads(line))

    def wait_told(self, told, status, name):
        return harness.wait_until(lambda: next((one for one in told if (one["status"], one.get("name")) == (status, name)), None),
                                  f"{name} {status}: {told}")

    def test_watch(self):
        (self.share / "there").write_text("before")
        process, told = self.start_watch("files")
        (self.share / "new\x1b[2J").write_text("x")
        self.wait_told(told, "added", "new\x1b[2J")
        self.assertNotIn("there", [one.get("name") for one in told])
        (self.share / "there").write_text("after that")
        self.assertEqual(self.wait_told(told, "changed", "there")["kind"], "file")
        os.unlink(self.share / "there")
        self.wait_told(told, "removed", "there")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(harness.WAIT_SECS), 130)

    def test_watch_of_nothing(self):
        self.client.run("watch", self.client.remote("files/none"), status=1)
        self.client.run("watch", status=2)

    def test_watched_folder_goes_away(self):
        (self.share / "folder").mkdir()
        process, _told = self.start_watch("files/folder")
        (self.share / "folder").rmdir()
        self.assertEqual(process.wait(harness.WAIT_SECS), 1)

    def test_watch_over_a_break(self):
        """What came while the link was gone is told, and what comes after it too."""
        proxy = self.new_proxy()
        process, told = self.start_watch("files", port=proxy.port)
        for round_ in range(2):
            self.server.stop()
            proxy.cut()
            (self.share / f"away-{round_}").write_text("x")
            self.server.start()
            proxy.target = self.server.port
            self.wait_told(told, "added", f"away-{round_}")
            (self.share / f"back-{round_}").write_text("x")
            self.wait_told(told, "added", f"back-{round_}")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(harness.WAIT_SECS), 143)

    def test_server_restarts(self):
        for seed, stop in ((1, self.server.kill), (2, self.server.stop)):
            harness.make_file(self.source, SIZE, seed=seed)
            proxy = self.new_proxy(up_limit=SIZE // 2)
            process = self.start_client("put", "--on-conflict=replace", self.source,
                                        self.client.remote("files/target", port=proxy.port))
            proxy.wait_reached()
            stop()
            proxy.release()
            proxy.cut()
            self.server.start()
            proxy.target = self.server.port
            self.assert_ends(process, 0)
            self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())
            self.assertEqual((self.visible(), self.staged()), (["target"], []))

    def stop_download(self, number, status):
        """Stops one in the middle; another goes on where it was."""
        harness.make_file(self.share / "target", SIZE)
        first = self.new_proxy(down_limit=SIZE // 2)
        process = self.start_client("get", self.client.remote("files/target", port=first.port), self.local)
        first.wait_reached()
        part = harness.wait_until(lambda: [one for one in self.local.iterdir() if one.stat().st_size > SIZE // 2 - OVERHEAD],
                                  "the part on the disk")[0]
        process.send_signal(number)
        result = self.assert_ends(process, status)
        first.close()
        try:
            os.getxattr(part, "user.sampan.part")
        except OSError:
            self.skipTest("no extended attributes here")
        second = self.new_proxy()
        self.client.run("get", self.client.remote("files/target", port=second.port), self.local)
        self.assertEqual((self.local / "target").read_bytes(), self.source.read_bytes())
        self.assertEqual(os.listdir(self.local), ["target"])
        self.assertEqual(os.listxattr(self.local / "target"), [])
        self.assertLess(second.counts["down"], SIZE // 2 + OVERHEAD)
        return result

    def test_client_killed_in_a_download(self):
        self.stop_download(signal.SIGKILL, -signal.SIGKILL)

    def test_client_interrupted_in_a_download(self):
        self.assertIn("goes on from here", self.stop_download(signal.SIGINT, 130).errors)

    def test_client_interrupted_in_an_upload(self):
        first = self.new_proxy(up_limit=SIZE // 2)
        target = self.client.remote("files/target", port=first.port)
        process = self.start_client("put", self.source, target)
        first.wait_reached()
        harness.wait_until(lambda: sum(self.staged()) > SIZE // 2 - OVERHEAD, "the box wrote what it got")
        process.send_signal(signal.SIGINT)
        self.assertIn("goes on from here", self.assert_ends(process, 130).errors)
        first.close()
        second = self.new_proxy()
        self.client.run("put", self.source, self.client.remote("files/target", port=second.port))
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())
        self.assertLess(second.counts["up"], SIZE // 2 + OVERHEAD)
        self.assertEqual((self.visible(), self.staged()), (["target"], []))

    def test_gives_up(self):
        proxy = self.new_proxy(up_limit=SIZE // 2)
        process = self.start_client("put", "--reconnect=1", self.source, self.client.remote("files/target", port=proxy.port))
        proxy.wait_reached()
        self.server.kill()
        start = time.monotonic()
        proxy.close()
        self.assert_ends(process, 3)
        self.assertGreaterEqual(time.monotonic() - start, 0.9)
        self.server.start()


if __name__ == "__main__":
    harness.main()
