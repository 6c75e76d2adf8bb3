#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampan's speed beside its peers'.

    bench.py BUILD [PART]...

BUILD is a meson build folder (buildtype=release). All programs of a comparison run in turn in the same rounds; what counts
is the ratio within a round, of which the median is printed. Times are of whole commands, login included, unless a part says
otherwise. Files lie in memory, but for the part that measures a disk.

Parts: throughput (1 GiB each way), trees (10 000 small files), latency (small files far away), far (one large file far
away), durable (small files onto a disk), crowd (32 clients at once), browsing (listings beside transfers), login, listing
(100 000 entries), idle (connections that do nothing), silent (the same before login), guesses (a flood of logins beside a
transfer), gap (the window's longest pause)."""

import argparse
import pathlib
import sys

import floods
import peers
import sessions
import streams
import trees

PARTS = {
    "throughput": lambda at, work: streams.throughput(at.build, work, at.rounds, at.size_mib),
    "trees": lambda at, work: trees.trees(at.build, work, at.rounds),
    "latency": lambda at, work: trees.far(at.build, work, at.rounds),
    "far": lambda at, work: streams.far(at.build, work, at.rounds),
    "durable": lambda at, work: trees.durable(at.build, work, at.rounds, at.disk),
    "crowd": lambda at, work: streams.crowd(at.build, work, at.rounds),
    "browsing": lambda at, work: sessions.browsing(at.build, work, at.rounds),
    "login": lambda at, work: sessions.login(at.build, work, 2 * at.rounds),
    "listing": lambda at, work: sessions.listing(at.build, work, at.rounds),
    "idle": lambda at, work: floods.idle(at.build, work, at.connections),
    "silent": lambda at, work: floods.silent(at.build, work, at.connections),
    "guesses": lambda at, work: floods.guesses(at.build, work, at.rounds),
    "gap": lambda at, work: sessions.gap(at.build, work, at.size_mib),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--disk", type=pathlib.Path, default=pathlib.Path("/var/tmp"), help="a folder on a real disk")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    status = 0
    for part in arguments.parts:
        work = peers.work_folder()
        try:
            PARTS[part](arguments, work)
        except peers.Unavailable as reason:
            print(f"\n{part}: left out: {reason}")
            status = 77
        finally:
            peers.remove_folder(work)
    return status


if __name__ == "__main__":
    sys.exit(main())
