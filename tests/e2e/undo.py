#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command removed, moved or replaced comes back by what its last line says, word for word."""

import json
import os
import shlex
import shutil
import time

import harness

NAME = "it's (a) $name; & more"


class Undo(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.local = self.client.home / "local"

    def tree(self):
        return harness.read_tree(self.share)

    def undo(self, result):
        """Types what RESULT says. All of its commands."""
        lines = [line for line in result.errors.splitlines() if line.startswith("To undo: ")]
        self.assertEqual(len(lines), 1, str(result))
        commands = lines[0].removeprefix("To undo: ").split(" && ")
        for command in commands:
            words = shlex.split(command)
            self.assertEqual(words[0], "sampan-cli")
            self.client.run(*words[1:])
        return commands

    def remote(self, path):
        return self.client.remote("files/" + path)

    def slots(self):
        return [json.loads(line) for line in self.client.run("--json", "trash", self.client.remote("files")).text.splitlines()]

    def test_rm(self):
        for path in ("one", "two", "folder/deep/three", NAME):
            harness.make_file(self.share / path, 100)
        before = self.tree()
        commands = self.undo(self.client.run("rm", "-r", self.remote("one"), self.remote("folder"), self.remote("two")))
        self.assertEqual(len(commands), 1)
        self.assertEqual(self.tree(), before)
        self.undo(self.client.run("rm", self.client.remote("files") + "/it's%20(a)%20$name;%20&%20more"))
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.slots(), [])

    def test_mv(self):
        for path in ("a", "b", "folder/c", NAME):
            harness.make_file(self.share / path, 100, seed=len(path))
        before = self.tree()
        odd = self.client.remote("files") + "/it's%20(a)%20$name;%20&%20more"
        self.undo(self.client.run("mv", odd, self.remote("plain")))
        self.assertEqual(self.tree(), before)
        self.undo(self.client.run("mv", "--on-conflict=replace", self.remote("a"), self.remote("b")))
        self.assertEqual(self.tree(), before)
        self.undo(self.client.run("mv", self.remote("a"), self.remote("b"), self.remote("folder")))
        self.assertEqual(self.tree(), before)
        self.undo(self.client.run("mv", "--on-conflict=both", self.remote("a"), self.remote("b")))
        self.assertEqual(self.tree(), before)

    def test_mv_between_shares(self):
        other = self.server.add_share("other", change="ann")
        harness.make_file(self.share / "folder" / "a", 100)
        before = self.tree()
        self.undo(self.client.run("mv", self.remote("folder"), self.client.remote("other")))
        self.assertEqual(self.tree(), before)
        self.assertEqual(harness.read_tree(other), {})

    def test_cp_and_put(self):
        for path in ("a", "b"):
            harness.make_file(self.share / path, 100, seed=ord(path))
        before = self.tree()
        self.undo(self.client.run("cp", "--on-conflict=replace", self.remote("a"), self.remote("b")))
        self.assertEqual(self.tree(), before)
        for path in ("a", "b"):
            harness.make_file(self.local / path, 200, seed=9)
        self.undo(self.client.run("put", "-r", "--on-conflict=replace", self.local / "a", self.local / "b", self.remote("")))
        self.assertEqual(self.tree(), before)
        self.assertNotIn("undo", self.client.run("put", self.local / "a", self.remote("new")).errors)

    def test_json_tells_ids(self):
        for path in ("a", "b", "c"):
            harness.make_file(self.share / path, 100, seed=ord(path))
        before = self.tree()
        told = [self.client.run("--json", *words) for words in (
            ["mv", "--on-conflict=replace", self.remote("a"), self.remote("b")], ["rm", self.remote("c")])]
        self.assertEqual([one.errors for one in told], ["", ""])
        ids = [json.loads(one.text)["trash_id"] for one in told]
        self.assertEqual(sorted(one["trash_id"] for one in self.slots()), sorted(ids))
        self.client.run("mv", self.remote("b"), self.remote("a"))
        done = [json.loads(line) for line in self.client.run("--json", "restore", self.remote(""), *ids).text.splitlines()]
        self.assertEqual([one["status"] for one in done], ["done", "done"])
        self.assertEqual(self.tree(), before)

    def test_restore_by_name(self):
        for content in (b"first", b"second"):
            (self.share / "file").write_bytes(content)
            self.client.run("rm", self.remote("file"))
        self.client.run("restore", self.remote("file"))
        self.assertEqual((self.share / "file").read_bytes(), b"second")
        taken = self.client.run("restore", self.remote("file"), status=1)
        self.assertIn("on-conflict", taken.errors)
        self.assertIn("file (2)", self.client.run("restore", "--on-conflict=both", self.remote("file")).text)
        self.assertEqual((self.share / "file (2)").read_bytes(), b"first")
        self.assertIn("in the trash", self.client.run("restore", self.remote("file"), status=1).errors)
        self.client.run("rm", self.remote("file"))
        (self.share / "file").write_bytes(b"third")
        self.client.run("restore", "--on-conflict=skip", self.remote("file"))
        self.assertEqual((self.share / "file").read_bytes(), b"third")
        self.client.run("restore", "--on-conflict=replace", self.remote("file"))
        self.assertEqual((self.share / "file").read_bytes(), b"second")
        self.assertEqual(self.trash(), [b"third"])

    def test_restore_twice_and_purge(self):
        for name in ("a", "b", "c"):
            harness.make_file(self.share / name, 100)
            self.client.run("rm", self.remote(name))
        ids = {one["uri"][-1]: one["trash_id"] for one in self.slots()}
        twice = self.client.run("restore", self.remote(""), ids["a"], ids["a"], status=1)
        self.assertIn("not in the trash", twice.errors)
        self.assertEqual(self.visible(), ["a"])
        self.client.run("trash", "purge", self.remote(""), status=2)
        self.client.run("trash", "purge", self.remote(""), ids["b"])
        self.client.run("restore", self.remote(""), ids["b"], status=1)
        self.assertEqual([one["trash_id"] for one in self.slots()], [ids["c"]])
        self.client.run("trash", "purge", "--all", self.remote(""))
        self.assertEqual(self.slots(), [])
        self.assertEqual(self.visible(), ["a"])

    def test_limits_take_effect_at_once(self):
        for name in ("old", "new"):
            harness.make_file(self.share / name, 100)
            self.client.run("rm", self.remote(name))
        ids = {one["uri"].rpartition("/")[2]: one["trash_id"] for one in self.slots()}
        week_ago = time.time() - 7 * 86400
        os.utime(self.share / ".sampan" / "trash" / ids["old"], (week_ago, week_ago))
        self.server.command("share", "trash", "files", "--days", "8")
        self.assertEqual(len(self.slots()), 2)
        told = json.loads(self.server.command("share", "trash", "files", "--days", "6", "--json").text)
        self.assertEqual(told["trash_days"], 6)
        harness.wait_until(lambda: [one["trash_id"] for one in self.slots()] == [ids["new"]], "the old one to go")

    def test_damaged_record(self):
        """One that cannot be read is no reason to hide the others, and goes when all goes."""
        for name in ("a", "b"):
            harness.make_file(self.share / name, 100)
            self.client.run("rm", self.remote(name))
        ids = {one["uri"][-1]: one["trash_id"] for one in self.slots()}
        trash = self.share / ".sampan" / "trash"
        whole = (trash / ids["a"] / "info").read_bytes()
        for bad in (b"", whole[:-1], whole + b"x", b"X" + whole[1:], whole[:-1] + b"/", whole.replace(b"a", b"\0"),
                    whole[:-1] + b"."):
            (trash / ids["a"] / "info").write_bytes(bad)
            self.client.run("restore", self.remote(""), ids["a"], status=1)
            self.assertEqual([one["trash_id"] for one in self.slots()], [ids["b"]])
            self.assertTrue((trash / ids["a"] / "item").exists())
        (trash / ids["a"] / "info").unlink()
        self.client.run("restore", self.remote(""), ids["a"], status=1)
        shutil.copy(self.share / ".sampan" / "trash" / ids["b"] / "info", trash / ids["a"] / "info")
        self.client.run("restore", self.remote(""), *ids.values(), "--on-conflict=both")
        self.assertEqual(self.visible(), ["b", "b (2)"])


if __name__ == "__main__":
    harness.main()
