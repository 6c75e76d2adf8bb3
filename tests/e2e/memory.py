#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""B10, C7: memory runs out. What needs it fails in plain words, and nothing else does."""

import itertools
import os
import struct

import harness

SIZE = 1_000_000
N_NAMES = 2000  # several pages of a listing
LEAST_BYTES = 64 * 1024  # what is smaller is never asked for on a peer's word
STRETCH_BYTES = 64 << 20  # what Argon2id works in


class Plan:
    """Which of the large allocations of a program fails."""

    def __init__(self, path, least=LEAST_BYTES):
        self.path = path
        self.least = least
        self.arm(0)
        self.wrapper = ["env", f"LD_PRELOAD={os.environ['FAIL_LARGE']}", f"FAIL_LARGE_FILE={path}"]

    def arm(self, number):
        """Large allocations are counted from here; the NUMBERth fails."""
        with open(self.path, "r+b" if self.path.exists() else "wb") as file:
            file.write(struct.pack("qqq", 0, number, self.least))

    def seen(self):
        return struct.unpack("qqq", self.path.read_bytes())[0]


class Server(harness.Case):
    def setUp(self):
        super().setUp()
        self.plan = Plan(self.folder / "plan")
        self.server.wrapper = self.plan.wrapper
        self.start_server()
        self.source = harness.make_file(self.folder / "source", SIZE)
        harness.make_file(self.share / "there", SIZE, seed=2)
        for number in range(N_NAMES):
            (self.share / "many" / f"{number:0200}").parent.mkdir(exist_ok=True)
            (self.share / "many" / f"{number:0200}").touch()

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
                self.plan.arm(number)
                result = self.client.run(*command, status=None)
                seen = self.plan.seen()
                self.plan.arm(0)
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
        self.start_server()
        plan = Plan(self.folder / "plan", least=STRETCH_BYTES)
        plain = self.client.arguments
        self.client.arguments = lambda *arguments, **options: [*plan.wrapper, *plain(*arguments, **options)]
        plan.arm(1)
        result = self.client.run("ls", self.client.remote(), status=None)
        self.assertEqual(plan.seen(), 1)
        self.assertEqual(result.status, 1, str(result))
        self.assertIn("not enough memory", result.errors)
        self.assertNotIn("login user=ann source=127.0.0.1 outcome=ok", self.server.log().splitlines()[-1])
        plan.arm(0)
        self.client.run("ls", self.client.remote())
        self.assertEqual(plan.seen(), 1)


if __name__ == "__main__":
    harness.main()
