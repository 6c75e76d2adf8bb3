#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everyday use from the first start on: what was asked for is done, and it is on the disk."""

import json
import os
import re

import harness


class FirstStart(harness.Case):
    def start_and_choose(self):
        """Starts a server with nothing set up; the client has the user and the code of the three lines."""
        self.server.start()
        text = "\n".join(self.server.output)
        user, code = re.search(r"Log in as (\S+) with the one-time code (\S+)", text).groups()
        self.assertIn(f"port {self.server.port}", text)
        self.client = self.new_client(user, code)
        self.share = self.server.state / "files"
        self.assertIn(str(self.share), text)
        return code

    def test_code_lets_choose_a_password_and_nothing_else(self):
        code = self.start_and_choose()
        refused = self.client.run("ls", self.client.remote("files"), status=4)
        self.assertIn("sampan-cli passwd", refused.errors)
        fresh = self.client.home / "fresh"
        fresh.write_text("a password of my own\n")
        self.client.run("passwd", "--new-password-file", fresh, self.client.remote())
        self.client.run("ls", self.client.remote("files"), status=4)
        self.client.set_password("a password of my own")
        self.client.run("mkdir", self.client.remote("files/new"))
        self.assertTrue((self.share / "new").is_dir())
        self.assertNotIn(code, self.server.log())

    def test_terminal_offers_to_choose_at_once(self):
        code = self.start_and_choose()
        terminal = self.open_terminal("ls", self.client.remote(), password=False)
        terminal.expect("Password for .*: ")
        terminal.type(code + "\n")
        terminal.expect("New password: ")
        terminal.type("the first\n")
        terminal.expect("New password again: ")
        terminal.type("the second\n")
        terminal.expect("not the same")
        for _ in range(2):
            terminal.expect("New password.*: ")
            terminal.type("a password of my own\n")
        terminal.expect("files/")
        self.assertEqual(terminal.wait(), 0)
        self.client.set_password("a password of my own")
        self.client.run("ls", self.client.remote())

    def test_second_start_prints_no_code(self):
        self.start_and_choose()
        self.server.stop()
        self.server.start()
        self.assertNotIn("one-time code", "\n".join(self.server.output))
        self.server.stop()


class RoundTrip(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.local = self.folder / "local"
        self.local.mkdir()

    def put(self, source, path, *options, status=0):
        return self.client.run("put", *options, source, self.client.remote(path), status=status)

    def get(self, path, target, *options, status=0):
        return self.client.run("get", *options, self.client.remote(path), target, status=status)

    def test_file_up_and_down_keeps_bytes_and_time(self):
        for size in (0, 1, 65518, 65519, 3_000_000):
            with self.subTest(size=size):
                source = harness.make_file(self.local / f"file-{size}", size, seed=size)
                self.put(source, "files/")
                stored = self.share / source.name
                self.assertEqual(stored.read_bytes(), source.read_bytes())
                self.assertEqual(stored.stat().st_mtime_ns, source.stat().st_mtime_ns)
                back = self.local / f"back-{size}"
                self.get(f"files/{source.name}", back)
                self.assertEqual(back.read_bytes(), source.read_bytes())
                self.assertEqual(back.stat().st_mtime_ns, source.stat().st_mtime_ns)
        self.assertEqual(self.staged(), [])

    def test_trees_there_and_back(self):
        tree = self.local / "tree"
        for number in range(60):
            harness.make_file(tree / f"dir {number % 5}" / "deeper" / f"file {number}", number * 100, seed=number)
        harness.make_file(tree / "ünïcödé ★" / ".hidden", 10)
        (tree / "empty").mkdir()
        self.put(tree, "files/", "-r")
        self.assert_same_tree(tree, self.share / "tree")
        back = self.local / "back"
        self.get("files/tree", back, "-r")
        self.assert_same_tree(tree, back)
        again = self.client.run("put", "-r", "--on-conflict=skip", "--json", tree, self.client.remote("files"))
        self.assertEqual({json.loads(line)["status"] for line in again.text.splitlines()}, {"same"})

    def test_folder_needs_the_option(self):
        (self.local / "folder").mkdir()
        self.assertIn("-r", self.put(self.local / "folder", "files/", status=1).errors)
        (self.share / "remote").mkdir()
        self.assertIn("-r", self.get("files/remote", self.local, status=1).errors)

    def test_links_are_named_and_left_out(self):
        tree = self.local / "tree"
        harness.make_file(tree / "real", 10)
        (tree / "link").symlink_to("real")
        self.assertIn("link", self.put(tree, "files", "-r").errors)
        self.assertEqual(self.visible(self.share / "tree"), ["real"])

    def test_goes_on_after_a_failure_and_names_it(self):
        good = [harness.make_file(self.local / name, 10) for name in ("one", "two")]
        result = self.client.run("put", good[0], self.local / "missing", good[1], self.client.remote("files"), status=1)
        self.assertIn("missing", result.errors)
        self.assertEqual(self.visible(), ["one", "two"])

    def test_listing(self):
        for name in ("b", "a", ".dot"):
            harness.make_file(self.share / name, 7)
        (self.share / "folder").mkdir()
        self.assertEqual(self.client.run("ls", self.client.remote("files")).text, "a\nb\nfolder/\n")
        self.assertEqual(self.client.run("ls", "-a", self.client.remote("files")).text, ".dot\na\nb\nfolder/\n")
        self.assertEqual(self.client.run("ls", self.client.remote()).text, "files/\n")
        self.assertEqual(self.client.run("ls", self.client.remote("files/a")).text, "a\n")
        exact = self.client.run("ls", "-b", self.client.remote("files")).text.splitlines()
        self.assertRegex(exact[0], r"^- +7  2020-09-13 12:26  a$")
        self.assertRegex(exact[2], r"^d +-  \S+ \S+  folder/$")
        found = [json.loads(line) for line in self.client.run("ls", "--json", self.client.remote("files")).text.splitlines()]
        self.assertEqual([(one["name"], one["kind"], one["size"]) for one in found[:2]], [("a", "file", 7), ("b", "file", 7)])
        self.assertEqual((found[0]["mtime"], found[0]["mtime_nsec"]), (1_600_000_000, 123_456_789))

    def test_large_listing(self):
        folder = self.share / "many"
        folder.mkdir()
        names = sorted(f"a name of usual length {number}" for number in range(20_000))
        for name in names:
            (folder / name).touch()
        self.assertEqual(self.client.run("ls", self.client.remote("files/many")).text.splitlines(), names)

    def test_stat_df_ping(self):
        harness.make_file(self.share / "file", 1234)
        text = self.client.run("stat", self.client.remote("files/file")).text
        self.assertIn("1234", text)
        both = self.client.run("stat", "--json", self.client.remote("files/file"), self.client.remote("files/none"), status=1)
        first, second = [json.loads(line) for line in both.text.splitlines()]
        self.assertEqual((first["name"], first["size"], first["right"]), ("file", 1234, "change"))
        self.assertEqual((second["status"], second["error"]), ("failed", "not-found"))
        space = json.loads(self.client.run("df", "--json", self.client.remote("files")).text)
        self.assertTrue(0 < space["free_bytes"] <= space["total_bytes"])
        self.assertEqual(self.client.run("ping", self.client.remote(), "Hello there").text.splitlines()[0], "HELLO THERE")

    def test_find_and_du(self):
        for name, size in (("Report.TXT", 10), ("deep/report.txt", 2000), ("deep/er/notes\x1b[2J", 0)):
            harness.make_file(self.share / name, size)
        (self.share / "deep" / "link").symlink_to("/")
        os.utime(self.share / "deep" / "report.txt")
        find = lambda *arguments: sorted(self.client.run("find", *arguments).text.splitlines())
        files, everything = self.client.remote("files"), self.client.remote()
        self.assertEqual(find("--name", "report", files), ["Report.TXT", "deep/report.txt"])
        self.assertEqual(find("--name", "r*.txt", self.client.remote("files/deep")), ["report.txt"])
        self.assertEqual(find("--name", "*.txt", everything), ["files/Report.TXT", "files/deep/report.txt"])
        self.assertEqual(find("--kind=folder", files), ["deep/", "deep/er/"])
        self.assertEqual(find("--kind=link", files), ["deep/link"])
        self.assertEqual(find("--size=1k..", files), ["deep/report.txt"])
        self.assertEqual(find("--size=..10", files), ["Report.TXT", "deep/er/notes\\x1b[2J"])
        self.assertEqual(find("--newer=1h", "--kind=file", files), ["deep/report.txt"])
        self.assertEqual(find("--older=2021-01-01", "--kind=file", files), ["Report.TXT", "deep/er/notes\\x1b[2J"])
        self.assertEqual(len(find("--limit=2", files)), 2)
        self.assertIn("--limit", self.client.run("find", "--limit=2", files).errors)
        found = json.loads(self.client.run("find", "--json", "--name=report.txt", "--size=2k", files).text)
        self.assertEqual((found["name"], found["size"]), ("deep/report.txt", 2000))
        self.assertEqual(found["uri"], self.client.remote("files/deep/report.txt"))
        self.client.run("find", self.client.remote("files/none"), status=1)
        for wrong in ("--size=big", "--newer=soon", "--kind=door", "--limit=-1"):
            self.client.run("find", wrong, files, status=2)
        total = json.loads(self.client.run("du", "--json", files).text)
        self.assertEqual({name: total[name] for name in ("bytes", "files", "folders", "others", "left_out")},
                         {"bytes": 2010, "files": 3, "folders": 2, "others": 1, "left_out": 0})
        self.assertEqual(self.client.run("du", files).text, "2.0\u00a0kB (2010), 3 files, 2 folders\n")

    def test_mkdir(self):
        self.client.run("mkdir", self.client.remote("files/a"))
        self.assertIn("files/a", self.client.run("mkdir", self.client.remote("files/a"), status=1).errors)
        self.client.run("mkdir", self.client.remote("files/x/y/z"), status=1)
        self.client.run("mkdir", "-p", self.client.remote("files/x/y/z"), self.client.remote("files/a"))
        self.assertTrue((self.share / "x" / "y" / "z").is_dir())

    def test_mv_and_cp(self):
        file = harness.make_file(self.share / "file", 5000)
        content = file.read_bytes()
        (self.share / "folder").mkdir()
        remote = self.client.remote
        self.client.run("cp", remote("files/file"), remote("files/copy"))
        self.client.run("mv", remote("files/file"), remote("files/folder"))
        self.assertEqual(self.visible(), ["copy", "folder"])
        self.assertEqual((self.share / "folder" / "file").read_bytes(), content)
        self.client.run("mv", remote("files/copy"), remote("files/folder/file"), status=1)
        self.client.run("mv", "--on-conflict=replace", remote("files/copy"), remote("files/folder/file"))
        self.assertEqual(self.trash(), [content])
        result = self.client.run("mv", "--on-conflict=both", remote("files/folder/file"), remote("files/file"))
        self.assertNotIn("stored as", result.errors)
        self.client.run("cp", remote("files/file"), remote("files/folder/file"))
        result = self.client.run("mv", "--on-conflict=both", remote("files/file"), remote("files/folder/file"))
        self.assertIn("file: stored as file (2)", result.errors)
        (self.share / "folder" / "link").symlink_to("file")
        result = self.client.run("cp", remote("files/folder"), remote("files/twin"))
        self.assertIn("twin: 1 link or special file skipped", result.errors)
        (self.share / "folder" / "link").unlink()
        self.assert_same_tree(self.share / "folder", self.share / "twin")

    def test_mv_between_shares(self):
        other = self.server.add_share("other", change="ann")
        tree = self.share / "tree"
        harness.make_file(tree / "a" / "b", 100)
        before = harness.read_tree(tree)
        self.client.run("mv", self.client.remote("files/tree"), self.client.remote("other"))
        self.assertEqual(harness.read_tree(other / "tree"), before)
        self.assertEqual(self.visible(), [])

    def test_rm_goes_to_the_trash(self):
        content = harness.make_file(self.share / "file", 100).read_bytes()
        harness.make_file(self.share / "folder" / "inside", 1)
        quiet = self.client.run("--quiet", "rm", self.client.remote("files/file"))
        self.assertEqual((quiet.text, quiet.errors), ("", ""))
        self.assertEqual(self.trash(), [content])
        self.assertIn("rm -r", self.client.run("rm", self.client.remote("files/folder"), status=1).errors)
        self.assertIn("folder", self.client.run("rm", "-r", "-v", self.client.remote("files/folder")).text)
        self.assertEqual(self.visible(), [])

    def test_conflicts_on_the_box(self):
        source = harness.make_file(self.local / "file.txt", 100, seed=1, mtime_ns=2_000_000_000_000_000_000)
        old = harness.make_file(self.share / "file.txt", 50, seed=2).read_bytes()
        refused = self.put(source, "files", status=1).errors
        self.assertIn("on-conflict", refused)
        self.assertIn(f"{source} -> files/file.txt: ", refused)
        self.assertEqual((self.share / "file.txt").read_bytes(), old)
        self.put(source, "files", "--on-conflict=skip")
        self.assertEqual((self.share / "file.txt").read_bytes(), old)
        self.assertIn("(2)", self.put(source, "files", "--on-conflict=both").errors)
        self.assertEqual(self.visible(), ["file (2).txt", "file.txt"])
        self.put(source, "files", "--on-conflict=newer")
        self.assertEqual((self.share / "file.txt").read_bytes(), source.read_bytes())
        self.assertEqual(self.trash(), [old])
        older = harness.make_file(self.local / "older" / "file.txt", 10, seed=3)
        self.put(older, "files", "--on-conflict=newer")
        self.assertEqual((self.share / "file.txt").read_bytes(), source.read_bytes())
        self.put(older, "files", "--on-conflict=replace")
        self.assertEqual((self.share / "file.txt").read_bytes(), older.read_bytes())
        self.assertEqual(self.trash(), sorted([old, source.read_bytes()]))

    def test_conflicts_here(self):
        new = harness.make_file(self.share / "file", 100, seed=1).read_bytes()
        target = harness.make_file(self.local / "file", 50, seed=2)
        old = target.read_bytes()
        self.get("files/file", self.local, status=1)
        self.get("files/file", self.local, "--on-conflict=skip")
        self.assertEqual(target.read_bytes(), old)
        self.get("files/file", self.local, "--on-conflict=both")
        self.assertEqual((self.local / "file (2)").read_bytes(), new)
        self.get("files/file", self.local, "--on-conflict=replace")
        self.assertEqual(target.read_bytes(), new)
        self.assertEqual(sorted(os.listdir(self.local)), ["file", "file (2)"])

    def test_asks_at_a_terminal(self):
        sources = [harness.make_file(self.local / name, 100, seed=1) for name in ("one", "two", "three")]
        for source in sources:
            harness.make_file(self.share / source.name, 50, seed=2)
        terminal = self.open_terminal("put", *sources, self.client.remote("files"))
        terminal.expect(r"3 files are there already and differ:")
        terminal.expect(r"For all: .*\? ")
        terminal.type("o\n")
        skipped = terminal.expect(r"(\w+): here 100 bytes .*; on the box 50 bytes .*\s*\[s\]kip.*\? ").group(1)
        terminal.type("s\n")
        terminal.expect(r"\[s\]kip.*\? ")
        terminal.type("R\n")
        terminal.expect("safe on the box")
        terminal.expect("2 files done .*1 skipped")
        self.assertEqual(terminal.wait(), 0)
        sizes = {source.name: (self.share / source.name).stat().st_size for source in sources}
        self.assertEqual(sizes, {source.name: 50 if source.name == skipped else 100 for source in sources})

    def test_progress_as_objects(self):
        source = harness.make_file(self.local / "file", 3_000_000)
        result = self.client.run("--progress=json", "--json", "put", source, self.client.remote("files"))
        done = json.loads(result.text)
        self.assertEqual((done["action"], done["status"], done["size"]), ("put", "done", 3_000_000))
        lines = [json.loads(line) for line in result.errors.splitlines()]
        plan, end = lines[0], lines[-1]
        self.assertEqual((plan["status"], plan["new"], plan["new_bytes"]), ("plan", 1, 3_000_000))
        self.assertEqual((end["status"], end["done"], end["done_bytes"], end["failed"]), ("end", 1, 3_000_000, 0))
        last = [line for line in lines if "state" in line][-1]
        self.assertEqual((last["state"], last["done_bytes"], last["safe_bytes"]), ("done", 3_000_000, 3_000_000))

    def test_ctrl_c_cancels(self):
        source = harness.make_file(self.local / "file", 8_000_000)
        proxy = self.new_proxy(up_limit=2_000_000)
        terminal = self.open_terminal("put", source, self.client.remote("files", port=proxy.port))
        proxy.wait_reached()
        terminal.type("\x03")
        self.assertEqual(terminal.wait(), 130)
        self.assertEqual(self.visible(), [])

    def test_change_password(self):
        fresh = self.client.home / "fresh"
        fresh.write_text("another one\n")
        self.client.run("passwd", "--new-password-file", fresh, self.client.remote())
        self.client.run("ls", self.client.remote(), status=4)
        self.client.set_password("another one")
        self.client.run("ls", self.client.remote())

    def test_password_is_typed_without_echo(self):
        terminal = self.open_terminal("ls", self.client.remote(), password=False)
        terminal.expect("Password for ann@127.0.0.1.*: ")
        terminal.type("wrong\n")
        terminal.expect("Password for .*: ")
        terminal.type(harness.PASSWORD + "\n")
        terminal.expect("files/")
        self.assertEqual(terminal.wait(), 0)
        self.assertNotIn(harness.PASSWORD, terminal.transcript)

    def test_ctrl_c_at_the_password_restores_the_terminal(self):
        terminal = harness.Terminal(self.client, "ls", self.client.remote(), password=False)
        self.addCleanup(terminal.close)
        terminal.expect("Password for .*: ")
        terminal.type("\x03")
        import termios  # pylint: disable=import-outside-toplevel
        harness.wait_until(lambda: termios.tcgetattr(terminal.fd)[3] & termios.ECHO, "echo is back")
        self.assertEqual(terminal.wait(), 130)


if __name__ == "__main__":
    harness.main()
