#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's log says who did what, from where, how much and how it ended; no name can write a line of its own (I1, I2)."""

import json
import os
import pathlib
import re
import socket
import subprocess
import unicodedata
import urllib.parse

import harness

TEXT_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (error|warning|notice|info) [a-z-]+( [a-z_]+=(\"([^\"\\]|\\.)*\"|[^ \"]+))*")
HOSTILE = [b"\n", b"a\nb", b"\n2026-11-20T12:00:00.000Z notice login user=root outcome=ok", b"\x1b[2J", b"\x1b]52;c;eA==\x07",
           b"\r\t\x08\x7f", b"\xff\xfe\x80", b"\xc0\xaf", b"\xed\xa0\x80", "\u202etxt.exe".encode(), "\u2028x".encode(),
           b"\xc2\x9b2J", b'"', b'", "event": "login", "x": "', b"\\", b"\\n", b"%s%n%d", b"x outcome=ok", b" ", b"\x1b" * 255,
           b"n" * 255, b"\xff" * 255]


def shown(name):
    """What the log shows of the bytes of a short name: as sampan_escape() writes it."""
    out = []
    for one in name.decode("utf-8", "surrogateescape"):
        code = ord(one)
        if 0xDC80 <= code <= 0xDCFF:
            out.append(f"\\x{code - 0xDC00:02x}")
        elif one in "\n\t\\":
            out.append({"\n": "\\n", "\t": "\\t", "\\": "\\\\"}[one])
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\x{code:02x}")
        elif unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp"):
            out.append(f"\\u{{{code:04x}}}")
        else:
            out.append(one)
    return "".join(out)


class LogCase(harness.Case):
    options = ["--log-format=json"]

    def setUp(self):
        super().setUp()
        self.server.options = self.options
        self.start_server()

    def raw_lines(self):
        data = self.server.errors.read_bytes()
        self.assertTrue(data.endswith(b"\n"))
        return data.decode("utf-8").split("\n")[:-1]  # the log is UTF-8 whatever the names

    def events(self, event=None):
        found = [json.loads(line) for line in self.raw_lines()]
        return [one for one in found if event in (None, one["event"])]

    def wait_for(self, event, count=1):
        harness.wait_until(lambda: len(self.events(event)) >= count, f"{count} {event} in the log")
        return self.events(event)

    def assert_sound(self):
        """Nothing in it moves a cursor, hides or breaks a line."""
        for line in self.raw_lines():
            for one in line:
                self.assertNotIn(unicodedata.category(one), ("Cc", "Cf", "Zl", "Zp", "Cs"), line)

    def quoted(self, name):
        return urllib.parse.quote(name, safe="")


class Events(LogCase):
    def test_who_did_what(self):
        local = self.client.home / "file"
        local.write_bytes(b"x" * 5000)
        remote = self.client.remote
        self.client.run("put", local, remote("files/"))
        self.client.run("get", remote("files/file"), self.client.home / "copy")
        self.client.run("mkdir", remote("files/folder"))
        self.client.run("cp", remote("files/file"), remote("files/folder/two"))
        self.client.run("mv", remote("files/file"), remote("files/one"))
        self.client.run("rm", "-r", remote("files/folder"))
        login = self.wait_for("login")[0]
        self.assertEqual({key: login[key] for key in ("level", "user", "source", "outcome")},
                         {"level": "notice", "user": "ann", "source": "127.0.0.1", "outcome": "ok"})
        for event, fields in (("put", {"path": "files/file", "bytes": 5000}), ("get", {"path": "files/file", "bytes": 5000}),
                              ("mkdir", {"path": "files/folder"}), ("copy", {"path": "files/file", "to": "files/folder/two"}),
                              ("rename", {"path": "files/file", "to": "files/one"}), ("remove", {"path": "files/folder"})):
            with self.subTest(event=event):
                found = self.wait_for(event)
                self.assertEqual(len(found), 1)
                for key, value in {"user": "ann", "source": "127.0.0.1", "outcome": "ok", **fields}.items():
                    self.assertEqual(found[0].get(key), value, found)
                self.assertGreaterEqual(found[0]["ms"], 0)

    def test_refusals(self):
        remote = self.client.remote
        self.server.add_share("locked", read="ann")
        self.client.run("mkdir", remote("locked/x"), status=1)
        self.assertEqual(self.wait_for("mkdir")[0]["outcome"], "not-allowed")
        self.client.run("get", remote("files/none"), self.client.home / "x", status=1)
        self.client.set_password("wrong")
        self.client.run("ls", remote(), status=4)
        # A spare connection of the get may come when its session is over, and is told so at any time.
        refused = harness.wait_until(lambda: [one for one in self.events("login") if one["outcome"] == "refused"], "the refusal")
        self.assertEqual([one["user"] for one in refused], ["ann"])

    def test_changes_by_the_admin(self):
        self.server.add_user("ben")
        self.server.add_share("more", read="ben", add="*")
        self.server.command("share", "grant", "more", "--none", "ben")
        self.server.command("user", "disable", "ben")
        self.server.command("invite", "cleo")
        self.server.command("invite", "--revoke", "cleo")
        self.server.command("user", "remove", "ben")
        self.server.command("share", "remove", "more")
        found = self.wait_for("admin", 8)
        self.assertEqual([(one["change"], one["name"], one.get("more")) for one in found],
                         [("user add", "ben", None), ("share add", "more", "read=ben add=*"), ("share grant", "more", "none=ben"),
                          ("user disable", "ben", None), ("invite", "cleo", None), ("invite --revoke", "cleo", None),
                          ("user remove", "ben", None), ("share remove", "more", None)])
        self.assertEqual({one["uid"] for one in found}, {os.getuid()})

    def test_start_that_fails_is_json_too(self):
        self.server.stop()
        (self.server.state / "sampan.db").write_bytes(b"no database")
        with self.assertRaises(harness.Failure):
            self.server.start()
        self.server.kill()
        self.assertIn("Cannot open the accounts", self.events("message")[-1]["text"])
        self.assertEqual(self.events("message")[-1]["level"], "error")


class AdminWithoutServer(harness.Case):
    """What no server can log the command tells the journal; here one that stands in for it, at its place."""

    def setUp(self):
        super().setUp()
        if b"libsystemd.so" not in pathlib.Path(os.environ["SAMPAND"]).read_bytes():
            self.skipTest("built without the journal")
        self.run_folder = self.folder / "run"
        path = self.run_folder / "systemd" / "journal" / "socket"
        path.parent.mkdir(parents=True)
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.journal.close)
        self.journal.bind(str(path))
        self.journal.setblocking(False)
        if self.in_place("true").returncode != 0:
            self.skipTest("nothing can be mounted over /run here")

    def in_place(self, *command):
        names = ["--mount"] if os.getuid() == 0 else ["--mount", "--map-root-user"]
        return subprocess.run(["unshare", *names, "sh", "-c", 'mount --bind "$0" /run && exec "$@"', self.run_folder, *command],
                              env=harness.environment(self.server.home), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=harness.WAIT_SECS, check=False)

    def admin(self, *arguments):
        done = self.in_place(os.environ["SAMPAND"], *arguments, "--state", self.server.state)
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn(b"admin", done.stderr)

    def entries(self):
        """What came since the last time; each was sent before its command ended."""
        found = []
        while True:
            try:
                data = self.journal.recv(65536)
            except BlockingIOError:
                return found
            found.append(dict(line.split("=", 1) for line in data.decode().splitlines()))

    def test_changes(self):
        self.admin("invite", "ben")
        self.admin("share", "add", "more", str(self.server.home), "--read", "ben", "--add", "*")
        self.admin("share", "list")
        self.admin("user", "disable", "ben")
        found = self.entries()
        self.assertEqual([(one["SAMPAN_CHANGE"], one["SAMPAN_NAME"], one.get("SAMPAN_MORE")) for one in found],
                         [("invite", "ben", None), ("share add", "more", "read=ben add=*"), ("user disable", "ben", None)])
        for one in found:
            self.assertEqual((one["SAMPAN_EVENT"], one["SAMPAN_UID"], one["PRIORITY"], one["SYSLOG_IDENTIFIER"]),
                             ("admin", "0", "5", "sampand"))
        self.assertEqual(found[2]["MESSAGE"], 'admin uid=0 change="user disable" name=ben')

    def test_a_server_that_runs_says_it(self):
        self.start_server()
        self.admin("invite", "ben")
        self.assertEqual(self.entries(), [])
        self.assertIn("change=invite name=ben", self.server.log())


class HostileJson(LogCase):
    def provoke(self):
        """Each name through each request, in few runs."""
        remote = self.client.remote
        local = self.client.home / "tree"
        local.mkdir()
        for name in HOSTILE:
            with open(os.path.join(os.fsencode(local), name), "wb") as out:
                out.write(name)
        folders = [remote(f"files/{self.quoted(name)}") for name in HOSTILE]
        files = [remote(f"files/tree/{self.quoted(name)}") for name in HOSTILE]
        absent = [remote(f"{self.quoted(name)}/x") for name in HOSTILE]
        for command in (["mkdir", *folders], ["mkdir", *absent], ["put", "-r", local, remote("files/")],
                        ["mkdir", remote("files/to"), remote("files/moved")], ["cp", *files, remote("files/to/")],
                        ["mv", *files, remote("files/moved/")], ["get", "-r", remote("files/moved"), self.client.home / "out"],
                        ["stat", *folders, *absent], ["rm", "-r", *folders]):
            self.client.run(*command, status=None)
        for folder in folders[:3] + absent[:3]:
            self.client.run("ls", folder, status=None)
            self.client.run("find", folder, "*", status=None)
        self.client.set_password("wrong")
        for name in HOSTILE[:3]:
            self.client.run("ls", self.client.remote(user=self.quoted(name)), status=None)
        self.client.run("ls", self.client.remote(user="hunter2"), status=None)
        harness.wait_until(lambda: "refused" in self.raw_lines()[-1], "the last login in the log")

    def test_names(self):
        self.provoke()
        self.server.stop()
        self.assert_sound()
        for event, prefix in (("mkdir", "files/"), ("put", "files/tree/"), ("copy", "files/tree/"), ("rename", "files/tree/"),
                              ("get", "files/moved/"), ("remove", "files/")):
            paths = {one.get("path") for one in self.events(event)}
            for name in HOSTILE:
                with self.subTest(event=event, name=name):
                    self.assertTrue(len(name) == 255 or prefix + shown(name) in paths, paths)
        self.assertEqual({one["user"] for one in self.events("login") if one["outcome"] == "ok"}, {"ann"})
        # A name that nobody has may be a password.
        self.assertNotIn("hunter2", self.server.log())
        self.assertTrue(any(one["user"].startswith("?") for one in self.events("login") if "user" in one))


class HostileText(HostileJson):
    options = []

    def test_names(self):
        self.provoke()
        self.server.stop()
        self.assert_sound()
        for line in self.raw_lines():
            self.assertRegex(line, TEXT_LINE)
            self.assertIsNotNone(TEXT_LINE.fullmatch(line), line)
        self.assertNotIn("hunter2", self.server.log())


if __name__ == "__main__":
    harness.main()
