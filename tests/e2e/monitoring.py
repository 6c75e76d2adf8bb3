#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an admin is told of a server: its figures, who is there, and what is wrong with it."""

import datetime
import json
import os
import subprocess

import harness


class Stats(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def stats(self):
        return json.loads(self.server.command("stats", "--json").text)

    def test_numbers_move(self):
        before = self.stats()
        self.assertEqual([key for key, value in before.items() if not isinstance(value, int)], ["share_list"])
        self.assertEqual((before["sessions"], before["logins_ok_total"], before["files_stored_total"]), (0, 0, 0))
        local = self.client.home / "file"
        local.write_bytes(os.urandom(300_000))
        self.client.run("put", local, self.client.remote("files/"))
        self.client.run("get", self.client.remote("files/file"), self.client.home / "copy")
        self.client.run("stat", self.client.remote("files/none"), status=1)
        self.client.set_password("wrong")
        self.client.run("ls", self.client.remote(), status=4)
        after = harness.wait_until(lambda: (now := self.stats())["logins_refused_total"] == 1 and now, "the refusal")
        moved = {key: after[key] - before[key] for key in before if key != "share_list"}
        self.assertEqual((moved["logins_ok_total"], moved["files_stored_total"], moved["files_sent_total"]), (3, 1, 1))
        self.assertGreaterEqual(moved["errors_total"], 1)
        self.assertEqual(moved["faults_total"], 0)
        self.assertGreaterEqual(moved["connections_total"], 4)
        self.assertIn(moved["bytes_in_total"], range(300_000, 400_000))
        self.assertIn(moved["bytes_out_total"], range(300_000, 400_000))
        self.assertGreater(after["before_login_max"], 0)

    def test_sessions_and_partials_now(self):
        shell = self.open_shell(self.client, "files")
        self.assertEqual(shell.run("pwd"), "/files")
        harness.wait_until(lambda: (self.stats()["sessions"], self.stats()["connections"]) == (1, 1), "one session")
        proxy = self.new_proxy(up_limit=2_000_000)
        local = self.client.home / "large"
        local.write_bytes(os.urandom(8_000_000))
        put = self.client.start("put", local, self.client.remote("files/", port=proxy.port))
        harness.wait_until(lambda: self.stats()["transfers"] == 1, "an upload under way")
        harness.wait_until(lambda: self.stats()["partials_bytes"] > 100_000, "a partial")
        self.assertEqual(self.stats()["partials"], 1)
        put.kill()
        put.communicate()

    def held(self):
        """Partials, their bytes, bytes in the trash: in total and of each share."""
        def get(figures):
            return tuple(figures[key] for key in ("partials", "partials_bytes", "trash_bytes"))
        stats = self.stats()
        return get(stats), {one["name"]: get(one) for one in stats["share_list"]}

    def test_trash_of_each_share(self):
        self.server.add_share("more", change="ann")
        # The same folder again: no more in total.
        self.server.command("share", "add", "same", str(self.server.folder / "shares" / "more"), "--read", "ann")
        tree = self.client.home / "tree"
        (tree / "deep" / "er").mkdir(parents=True)
        (tree / "one").write_bytes(b"x" * 30_000)
        (tree / "deep" / "er" / "two").write_bytes(b"x" * 12_345)
        file = self.client.home / "file"
        file.write_bytes(b"x" * 5000)
        remote = self.client.remote
        self.client.run("put", "-r", tree, remote("files/"))
        self.client.run("put", file, remote("more/"))
        none = {"files": (0, 0, 0), "more": (0, 0, 0), "same": (0, 0, 0)}
        harness.wait_until(lambda: self.held() == ((0, 0, 0), none), "nothing in any trash")
        self.client.run("rm", "-r", remote("files/tree"))
        self.client.run("rm", remote("more/file"))
        full = {"files": (0, 0, 42_345), "more": (0, 0, 5000), "same": (0, 0, 5000)}
        harness.wait_until(lambda: self.held() == ((0, 0, 47_345), full), "what was removed")
        text = self.server.command("stats").text
        self.assertIn("\ntrash bytes: 47345\n", text)
        self.assertIn("\nshare files: partials 0, partials bytes 0, trash bytes 42345\n", text)
        self.assertNotIn("share list", text)
        self.server.stop()
        self.server.start()
        harness.wait_until(lambda: self.held() == ((0, 0, 47_345), full), "the same after a restart")

    def test_partials_of_each_share(self):
        self.server.add_share("more", change="ann")
        proxy = self.new_proxy(up_limit=2_000_000)
        local = self.client.home / "large"
        local.write_bytes(os.urandom(8_000_000))
        put = self.start_client("put", local, self.client.remote("more/", port=proxy.port))
        harness.wait_until(lambda: self.stats()["partials_bytes"] > 100_000, "a partial")
        put.kill()
        proxy.close()
        harness.wait_until(lambda: self.stats()["transfers"] == 0, "the end of the upload")
        staging = self.server.folder / "shares" / "more" / ".sampan" / "staging"
        kept = sum(one.stat().st_blocks * 512 for one in staging.iterdir())
        self.assertGreater(kept, 100_000)
        shares = {"files": (0, 0, 0), "more": (1, kept, 0)}
        harness.wait_until(lambda: self.held() == ((1, kept, 0), shares), "what is left of the upload")

    def test_text(self):
        text = self.server.command("stats").text
        self.assertIn("logins ok total: 0\n", text)
        self.server.stop()
        self.assertIn("no server runs", self.server.command("stats", check=False).errors)


class Who(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.server.add_user("ben")
        self.ben = self.new_client("ben")

    def who(self):
        return [json.loads(line) for line in self.server.command("who", "--json").text.splitlines()]

    def test_sessions_and_transfers(self):
        self.assertEqual(self.who(), [])
        shell = self.open_shell(self.ben)
        self.assertEqual(shell.run("pwd"), "/")
        source = harness.make_file(self.folder / "file", 2_000_000)
        proxy = self.new_proxy(up_limit=1_000_000)
        upload = self.start_client("put", source, self.client.remote("files", port=proxy.port))
        proxy.wait_reached()
        harness.wait_until(lambda: any(one["uploads"] for one in self.who()), "the upload to begin")
        sessions = {one["user"]: one for one in self.who()}
        self.assertEqual(sorted(sessions), ["ann", "ben"])
        self.assertEqual((sessions["ann"]["uploads"], sessions["ann"]["downloads"]), (1, 0))
        self.assertEqual((sessions["ben"]["uploads"], sessions["ben"]["connections"]), (0, 1))
        for one in sessions.values():
            self.assertTrue(one["source"].startswith("127.0.0.1"), one)
            since = datetime.datetime.fromisoformat(one["since"])
            self.assertLess(abs((datetime.datetime.now(datetime.timezone.utc) - since).total_seconds()), 60)
        self.assertRegex(self.server.command("who").text, r"(?m)^ben  127\.0\.0\.1.*1 connection, uploads 0, downloads 0")
        proxy.release()
        self.assert_ends(upload, 0)
        harness.wait_until(lambda: [one["user"] for one in self.who()] == ["ben"], "ann is gone")

    def test_kick(self):
        shells = [self.open_shell(self.ben) for _ in range(2)]
        other = self.open_shell(self.client)
        for shell in [*shells, other]:
            self.assertEqual(shell.run("pwd"), "/")
        first, second = [one["session"] for one in self.who() if one["user"] == "ben"]
        self.assertEqual(json.loads(self.server.command("kick", "--json", first[:8]).text), {"who": first[:8], "ended_sessions": 1})
        left = [one["session"] for one in self.who()]
        self.assertEqual((len(left), first in left, second in left), (2, False, True))
        self.server.command("kick", "ben")
        self.assertEqual([one["user"] for one in self.who()], ["ann"])
        self.assertEqual(other.run("pwd"), "/")
        for nobody in ("ben", "carl", first, first[:2]):
            self.assertEqual(self.server.command("kick", nobody, check=False).status, 1)
        # Kicked, not locked out; and nobody comes back who does not want to.
        self.ben.run("ls", self.ben.remote())
        for shell in shells:
            self.assertIn("ended this session", shell.run("ls"))
        self.assertEqual([one["user"] for one in self.who()], ["ann"])
        for shell in shells:
            self.assertNotIn("ended", shell.run("ls"))
        self.assertEqual([one["user"] for one in self.who()].count("ben"), 2)

    def kick_during(self, *arguments):
        process = self.start_client(*arguments)
        self.proxy.wait_reached()
        self.assertEqual(json.loads(self.server.command("kick", "--json", "ann").text)["ended_sessions"], 1)
        self.proxy.release()
        result = self.assert_ends(process, 4)
        self.assertIn("ended this session", result.errors)
        self.assertEqual(self.who(), [])

    def test_kicked_transfers_go_on_later(self):
        # More than what sockets hold on the way.
        source = harness.make_file(self.folder / "file", 20_000_000)
        copy = self.folder / "copy"
        self.proxy = self.new_proxy(up_limit=10_000_000)
        remote = self.client.remote("files/", port=self.proxy.port)
        self.kick_during("put", source, remote)
        self.assertFalse((self.share / "file").exists())
        harness.wait_until(lambda: json.loads(self.server.command("stats", "--json").text)["partials"] == 1, "the partial")
        self.proxy = self.new_proxy()
        remote = self.client.remote("files/", port=self.proxy.port)
        self.client.run("put", "--resume", source, remote)
        self.assertEqual((self.share / "file").read_bytes(), source.read_bytes())
        self.assertLess(self.proxy.counts["up"], 15_000_000)
        self.proxy = self.new_proxy(down_limit=10_000_000)
        self.kick_during("get", self.client.remote("files/file", port=self.proxy.port), copy)
        self.assertFalse(copy.exists())
        self.proxy = self.new_proxy()
        self.client.run("get", "--resume", self.client.remote("files/file", port=self.proxy.port), copy)
        self.assertEqual(copy.read_bytes(), source.read_bytes())
        self.assertLess(self.proxy.counts["down"], 15_000_000)

    def test_no_server(self):
        self.server.stop()
        for command in (["who"], ["kick", "ben"]):
            result = self.server.command(*command, check=False)
            self.assertEqual(result.status, 1)
            self.assertIn("no server runs", result.errors)


class Doctor(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def examine(self, status):
        result = self.server.command("doctor", "--json", check=False)
        self.assertEqual(result.status, status, str(result))
        findings = [json.loads(line) for line in result.text.splitlines()]
        for one in findings:
            self.assertIn(one["finding"], ("ok", "warning", "problem"))
            self.assertEqual(one["cure"] is None, one["finding"] == "ok", one)
        return findings

    def problems(self):
        return {one["check"]: one["text"] for one in self.examine(1) if one["finding"] == "problem"}

    def test_all_is_well(self):
        checks = {one["check"]: one["finding"] for one in self.examine(0)}
        for check in ("database", "server", "port", "accounts", "share files"):
            self.assertEqual(checks[check], "ok")
        self.assertIn("clock", checks)
        self.assertIn("announcing", checks)
        self.assertIn("ok       port: 127.0.0.1:", self.server.command("doctor").text)

    def test_no_server(self):
        self.server.stop()
        self.assertEqual(self.problems()["server"], "none runs on this state directory")

    def test_nobody_can_log_in(self):
        self.server.command("user", "disable", "ann")
        self.server.command("invite", "ben")
        self.server.command("invite", "ben", "--revoke")
        self.assertEqual(self.problems(), {"accounts": "nobody can log in"})
        self.assertIn("the one-time code of ben is void, and no password was chosen", [one["text"] for one in self.examine(1)])

    def test_folder_that_is_gone(self):
        self.share.rename(self.folder / "elsewhere")
        self.assertIn("is not there", self.problems()["share files"])
        self.share.mkdir()
        self.assertIn("is not the folder that was shared", self.problems()["share files"])
        self.share.rmdir()
        self.share.write_text("")
        self.assertIn("is no folder", self.problems()["share files"])

    def test_full_disk(self):
        small = self.folder / "shares" / "small"
        self.mount_small(small, 2_000_000)
        self.server.add_share("small", read="ann")
        self.assertRegex(self.problems()["share small"], "the disk is full: 2.0.MB left")
        self.server.command("share", "remove", "small")
        self.server.stop()

    def test_folder_that_can_only_be_read(self):
        folder = self.folder / "shares" / "shown"
        self.mount_small(folder, 200_000_000)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        added = self.server.command("share", "add", "shown", str(folder), "--read", "ann")
        self.assertEqual(added.errors, "")
        self.examine(0)
        granted = self.server.command("share", "grant", "shown", "--add", "ann", "--json")
        self.assertIn("cannot write to the folder of shown", granted.errors)
        self.assertIn("can only read it", self.problems()["share shown"])
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        self.assertEqual(self.server.command("share", "grant", "shown", "--add", "ann").errors, "")
        self.examine(0)
        self.client.run("mkdir", self.client.remote("shown/new"))
        self.server.stop()

    def test_damaged_database(self):
        self.server.stop()
        with open(self.server.state / "sampan.db", "r+b") as database:
            database.seek(100)
            database.write(bytes(range(256)) * 40)
        self.assertIn("database", self.problems())

    def test_lost_keys(self):
        self.server.stop()
        (self.server.state / "keys").unlink()
        self.assertIn("keys is missing", self.problems()["database"])


if __name__ == "__main__":
    harness.main()
