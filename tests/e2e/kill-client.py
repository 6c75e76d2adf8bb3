#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line killed with SIGKILL at each step in turn: nothing half-written under a real name,
nothing doubled, and the same command again ends it."""

import os
import shutil
import subprocess

import harness

KILL_AT = os.environ["KILL_AT"]
NOT_ALLOWED = 77
KILLED = 137
# Spread over all steps; more where it is quick.
CYCLES = 15 if "SAMPAN_QUICK_TESTS" in os.environ else 100
ALL_STEPS = 1_000_000
SIZES = [0, 1, 5_000, 70_000, 300_000, 3_000_000]
PART_PREFIX = ".sampan-"


class Killed(harness.Case):
    def setUp(self):
        super().setUp()
        if subprocess.run([KILL_AT, "/bin/true"], stderr=subprocess.DEVNULL).returncode == NOT_ALLOWED:
            self.skipTest("this system does not let one process trace another")
        self.start_server()

    def run_until(self, step, *arguments):
        """How many steps it made; dies at STEP."""
        left = self.folder / "steps-left"
        done = subprocess.run(
            [KILL_AT, *self.client.arguments(*arguments)],
            env=dict(self.client.environment, KILL_AT_STEP=str(step), KILL_AT_LEFT=str(left)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=harness.WAIT_SECS,
        )
        self.assertIn(done.returncode, (0, KILLED), done.stderr)
        return step - int(left.read_text())

    def choose_steps(self, count):
        """The last ones too: some steps differ from run to run."""
        return [max(1, count * cycle // CYCLES) for cycle in range(1, CYCLES + 1)]

    def assert_whole_or_absent(self, folder, tree):
        for name, content in folder.items():
            if not os.path.basename(name).startswith(PART_PREFIX):
                self.assertTrue(content == tree.get(name), name)

    def assert_equal_trees(self, first, second):
        first, second = harness.read_tree(first), harness.read_tree(second)
        self.assertEqual(list(first), list(second))
        self.assert_whole_or_absent(first, second)

    def make_tree(self, folder, cycle):
        for number, size in enumerate(SIZES):
            harness.make_file(folder / f"folder-{number % 2}" / f"file-{number}", size, seed=100 * cycle + number)

    def test_get(self):
        source, target = self.share / "tree", self.folder / "back" / "tree"
        target.parent.mkdir()
        command = ("get", "-r", "--on-conflict=skip", self.client.remote("files/tree"), target.parent)
        self.make_tree(source, 0)
        whole = harness.read_tree(source)
        count = self.run_until(ALL_STEPS, *command)
        self.assert_equal_trees(source, target)
        for step in self.choose_steps(count):
            shutil.rmtree(target)
            self.run_until(step, *command)
            if target.exists():
                self.assert_whole_or_absent(harness.read_tree(target), whole)
            self.client.run(*command)
            self.assert_equal_trees(source, target)

    def test_put(self):
        source, target = self.folder / "tree", self.share / "tree"
        command = ("put", "-r", "--on-conflict=skip", source, self.client.remote("files"))
        self.make_tree(source, 1)
        whole = harness.read_tree(source)
        count = self.run_until(ALL_STEPS, *command)
        self.assert_equal_trees(source, target)
        for step in self.choose_steps(count):
            shutil.rmtree(target)
            self.run_until(step, *command)
            if target.exists():
                self.assert_whole_or_absent(harness.read_tree(target), whole)
            self.client.run(*command)
            self.assert_equal_trees(source, target)
            self.assertEqual((self.visible(), self.trash()), (["tree"], []))
            harness.wait_until(lambda: self.staged() == [], "the box to have no part left")


if __name__ == "__main__":
    harness.main()
