# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""D16: files and folders of the share that the server itself may not read or write. Each is a clear error; the rest goes on."""

import fcntl
import os
import shutil
import struct

import harness

NOBODY = 65534
FS_IOC_SETFLAGS = 0x40086602
FS_IMMUTABLE_FL = 0x10


def set_flags(path, flags):
    with open(path, "rb") as file:
        fcntl.ioctl(file, FS_IOC_SETFLAGS, struct.pack("l", flags))


class Modes(harness.Case):
    def setUp(self):
        super().setUp()
        self.server.add_user("ann")
        self.share = self.server.add_share("files", change="ann")
        harness.make_file(self.share / "fine", 1000)
        harness.make_file(self.share / "locked", 1000).chmod(0)
        for name, mode in (("no-list", 0o311), ("no-enter", 0o644), ("no-write", 0o555), ("nothing", 0)):
            harness.make_file(self.share / name / "file", 1000)
            (self.share / name).chmod(mode)
        self.addCleanup(self.make_removable)
        self.start_as_nobody()
        self.client = self.new_client()
        self.small = harness.make_file(self.folder / "small", 10)

    def make_removable(self):
        for path in self.share.iterdir():
            path.chmod(0o700)

    def start_as_nobody(self):
        """For root no mode is an obstacle."""
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                self.skipTest("there is no setpriv to run the server as another user")
            self.folder.chmod(0o711)
            for top in (self.server.state, self.server.home, self.share.parent):
                for path in (top, *top.rglob("*")):
                    os.chown(path, NOBODY, NOBODY)
            # Where it was built others may not enter.
            program = shutil.copy(os.environ["SAMPAND"], self.folder)
            self.addCleanup(os.environ.__setitem__, "SAMPAND", os.environ["SAMPAND"])
            os.environ["SAMPAND"] = program
            self.server.wrapper += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        self.server.start()

    def refused(self, name, *command):
        """It says which, and that it is a matter of permission."""
        result = self.client.run(*command, status=1)
        self.assertIn(name, result.errors)
        self.assertRegex(result.errors, "allowed|permission|[Pp]ermission")

    def remote(self, path):
        return self.client.remote(f"files/{path}")

    def test_d16_reading(self):
        local = self.folder / "local"
        local.mkdir()
        self.refused("locked", "get", self.remote("locked"), local)
        self.refused("nothing", "ls", self.remote("nothing"))
        self.refused("no-list", "ls", self.remote("no-list"))
        self.refused("no-enter", "get", self.remote("no-enter/file"), local)
        self.client.run("get", self.remote("no-list/file"), local / "through")
        self.client.run("get", self.remote("fine"), local)
        self.assertEqual(sorted(os.listdir(local)), ["fine", "through"])

    def test_d16_writing(self):
        before = sorted(os.listdir(self.share / "no-write"))
        self.refused("small", "put", self.small, self.remote("no-write/"))
        self.refused("no-write", "mkdir", self.remote("no-write/new"))
        self.refused("no-write", "rm", self.remote("no-write/file"))
        self.refused("small", "put", self.small, self.remote("nothing/"))
        self.assertEqual(sorted(os.listdir(self.share / "no-write")), before)
        self.client.run("put", self.small, self.remote("small"))
        self.assertEqual((self.share / "small").read_bytes(), self.small.read_bytes())

    def test_d16_immutable(self):
        fixed = harness.make_file(self.share / "fixed", 1000, seed=3)
        before = fixed.read_bytes()
        try:
            set_flags(fixed, FS_IMMUTABLE_FL)
        except OSError as error:
            self.skipTest(f"no file can be made immutable here: {error}")
        self.addCleanup(set_flags, fixed, 0)
        self.refused("small", "put", "--on-conflict=replace", self.small, self.remote("fixed"))
        self.refused("fixed", "rm", self.remote("fixed"))
        self.refused("fixed", "mv", self.remote("fixed"), self.remote("moved"))
        self.client.run("get", self.remote("fixed"), self.folder / "got")
        self.assertEqual((fixed.read_bytes(), (self.folder / "got").read_bytes()), (before, before))
        self.assertFalse((self.share / "moved").exists())

    def test_d16_some_of_a_tree(self):
        local = self.folder / "local"
        local.mkdir()
        result = self.client.run("get", "-r", self.remote(""), local, status=1)
        for name in ("locked", "nothing", "no-list", "no-enter"):
            self.assertIn(name, result.errors)
        there = sorted(str(path.relative_to(local)) for path in local.rglob("*") if path.is_file())
        self.assertEqual([name.rsplit("/", 1)[-1] for name in there], ["fine", "file"], there)


if __name__ == "__main__":
    harness.main()
