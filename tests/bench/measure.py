# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rounds of timed commands, and the tables they end in."""

import os
import pathlib
import statistics
import subprocess
import time

MIB = 1024 * 1024


def timed(command, environment=None, before=None, after=None):
    """Seconds that COMMAND takes, without BEFORE and AFTER; a failing command is an error, never a figure."""
    if before:
        before()
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}: {done.stderr.strip()[-400:]}")
    if after:
        after()
    return elapsed


def rounds(count, candidates):
    """CANDIDATES: name -> callable that returns seconds. Returns name -> list, one value a round."""
    results = {name: [] for name in candidates}
    for number in range(-1, count):  # the first round warms up and does not count
        for name, run in candidates.items():
            seconds = run()
            if number >= 0:
                results[name].append(seconds)
    return results


def print_table(title, results, base, work=None, unit=""):
    """WORK: how much one run moves, for a rate; ratios are each one's time over BASE's: above 1 is slower."""
    print(f"\n{title}")
    for name, seconds in results.items():
        ratio = statistics.median(own / other for own, other in zip(seconds, results[base]))
        rate = f"{work / statistics.median(seconds):9.1f} {unit}" if work else ""
        print(f"  {name:28} {min(seconds):7.3f} / {statistics.median(seconds):7.3f} / {max(seconds):7.3f} s {rate}"
              f"   time / {base}: {ratio:5.2f}", flush=True)


def make_file(path, size_mib):
    """Random bytes, so that nothing on the way can make them fewer."""
    with open(path, "wb") as out:
        for _ in range(size_mib):
            out.write(os.urandom(MIB))
    path.chmod(0o644)


def make_tree(top, files, folders, size=4096):
    """FILES files of SIZE random bytes, spread evenly over FOLDERS folders."""
    for number in range(folders):
        folder = top / f"folder-{number:03d}"
        folder.mkdir(parents=True)
        for index in range(files // folders):
            (folder / f"file-{number:03d}-{index:04d}").write_bytes(os.urandom(size))


def clear(*paths):
    """What was made before, whether a file or a tree."""
    subprocess.run(["rm", "-rf", *map(str, paths)], check=True)


def require_same(left, right):
    """Trees that differ make the whole figure worthless."""
    found = subprocess.run(["diff", "-rq", "--exclude=.sampan", str(left), str(right)], stdout=subprocess.PIPE,
                           text=True, check=False)
    if found.returncode != 0:
        raise RuntimeError(f"what arrived differs: {found.stdout.strip()[-400:]}")


def resident_kib(process):
    """Resident and proportional KiB."""
    rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    values = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return values["Rss"], values["Pss"]


def forget_peak(process):
    pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")


def peak_kib(process):
    """Resident KiB at most since forget_peak()."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
