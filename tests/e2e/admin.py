#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an admin types takes effect at once, and rights hold for every verb. B15, B16: so does what ends a session."""

import json
import socket
import sqlite3
import threading

import harness


class Accounts(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def names(self):
        return {one["name"]: one for one in map(json.loads, self.server.command("user", "list", "--json").text.splitlines())}

    def test_list_never_shows_secrets(self):
        self.server.add_user("ben")
        self.assertEqual(sorted(self.names()), ["ann", "ben"])
        self.assertEqual(sorted(self.names()["ann"]), ["enabled", "expires", "invited", "name"])

    def test_added_while_it_runs(self):
        self.server.add_user("ben", "ben's own")
        self.server.command("share", "grant", "files", "--read", "ben")
        self.new_client("ben", "ben's own").run("ls", self.client.remote("files", user="ben"))

    def test_disable_ends_sessions_and_enable_lets_in_again(self):
        shell = self.open_shell(self.client, "files")
        self.assertEqual(shell.run("pwd"), "/files")
        self.server.command("user", "disable", "ann")
        harness.wait_until(lambda: shell.run("stat /files").startswith("Address") is False, "the session is over")
        self.client.run("ls", self.client.remote(), status=4)
        self.server.command("user", "enable", "ann")
        self.client.run("ls", self.client.remote())

    def test_new_password_ends_sessions(self):
        shell = self.open_shell(self.client, "files")
        self.assertEqual(shell.run("pwd"), "/files")
        fresh = self.server.write_secret("a new one")
        self.server.command("user", "passwd", "ann", "--password-file", fresh)
        harness.wait_until(lambda: shell.run("stat /files").startswith("Address") is False, "the session is over")
        self.client.run("ls", self.client.remote(), status=4)
        self.client.set_password("a new one")
        self.client.run("ls", self.client.remote())

    def test_removed_account_is_gone_and_its_name_is_new_again(self):
        self.server.command("user", "remove", "ann")
        self.client.run("ls", self.client.remote(), status=4)
        self.assertEqual(self.names(), {})
        self.server.add_user("ann")
        self.assertEqual(self.client.run("ls", self.client.remote()).text, "")

    def test_invitation(self):
        text = self.server.command("user", "add", "ben", "--invite").text
        code = text.splitlines()[0].rsplit(" ", 1)[1]
        ben = self.new_client("ben", code)
        fresh = self.server.write_secret("chosen by ben")
        ben.run("ls", ben.remote(), status=4)
        ben.run("passwd", "--new-password-file", fresh, ben.remote())
        ben.run("passwd", "--new-password-file", fresh, ben.remote(), status=4)
        ben.set_password("chosen by ben")
        ben.run("ls", ben.remote())

    def test_refusals(self):
        for arguments in (["user", "add", "ann"], ["user", "add", "No Such Name"], ["user", "remove", "nobody"],
                          ["share", "add", "bad/name", str(self.folder)], ["share", "add", "more", str(self.folder / "missing")],
                          ["share", "grant", "files", "--read", "nobody"], ["share", "remove", "nothing"]):
            with self.subTest(arguments=arguments):
                if arguments[:2] == ["user", "add"]:
                    arguments += ["--password-file", self.server.write_secret("x")]
                self.assertNotEqual(self.server.command(*arguments, check=False).status, 0)

    def test_backup_while_it_runs_and_restore(self):
        backup = self.folder / "backup"
        self.server.command("backup", str(backup))
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        self.assertNotEqual(self.server.command("backup", str(backup), check=False).status, 0)
        self.server.add_user("ben")
        self.server.command("user", "passwd", "ann", "--password-file", self.server.write_secret("a new one"))
        running = self.server.command("restore", "--replace", str(backup), check=False)
        self.assertNotEqual(running.status, 0)
        self.assertIn("stop it first", running.errors)
        self.server.stop()
        there = self.server.command("restore", str(backup), check=False)
        self.assertNotEqual(there.status, 0)
        self.assertIn("--replace", there.errors)
        self.assertIn("kept", self.server.command("restore", "--replace", str(backup)).text)
        self.server.start()
        self.client.port = self.server.port
        self.client.run("ls", self.client.remote())
        self.assertEqual(sorted(self.names()), ["ann"])

    def test_backups_in_a_storm_of_changes(self):
        """Each is whole, whatever was under way when it was made."""
        over = threading.Event()

        def storm(name):
            secret = self.server.write_secret(harness.PASSWORD)
            while not over.is_set():
                self.server.command("user", "add", name, "--password-file", secret)
                self.server.command("share", "grant", "files", "--read", name)
                self.server.command("user", "disable", name)
                self.server.command("user", "remove", name)
                rounds.append(name)

        rounds = []
        threads = [threading.Thread(target=storm, args=(name,)) for name in ("ben", "cleo")]
        backups = [self.folder / f"backup-{number}" for number in range(6)]
        for thread in threads:
            thread.start()
        try:
            for backup in backups:
                self.server.command("backup", str(backup))
        finally:
            over.set()
            for thread in threads:
                thread.join()
        self.assertEqual(set(rounds), {"ben", "cleo"})
        self.server.stop()
        for backup in backups:
            self.server.command("restore", "--replace", str(backup))
            with sqlite3.connect(self.server.state / "sampan.db") as database:
                self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
            database.close()
            self.assertIn("ann", self.names())
            self.assertLessEqual(set(self.names()), {"ann", "ben", "cleo"})
            self.server.start()
            self.client.port = self.server.port
            self.client.run("ls", self.client.remote("files"))
            self.server.stop()

    def test_status(self):
        status = json.loads(self.server.command("status", "--json").text)
        self.assertTrue(status)
        self.server.stop()
        self.server.command("status", check=False)


class Invitations(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def invite(self, *options):
        return json.loads(self.server.command("invite", "ben", "--json", *options).text)

    def open_invitations(self):
        return [json.loads(line) for line in self.server.command("invite", "--list", "--json").text.splitlines()]

    def accept(self, code, password, status=0):
        ben = self.new_client("ben", code)
        ben.run("passwd", "--new-password-file", self.server.write_secret(password), ben.remote(), status=status)
        ben.set_password(password)
        return ben

    def test_used_once(self):
        invitation = self.invite("--expires", "3d")
        self.assertEqual([invitation[key] for key in ("user", "address", "port")],
                         ["ben", socket.gethostname(), self.server.port])
        self.assertIn(f"ben at {socket.gethostname()}, port {self.server.port},", self.server.command("invite", "ben").text)
        invitation = self.invite("--expires", "3d")
        self.assertRegex(invitation["code"], "^([a-z]{3,5}-){7}[a-z]{3,5}$")
        self.assertEqual([(one["user"], one["expired"]) for one in self.open_invitations()], [("ben", False)])
        ben = self.accept(invitation["code"], "chosen by ben")
        ben.run("ls", ben.remote())
        self.assertEqual(self.open_invitations(), [])
        self.accept(invitation["code"], "chosen by somebody else", status=4)
        self.new_client("ben", "chosen by ben").run("ls", ben.remote())
        self.assertNotEqual(self.server.command("invite", "ben", check=False).status, 0)

    def test_typed_in_any_way(self):
        words = self.invite()["code"].upper().split("-")
        self.accept("  ".join(words) + " -", "chosen by ben")

    def test_mistyped(self):
        """It says which word."""
        words = self.invite()["code"].split("-")
        ben = self.new_client("ben", " ".join([*words[:3], "hosre", *words[4:]]))
        self.assertIn("“hosre” is not one of the words of a one-time code", ben.run("ls", ben.remote(), status=4).errors)

    def test_short_password(self):
        code = self.invite()["code"]
        ben = self.new_client("ben", code)
        short = ben.run("passwd", "--new-password-file", self.server.write_secret("1234567"), ben.remote(), status=1)
        self.assertIn("at least 8 characters", short.errors)
        terminal = self.open_terminal("ls", ben.remote(), client=ben)
        terminal.expect("New password: ")
        terminal.type("1234567\n")
        terminal.expect("at least 8 characters")
        for _ in range(2):
            terminal.expect("New password.*: ")
            terminal.type("12345678\n")
        terminal.expect("The password is set")
        self.assertEqual(terminal.wait(), 0)
        ben.set_password("12345678")
        ben.run("ls", ben.remote())

    def test_invited_again_the_first_code_is_void(self):
        first = self.invite()
        second = self.invite()
        self.assertNotEqual(first["code"], second["code"])
        self.accept(first["code"], "chosen by ben", status=4)
        ben = self.accept(second["code"], "chosen by ben")
        ben.run("ls", ben.remote())

    def test_revoked(self):
        code = self.invite()["code"]
        self.server.command("invite", "ben", "--revoke")
        self.assertEqual([(one["user"], one["expired"]) for one in self.open_invitations()], [("ben", True)])
        self.accept(code, "chosen by ben", status=4)

    def test_expired(self):
        code = self.invite("--expires", "1m")["code"]
        self.server.stop()
        database = sqlite3.connect(self.server.state / "sampan.db")
        with database:
            (left,) = database.execute("SELECT expires_secs - unixepoch () FROM accounts WHERE name = 'ben'").fetchone()
            self.assertTrue(0 < left <= 60, left)
            database.execute("UPDATE accounts SET expires_secs = unixepoch () - 1 WHERE name = 'ben'")
        database.close()
        self.server.start()
        self.accept(code, "chosen by ben", status=4)

    def test_database_holds_no_code(self):
        code = self.invite()["code"]
        for path in self.server.state.iterdir():
            if path.is_file():
                self.assertNotIn(code.encode(), path.read_bytes())
                self.assertNotIn(code.replace("-", "").encode(), path.read_bytes())


class EndedInTransfer(harness.Case):
    """What takes an account's right to be here also takes its transfers, which would be held for minutes else."""

    SIZE = 8_000_000

    def setUp(self):
        super().setUp()
        self.start_server()
        self.server.add_user("ben")
        self.server.command("share", "grant", "files", "--change", "ben")
        self.ben = self.new_client("ben")
        self.source = harness.make_file(self.folder / "file", self.SIZE)
        harness.make_file(self.share / "there", 5 * self.SIZE, seed=2)  # more than the system holds between two programs

    def users(self):
        return sorted(one["user"] for one in self.status()["sessions"])

    def status(self):
        return json.loads(self.server.command("status", "--json").text)

    def start_both(self):
        """ann's upload and download, and ben's upload, all held in the middle."""
        self.proxies = [self.new_proxy(up_limit=self.SIZE // 2), self.new_proxy(down_limit=self.SIZE // 2),
                        self.new_proxy(up_limit=self.SIZE // 2)]
        self.running = [self.start_client("put", "--reconnect=0", self.source,
                                          self.client.remote("files/mine", port=self.proxies[0].port)),
                        self.start_client("get", "--reconnect=0", self.client.remote("files/there", port=self.proxies[1].port),
                                          self.folder / "got"),
                        self.start_client("put", "--reconnect=0", self.source,
                                          self.ben.remote("files/bens", port=self.proxies[2].port), client=self.ben)]
        for proxy in self.proxies:
            proxy.wait_reached()
        self.assertEqual(self.users(), ["ann", "ann", "ben"])
        self.assertEqual(self.status()["transfers"], 3)

    def open_sockets(self):
        """Of the server's side, connections that can still carry something."""
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        return sum(1 for row in rows if int(row[1].split(":")[1], 16) == self.server.port and row[3] == "01")

    def assert_ended(self, status):
        """Only ann's, at once, for both ends; ben's goes on."""
        harness.wait_until(lambda: self.users() == ["ben"] and self.status()["transfers"] == 1, "ann's transfers end")
        harness.wait_until(lambda: self.open_sockets() == self.status()["connections"], "her connections to be closed")
        for proxy in self.proxies:
            proxy.release()
        for process in self.running[:2]:
            self.assertIn(self.assert_ends(process, None).status, (3, 4))
        self.assert_ends(self.running[2], 0)
        self.assertEqual(self.visible(), ["bens", "there"])  # nothing of hers came after it
        self.assertEqual((self.share / "bens").read_bytes(), self.source.read_bytes())
        self.assertFalse((self.folder / "got").exists())
        self.client.run("ls", self.client.remote(), status=status)

    def test_b16_disabled(self):
        self.start_both()
        change = json.loads(self.server.command("user", "disable", "--json", "ann").text)
        self.assertEqual(change, {"user": "ann", "change": "disable", "ended_sessions": 2})
        self.assert_ended(4)
        self.server.command("user", "enable", "ann")
        self.client.run("put", "--resume", self.source, self.client.remote("files/mine"))
        self.assertEqual((self.share / "mine").read_bytes(), self.source.read_bytes())

    def test_b16_removed(self):
        self.start_both()
        self.server.command("user", "remove", "ann")
        self.assert_ended(4)

    def test_b15_password_changed_by_the_admin(self):
        self.start_both()
        self.server.command("user", "passwd", "ann", "--password-file", self.server.write_secret("another one"))
        self.assert_ended(4)

    def test_b15_password_changed_in_another_session(self):
        self.start_both()
        self.client.run("passwd", "--new-password-file", self.server.write_secret("another one"), self.client.remote())
        self.assert_ended(4)
        self.client.set_password("another one")
        self.client.run("ls", self.client.remote())

    def test_b15_idle_sessions_end_too(self):
        shells = [self.open_shell(self.client, "files") for _ in range(2)]
        for shell in shells:
            self.assertEqual(shell.run("pwd"), "/files")
        self.assertEqual(self.users(), ["ann", "ann"])
        self.client.run("passwd", "--new-password-file", self.server.write_secret("another one"), self.client.remote())
        harness.wait_until(lambda: self.users() == [], "her other sessions end")


class Shares(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def test_added_and_removed_while_clients_are_logged_in(self):
        shell = self.open_shell(self.client)
        self.assertEqual(shell.run("ls /"), "files/")
        other = self.server.add_share("other", read="*")
        harness.make_file(other / "inside", 10)
        self.assertEqual(shell.run("ls /"), "files/\nother/")
        self.assertEqual(shell.run("ls /other"), "inside")
        self.server.command("share", "remove", "other")
        self.assertEqual(shell.run("ls /"), "files/")
        self.assertIn("No such file", shell.run("ls /other"))
        self.assertTrue((other / "inside").exists())

    def test_grants_hold_at_once(self):
        shell = self.open_shell(self.client)
        harness.make_file(self.share / "file", 10)
        self.assertEqual(shell.run("ls /files"), "file")
        self.server.command("share", "grant", "files", "--read", "ann")
        self.assertIn("not allowed", shell.run("mkdir /files/new"))
        self.assertIn("not allowed", shell.run("rm /files/file"))
        self.server.command("share", "grant", "files", "--change", "ann")
        self.assertEqual(shell.run("mkdir /files/new"), "")
        self.assertEqual(self.visible(), ["file", "new"])


class Homes(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.homes = self.folder / "homes"
        self.homes.mkdir()
        self.server.command("share", "homes", str(self.homes), "--quota", "1M")

    def test_only_its_person_sees_it(self):
        self.server.add_user("ben")
        code = json.loads(self.server.command("invite", "carl", "--json").text)["code"]
        ben, carl = self.new_client("ben"), self.new_client("carl", code)
        carl.run("passwd", "--new-password-file", self.server.write_secret("chosen by carl"), carl.remote())
        carl.set_password("chosen by carl")
        self.assertEqual(self.client.run("ls", self.client.remote()).text, "files/\n")
        self.assertEqual(ben.run("ls", ben.remote()).text, "ben/\n")
        self.assertEqual(carl.run("ls", carl.remote()).text, "carl/\n")
        source = harness.make_file(self.folder / "file", 600_000)
        ben.run("put", source, ben.remote("ben/mine"))
        self.assertEqual((self.homes / "ben" / "mine").read_bytes(), source.read_bytes())
        for other in (self.client, carl):
            for command in (["ls", other.remote("ben")], ["stat", other.remote("ben/mine")],
                            ["put", source, other.remote("ben/other")], ["rm", other.remote("ben/mine")]):
                self.assertRegex(other.run(*command, status=1).errors, "No such|not there")
        ben.run("put", source, ben.remote("ben/more"), status=1)  # 1.2 MB do not fit into a quota of 1 MB
        self.assertEqual(self.visible(self.homes / "ben"), ["mine"])

    def test_goes_with_its_account(self):
        self.server.add_user("ben")
        ben = self.new_client("ben")
        self.assertEqual(self.open_shell(ben, "ben").run("pwd"), "/ben")
        ben.run("put", harness.make_file(self.folder / "file", 10), ben.remote("ben/mine"))
        self.assertIn(str(self.homes / "ben"), self.server.command("user", "remove", "ben").text)
        self.assertNotIn("ben", self.server.command("share", "list").text)
        self.assertEqual(self.server.command("who", "--json").text, "")
        refused = self.server.command("invite", "ben", check=False)
        self.assertEqual(refused.status, 1)
        self.assertIn("holds files already", refused.errors)
        (self.homes / "ben").rename(self.homes / "ben.old")
        self.server.add_user("ben")
        self.assertEqual(ben.run("ls", ben.remote("ben")).text, "")
        self.assertEqual((self.homes / "ben.old" / "mine").stat().st_size, 10)

    def test_homes_for_those_who_are_there(self):
        shell = self.open_shell(self.client)
        self.assertEqual(shell.run("ls /"), "files/")
        made = json.loads(self.server.command("share", "homes", "--all", "--json").text)
        self.assertEqual((made["made"], made["quota_bytes"]), (["ann"], 1_000_000))
        self.assertEqual(shell.run("ls /"), "ann/\nfiles/")


class Rights(harness.Case):
    """Every verb under every right; the disk is compared afterwards."""

    verbs = {  # name -> (command line, right needed)
        "ls": ("ls /files", "read"),
        "stat": ("stat /files/file", "read"),
        "df": ("df /files", "read"),
        "get": ("get --on-conflict=replace /files/file", "read"),
        "mkdir": ("mkdir /files/new", "add"),
        "put new": ("put here /files/there", "add"),
        "cp new": ("cp /files/file /files/copy", "add"),
        "put over": ("put --on-conflict=replace here /files/file", "change"),
        "mv": ("mv /files/file /files/moved", "change"),
        "cp over": ("cp --on-conflict=replace /files/file /files/second", "change"),
        "rm": ("rm /files/file", "change"),
        "rm -r": ("rm -r /files/folder", "change"),
    }
    order = ["none", "read", "add", "change"]

    def fill(self):
        for name in self.visible():
            path = self.share / name
            if path.is_dir():
                for inside in path.iterdir():
                    inside.unlink()
                path.rmdir()
            else:
                path.unlink()
        harness.make_file(self.share / "file", 100, seed=1)
        harness.make_file(self.share / "second", 100, seed=2)
        harness.make_file(self.share / "folder" / "inside", 100, seed=3)

    def test_every_verb(self):
        self.start_server()
        harness.make_file(self.client.home / "here", 100, seed=4)
        for right in self.order:
            if right == "none":
                self.server.command("share", "remove", "files")
                self.server.command("share", "add", "files", str(self.share))
            else:
                self.server.command("share", "grant", "files", f"--{right}", "ann")
            shell = self.open_shell(self.client)
            for verb, (line, needed) in self.verbs.items():
                with self.subTest(right=right, verb=verb):
                    self.fill()
                    before = harness.read_tree(self.share)
                    output = shell.run(line)
                    allowed = self.order.index(right) >= self.order.index(needed)
                    if right == "none":
                        self.assertRegex(output, "No such file|not there")
                    elif allowed:
                        self.assertNotRegex(output, "not allowed|No such|Usage|already")
                    else:
                        self.assertIn("not allowed", output)
                    if not allowed:
                        self.assertEqual(harness.read_tree(self.share), before)
                    elif needed != "read":
                        self.assertNotEqual(harness.read_tree(self.share), before)
            shell.close()


if __name__ == "__main__":
    harness.main()
