#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""put and get of many files: what is found, asked once, left out, compared and told."""

import json
import os
import pathlib
import select
import shutil
import signal
import subprocess

import harness

MANY = 2500  # more than two pages of a plan, so that moving begins before all is found


class Transfers(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.local = self.folder / "local"
        self.local.mkdir()
        self.tree = self.local / "tree"
        for number in range(6):
            harness.make_file(self.tree / f"folder-{number % 2}" / f"file-{number}", 1000 + number, seed=10 + number)

    def put(self, *arguments, status=0):
        return self.client.run(*arguments, self.tree, self.client.remote("files"), status=status)

    def get(self, *arguments, status=0):
        return self.client.run(*arguments, self.client.remote("files/tree"), self.folder / "back", status=status)

    def objects(self, text):
        return [json.loads(line) for line in text.splitlines()]

    def differ(self, number, seed=77):
        """Another content, of another time, on the box."""
        return harness.make_file(self.share / "tree" / f"folder-{number % 2}" / f"file-{number}", 50, seed=seed).read_bytes()

    def test_same_is_not_sent_again(self):
        self.assertIn("6 files done", self.put("put", "-r").errors)
        inodes = {path: path.stat().st_ino for path in (self.share / "tree").rglob("file-*")}
        again = self.put("--json", "put", "-r")
        self.assertEqual([line["status"] for line in self.objects(again.text)], ["same"] * 6)
        self.assertIn("0 files done (0 bytes), 6 the same", again.errors)
        self.assertEqual({path: path.stat().st_ino for path in inodes}, inodes)
        self.assertIn("6 files done", self.get("get", "-r").errors)
        (self.folder / "back").rename(self.folder / "tree")
        self.assertIn("6 the same", self.client.run("get", "-r", self.client.remote("files/tree"), self.folder).errors)

    def test_permissions_on_request(self):
        modes = {"read-only": 0o444, "private": 0o600, "program": 0o755, "closed": 0o000, "special": 0o6755}
        for name, mode in modes.items():
            harness.make_file(self.tree / name, 100, seed=5).chmod(mode)
        kept = {name: mode & 0o777 | 0o600 for name, mode in modes.items()}
        if os.geteuid() != 0:
            (self.tree / "closed").unlink()
            del kept["closed"]

        def permissions(folder):
            return {name: (folder / name).stat().st_mode & 0o7777 for name in kept}

        self.put("put", "-r")
        self.assertEqual(set(permissions(self.share / "tree").values()), {0o600})
        self.get("get", "-r")
        self.assertEqual(set(permissions(self.folder / "back").values()), {0o600})
        for path in (self.share / "tree", self.folder / "back"):
            shutil.rmtree(path)
        self.put("put", "-r", "-p")
        self.assertEqual(permissions(self.share / "tree"), kept)
        for path in (self.share / "tree").iterdir():
            path.chmod(0o751)
        self.get("get", "-r", "--permissions")
        self.assertEqual(set(permissions(self.folder / "back").values()), {0o751})

        # What is replaced hands on its permissions, unless others are asked for.
        program = self.tree / "program"
        for option, mode in (([], 0o751), (["-p"], 0o755)):
            os.utime(program)
            self.client.run("put", "--on-conflict=replace", *option, program, self.client.remote("files/tree/program"))
            self.assertEqual(permissions(self.share / "tree")["program"], mode)

    def folder_times(self, top):
        return {str(path.relative_to(top)): path.stat().st_mtime_ns for path in [top, *top.rglob("*")] if path.is_dir()}

    def test_folders_keep_their_times(self):
        for name in ("folder-0/deep/deeper", "folder-1/empty", "empty/empty", "odd \n\udcff"):
            (self.tree / name).mkdir(parents=True)
        harness.make_file(self.tree / "folder-0" / "deep" / "file", 300_000, seed=9)
        names = sorted(self.folder_times(self.tree))
        for number, name in enumerate(names):
            time_ns = (number - 1) * 123_456_789_123_456_789
            os.utime(self.tree / name, ns=(time_ns, time_ns))
        times = self.folder_times(self.tree)
        self.assertEqual(len(set(times.values())), len(names))
        self.put("put", "-r")
        self.assertEqual(self.folder_times(self.share / "tree"), times)
        self.get("get", "-r")
        self.assertEqual(self.folder_times(self.folder / "back"), times)
        self.assert_same_tree(self.tree, self.folder / "back")

        # What was there before has a time of its own.
        os.utime(self.share / "tree" / "empty", ns=(5, 5))
        shutil.rmtree(self.share / "tree" / "folder-1")
        self.put("put", "-r")
        again = self.folder_times(self.share / "tree")
        self.assertEqual(again.pop("empty"), 5)
        self.assertNotEqual(again.pop("."), times["."])
        self.assertEqual(again, {name: times[name] for name in again})

    def test_conflicts_without_a_terminal_fail_alone(self):
        self.put("put", "-r")
        old = self.differ(3)
        (self.share / "tree" / "folder-0" / "file-0").unlink()
        for option in ([], ["--on-conflict=fail"]):
            result = self.put("put", "-r", *option, status=1)
            self.assertRegex(result.errors, "tree/folder-1/file-3: .*--on-conflict")
            self.assertIn("1 failed", result.errors)
        self.assertTrue((self.share / "tree" / "folder-0" / "file-0").exists())
        self.assertEqual((self.share / "tree" / "folder-1" / "file-3").read_bytes(), old)

    def test_folder_that_cannot_be_made_is_named_in_full(self):
        """Not as what lies below the target alone: that would not tell which of many it is."""
        self.mount_small(self.share / "deep" / "tree", "1m")
        subprocess.run(["mount", "-o", "remount,ro", str(self.share / "deep" / "tree")], check=True)
        there = self.client.run("put", "-r", "local/tree", self.client.remote("files/deep"), status=1, cwd=self.folder)
        for folder in ("folder-0", "folder-1"):
            self.assertIn(f"local/tree/{folder} -> files/deep/tree/{folder}: ", there.errors)
        self.assertNotIn("file-", there.errors)

        self.put("put", "-r")
        self.mount_small(self.folder / "here" / "tree", "1m")
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder / "here" / "tree")], check=True)
        here = self.client.run("get", "-r", self.client.remote("files/tree"), self.folder / "here", status=1)
        self.assertIn(f"files/tree/folder-0 -> {self.folder}/here/tree/folder-0: ", here.errors)

    def test_what_is_in_the_way_is_named_in_full(self):
        harness.make_file(self.share / "deep" / "tree" / "folder-1", 10)
        result = self.client.run("put", "-r", "local/tree", self.client.remote("files/deep"), status=1, cwd=self.folder)
        self.assertIn("local/tree/folder-1 -> files/deep/tree/folder-1: ", result.errors)

    def test_left_out_and_failed_are_named_in_full_and_counted(self):
        (self.tree / "folder-0" / "link").symlink_to("file-0")
        os.mkfifo(self.tree / "pipe")
        arguments = ["put", "-r", "local/tree", "local/missing"]
        result = self.client.run("--json", "--progress=json", *arguments, self.client.remote("files/"), status=1, cwd=self.folder)
        lines = self.objects(result.text)
        left = {line["item"]: line["message"] for line in lines if line["status"] == "left-out"}
        self.assertEqual(set(left), {"local/tree/folder-0/link", "local/tree/pipe"})
        self.assertIn("link", left["local/tree/folder-0/link"])
        self.assertEqual([line["item"] for line in lines if line["status"] == "failed"], ["local/missing"])
        end = self.objects(result.errors)[-1]
        self.assertEqual((end["done"], end["left_out"], end["failed"]), (6, 2, 1))

        # What "." holds is no other.
        (self.tree / "link").symlink_to("pipe")
        result = self.client.run("put", "-r", ".", self.client.remote("files/tree"), cwd=self.tree)
        self.assertIn("0 files done (0 bytes), 6 the same, 3 left out", result.errors)

        (self.share / "tree" / "folder-1" / "link").symlink_to("file-1")
        result = self.client.run("--json", "get", "-r", self.client.remote("files/tree"), self.folder)
        left = [line for line in self.objects(result.text) if line["status"] == "left-out"]
        self.assertEqual([(line["action"], line["item"]) for line in left], [("get", "files/tree/folder-1/link")])
        self.assertRegex(result.errors, r"6 files done \(.*\), 1 left out")

    def test_decided_by_option(self):
        self.put("put", "-r")
        source = self.tree / "folder-1" / "file-3"
        stored = self.share / "tree" / "folder-1" / "file-3"
        old = self.differ(3)
        self.assertIn("1 skipped", self.put("put", "-r", "--on-conflict=skip").errors)
        self.assertIn("1 skipped", self.put("put", "-r", "--on-conflict=newer").errors)
        self.assertEqual(stored.read_bytes(), old)
        self.assertIn("stored as file-3 (2)", self.put("put", "-r", "--on-conflict=keep-both").errors)
        self.assertEqual((stored.parent / "file-3 (2)").read_bytes(), source.read_bytes())
        self.assertIn("1 file done", self.put("put", "-r", "--on-conflict=replace").errors)
        self.assertEqual(stored.read_bytes(), source.read_bytes())

    def test_asked_once_for_all(self):
        self.put("put", "-r")
        for number in range(6):
            self.differ(number)
        terminal = self.open_terminal("put", "-r", self.tree, self.client.remote("files"))
        terminal.expect("6 files are there already and differ:")
        for number in (0, 2, 4, 1, 3, 5):
            terminal.expect(rf"tree/folder-{number % 2}/file-{number}: here .*; on the box 50 bytes")
        terminal.expect(r"For all: .*\? ")
        terminal.type("r\n")
        terminal.expect("6 files done")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(harness.read_tree(self.share / "tree"), harness.read_tree(self.tree))

    def test_long_list_is_cut_and_cancel_moves_nothing(self):
        wide = self.local / "wide"
        for number in range(25):
            harness.make_file(wide / f"n{number:02}", 10, seed=number)
            harness.make_file(self.share / "wide" / f"n{number:02}", 20, seed=500 + number)
        harness.make_file(wide / "new", 10)
        before = harness.read_tree(self.share)
        terminal = self.open_terminal("put", "-r", wide, self.client.remote("files"))
        terminal.expect("25 files are there already")
        terminal.expect("and 5 more")
        terminal.expect(r"For all: .*\? ")
        terminal.type("c\n")
        self.assertEqual(terminal.wait(), 1)
        self.assertEqual(harness.read_tree(self.share), before)

    def test_many_files_move_while_they_are_found(self):
        wide = self.local / "wide"
        for number in range(MANY):
            harness.make_file(wide / f"folder-{number % 7}" / f"{number}", 5, seed=number)
        harness.make_file(self.share / "wide" / "folder-3" / "3", 9, seed=9999)
        result = self.client.run("--progress=json", "put", "-r", "--on-conflict=replace", "--verify", wide, self.client.remote("files"))
        end = self.objects(result.errors)[-1]
        self.assertEqual((end["done"], end["failed"], end["verified"]), (MANY, 0, MANY))
        self.assertEqual(harness.read_tree(self.share / "wide"), harness.read_tree(wide))
        back = self.folder / "back"
        self.client.run("get", "-r", self.client.remote("files/wide"), back)
        self.assertEqual(harness.read_tree(back), harness.read_tree(wide))

    def test_objects_come_while_others_move(self):
        small = harness.make_file(self.local / "small", 1000)
        large = harness.make_file(self.local / "large", 8_000_000)
        remote = self.client.remote
        for command in (["put", small, large], ["get", "-r"]):
            proxy = self.new_proxy(**{"up_limit" if command[0] == "put" else "down_limit": 4_000_000})
            command += [remote("files/" if command[0] == "put" else "files", port=proxy.port)]
            if command[0] == "get":
                command += [self.folder / "back"]
            process = self.start_client("--json", *command)
            proxy.wait_reached()
            self.assertTrue(select.select([process.stdout], [], [], harness.WAIT_SECS)[0], "nothing is told")
            told = json.loads(process.stdout.readline())
            self.assertEqual((told["status"], os.path.basename(told["local"])), ("done", "small"))
            self.assertEqual(pathlib.Path(told["local"]).read_bytes(), (self.share / "small").read_bytes())
            proxy.release()
            self.assert_ends(process, 0)

    def test_many_stopped_in_the_middle_go_on(self):
        wide = self.local / "wide"
        for number in range(MANY):
            harness.make_file(wide / f"folder-{number % 7}" / f"{number}", 500, seed=number)
        proxy = self.new_proxy(up_limit=400_000)
        process = self.start_client("put", "-r", wide, self.client.remote("files", port=proxy.port))
        proxy.wait_reached()
        process.send_signal(signal.SIGINT)
        self.assert_ends(process, 130)
        proxy.cut()
        stored = len(list((self.share / "wide").rglob("*[0-9]")))
        self.assertLess(stored, MANY)
        self.assertIn("the same", self.client.run("put", "-r", wide, self.client.remote("files")).errors)
        self.assertEqual(harness.read_tree(self.share / "wide"), harness.read_tree(wide))

    def test_new_names(self):
        source = self.tree / "folder-0" / "file-0"
        self.client.run("put", source, self.client.remote("files/b"))
        self.client.run("put", "-r", self.tree, self.client.remote("files/copy"))
        self.client.run("get", self.client.remote("files/b"), self.folder / "c")
        self.client.run("get", "-r", self.client.remote("files/copy"), self.folder / "other")
        self.assertEqual((self.folder / "c").read_bytes(), source.read_bytes())
        self.assertEqual(harness.read_tree(self.folder / "other"), harness.read_tree(self.tree))
        self.client.run("put", source, self.client.remote("files/missing/b"), status=1)
        self.client.run("put", source, self.client.remote("files/missing/"), status=1)
        self.assertEqual(self.visible(), ["b", "copy"])

    def test_verify(self):
        self.assertIn("6 files verified", self.put("put", "-r", "--verify").errors)
        self.assertIn("6 files verified", self.get("get", "-r", "--verify").errors)
        broken = self.share / "tree" / "folder-1" / "file-3"
        status = broken.stat()
        broken.write_bytes(b"x" * status.st_size)
        os.utime(broken, ns=(status.st_mtime_ns, status.st_mtime_ns))
        result = self.put("put", "-r", "--verify", status=1)
        self.assertRegex(result.errors, "tree/folder-1/file-3: .*hash")
        self.assertIn("6 the same, 1 failed, 5 files verified", result.errors)

    def test_names_that_are_no_text(self):
        (self.tree / os.fsdecode(b"no\xfftext\n")).write_bytes(b"x")
        lines = self.objects(self.put("--json", "put", "-r").text)
        self.assertEqual([line["status"] for line in lines], ["done"] * 7)

    def test_stopped_in_the_middle_goes_on(self):
        source = harness.make_file(self.local / "large", 8_000_000)
        proxy = self.new_proxy(up_limit=4_000_000)
        process = self.start_client("--json", "put", source, self.client.remote("files", port=proxy.port))
        proxy.wait_reached()
        process.send_signal(signal.SIGINT)
        ended = self.assert_ends(process, 130)
        self.assertIn("the same command goes on from here", ended.errors)
        self.assertEqual([line["error"] for line in self.objects(ended.text)], ["interrupted"])
        proxy.cut()
        self.assertEqual(self.visible(), [])
        self.client.run("put", "--verify", source, self.client.remote("files"))
        self.assertEqual((self.share / "large").read_bytes(), source.read_bytes())
        self.assertEqual(self.staged(), [])


if __name__ == "__main__":
    harness.main()
