#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong passwords, wrong addresses, garbage, hostile names: refused in plain words, and nothing else suffers.
A12, D1, D4, D14, D17, E2, H1, H6."""

import base64
import contextlib
import json
import os
import re
import socket

import harness

GARBAGE = {
    "http": b"GET / HTTP/1.1\r\nHost: box\r\n\r\n",
    "tls": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "zeros": bytes(1_000_000),
    "ones": b"\xff" * 100_000,
    "magic and nonsense": b"\x89SAMPAN\n" + b"\xff" * 1000,
    "one byte": b"\x89",
}


class Login(harness.Case):
    def test_wrong_password_and_unknown_user_look_alike(self):
        self.start_server()
        self.client.set_password("wrong")
        texts = []
        for user in ("ann", "nobody"):
            result = self.client.run("ls", self.client.remote(user=user), status=4)
            texts.append(result.errors.replace(user, "USER"))
        self.assertEqual(texts[0], texts[1])
        self.assertIn("wrong", texts[0])

    def test_no_password_at_hand(self):
        self.start_server()
        result = self.client.run("ls", self.client.remote(), status=4, password=False)
        self.assertIn("--password-file", result.errors)
        self.client.password_file.write_text("\n")
        self.client.run("ls", self.client.remote(), status=4)
        self.client.password_file.unlink()
        self.client.run("ls", self.client.remote(), status=4)

    def test_closed_port(self):
        self.start_server()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.assertIn("port", self.client.run("ls", self.client.remote(port=port), status=3).errors)

    def test_another_kind_of_server(self):
        self.start_server()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            process = self.start_client("ls", self.client.remote(port=listener.getsockname()[1]))
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                self.assert_ends(process, 3)

    def test_other_server_key(self):
        self.start_server()
        self.client.run("ls", self.client.remote())
        port = self.server.port
        self.server.stop()
        self.server = harness.Server(self.folder / "second")
        self.addCleanup(self.server.kill)
        self.server.add_user("ann")
        self.server.add_share("files", change="ann")
        self.server.start(port=port)
        result = self.client.run("ls", self.client.remote(), status=5)
        self.assertIn("known-servers", result.errors)
        known = self.client.home / "config" / "sampan" / "known-servers"
        self.assertEqual(known.stat().st_mode & 0o777, 0o600)
        known.unlink()
        self.client.run("ls", self.client.remote())


class Garbage(harness.Case):
    def send(self, data):
        """Sends DATA and reads until the server closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=harness.WAIT_SECS) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while chunk := connection.recv(4096):
                    answer += chunk
            except OSError:  # closed before all was sent
                return b""
        return answer

    def test_a12_garbage_then_an_honest_login(self):
        self.start_server()
        for name, data in GARBAGE.items():
            with self.subTest(name=name):
                # A server of another version says that much to whoever has the magic.
                self.assertLessEqual(len(self.send(data)), 10 if "magic" in name else 0)
        self.assertEqual(self.server.log().count("not-sampan"), 1)
        self.client.run("ls", self.client.remote())
        self.assertIsNone(self.server.process.poll())

    def test_e2_silent_connections_keep_nobody_out(self):
        self.start_server()
        silent = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(40)]
        try:
            self.client.run("ls", self.client.remote())
        finally:
            for one in silent:
                one.close()


class Names(harness.Case):
    hostile = [b"new\nline", b"\x1b[31mred\x1b[0m", b"<b>bold&amp;", b"\xff\xfe not utf-8", b"back\\slash", b" leading",
               b"-rf", b"'quoted'", b"percent%41", b"\xe2\x80\xae reversed", b"n" * 255]

    def setUp(self):
        super().setUp()
        self.start_server()

    def test_h6_hostile_names_travel_and_are_shown_safely(self):
        tree = os.fsencode(self.folder / "tree")
        os.mkdir(tree)
        for number, name in enumerate(self.hostile):
            with open(os.path.join(tree, name), "wb") as out:
                out.write(bytes([number]) * 10)
        self.client.run("put", "-r", os.fsdecode(tree), self.client.remote("files/"))
        self.assertEqual(sorted(os.listdir(os.fsencode(self.share / "tree"))), sorted(self.hostile))
        listing = self.client.run("ls", self.client.remote("files/tree"))
        self.assertEqual(len(listing.out.splitlines()), len(self.hostile))
        self.assertIsNone(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xff|\xe2\x80\xae", listing.out))
        self.client.run("get", "-r", self.client.remote("files/tree"), self.folder / "back")
        self.assert_same_tree(self.folder / "tree", self.folder / "back")

    def test_names_in_json(self):
        for name in self.hostile:
            with open(os.path.join(os.fsencode(self.share), name), "wb"):
                pass
        names = set()
        for line in self.client.run("ls", "-a", "--json", self.client.remote("files")).text.splitlines():
            item = json.loads(line)
            names.add(base64.b64decode(item["name_bytes"]) if "name_bytes" in item else item["name"].encode())
        self.assertEqual(names, set(self.hostile))

    def test_h6_error_messages_are_escaped(self):
        result = self.client.run("stat", self.client.remote("files/%1b%5d0;title%07%0a"), status=1)
        self.assertNotIn(b"\x1b", result.err)
        local = self.client.run("put", b"no\x1bsuch".decode(), self.client.remote("files"), status=1)
        self.assertNotIn(b"\x1b", local.err)

    def test_longest_name_and_one_byte_more(self):
        source = harness.make_file(self.folder / "file", 10)
        self.client.run("put", source, self.client.remote("files/" + "n" * 255))
        self.client.run("put", source, self.client.remote("files/" + "n" * 256), status=2)
        self.assertEqual(self.visible(), ["n" * 255])

    def test_d1_dots_do_not_climb(self):
        outside = harness.make_file(self.folder / "shares" / "secret", 10)
        for path in ("files/../secret", "files/%2e%2e/secret", "files/..%2fsecret", "files/x/../../../secret"):
            with self.subTest(path=path):
                result = self.client.run("get", self.client.remote(path), self.folder / "stolen", status=None)
                self.assertIn(result.status, (1, 2))
                self.assertFalse((self.folder / "stolen").exists())
        self.assertTrue(outside.exists())

    def test_where_no_files_can_be(self):
        source = harness.make_file(self.share / "source", 10)
        for verb in (["put"], ["put", "-r"], ["mkdir"], ["mkdir", "-p"]):
            with self.subTest(verb=verb):
                operands = [] if verb[0] == "mkdir" else [source]
                result = self.client.run(*verb, *operands, self.client.remote("flies"), status=1)
                self.assertIn("no such share", result.errors)
        for verb in ("cp", "mv"):
            with self.subTest(verb=verb):
                result = self.client.run(verb, self.client.remote("files/source"), self.client.remote("flies"), status=1)
                self.assertIn("no such share", result.errors)
        self.assertIn("go into a share", self.client.run("put", source, self.client.remote(""), status=1).errors)
        self.assertEqual(self.visible(), ["source"])

    def test_d17_times_out_of_range(self):
        """In memory the disk keeps any time; what is sent is kept or refused, and shown in any case."""
        self.mount_small(self.share / "odd", "1m")
        times = (-(1 << 62), -(1 << 40), -1, 1 << 40, 1 << 56, (1 << 62))
        for number, seconds in enumerate(times):
            path = harness.make_file(self.share / "odd" / str(number), 10)
            with contextlib.suppress(OSError, OverflowError):
                os.utime(path, (seconds, seconds))
        remote = self.client.remote("files/odd")
        kept = [(self.share / "odd" / str(number)).stat().st_mtime for number in range(len(times))]
        self.assertGreater(max(kept), 1 << 39)  # that some are there
        self.assertEqual(len(self.client.run("ls", "-l", remote).text.splitlines()), len(times))
        self.assertEqual(len(self.client.run("--json", "ls", remote).text.splitlines()), len(times))
        for number in range(len(times)):
            self.assertIn("Changed:", self.client.run("stat", f"{remote}/{number}").text)
            self.client.run("get", f"{remote}/{number}", self.folder / f"got-{number}", status=None)
            self.client.run("cp", f"{remote}/{number}", f"{remote}/copy-{number}", status=None)
        self.client.run("ls", remote)

    def test_d14_reserved_folder_is_hidden(self):
        harness.make_file(self.share / "file", 10)
        self.client.run("rm", self.client.remote("files/file"))
        self.assertEqual(self.client.run("ls", "-a", self.client.remote("files")).text, "")
        for verb in (["ls"], ["stat"], ["rm", "-r"], ["mkdir"]):
            with self.subTest(verb=verb):
                self.client.run(*verb, self.client.remote("files/.sampan"), status=1)
        self.assertEqual(len(self.trash()), 1)


class Links(harness.Case):
    def test_d4_link_that_points_out_is_not_followed(self):
        self.start_server()
        secret = harness.make_file(self.folder / "secret", 100)
        folder = self.folder / "outside"
        harness.make_file(folder / "inside", 100)
        (self.share / "link").symlink_to(secret)
        (self.share / "way-out").symlink_to(folder)
        before = harness.read_tree(folder)
        remote = self.client.remote
        stolen = self.folder / "stolen"
        source = harness.make_file(self.folder / "mine", 10)
        for arguments in (["get", remote("files/link"), stolen], ["get", remote("files/way-out/inside"), stolen],
                          ["get", "-r", remote("files/way-out"), stolen], ["ls", remote("files/way-out/")],
                          ["put", source, remote("files/way-out/new")], ["rm", remote("files/way-out/inside")],
                          ["mkdir", remote("files/way-out/new")], ["mv", remote("files/way-out/inside"), remote("files/here")],
                          ["cp", remote("files/link"), remote("files/here")]):
            with self.subTest(verb=arguments[0], what=arguments[-1]):
                result = self.client.run(*arguments, status=None)
                listing = result.text.strip() if arguments[0] == "ls" else ""
                self.assertTrue(result.status == 1 or listing in ("way-out", ""), str(result))
                self.assertFalse(stolen.exists())
        self.assertEqual(harness.read_tree(folder), before)
        note = self.client.run("get", "-r", remote("files"), self.folder / "all")
        self.assertIn("link", note.errors)
        self.assertEqual(os.listdir(self.folder / "all"), [])

    def test_h1_a_link_in_the_target_tree_is_not_followed(self):
        self.start_server()
        harness.make_file(self.share / "tree" / "folder" / "file", 10)
        outside = self.folder / "outside"
        outside.mkdir()
        target = self.folder / "target"
        target.mkdir()
        (target / "folder").symlink_to(outside)
        self.client.run("get", "-r", self.client.remote("files/tree"), self.folder / "other")
        (self.folder / "target" / "tree").mkdir()
        (self.folder / "target" / "tree" / "folder").symlink_to(outside)
        self.client.run("get", "-r", self.client.remote("files/tree"), target, status=1)
        self.assertEqual(os.listdir(outside), [])


class Usage(harness.Case):
    def setUp(self):
        super().setUp()
        self.client = harness.Client(self.folder)
        self.client.port = 1

    def test_wrong_usage(self):
        remote = self.client.remote("files/x")
        for arguments in ([], ["frobnicate"], ["ls"], ["ls", remote, remote], ["ls", "--nonsense", remote], ["put", "x"],
                          ["get", remote], ["mv", remote], ["stat"], ["df"], ["ping"], ["rm"], ["mkdir"], ["passwd"],
                          ["--progress=maybe", "ls", remote], ["put", "--on-conflict=maybe", "x", remote]):
            with self.subTest(arguments=arguments):
                result = self.client.run(*arguments, status=2)
                self.assertEqual(result.text, "")
                self.assertNotEqual(result.errors, "")

    def test_nonsense_addresses(self):
        for address in ("", "files", "http://ann@box/", "sampan://", "sampan:///files", "sampan://ann@", "sampan://@box/",
                        "sampan://box/files", "sampan://ann@box:0/", "sampan://ann@box:65536/", "sampan://ann@box:x/",
                        "sampan://ann@box/%zz", "sampan://ann@box/%00", "sampan://ann@box/a%2fb", "sampan://ann@[::1/",
                        "sampan://ann@box/" + "a/" * 2000, "sampan://ann@box/?query", "sampan://ann@box/#fragment"):
            with self.subTest(address=address[:60]):
                self.client.run("ls", address, status=2)

    def test_password_in_an_address_is_refused_and_not_repeated(self):
        result = self.client.run("ls", "sampan://ann:geheim@box/", status=2)
        self.assertIn("password", result.errors.lower())

    def test_help(self):
        text = self.client.run("--help").text
        names = re.findall(r"^  ([a-z]+) ", text, re.MULTILINE)
        self.assertEqual(names, "ping ls stat df find du watch mkdir mv cp rm trash restore get put passwd discover shell".split())
        for name in names:
            with self.subTest(name=name):
                self.assertIn(f"sampan-cli {name}", self.client.run(name, "--help").text)
        self.assertRegex(self.client.run("--version").text, r"^sampan-cli \d")


if __name__ == "__main__":
    harness.main()
