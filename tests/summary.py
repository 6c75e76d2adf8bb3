#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up meson's test reports of several build folders: failures and skips by name, then one line of totals."""

import argparse
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def reason_of(case, kind):
    """The first line that says why, from the element itself or from the test's output."""
    element = case.find(kind)
    text = element.get("message") or element.text or ""
    return text.strip().splitlines()[0] if text.strip() else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--also-failed", type=int, default=0, help="1: a build or a run failed as a whole")
    parser.add_argument("builds", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()

    passed, failures, skips = 0, [], []
    for build in arguments.builds:
        report = build / "meson-logs" / "testlog.junit.xml"
        if not report.exists():
            failures.append(f"{build.name}: no test ran")
            continue
        for suite in ElementTree.parse(report).iter("testsuite"):
            for case in suite.iter("testcase"):
                label = f"{build.name}: {suite.get('name')} {case.get('name')}"
                if case.find("failure") is not None or case.find("error") is not None:
                    failures.append(label)
                elif case.find("skipped") is not None:
                    skips.append((label, reason_of(case, "skipped")))
                else:
                    passed += 1
    if arguments.also_failed and not failures:
        failures.append("a build or a test run failed as a whole; see above")

    for label in failures:
        print(f"FAILED  {label}")
    for label, reason in skips:
        print(f"skipped {label}: {reason or 'the test did not say why'}")
    print(f"{passed} passed, {len(failures)} failed" + (f", {len(skips)} skipped" if skips else ""))
    return 1 if failures or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
