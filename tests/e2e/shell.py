#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell, as a person at a terminal and as a script at a pipe use it."""

import os

import harness

PROMPT = r"ann@127\.0\.0\.1:/[^>\n]*> "


class AtATerminal(harness.Case):
    def setUp(self):
        super().setUp()
        self.start_server()
        harness.make_file(self.share / "notes.txt", 100, seed=1)
        harness.make_file(self.share / "folder" / "a file with blanks", 100, seed=2)
        (self.share / "folder" / "other").mkdir()

    def open_files(self, **options):
        terminal = self.open_terminal("shell", self.client.remote("files"), **options)
        terminal.expect(PROMPT)
        return terminal

    def say(self, terminal, line, *patterns):
        """Types LINE, waits for PATTERNS in turn and the next prompt."""
        terminal.type(line + "\n")
        matches = [terminal.expect(pattern) for pattern in patterns]
        terminal.expect(PROMPT)
        return matches

    def test_walk_and_get(self):
        local = self.client.home / "local"
        local.mkdir()
        terminal = self.open_files()
        self.say(terminal, "ls", "folder/\r\n", "notes.txt\r\n")
        terminal.type("cd folder\n")
        terminal.expect(r"ann@127\.0\.0\.1:/files/folder> ")
        self.say(terminal, "pwd", "/files/folder\r\n")
        self.say(terminal, f"lcd {local}")
        self.say(terminal, "lpwd", str(local))
        self.say(terminal, "get 'a file with blanks'")
        self.assertEqual((local / "a file with blanks").read_bytes(), (self.share / "folder" / "a file with blanks").read_bytes())
        self.say(terminal, "lls", "a file with blanks\r\n")
        self.say(terminal, "get missing", "No such file: missing\r\n")
        self.say(terminal, "cd ..")
        self.say(terminal, "put 'a file with blanks'")
        self.assertTrue((self.share / "a file with blanks").exists())
        self.say(terminal, "mkdir new")
        self.say(terminal, "mv notes.txt new")
        self.assertTrue((self.share / "new" / "notes.txt").exists())
        self.say(terminal, "rm -r new")
        self.assertFalse((self.share / "new").exists())
        terminal.type("exit\n")
        self.assertEqual(terminal.wait(), 0)

    def test_wrong_commands_explain(self):
        terminal = self.open_files()
        self.say(terminal, "frobnicate", "no such command")
        self.say(terminal, "mv onlyone", r"Usage: mv ")
        self.say(terminal, "cd nowhere", "No such file: nowhere")
        self.say(terminal, "ls 'open", "quotation mark")
        self.say(terminal, "help get", r"Usage: get ")
        self.say(terminal, "help", "passwd", "lcd")
        self.say(terminal, "")

    def test_history_is_kept_between_shells(self):
        terminal = self.open_files()
        self.say(terminal, "stat notes.txt", "notes.txt")
        terminal.type("\x04")
        self.assertEqual(terminal.wait(), 0)
        history = self.client.home / "state" / "sampan" / "history"
        self.assertEqual(history.stat().st_mode & 0o777, 0o600)
        terminal = self.open_files()
        terminal.type("\x1b[A")
        terminal.expect("stat notes.txt")
        terminal.type("\n")
        terminal.expect("Size: 100")

    def test_completion(self):
        local = self.client.home / "local"
        local.mkdir()
        terminal = self.open_files()
        self.say(terminal, f"lcd {local}")
        terminal.type("sta\tno\t\n")
        terminal.expect("Size: 100")
        terminal.expect(PROMPT)
        terminal.type("get fol\ta\t\n")
        terminal.expect(PROMPT)
        self.assertEqual(os.listdir(local), ["a file with blanks"])
        terminal.type("ls folder/\t\t")
        terminal.expect("a file with blanks\r\n")
        terminal.expect("other/\r\n")
        terminal.type("\x15")
        terminal.type("sta\t../files/fol\t\n")
        terminal.expect("Kind: folder")

    def test_ctrl_c_stops_the_command_not_the_shell(self):
        harness.make_file(self.share / "large", 8_000_000)
        proxy = self.new_proxy(down_limit=2_000_000)
        terminal = self.open_terminal("shell", self.client.remote("files", port=proxy.port))
        terminal.expect(PROMPT)
        terminal.type("get large\n")
        proxy.wait_reached()
        terminal.type("\x03")
        terminal.expect(PROMPT)
        proxy.release()
        self.say(terminal, "ls", "large\r\n")
        self.assertEqual([name for name in os.listdir(self.client.home) if "large" in name], [])
        terminal.type("half a line\x03")
        terminal.expect(PROMPT)
        self.say(terminal, "pwd", "/files\r\n")

    def test_prompt_tells_of_a_broken_link(self):
        terminal = self.open_files()
        self.server.kill()

        def tells():
            terminal.type("pwd\n")
            return "(no connection)" in terminal.expect(PROMPT).group()
        harness.wait_until(tells, "the prompt tells")
        self.server.start(self.server.port)
        terminal.type("ls notes.txt\n")
        terminal.expect(r"\nnotes.txt")
        harness.wait_until(lambda: not tells(), "the prompt has recovered")

    def test_cancelled_upload_can_be_gone_on_with(self):
        source = harness.make_file(self.client.home / "large", 8_000_000)
        proxy = self.new_proxy(up_limit=2_000_000)
        terminal = self.open_terminal("shell", self.client.remote("files", port=proxy.port))
        terminal.expect(PROMPT)
        terminal.type(f"put {source}\n")
        proxy.wait_reached()
        harness.wait_until(self.staged, "the box keeps what it got so far")
        terminal.type("\x03")
        terminal.expect(PROMPT)
        self.assertIn("the same command goes on from here", terminal.transcript)
        proxy.release()
        self.assertEqual(self.visible(), ["folder", "notes.txt"])
        terminal.type(f"put {source}\n")
        terminal.expect("safe on the box")
        terminal.expect(PROMPT)
        self.assertEqual((self.share / "large").read_bytes(), source.read_bytes())
        self.assertEqual(self.staged(), [])

    def test_open_and_close(self):
        terminal = self.open_terminal("shell")
        terminal.expect("sampan> ")
        terminal.type("ls\n")
        terminal.expect("open sampan://")
        terminal.expect("sampan> ")
        terminal.type(f"open {self.client.remote('files')}\n")
        terminal.expect(PROMPT)
        terminal.type("close\n")
        terminal.expect("sampan> ")

    def test_logs_in_again_after_a_restart(self):
        terminal = self.open_files()
        self.say(terminal, "ls", "notes.txt")
        port = self.server.port
        self.server.stop()
        self.server.start(port=port)
        terminal.type("ls\n")
        if terminal.expect(r"notes.txt|connection|stopping|answer").group() != "notes.txt":
            terminal.expect(PROMPT)
            terminal.type("ls\n")
            terminal.expect("notes.txt")
        terminal.expect(PROMPT)


class AtAPipe(harness.Case):
    def test_script(self):
        self.start_server()
        harness.make_file(self.share / "file", 10)
        script = "ls\nmkdir 'a b'\ncd 'a b'\npwd\nstat ../file\nget missing\nexit\nls\n"
        result = self.client.run("shell", self.client.remote("files"), text=script, status=1)
        self.assertEqual(result.text.splitlines()[0], "file")
        self.assertIn("/files/a b\n", result.text)
        self.assertEqual(result.errors, "No such file: missing\n")

    def test_last_line_without_its_end(self):
        self.start_server()
        self.assertEqual(self.client.run("shell", self.client.remote("files"), text="pwd").text, "/files\n")

    def test_refused_login_is_no_shell(self):
        self.start_server()
        self.client.set_password("wrong")
        self.client.run("shell", self.client.remote("files"), text="ls\n", status=4)


if __name__ == "__main__":
    harness.main()
