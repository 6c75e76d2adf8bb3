#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""F12: the wall clock of the server jumps, and nothing but what is about dates takes notice."""

import json
import os
import struct

import harness

DAY = 24 * 60 * 60
YEAR = 365 * DAY
JUMPS = (DAY, -DAY, 30 * YEAR, -30 * YEAR, 0)
TRIES = 5


class Clock(harness.Case):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "shift"
        self.file.write_bytes(struct.pack("q", 0))
        self.server.wrapper = ["env", f"LD_PRELOAD={os.environ['CLOCK_SHIFT']}", f"CLOCK_SHIFT_FILE={self.file}"]
        self.start_server()

    def jump(self, seconds):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("q", seconds))

    def stats(self):
        return json.loads(self.server.command("stats", "--json").text)

    def years_in_log(self):
        return {line[:4] for line in self.server.log().splitlines()}

    def test_f12_sessions_and_transfers_go_on(self):
        local = self.client.home / "file"
        local.write_bytes(os.urandom(100_000))
        shell = self.open_shell(self.client, "files")
        self.assertEqual(shell.run("pwd"), "/files")
        for number, seconds in enumerate(JUMPS):
            with self.subTest(seconds=seconds):
                self.jump(seconds)
                self.client.run("put", local, self.client.remote(f"files/{number}"))
                self.client.run("get", self.client.remote(f"files/{number}"), self.client.home / str(number))
                self.assertEqual((self.client.home / str(number)).read_bytes(), local.read_bytes())
                self.assertIn(str(number), shell.run("ls /files"))
                self.assertIn(self.stats()["uptime_secs"], range(0, 1000))
        # It did jump.
        self.assertGreaterEqual(len(self.years_in_log()), 3)

    def goes_on(self, seconds):
        """Whether a penalty outlasts a jump."""
        wrong = self.new_client(password="wrong")
        self.jump(0)
        processes = [wrong.start("ls", wrong.remote()) for _ in range(6)]
        for process in processes:
            process.communicate()
        self.jump(seconds)
        before = self.stats()["logins_throttled_total"]
        self.client.run("ls", self.client.remote(), status=None)
        return self.stats()["logins_throttled_total"] == before + 1

    def test_f12_penalties_go_on(self):
        for seconds in (YEAR, -YEAR):
            # On a busy machine it may be over before it is asked for.
            self.assertTrue(any(self.goes_on(seconds) for _ in range(TRIES)))

    def test_f12_invitations_follow_the_wall_clock(self):
        code = self.server.command("user", "add", "ben", "--invite").text.splitlines()[0].rsplit(" ", 1)[1]
        ben = self.new_client("ben", code)
        fresh = self.server.write_secret("chosen by ben")
        self.jump(8 * DAY)
        ben.run("passwd", "--new-password-file", fresh, ben.remote(), status=4)
        self.jump(0)
        ben.run("passwd", "--new-password-file", fresh, ben.remote())

    def test_f12_starts_at_any_time(self):
        for seconds in JUMPS:
            self.server.stop()
            self.jump(seconds)
            self.server.start()
            self.client.port = self.server.port
            self.client.run("ls", self.client.remote("files"))


if __name__ == "__main__":
    harness.main()
