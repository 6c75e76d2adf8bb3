#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up meson's test reports of several build folders: failures and skips by name, then one line of totals."""

import argparse
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

PASSED = ("OK", "EXPECTEDFAIL")
# What ends a program in the middle of a case that it did not tell of.
CUT_SHORT = ("TIMEOUT", "INTERRUPT")


def last_line(text):
    lines = (text or "").strip().splitlines()
    return lines[-1] if lines else ""


def read_cases(report):
    """The cases of the programs that tell of each by itself: by the program's name, its <testcase> elements."""
    cases = {}
    for suite in ElementTree.parse(report).iter("testsuite"):
        # "PROJECT.PROGRAM"; what is called "PROJECT" alone has the programs that are one case each.
        program = suite.get("name").partition(".")[2]
        if program:
            cases[program] = suite.findall("testcase")
    return cases


class Totals:
    def __init__(self):
        self.n_passed, self.failures, self.skips = 0, [], []

    def add_program(self, label, run):
        """One that is a single case, by its result."""
        if run["result"] in PASSED:
            self.n_passed += 1
        elif run["result"] == "SKIP":
            self.skips.append((label, last_line(run.get("stderr")) or last_line(run.get("stdout"))))
        else:
            self.failures.append(f"{label}: {run['result']}")

    def add_cases(self, label, run, cases):
        """One with cases of its own, whose end can be a failure that none of them tells of."""
        failed = False
        for case in cases:
            name = f"{label} {case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                self.failures.append(name)
                failed = True
            elif case.find("skipped") is not None:
                self.skips.append((name, last_line(case.findtext("system-out"))))
            else:
                self.n_passed += 1
        if run["result"] in CUT_SHORT or (run["result"] not in (*PASSED, "SKIP") and not failed):
            self.failures.append(f"{label}: {run['result']}")

    def add_build(self, build):
        logs = build / "meson-logs"
        runs, report = logs / "testlog.json", logs / "testlog.junit.xml"
        if not runs.exists() or not report.exists():
            self.failures.append(f"{build.name}: no test ran")
            return
        cases = read_cases(report)
        for line in runs.read_text(encoding="utf-8").splitlines():
            run = json.loads(line)
            label = f"{build.name}: {run['name']}"
            if run["name"] in cases:
                self.add_cases(label, run, cases[run["name"]])
            else:
                self.add_program(label, run)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--also-failed", type=int, default=0, help="1: a build or a run failed as a whole")
    parser.add_argument("builds", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()

    totals = Totals()
    for build in arguments.builds:
        totals.add_build(build)
    if arguments.also_failed and not totals.failures:
        totals.failures.append("a build or a test run failed as a whole; see above")

    for label in totals.failures:
        print(f"FAILED  {label}")
    for label, reason in totals.skips:
        print(f"skipped {label}: {reason or 'the test did not say why'}")
    skipped = f", {len(totals.skips)} skipped" if totals.skips else ""
    print(f"{totals.n_passed} passed, {len(totals.failures)} failed{skipped}")
    return 1 if totals.failures or not totals.n_passed else 0


if __name__ == "__main__":
    sys.exit(main())
