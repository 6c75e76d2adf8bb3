#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""mv and cp of several things: what is taken is asked about once."""

import os

import harness

OLD, NEW = 1_600_000_000, 1_700_000_000  # mtimes


class SeveralAtOnce(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.into = self.share / "into"
        self.into.mkdir()
        self.names = ["a", "b", "c", "free"]
        for number, name in enumerate(self.names):
            self.write(name, f"coming {name}", NEW)
            if name != "free":
                self.write(f"into/{name}", f"there {name}", OLD if number != 1 else NEW + 1)

    def write(self, name, text, mtime):
        path = self.share / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (mtime, mtime))

    def read(self, name):
        return (self.share / name).read_text(encoding="utf-8")

    def open(self, command, *names):
        sources = [self.client.remote(f"files/{name}") for name in names or self.names]
        return self.open_terminal(command, *sources, self.client.remote("files/into"))

    def test_one_list_replace(self):
        terminal = self.open("mv")
        terminal.expect("3 names are taken already:")
        for name in "abc":
            terminal.expect(rf"{name}: coming 8 bytes  2023-11-14 .*; there 7 bytes  20")
        terminal.expect(r"For all: .*\? ")
        self.assertTrue((self.share / "free").exists())
        terminal.type("r\n")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual([self.read(f"into/{name}") for name in self.names], [f"coming {name}" for name in self.names])
        self.assertEqual([name for name in self.names if (self.share / name).exists()], [])
        self.assertEqual(self.trash(), [b"there a", b"there b", b"there c"])

    def test_replace_if_newer(self):
        terminal = self.open("cp")
        terminal.expect(r"For all: .*\? ")
        terminal.type("n\n")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual([self.read(f"into/{name}") for name in "abc"], ["coming a", "there b", "coming c"])
        self.assertEqual(self.read("into/free"), "coming free")
        self.assertEqual(self.read("a"), "coming a")

    def test_keep_both_and_skip_one_by_one(self):
        terminal = self.open("cp")
        terminal.expect(r"For all: .*\? ")
        terminal.type("o\n")
        terminal.expect(r"a: coming .*")
        terminal.expect(r"\? ")
        terminal.type("b\n")
        terminal.expect(r"b: coming .*")
        terminal.expect(r"\? ")
        terminal.type("S\n")
        terminal.expect("stored as a \\(2\\)")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(self.read("into/a (2)"), "coming a")
        self.assertEqual([self.read(f"into/{name}") for name in "abc"], ["there a", "there b", "there c"])
        self.assertEqual(self.read("into/free"), "coming free")

    def test_cancel_moves_nothing(self):
        before = harness.read_tree(self.share)
        terminal = self.open("mv")
        terminal.expect(r"For all: .*\? ")
        terminal.type("c\n")
        terminal.expect("Cancelled")
        self.assertEqual(terminal.wait(), 1)
        self.assertEqual(harness.read_tree(self.share), before)

    def test_folders_are_told_from_files(self):
        for folder in ("tree", "into/tree"):
            (self.share / folder).mkdir()
        self.write("tree/new", "new", NEW)
        self.write("into/tree/old", "old", OLD)
        terminal = self.open("mv", "free", "tree")
        terminal.expect("1 name is taken already:")
        terminal.expect("tree: coming a folder  20.*; there a folder  20")
        terminal.expect(r"For all: .*\? ")
        terminal.type("b\n")
        self.assertEqual(terminal.wait(), 0)
        self.assertEqual(self.read("into/tree/old"), "old")
        self.assertEqual(self.read("into/tree (2)/new"), "new")

    def test_nothing_taken_asks_nothing(self):
        self.write("other", "other", NEW)
        terminal = self.open("mv", "free", "other")
        self.assertEqual(terminal.wait(), 0)
        self.assertNotIn("taken", terminal.transcript)
        self.assertEqual(self.read("into/other"), "other")

    def test_what_is_missing_fails_alone(self):
        terminal = self.open("mv", "missing", "a", "free")
        terminal.expect("1 name is taken already:")
        terminal.expect(r"For all: .*\? ")
        terminal.type("s\n")
        terminal.expect("files/missing")
        self.assertEqual(terminal.wait(), 1)
        self.assertEqual(self.read("into/free"), "coming free")
        self.assertEqual(self.read("into/a"), "there a")

    def test_without_a_terminal_each_fails(self):
        sources = [self.client.remote(f"files/{name}") for name in self.names]
        result = self.client.run("mv", *sources, self.client.remote("files/into"), status=1)
        self.assertEqual(result.errors.count("--on-conflict"), 3)
        self.assertEqual(self.read("into/free"), "coming free")
        self.assertEqual(self.read("into/a"), "there a")


if __name__ == "__main__":
    harness.main()
