#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""B10, C7: memory runs out. What needs it fails in plain words, and nothing else does."""

import itertools
import os
import shutil
import struct

import harness

MIB = 1 << 20
SIZE = 1_000_000
N_NAMES = 2000  # several pages of a listing


class Server(harness.Case):
    def setUp(self):
        super().setUp()
        self.plan = self.folder / "plan"
        self.arm(0)
        self.server.wrapper = ["env", f"LD_PRELOAD={os.environ['FAIL_LARGE']}", f"FAIL_LARGE_FILE={self.plan}"]
        self.start_server()
        self.source = harness.make_file(self.folder / "source", SIZE)
        harness.make_file(self.share / "there", SIZE, seed=2)
        for number in range(N_NAMES):
            (self.share / "many" / f"{number:0200}").parent.mkdir(exist_ok=True)
            (self.share / "many" / f"{number:0200}").touch()

    def arm(self, number):
        """Large allocations are counted from here; the NUMBERth fails."""
        with open(self.plan, "r+b" if self.plan.exists() else "wb") as file:
            file.write(struct.pack("qq", 0, number))

    def seen(self):
        return struct.unpack("qq", self.plan.read_bytes())[0]

    def test_c7_each_large_allocation_in_turn(self):
        remote = self.client.remote
        failed = 0
        for command in (["put", "--on-conflict=replace", self.source, remote("files/put")],
                        ["get", "--on-conflict=replace", remote("files/there"), self.folder / "got"],
                        ["cp", remote("files/there"), remote("files/copy")],
                        ["put", "--on-conflict=skip", "-r", self.source, remote("files/")],
                        ["ls", remote("files/many")],
                        ["find", "--name", "*7", remote("files")],
                        ["rm", remote("files/copy")]):
            for number in itertools.count(1):
                self.arm(number)
                result = self.client.run(*command, status=None)
                seen = self.seen()
                self.arm(0)
                with self.subTest(command=command[0], number=number):
                    self.assertIsNone(self.server.process.poll(), self.server.log()[-1000:])
                    self.assertIn(result.status, (0, 1, 3, 4), str(result))
                    self.client.run("ls", remote("files"))
                if seen < number:
                    break
                failed += result.status != 0
        self.assertGreater(failed, 0)  # some did need it
        self.client.run("get", "--on-conflict=replace", remote("files/there"), self.folder / "got")
        self.assertEqual((self.folder / "got").read_bytes(), (self.share / "there").read_bytes())


class Client(harness.Case):
    def test_b10_too_little_to_stretch_the_password(self):
        """No weaker setting in its place: it says so."""
        if shutil.which("prlimit") is None:
            self.skipTest("there is no prlimit")
        self.start_server()
        enough = next(mib for mib in range(128, 4096, 32) if self.run_within(mib).status == 0)
        result = self.run_within(enough - 48)  # less than the 64 MiB of the stretching is missing
        self.assertEqual(result.status, 1, str(result))
        self.assertIn("not enough memory", result.errors)
        self.assertNotIn("login user=ann source=127.0.0.1 outcome=ok", self.server.log().splitlines()[-1])
        self.assertEqual(self.run_within(enough).status, 0)

    def run_within(self, mib):
        wrapped = harness.Client(self.folder)
        wrapped.port = self.client.port
        plain = wrapped.arguments
        wrapped.arguments = lambda *arguments, **options: ["prlimit", f"--as={mib * MIB}", *plain(*arguments, **options)]
        return wrapped.run("ls", wrapped.remote(), status=None)


if __name__ == "__main__":
    harness.main()
