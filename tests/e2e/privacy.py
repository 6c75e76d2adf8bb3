# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""I3, I4: where a password may not be: in the server, in what a process shows of itself, in a log, on the disk. I6: what may not
be on the wire."""

import os
import pathlib
import re

import harness

# Nothing else looks like it.
PASSWORD = "wharf-lantern-7319-teak"
FRESH = "anchor-paddle-5527-reed"
WINDOW = 1 << 24
# What is larger is the shadow that a sanitizer keeps, which holds no content and takes hours to read.
LARGEST = 1 << 30


def memory_of(process):
    """What a core dump would hold, in pieces."""
    with open(f"/proc/{process.pid}/maps", encoding="ascii", errors="replace") as maps, \
            open(f"/proc/{process.pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) (r|-)", line)
            if "[v" in line:  # the kernel's own pages
                continue
            start, end = (int(text, 16) for text in match.groups()[:2])
            if end - start > LARGEST:
                continue
            for place in range(start, end, WINDOW):
                try:
                    memory.seek(place)
                    yield memory.read(min(WINDOW, end - place))
                except OSError:
                    continue


def holds(process, text):
    return any(text.encode() in piece for piece in memory_of(process))


class Privacy(harness.Case):
    def setUp(self):
        super().setUp()
        self.server.add_user("ann", PASSWORD)
        self.share = self.server.add_share("files", change="ann")
        self.server.start()
        self.client = self.new_client("ann", PASSWORD)

    def assert_nowhere_on_disk(self, text):
        given = self.client.home
        for path in self.folder.rglob("*"):
            if path.is_file() and given not in path.parents and not path.name.startswith("tmp"):
                self.assertNotIn(text.encode(), path.read_bytes(), path)

    def test_i3_the_server_never_has_the_password(self):
        if os.geteuid() != 0:
            self.skipTest("reading another process's memory takes root")
        shell = self.open_shell(self.client)
        shell.run("ls")
        fresh = self.client.home / "fresh"
        fresh.write_text(FRESH + "\n")
        self.client.run("passwd", "--new-password-file", fresh, self.client.remote())
        self.client.set_password(FRESH)
        self.client.run("ls", self.client.remote())
        self.assertTrue(holds(self.server.process, "ann"))  # that it can be seen at all
        for text in (PASSWORD, FRESH):
            self.assertFalse(holds(self.server.process, text))
            self.assert_nowhere_on_disk(text)
            self.assertNotIn(text, self.server.log())

    def test_i3_nothing_to_see_from_outside(self):
        source = harness.make_file(self.folder / "file", 8_000_000)
        proxy = self.new_proxy(up_limit=1_000_000)
        process = self.start_client("put", source, self.client.remote("files/", port=proxy.port))
        proxy.wait_reached()
        for one in (process, self.server.process):
            about = pathlib.Path(f"/proc/{one.pid}")
            for name in ("cmdline", "environ"):
                self.assertNotIn(PASSWORD.encode(), (about / name).read_bytes())
            self.assertRegex((about / "limits").read_text(), r"Max core file size +0 ")
        proxy.release()
        self.assert_ends(process, 0)

    def test_i6_who_listens_learns_no_name_and_no_content(self):
        user, folder, name, content = "wharfinger", "jetty-of-oak", "bill-of-lading", b"two hundred chests of tea"
        self.server.add_user(user, PASSWORD)
        self.server.command("share", "grant", "files", "--change", user)
        source = self.folder / name
        source.write_bytes(content)
        client = self.new_client(user, PASSWORD)
        proxy = self.new_proxy(keep=True)
        client.port = proxy.port
        client.run("mkdir", client.remote(f"files/{folder}"))
        client.run("put", source, client.remote(f"files/{folder}/"))
        self.assertIn(name, client.run("ls", client.remote(f"files/{folder}")).text)
        client.run("get", client.remote(f"files/{folder}/{name}"), self.folder / "got")
        self.assertEqual((self.folder / "got").read_bytes(), content)
        for direction, passed in proxy.passed.items():
            self.assertGreater(len(passed), 1000)
            for secret in (user, PASSWORD, folder, name, "files", content.decode(), "Sampan-OPAQUE"):
                with self.subTest(direction=direction, secret=secret):
                    self.assertNotIn(secret.encode(), passed)


if __name__ == "__main__":
    harness.main()
