#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages name each command and option that the programs explain, and no other; and they are well formed.

Arguments: the folder of the pages, then programs."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import harness  # pylint: disable=wrong-import-position

COMMAND = re.compile(r"  ([a-z][a-z-]*)  +\S")
OPTION = re.compile(r"  +(?:(-\w), )?(--[a-z][a-z-]*)")
PAGES = pathlib.Path(sys.argv[1])
PROGRAMS = [pathlib.Path(path) for path in sys.argv[2:]]


def output(*command, text=None):
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "XDG_STATE_HOME": home, "LC_ALL": "C.UTF-8"}
        for name, value in os.environ.items():
            if name.startswith(("ASAN_", "UBSAN_", "LSAN_")):
                environment[name] = value
        done = subprocess.run(command, env=environment, input=text or "", capture_output=True, text=True, timeout=60, check=False)
        return done.stdout


def options_in(text):
    return {option for match in map(OPTION.match, text.splitlines()) if match for option in match.groups() if option}


def explained(program, *command):
    """Command -> options, as the program and its commands' own commands explain them."""
    text = output(str(program), *command, "--help")
    names = [match.group(1) for match in map(COMMAND.match, text.splitlines()) if match]
    found = {} if names and command else {" ".join(command): options_in(text)}
    for name in names:
        found.update(explained(program, *command, name))
    return found


def documented(page):
    """The same of a page; what stands before the first command, or behind the last section with some, is for all ("")."""
    found, current = {"": set()}, ""
    for line in page.read_text().splitlines():
        words = line.split()
        if words[:1] == [".Sh"]:
            current = ""
        elif words[:2] == [".It", "Ic"]:
            current = " ".join(words[2:]).split(" O")[0].split(" A")[0].split(" Fl")[0]
            found[current] = set()
        elif words[:2] == [".It", "Fl"]:
            for word in words[2:]:
                if word == "Ns":
                    break
                if word != ",":
                    found[current].add("-" + word)
    return found


class Manual(unittest.TestCase):
    def test_same_commands_and_options(self):
        for program in PROGRAMS:
            told, written = explained(program), documented(PAGES / f"{program.name}.1")
            if program.name == "sampan-cli":
                shell = output(str(program), "shell", text="help\n")
                told.update({match.group(1): set() for match in map(COMMAND.match, shell.splitlines())
                             if match and match.group(1) not in told})
            self.assertGreater(len(told), 5, "the help could not be read")
            self.assertEqual(sorted(set(told) - set(written)), [], f"commands that {program.name}.1 does not have")
            self.assertEqual(sorted(set(written) - set(told)), [], f"commands of {program.name}.1 that are not there")
            missing = {command: options - written[command] - written[""] for command, options in told.items()}
            self.assertEqual({command: options for command, options in missing.items() if options}, {}, "not in the page")
            strange = {command: written[command] - options for command, options in told.items() if command}
            self.assertEqual({command: options for command, options in strange.items() if options}, {}, "in the page alone")

    def test_options_for_all_are_there(self):
        for program in PROGRAMS:
            told = explained(program)
            anywhere = set().union(*told.values())
            for option in documented(PAGES / f"{program.name}.1")[""] - anywhere:
                text = output(str(program), option)
                self.assertRegex(text, r"^\S", f"{program.name} {option}")

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_finds_nothing(self):
        for program in PROGRAMS:
            done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", PAGES / f"{program.name}.1"], capture_output=True, check=False)
            self.assertEqual((done.stdout + done.stderr).decode(), "")

    @unittest.skipUnless(shutil.which("man") and shutil.which("groff"), "man and groff are not installed")
    def test_groff_finds_nothing(self):
        for program in PROGRAMS:
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", PAGES / f"{program.name}.1"],
                                  env=dict(os.environ, LC_ALL="C.UTF-8", MANROFFSEQ=""), capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))
            self.assertGreater(len(done.stdout), 1000)


if __name__ == "__main__":
    del sys.argv[1:]
    harness.main()
