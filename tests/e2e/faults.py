#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crashes, full disks and broken wires in the middle of a transfer: whole files only, and what was sent is not sent again."""

import json
import os
import random
import time

import harness

SIZE = 8_000_000
MIDDLE = SIZE // 2
OVERHEAD = 500_000  # far more than the handshakes and headers of one command


class Upload(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.source = harness.make_file(self.folder / "file", SIZE, seed=1)

    def start_upload(self, proxy, *options):
        return self.start_client("put", "--reconnect=0", "--on-conflict=replace", *options, self.source,
                                 self.client.remote("files/target", port=proxy.port))

    def assert_whole(self):
        self.assertEqual((self.share / "target").read_bytes(), self.source.read_bytes())

    def test_server_killed_then_resumed(self):
        old = harness.make_file(self.share / "target", 1000, seed=2).read_bytes()
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_upload(proxy)  # nobody knows beforehand that it will break
        proxy.wait_reached()
        harness.wait_until(lambda: sum(self.staged()) > MIDDLE - OVERHEAD, "the box wrote what it got")
        self.server.kill()
        self.assertIn("file", self.assert_ends(process, 3).errors)
        self.assertEqual(self.visible(), ["target"])
        self.assertEqual((self.share / "target").read_bytes(), old)
        self.server.start()
        second = self.new_proxy()
        self.assert_ends(self.start_upload(second, "--resume"), 0)
        self.assert_whole()
        self.assertLess(second.counts["up"], SIZE - MIDDLE + 2 * OVERHEAD)
        self.assertEqual((self.trash(), self.staged()), ([old], []))

    def test_partial_of_another_version_is_not_continued(self):
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_upload(proxy, "--resume")
        proxy.wait_reached()
        self.server.kill()
        self.assert_ends(process, 3)
        mtime_ns = self.source.stat().st_mtime_ns
        harness.make_file(self.source, SIZE, seed=3, mtime_ns=mtime_ns)  # same path, size and time, other bytes
        self.server.start()
        self.client.port = self.server.port
        self.client.run("put", "--resume", self.source, self.client.remote("files/target"))
        self.assert_whole()

    def test_what_was_safe_is_kept(self):
        size = 100_000_000
        harness.make_file(self.source, size, seed=7)
        limit = 70_000_000
        proxy = self.new_proxy(up_limit=limit)
        process = self.start_upload(proxy, "--progress=json")
        told = []

        def look():
            line = json.loads(process.stderr.readline())
            if line["status"] == "progress":
                told.append(line["safe_bytes"])
            return told and told[-1] > limit - OVERHEAD
        harness.wait_until(look, "all that came to be safe")
        self.server.kill()
        safe = told[-1]
        self.assertEqual(told, sorted(told))
        self.assertGreaterEqual(sum(self.staged()), safe)
        self.assert_ends(process, 3)
        self.server.start()
        second = self.new_proxy()
        result = self.assert_ends(self.start_upload(second, "--resume", "--progress=json"), 0)
        self.assert_whole()
        self.assertLess(second.counts["up"], size - safe + 2 * OVERHEAD)
        told = [line["safe_bytes"] for line in map(json.loads, result.errors.splitlines()) if line["status"] == "progress"]
        self.assertEqual(told[-1], size)

    def test_server_stopped(self):
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_upload(proxy)
        proxy.wait_reached()
        self.server.stop()
        proxy.release()
        self.assert_ends(process, 3)
        self.assertEqual(self.visible(), [])

    def test_client_killed(self):
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_upload(proxy)
        proxy.wait_reached()
        process.kill()
        process.communicate()
        proxy.close()
        self.assertEqual(self.visible(), [])
        self.client.run("put", self.source, self.client.remote("files/target"))
        self.assert_whole()

    def test_client_stopped_by_signal(self):
        proxy = self.new_proxy(up_limit=MIDDLE)
        process = self.start_upload(proxy)
        proxy.wait_reached()
        process.terminate()
        self.assert_ends(process, 128 + 15)
        proxy.close()
        self.assertEqual(self.visible(), [])

    def test_wire_cut_at_random_bytes(self):
        generator = random.Random(5)
        for number in range(8):
            harness.make_file(self.source, 2_000_000, seed=100 + number)
            before = (self.share / "target").read_bytes() if number else None
            proxy = self.new_proxy(up_limit=generator.randrange(1, 2_000_000), at_limit="cut")
            self.assert_ends(self.start_upload(proxy, "--resume"), 3)
            proxy.close()
            if before is not None:
                self.assertEqual((self.share / "target").read_bytes(), before)
            else:
                self.assertEqual(self.visible(), [])
            self.client.run("put", "--on-conflict=replace", "--resume", self.source, self.client.remote("files/target"))
            self.assert_whole()

    def test_twenty_crashes_leave_whole_files_only(self):
        generator = random.Random(6)
        versions = [harness.make_file(self.folder / f"version-{number}", 1_000_000, seed=number) for number in (0, 1)]
        whole = {version.read_bytes() for version in versions}
        harness.make_file(self.share / "target", 1_000_000, seed=0)
        for number in range(20):
            self.source = versions[(number + 1) % 2]
            proxy = self.new_proxy(up_limit=generator.randrange(200, 1_000_000))
            process = self.start_upload(proxy, *(["--resume"] if number % 3 else []))
            # what was resumed may end before the limit
            harness.wait_until(lambda: proxy.reached.is_set() or process.poll() is not None, "the moment to crash")
            self.server.kill()
            process.wait(harness.WAIT_SECS)
            proxy.close()
            self.assertIn((self.share / "target").read_bytes(), whole)
            self.assertEqual(self.visible(), ["target"])
            self.server.start()
        self.client.port = self.server.port
        self.client.run("put", "--on-conflict=replace", "--resume", self.source, self.client.remote("files/target"))
        self.assert_whole()

    def test_one_byte_at_a_time(self):
        harness.make_file(self.source, 3000)
        proxy = self.new_proxy(chunk=1)
        self.assert_ends(self.start_upload(proxy), 0)
        self.assert_whole()
        self.client.run("get", self.client.remote("files/target", port=proxy.port), self.folder / "back")
        self.assertEqual((self.folder / "back").read_bytes(), self.source.read_bytes())

class Download(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        self.source = harness.make_file(self.share / "file", SIZE, seed=1)
        self.local = self.folder / "local"
        self.local.mkdir()

    def start_download(self, proxy):
        return self.start_client("get", "--reconnect=0", "--on-conflict=replace", self.client.remote("files/file", port=proxy.port), self.local)

    def named(self):
        return [name for name in os.listdir(self.local) if not name.startswith(".")]

    def test_client_killed(self):
        proxy = self.new_proxy(down_limit=MIDDLE)
        process = self.start_download(proxy)
        proxy.wait_reached()
        process.kill()
        process.communicate()
        self.assertEqual(self.named(), [])

    def test_client_stopped_by_signal_leaves_a_part(self):
        old = harness.make_file(self.local / "file", 100, seed=2).read_bytes()
        proxy = self.new_proxy(down_limit=MIDDLE)
        process = self.start_download(proxy)
        proxy.wait_reached()
        process.terminate()
        self.assert_ends(process, 128 + 15)
        self.assertEqual(self.named(), ["file"])
        self.assertEqual((self.local / "file").read_bytes(), old)

    def test_server_killed(self):
        os.truncate(self.source, 100_000_000)  # the wire may hold the rest of a short one
        proxy = self.new_proxy(down_limit=MIDDLE)
        process = self.start_download(proxy)
        proxy.wait_reached()
        self.server.kill()
        proxy.release()
        self.assert_ends(process, 3)
        self.assertEqual(self.named(), [])

    def test_wire_cut_at_random_bytes(self):
        generator = random.Random(7)
        for _ in range(8):
            proxy = self.new_proxy(down_limit=generator.randrange(1, SIZE), at_limit="cut")
            self.assert_ends(self.start_download(proxy), 3)
            self.assertEqual(self.named(), [])
            for part in self.local.iterdir():  # so that each try begins anew
                part.unlink()


class BlackHole(harness.Case):
    SECS = 30

    def test_g4_what_is_under_way_goes_on(self):
        """Nobody gives up on the other, and nothing is sent twice."""
        self.start_server()
        source = harness.make_file(self.folder / "file", SIZE, seed=1)
        harness.make_file(self.share / "there", SIZE, seed=2)
        up = self.new_proxy(up_limit=MIDDLE, at_limit="hole")
        down = self.new_proxy(down_limit=MIDDLE, at_limit="hole")
        processes = [self.start_client("put", source, self.client.remote("files/target", port=up.port)),
                     self.start_client("get", self.client.remote("files/there", port=down.port), self.folder / "got")]
        for proxy in (up, down):
            proxy.wait_reached()
        time.sleep(self.SECS)  # the length of the hole is the point
        self.assertEqual([process.poll() for process in processes], [None, None])
        self.assertEqual(self.visible(), ["there"])
        self.assertFalse((self.folder / "got").exists())
        for proxy in (up, down):
            proxy.release()
        for process in processes:
            self.assert_ends(process, 0)
        self.assertEqual((self.share / "target").read_bytes(), source.read_bytes())
        self.assertEqual((self.folder / "got").read_bytes(), (self.share / "there").read_bytes())
        self.assertLess(up.counts["up"], SIZE + OVERHEAD)
        self.assertLess(down.counts["down"], SIZE + OVERHEAD)
        self.assertEqual((self.visible(), self.staged(), self.trash()), (["target", "there"], [], []))


class FullDisk(harness.Case):
    def test_full_in_the_middle_of_an_upload(self):
        self.mount_small(self.folder / "shares" / "files", 6_000_000)
        self.start_server()
        self.addCleanup(self.server.kill)
        old = harness.make_file(self.share / "target", 1000, seed=2).read_bytes()
        # fills up while the upload runs: the space that was free at its start is gone
        source = harness.make_file(self.folder / "file", 4_000_000)
        proxy = self.new_proxy(up_limit=1_000_000)
        process = self.start_client("put", "--on-conflict=replace", source, self.client.remote("files/target", port=proxy.port))
        proxy.wait_reached()
        filler = self.share / "filler"
        with open(filler, "wb", buffering=0) as out, self.assertRaises(OSError):
            while True:
                out.write(bytes(65536))
        proxy.release()
        self.assertIn("space", self.assert_ends(process, 1).errors)
        self.assertEqual((self.share / "target").read_bytes(), old)
        self.assertEqual(self.visible(), ["filler", "target"])
        filler.unlink()
        self.client.run("put", "--on-conflict=replace", source, self.client.remote("files/target"))
        self.assertEqual((self.share / "target").read_bytes(), source.read_bytes())

    def test_f1_others_go_on_and_the_partial_is_continued(self):
        self.mount_small(self.folder / "shares" / "files", 6_000_000)
        self.start_server()
        self.addCleanup(self.server.kill)
        self.server.add_user("ben")
        roomy = self.server.add_share("roomy", change="ben")
        ben = self.new_client("ben")
        source = harness.make_file(self.folder / "file", 4_000_000)
        proxy = self.new_proxy(up_limit=2_000_000)
        process = self.start_client("put", source, self.client.remote("files/target", port=proxy.port))
        proxy.wait_reached()
        harness.wait_until(self.staged, "a partial")
        filler = self.share / "filler"
        with open(filler, "wb", buffering=0) as out, self.assertRaises(OSError):
            while True:
                out.write(bytes(65536))
        proxy.release()
        self.assertIn("space", self.assert_ends(process, 1).errors)
        ben.run("put", source, ben.remote("roomy/file"))
        self.assertEqual((roomy / "file").read_bytes(), source.read_bytes())
        self.client.run("get", self.client.remote("files/filler"), self.folder / "filler")
        self.assertIn("space", self.client.run("put", source, self.client.remote("files/target"), status=1).errors)
        self.assertEqual(self.visible(), ["filler"])
        filler.unlink()
        self.client.run("put", "--resume", source, self.client.remote("files/target"))
        self.assertEqual((self.share / "target").read_bytes(), source.read_bytes())
        self.assertEqual((self.visible(), self.staged()), (["target"], []))

    def test_too_large_is_refused_before_it_is_sent(self):
        self.mount_small(self.folder / "shares" / "files", 2_000_000)
        self.start_server()
        source = harness.make_file(self.folder / "file", SIZE)
        proxy = self.new_proxy()
        result = self.client.run("put", source, self.client.remote("files/target", port=proxy.port), status=1)
        self.assertRegex(result.errors, "Too little space on the box: .* more is needed")
        self.assertLess(proxy.counts["up"], 10_000)
        self.assertEqual(self.visible(), [])

    def test_full_here(self):
        self.start_server()
        harness.make_file(self.share / "file", 4_000_000)
        local = self.folder / "small"
        self.mount_small(local, 1_000_000)
        result = self.client.run("get", self.client.remote("files/file"), local, status=1)
        self.assertRegex(result.errors, "Too little space on this computer: .* more is needed")
        self.assertEqual(os.listdir(local), [])

    def test_full_here_in_the_middle(self):
        """What arrived stays, and the rest alone is fetched once there is room."""
        self.start_server()
        stored = harness.make_file(self.share / "file", 4_000_000)
        local = self.folder / "small"
        self.mount_small(local, 6_000_000)
        try:
            os.setxattr(local, "user.sampan", b"")
        except OSError:
            self.skipTest("the small file system holds no extended attributes")
        proxy = self.new_proxy(down_limit=3_000_000)
        process = self.start_client("get", self.client.remote("files/file", port=proxy.port), local)
        proxy.wait_reached()
        harness.wait_until(lambda: any(part.stat().st_size > 2_000_000 for part in local.iterdir()), "a part")
        filler = local / "filler"
        with open(filler, "wb", buffering=0) as out, self.assertRaises(OSError):
            while True:
                out.write(bytes(65536))
        proxy.release()
        self.assertIn("not enough space on this computer", self.assert_ends(process, 1).errors)
        # Nor does a try that comes too early cost it.
        self.client.run("get", "--resume", self.client.remote("files/file"), local, status=1)
        filler.unlink()
        proxy = self.new_proxy()
        self.client.run("get", "--resume", self.client.remote("files/file", port=proxy.port), local)
        self.assertLess(proxy.counts["down"], 2_500_000)
        self.assertEqual((local / "file").read_bytes(), stored.read_bytes())
        self.assertEqual(os.listdir(local), ["file"])

    def test_many_do_not_fit_here(self):
        """Each fails for want of space, and those behind it on the same connection for nothing else."""
        self.start_server()
        for number in range(60):
            harness.make_file(self.share / "tree" / f"{number}", 20_000, seed=number)
        local = self.folder / "small"
        self.mount_small(local, 500_000)
        result = self.client.run("get", "-r", "--resume", self.client.remote("files/tree"), local, status=1)
        errors = [line for line in result.errors.splitlines() if line.startswith("sampan-cli: ")]
        there = os.listdir(local / "tree")
        self.assertEqual(len(errors) + len(there), 60)
        self.assertEqual([line for line in errors if "not enough space on this computer" not in line], [])
        for name in there:
            self.assertEqual((local / "tree" / name).read_bytes(), (self.share / "tree" / name).read_bytes())


class Quota(harness.Case):
    ONE = 1_000_000

    def setUp(self):
        super().setUp()
        self.start_server()

    def usage(self):
        status = json.loads(self.server.command("status", "--json").text)
        return next(one for one in status["share_list"] if one["name"] == "files")

    def set_quota(self, text):
        self.server.command("share", "quota", "files", text)
        if text != "none":
            harness.wait_until(lambda: self.usage()["counted"], "the share was counted")

    def test_f2_eight_at_once_where_five_fit(self):
        self.set_quota(str(5 * self.ONE))
        proxies = [self.new_proxy(up_limit=self.ONE // 2) for _ in range(8)]
        sources = [harness.make_file(self.folder / f"file-{number}", self.ONE, seed=number) for number in range(8)]
        running = [self.start_client("put", source, self.client.remote(f"files/file-{number}", port=proxy.port))
                   for number, (source, proxy) in enumerate(zip(sources, proxies))]
        harness.wait_until(lambda: all(proxy.reached.is_set() or process.poll() is not None
                                       for proxy, process in zip(proxies, running)), "all are on their way or were refused")
        # who was refused may still be waiting to hear of it, behind what it sent
        harness.wait_until(lambda: self.usage()["reserved_bytes"] == 5 * self.ONE, "five are promised their place")
        self.assertEqual(self.usage()["used_bytes"], 0)
        for proxy in proxies:
            proxy.release()
        ends = [self.assert_ends(process, None) for process in running]
        held = [number for number, end in enumerate(ends) if end.status == 0]
        self.assertEqual(len(held), 5, [str(end) for end in ends])
        for number, end in enumerate(ends):
            if number not in held:
                self.assertEqual(end.status, 1)
                self.assertRegex(end.errors, r"1\.0\sMB more than you may store here")
            else:
                self.assertEqual((self.share / f"file-{number}").read_bytes(), sources[number].read_bytes())
        self.assertEqual(self.visible(), [f"file-{number}" for number in held])
        self.assertEqual(self.staged(), [])
        usage = self.usage()
        self.assertEqual((usage["used_bytes"], usage["reserved_bytes"]), (5 * self.ONE, 0))
        # removed it still counts, until another one wants its place
        first, second = [number for number in range(8) if number not in held][:2]
        self.client.run("rm", self.client.remote(f"files/file-{held[0]}"))
        self.assertEqual((self.usage()["used_bytes"], len(self.trash())), (5 * self.ONE, 1))
        self.client.run("put", sources[first], self.client.remote("files"))
        self.assertEqual((self.usage()["used_bytes"], self.trash()), (5 * self.ONE, []))
        refused = self.client.run("put", sources[second], self.client.remote("files"), status=1)
        self.assertIn("more than you may store", refused.errors)

    def test_f2_quota_of_a_moment_ago(self):
        source = harness.make_file(self.folder / "file", self.ONE)
        proxy = self.new_proxy(up_limit=self.ONE // 2)
        running = self.start_client("put", source, self.client.remote("files/first", port=proxy.port))
        proxy.wait_reached()
        harness.wait_until(lambda: sum(self.staged()) > 0, "the upload to begin")
        self.set_quota("1M")  # what is under way was promised before
        self.assertEqual(self.usage()["reserved_bytes"], self.ONE)
        self.assertIn("more than you may store", self.client.run("put", source, self.client.remote("files/second"), status=1).errors)
        proxy.release()
        self.assert_ends(running, 0)
        self.assertIn("more than you may store", self.client.run("cp", self.client.remote("files/first"),
                                                                 self.client.remote("files/second"), status=1).errors)
        self.set_quota("none")
        self.client.run("put", source, self.client.remote("files/second"))
        self.assertEqual(self.visible(), ["first", "second"])

    def test_f2_broken_upload_gives_back_what_it_did_not_use(self):
        self.set_quota("2M")
        source = harness.make_file(self.folder / "file", 2 * self.ONE)
        proxy = self.new_proxy(up_limit=self.ONE, at_limit="cut")
        self.assert_ends(self.start_client("put", "--reconnect=0", source, self.client.remote("files/file", port=proxy.port)), 3)
        harness.wait_until(lambda: self.usage()["reserved_bytes"] == 0, "the server noticed")
        self.assertEqual(self.usage()["used_bytes"], sum(self.staged()))
        self.client.run("put", "--resume", source, self.client.remote("files/file"))
        self.assertEqual((self.share / "file").read_bytes(), source.read_bytes())
        self.assertEqual(self.usage()["used_bytes"], 2 * self.ONE)


if __name__ == "__main__":
    harness.main()
