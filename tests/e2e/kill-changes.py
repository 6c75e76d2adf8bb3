# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""F6, B13: kill -9 of the server at each of its steps of a change: a rename, a removal, a way back from the trash, a new
folder, a copy, a new password.
Afterwards all of it is done or nothing, and what was acknowledged is done."""

import ctypes
import os
import shutil
import signal
import struct

import harness

STEPS_MAX = 1000  # an end that never comes is no coverage
STRIDE = 3 if "SAMPAN_QUICK_TESTS" in os.environ else 1
KILLED = 137  # kill-at.c
NOT_ALLOWED = 77


class Stepped(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.port = self.server.port
        self.server.stop()

    def start_stepped(self, number):
        """Dies at that step, counted from here on."""
        self.server.wrapper = [os.environ["KILL_AT"]]
        try:
            self.server.start(self.port)
        except harness.Failure:
            if self.server.process.poll() == NOT_ALLOWED:
                self.server.process = None
                self.skipTest("tracing a program is not allowed here")
            raise
        finally:
            self.server.wrapper = []
        sent = ctypes.CDLL(None, use_errno=True).sigqueue(self.server.process.pid, signal.SIGUSR1, ctypes.c_void_p(number))
        self.assertEqual(sent, 0)

    def clear_share(self):
        for path in [*self.share.iterdir(), *self.share.glob(".sampan/staging/*"), *self.share.glob(".sampan/trash/*")]:
            if path.name != ".sampan":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def each_step(self, cycle):
        """CYCLE (number) runs a command on a server that dies at that step; until it does not die. How many did."""
        kills = 0
        for number in range(1, STEPS_MAX, STRIDE):
            self.clear_share()
            self.prepare()
            self.start_stepped(number)
            with self.subTest(step=number):
                self.killed = True
                try:
                    cycle(number)
                finally:
                    self.server.kill()
            if not self.killed:
                print(f"# killed at {kills} steps, {f'one in {STRIDE}' if STRIDE > 1 else 'each'}", flush=True)
                return kills
            kills += 1
        raise harness.Failure("the steps do not end")

    def was_killed(self, client_is_content):
        """Whether the step came; the server is down in any case. A stop has steps too."""
        if client_is_content:
            self.server.process.terminate()
        status = self.server.process.wait(harness.WAIT_SECS)
        self.server.process = None
        self.assertIn(status, (0, KILLED), self.server.log()[-2000:])
        self.killed = status != 0
        return self.killed


class Changes(Stepped):
    """What is not a transfer: done, or not done."""

    def prepare(self):
        harness.make_file(self.share / "one", 1000, seed=1)
        harness.make_file(self.share / "folder" / "deep" / "two", 2000, seed=2)
        self.before = harness.read_tree(self.share)

    def change(self, arguments, after):
        """AFTER (tree): what it is when ARGUMENTS are done."""
        def cycle(_number):
            self.client.port = self.port
            result = self.client.run("--reconnect=0", *arguments, status=None)
            killed = self.was_killed(result.status == 0)
            tree = harness.read_tree(self.share)
            if result.status == 0:
                self.assertEqual(tree, after(self.before))
            else:
                self.assertTrue(killed, result)
                self.assertIn(tree, (self.before, after(self.before)))
            if killed:
                self.server.start(self.port)
                self.client.run("ls", self.client.remote("files/"))
        self.assertGreater(self.each_step(cycle), 0)

    def remote(self, path):
        self.client.port = self.port
        return self.client.remote(f"files/{path}")

    @staticmethod
    def without(tree, name):
        return {path: value for path, value in tree.items() if path != name and not path.startswith(name + "/")}

    def test_f6_rename(self):
        def after(tree):
            return {("moved" + path[6:] if path.startswith("folder") else path): value for path, value in tree.items()}
        self.change(["mv", self.remote("folder"), self.remote("moved")], after)

    def test_f6_remove(self):
        self.change(["rm", "-r", self.remote("folder")], lambda tree: self.without(tree, "folder"))

    def test_f6_make_a_folder(self):
        self.change(["mkdir", self.remote("fresh")], lambda tree: {**tree, "fresh": ("folder", None, None)})

    def test_f6_copy(self):
        def after(tree):
            return {**tree, "copy": tree["one"]}
        self.change(["cp", self.remote("one"), self.remote("copy")], after)


class Restore(Stepped):
    """Out of the trash: it is at its place or in the trash, never both or nowhere, and asking again brings it there."""

    ID = "0123456789abcdef" * 2

    def prepare(self):
        folder = self.share / "top" / "folder"
        harness.make_file(folder / "deep" / "file", 2000, seed=2)
        self.after = harness.read_tree(self.share)
        slot = self.share / ".sampan" / "trash" / self.ID
        slot.mkdir(mode=0o700)
        folder.rename(slot / "item")
        folder.parent.rmdir()
        path = b"top/folder"
        (slot / "info").write_bytes(b"SAMPANT\x02" + struct.pack(">QqIQH", 2**64 - 1, 1_700_000_000, 0, 0, len(path)) + path)

    def restore(self, number):
        self.client.port = self.port
        command = ["--reconnect=0", "restore", self.client.remote("files"), self.ID]
        result = self.client.run(*command, status=None)
        killed = self.was_killed(result.status == 0)
        is_back = harness.read_tree(self.share) == self.after
        is_kept = (self.share / ".sampan" / "trash" / self.ID / "item").exists()
        self.assertNotEqual(is_back, is_kept)
        if result.status == 0:
            self.assertTrue(is_back)
        else:
            self.assertTrue(killed, result)
        if killed:
            self.server.start(self.port)
            listed = self.client.run("trash", self.client.remote("files")).text
            self.assertEqual(self.ID in listed, is_kept, listed)
            again = self.client.run(*command, status=None)
            self.assertEqual(again.status, 0 if is_kept else 1, again)
            self.assertEqual(harness.read_tree(self.share), self.after)

    def test_f6_restore(self):
        self.assertGreater(self.each_step(self.restore), 0)


class Password(Stepped):
    def prepare(self):
        if getattr(self, "password", None) is None:
            self.password = harness.PASSWORD
        self.client.set_password(self.password)

    def change(self, number):
        self.client.port = self.port
        fresh = f"fresh {number} and long enough"
        secret = self.server.write_secret(fresh)
        result = self.client.run("--reconnect=0", "passwd", "--new-password-file", secret, self.client.remote(), status=None)
        self.was_killed(result.status == 0)
        self.server.start(self.port)
        works = []
        for one in (self.password, fresh):
            self.client.set_password(one)
            works.append(self.client.run("ls", self.client.remote("files/"), status=None).status == 0)
        self.assertEqual(sum(works), 1, (works, str(result)))
        if result.status == 0:
            self.assertEqual(works, [False, True])
        self.password = fresh if works[1] else self.password
        # the kill at the end of the cycle also ends what the server holds against this address

    def test_b13_password(self):
        self.assertGreater(self.each_step(self.change), 0)


if __name__ == "__main__":
    harness.main()
