# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""F9, F10, D18: parts that were damaged, files that change while they are on their way. What is stored was one file at one time."""

import os

import harness

SIZE = 8_000_000
MIDDLE = SIZE // 2
LONG = 40_000_000  # more than two sockets and a proxy swallow
KEPT = 65536  # a smaller part is not kept


def flip(path):
    """One bit, without a trace in size."""
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 0x10]))


def shorten(path):
    os.truncate(path, path.stat().st_size * 2 // 3)


def grow(path):
    with open(path, "ab") as file:
        file.write(bytes(100_000))


def fill_up(path):
    os.truncate(path, SIZE)


def overgrow(path):
    os.truncate(path, 2 * SIZE)


DAMAGES = (flip, shorten, grow, fill_up, overgrow)


class Parts(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()

    def test_f9_part_of_an_upload(self):
        source = harness.make_file(self.folder / "file", SIZE, seed=1)
        for number, damage in enumerate(DAMAGES):
            with self.subTest(damage=damage.__name__):
                name = f"target-{number}"
                proxy = self.new_proxy(up_limit=MIDDLE)
                process = self.start_client("put", "--reconnect=0", source, self.client.remote(f"files/{name}", port=proxy.port))
                proxy.wait_reached()
                harness.wait_until(lambda: sum(self.staged()) > KEPT, "a partial")
                self.server.kill()
                self.assert_ends(process, 3)
                staged, = (self.share / ".sampan").glob("staging/*")
                damage(staged)
                self.server.start()
                self.client.port = self.server.port
                self.client.run("put", "--resume", source, self.client.remote(f"files/{name}"))
                self.assertEqual((self.share / name).read_bytes(), source.read_bytes())
                self.assertEqual(self.staged(), [])

    def test_f9_part_of_a_download(self):
        source = harness.make_file(self.share / "file", SIZE, seed=1)
        for number, damage in enumerate(DAMAGES):
            with self.subTest(damage=damage.__name__):
                local = self.folder / f"local-{number}"
                local.mkdir()
                proxy = self.new_proxy(down_limit=MIDDLE)
                process = self.start_client("get", self.client.remote("files/file", port=proxy.port), local)
                proxy.wait_reached()
                part = harness.wait_until(lambda: [one for one in local.iterdir() if one.stat().st_size > KEPT], "a part")[0]
                process.kill()
                process.communicate()
                proxy.close()
                damage(part)
                self.client.run("get", self.client.remote("files/file"), local)
                self.assertEqual(os.listdir(local), ["file"])
                self.assertEqual((local / "file").read_bytes(), source.read_bytes())


class Source(harness.Case):
    """It changes when the half of it is sent."""

    def setUp(self):
        super().setUp()
        self.start_server()
        self.source = harness.make_file(self.folder / "file", LONG, seed=1)
        self.other = harness.make_file(self.folder / "other", LONG, seed=2, mtime_ns=1_650_000_000_000_000_001)

    def rewrite(self):
        with open(self.source, "r+b") as file:
            file.write(self.other.read_bytes())

    def replace(self):
        os.replace(self.other, self.source)

    def upload_while(self, change, statuses, options=()):
        """Returns what is stored, None for nothing."""
        proxy = self.new_proxy(up_limit=MIDDLE)
        target = self.client.remote("files/target", port=proxy.port)
        process = self.start_client("put", "--on-conflict=replace", *options, self.source, target)
        proxy.wait_reached()
        change()
        proxy.release()
        process.wait(harness.WAIT_SECS)
        self.assertIn(process.returncode, statuses)
        stored = self.share / "target"
        return stored.read_bytes() if stored.exists() else None

    def next_run_is_right(self):
        self.client.run("put", "--on-conflict=replace", "--resume", self.source, self.client.remote("files/target"))
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())
        self.assertEqual((self.visible(), self.staged()), (["target"], []))

    def test_f10_grows(self):
        self.assertIsNone(self.upload_while(lambda: grow(self.source), [1]))
        self.next_run_is_right()

    def test_f10_shrinks(self):
        self.assertIsNone(self.upload_while(lambda: os.truncate(self.source, 1000), [1]))
        self.next_run_is_right()

    def test_f10_is_rewritten_in_place(self):
        self.assertIsNone(self.upload_while(self.rewrite, [1]))
        self.next_run_is_right()

    def test_f10_is_rewritten_over_an_old_target(self):
        old = harness.make_file(self.share / "target", 1000, seed=3).read_bytes()
        self.assertEqual(self.upload_while(self.rewrite, [1]), old)
        self.assertEqual(self.trash(), [])
        self.next_run_is_right()

    def test_f10_is_replaced(self):
        first = self.source.read_bytes()
        self.assertEqual(self.upload_while(self.replace, [0]), first)
        self.next_run_is_right()

    def test_f10_is_removed(self):
        first = self.source.read_bytes()
        self.assertEqual(self.upload_while(self.source.unlink, [0]), first)

    def test_f10_is_replaced_before_it_goes_on(self):
        """The partial on the box is of the file that had the name before."""
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_client("put", self.source, self.client.remote("files/target", port=proxy.port))
        proxy.wait_reached()
        harness.wait_until(lambda: sum(self.staged()) > KEPT, "a partial")
        size_and_time = self.source.stat()
        os.utime(self.other, ns=(size_and_time.st_mtime_ns, size_and_time.st_mtime_ns))
        self.replace()
        proxy.cut()
        proxy.release()
        self.assert_ends(process, 0)
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())


class Target(harness.Case):
    """The file on the box changes when the half of it has come."""

    def setUp(self):
        super().setUp()
        self.start_server()
        self.stored = harness.make_file(self.share / "file", LONG, seed=1)
        self.first = self.stored.read_bytes()
        self.local = self.folder / "local"
        self.local.mkdir()

    def download_while(self, change, cuts=False):
        proxy = self.new_proxy(down_limit=MIDDLE)
        process = self.start_client("get", self.client.remote("files/file", port=proxy.port), self.local)
        proxy.wait_reached()
        change()
        if cuts:
            proxy.cut()
        proxy.release()
        out, err = process.communicate(timeout=harness.WAIT_SECS)
        self.assertIn(process.returncode, (0, 1), (out, err))
        there = [name for name in os.listdir(self.local) if not name.startswith(".sampan-")]
        return (self.local / "file").read_bytes() if there == ["file"] else None, process.returncode

    def replace_by_an_upload(self):
        self.client.run("put", "--on-conflict=replace", harness.make_file(self.folder / "new", LONG, seed=2),
                        self.client.remote("files/file"))

    def next_run_is_right(self):
        self.client.run("get", "--on-conflict=replace", self.client.remote("files/file"), self.local)
        self.assertEqual((self.local / "file").read_bytes(), self.stored.read_bytes())
        self.assertEqual(os.listdir(self.local), ["file"])

    def test_d18_replaced(self):
        got, status = self.download_while(self.replace_by_an_upload)
        self.assertEqual((got, status), (self.first, 0))
        self.next_run_is_right()

    def test_d18_replaced_and_the_wire_is_cut(self):
        got, status = self.download_while(self.replace_by_an_upload, cuts=True)
        self.assertEqual((got, status), (self.stored.read_bytes(), 0))
        self.next_run_is_right()

    def test_d18_removed(self):
        got, _ = self.download_while(self.stored.unlink)
        self.assertIn(got, (None, self.first))

    def test_d18_rewritten_in_place(self):
        """Not by the server, which never does: by another program on the box."""
        def rewrite():
            with open(self.stored, "r+b") as file:
                file.seek(LONG - 100_000)  # behind what is on its way already
                file.write(bytes(100_000))
        got, status = self.download_while(rewrite)
        self.assertEqual((got, status), (None, 1))
        self.next_run_is_right()

    def test_d18_shortened(self):
        got, status = self.download_while(lambda: os.truncate(self.stored, LONG - 100_000))
        self.assertEqual((got, status), (None, 1))
        self.next_run_is_right()


if __name__ == "__main__":
    harness.main()
