#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completions offer what the programs have. Arguments: the folder of the completions, then programs."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import harness  # pylint: disable=wrong-import-position

FOLDER = pathlib.Path(sys.argv[1])
PROGRAMS = {pathlib.Path(path).name: pathlib.Path(path) for path in sys.argv[2:]}

# Words of a line, some of what is offered for the last, and some of what is not.
CASES = [
    (["sampan-cli", "p"], {"ping", "put", "passwd"}, {"ls"}),
    (["sampan-cli", "put", "--"], {"--recursive", "--on-conflict"}, {"--long"}),
    (["sampan-cli", "--password-file", "put", "l"], {"ls"}, {"put"}),
    (["sampan-cli", "get", "--on-conflict", "n"], {"newer"}, {"skip"}),
    (["sampand", ""], {"run", "user", "share", "status"}, {"add"}),
    (["sampand", "user", ""], {"add", "list"}, {"run", "grant"}),
    (["sampand", "user", "add", "--"], {"--invite", "--state"}, {"--read"}),
    (["sampand", "--state", "user", "share", "g"], {"grant"}, {"add"}),
]

BASH = """. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')" "$1" 2>&1
printf '%s\\n' "${COMPREPLY[@]}" """
# The functions that zsh's own completion system has for this.
ZSH = """f() { source $file }; _call_program() { shift; "$@" }; compset() { : }; _files() { print files }
compadd() { local each; for each; do [[ $each == $words[CURRENT]* ]] && print -- $each; done }
_describe() { [[ $1 == -o ]] && shift; eval "compadd \\${${2}%%:*}" }
file=$1; shift; words=("$@"); CURRENT=$#; f"""
FISH = 'source $argv[1]; complete -C "$(string join " " -- $argv[2..])" | string replace -r "\\t.*" "" | string replace -r "^--on-conflict=" ""'


class Completions(unittest.TestCase):
    def offered(self, shell, script, suffix, words, more=()):
        folders = {str(program.parent) for program in PROGRAMS.values()}
        environment = dict(os.environ, PATH=":".join([*folders, os.environ["PATH"]]), LC_ALL="C.UTF-8", HOME="/nonexistent")
        done = subprocess.run([*shell, "-c", script, *more, FOLDER / f"sampan.{suffix}", *words], env=environment,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def check(self, *arguments, **options):
        for words, some, others in CASES:
            if words[0] in PROGRAMS:
                offered = self.offered(*arguments, words, **options)
                self.assertTrue(some <= offered and not others & offered, f"{words}: {offered}")

    def test_bash(self):
        if not shutil.which("bash"):
            self.skipTest("bash is not installed")
        self.check(["bash", "--norc"], BASH, "bash", more=["bash"])
        if "sampan-cli" in PROGRAMS:
            offered = self.offered(["bash", "--norc"], BASH, "bash", ["sampan-cli", "get", "--on-conflict", "=", "n"], more=["bash"])
            self.assertEqual(offered, {"newer"})

    def test_zsh(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        self.check(["zsh", "-f"], ZSH, "zsh", more=["zsh"])

    def test_fish(self):
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")
        self.check(["fish", "--no-config"], FISH, "fish")


if __name__ == "__main__":
    del sys.argv[1:]
    harness.main()
