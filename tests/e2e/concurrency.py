#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""D18: many clients at once: every file is one whole version, and none waits for another's slow wire."""

import concurrent.futures

import harness

CLIENTS = 16


class Together(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def run_all(self, jobs):
        with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
            return [future.result() for future in [pool.submit(job) for job in jobs]]

    def test_same_name_one_whole_version_wins(self):
        sources = [harness.make_file(self.folder / f"file-{number}", 300_000 + number, seed=number) for number in range(CLIENTS)]
        versions = sorted(source.read_bytes() for source in sources)

        def put(source):
            return lambda: self.client.run("put", "--on-conflict=replace", source, self.client.remote("files/target"))
        self.run_all([put(source) for source in sources])
        self.assertEqual(self.visible(), ["target"])
        self.assertEqual(sorted(self.trash() + [(self.share / "target").read_bytes()]), versions)
        self.assertEqual(self.staged(), [])

    def test_same_name_refused_but_for_one(self):
        sources = [harness.make_file(self.folder / f"file-{number}", 100_000, seed=number) for number in range(CLIENTS)]

        def put(source):
            return lambda: self.client.run("put", source, self.client.remote("files/target"), status=None)
        results = self.run_all([put(source) for source in sources])
        self.assertEqual(sorted(result.status for result in results), [0] + [1] * (CLIENTS - 1))
        winner = next(source for source, result in zip(sources, results) if result.status == 0)
        self.assertEqual((self.share / "target").read_bytes(), winner.read_bytes())
        self.assertEqual(self.trash(), [])

    def test_trees_at_once(self):
        trees = []
        for number in range(CLIENTS // 2):
            tree = self.folder / f"tree-{number}"
            for file in range(20):
                harness.make_file(tree / f"folder-{file % 3}" / f"file-{file}", 3000 * file, seed=1000 * number + file)
            trees.append(tree)

        def there_and_back(tree):
            def run():
                self.client.run("put", "-r", tree, self.client.remote("files"))
                self.client.run("get", "-r", self.client.remote(f"files/{tree.name}"), self.folder / f"back-{tree.name}")
            return run
        self.run_all([there_and_back(tree) for tree in trees])
        for tree in trees:
            self.assert_same_tree(tree, self.folder / f"back-{tree.name}")

    def test_download_sees_one_version_while_it_is_replaced(self):
        old = harness.make_file(self.share / "file", 4_000_000, seed=1).read_bytes()
        new = harness.make_file(self.folder / "new", 4_000_000, seed=2)
        proxy = self.new_proxy(down_limit=2_000_000)
        process = self.start_client("get", self.client.remote("files/file", port=proxy.port), self.folder / "got")
        proxy.wait_reached()
        self.client.run("put", "--on-conflict=replace", new, self.client.remote("files/file"))
        proxy.release()
        self.assert_ends(process, 0)
        self.assertEqual((self.folder / "got").read_bytes(), old)

    def test_stuck_wire_holds_up_nobody(self):
        harness.make_file(self.share / "file", 8_000_000)
        proxies = [self.new_proxy(down_limit=1_000_000) for _ in range(8)]
        for number, proxy in enumerate(proxies):
            self.start_client("get", self.client.remote("files/file", port=proxy.port), self.folder / f"stuck-{number}")
        for proxy in proxies:
            proxy.wait_reached()
        self.client.run("get", self.client.remote("files/file"), self.folder / "free")


if __name__ == "__main__":
    harness.main()
