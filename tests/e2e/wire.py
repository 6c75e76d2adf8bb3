# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A8, G7, G8: wires that end anywhere, in either direction and in either way, that bring one byte at a time, and a server that
restarts under many clients. Every command ends by itself; nothing is lost, mixed or stored twice."""

import itertools
import os
import pathlib
import random
import shutil
import tempfile

import harness

TREE = {"a": 70_000, "b": 0, "c": 1, "folder/d": 300_000, "folder/deep/e": 500}
TREE_SIZE = 370_501
SHIFT = 1500  # what comes before the first file
CUTS = 20
CLIENTS = 4
FILES_EACH = 25


class Wire(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.tree = self.folder / "tree"
        for seed, (name, size) in enumerate(TREE.items()):
            harness.make_file(self.tree / name, size, seed=seed)
        seed = int(os.environ.get("SAMPAN_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"# SAMPAN_TEST_SEED={seed}", flush=True)
        self.random = random.Random(seed)

    def run_over(self, proxy, *arguments):
        """The command goes on by itself; one that had no session yet may say so."""
        process = self.start_client(*arguments)
        process.communicate(timeout=harness.WAIT_SECS)
        if process.returncode == 3:
            self.client.run(*arguments)
        else:
            self.assertEqual(process.returncode, 0)

    def break_anywhere(self, run):
        """Each time from another address: a login that was cut off counts as a guess."""
        addresses = (f"127.0.1.{number}" for number in itertools.count(1))
        for direction in ("up", "down"):
            for at_limit in ("reset", "finish"):
                for _ in range(CUTS // 4):
                    limit = self.random.randrange(1, SHIFT + (TREE_SIZE if self.random.random() < 0.7 else 0))
                    with self.subTest(direction=direction, at_limit=at_limit, limit=limit):
                        proxy = self.new_proxy(**{f"{direction}_limit": limit}, at_limit=at_limit,
                                               address=next(addresses))
                        run(proxy)
                        proxy.close()

    def test_a8_put(self):
        def run(proxy):
            shutil.rmtree(self.share / "tree", ignore_errors=True)
            self.run_over(proxy, "put", "-r", "--on-conflict=skip", self.tree, self.client.remote("files/", port=proxy.port))
            self.assert_same_tree(self.tree, self.share / "tree")
            self.assertEqual((self.visible(), self.trash()), (["tree"], []))
            harness.wait_until(lambda: not self.staged(), "nothing is staged")
        self.break_anywhere(run)

    def test_a8_get(self):
        shutil.copytree(self.tree, self.share / "tree")

        def run(proxy):
            local = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
            self.run_over(proxy, "get", "-r", "--on-conflict=skip", self.client.remote("files/tree", port=proxy.port), local)
            self.assert_same_tree(self.tree, local / "tree")
            self.assertEqual(os.listdir(local), ["tree"])
        self.break_anywhere(run)

    def test_one_byte_at_a_time(self):
        (self.tree / "folder" / "d").unlink()
        harness.make_file(self.tree / "a", 3000)
        proxy = self.new_proxy(chunk=1)
        self.client.run("put", "-r", self.tree, self.client.remote("files/", port=proxy.port))
        self.assert_same_tree(self.tree, self.share / "tree")
        listed = self.client.run("ls", self.client.remote("files/tree", port=proxy.port)).text.split()
        self.assertEqual(sorted(name.rstrip("/") for name in listed), ["a", "b", "c", "folder"])
        back = self.folder / "back"
        back.mkdir()
        self.client.run("get", "-r", self.client.remote("files/tree", port=proxy.port), back)
        self.assert_same_tree(self.tree, back / "tree")


class Restart(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.port = self.server.port
        self.trees = []
        for client in range(CLIENTS):
            tree = self.folder / f"tree-{client}"
            for number in range(FILES_EACH):
                harness.make_file(tree / f"file-{number}", 300_000 + number, seed=100 * client + number)
            self.trees.append(tree)

    def restart_in_the_middle(self, end):
        """Half of the clients send, the others fetch."""
        third = FILES_EACH * 300_000 // 3
        local = self.folder / "local"
        local.mkdir()
        proxies, processes = [], []
        for number, tree in enumerate(self.trees):
            client = self.new_client()
            proxies.append(self.new_proxy(**{"down_limit" if number % 2 else "up_limit": third}))
            remote = client.remote("files/", port=proxies[-1].port)
            if number % 2:
                shutil.copytree(tree, self.share / tree.name)
                command = ["get", "-r", remote + tree.name, local]
            else:
                command = ["put", "-r", tree, remote]
            processes.append(self.start_client(*command, client=client))
        for proxy in proxies:
            proxy.wait_reached()
        end()
        self.server.start(self.port)
        for proxy in proxies:
            proxy.release()
            proxy.cut()
        for process in processes:
            self.assert_ends(process, 0)
        for number, tree in enumerate(self.trees):
            self.assert_same_tree(tree, (local if number % 2 else self.share) / tree.name)
        self.assertEqual(self.visible(), [tree.name for tree in self.trees])
        self.assertEqual(sorted(os.listdir(local)), [tree.name for tree in self.trees[1::2]])
        self.assertEqual(self.trash(), [])
        harness.wait_until(lambda: not self.staged(), "nothing is staged")

    def test_g7_stopped(self):
        def stop():
            self.server.stop()
        self.restart_in_the_middle(stop)

    def test_g7_killed(self):
        self.restart_in_the_middle(self.server.kill)


if __name__ == "__main__":
    harness.main()
