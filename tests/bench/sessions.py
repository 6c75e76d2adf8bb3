# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person waits for: login, listings, and the same while transfers run."""

import pathlib
import statistics
import subprocess
import time

import peers
from measure import make_file, print_table, rounds, timed

BROWSED_ENTRIES = 1000
BROWSED_PAUSE_SECS = 0.05  # a person; also keeps the listings from being the load themselves
BROWSED_MIB = 1024


def login(build, work, count):
    """A new process up to its first listing."""
    share = work / "share"
    share.mkdir()
    for number in range(10):
        (share / f"file-{number}").write_text("x")
    sampan, sftp = peers.Sampan(build, work, share), peers.Sftp(work)
    batch = work / "ls.batch"
    batch.write_text(f"ls -l {share}\n")
    try:
        print_table("Login and first listing (10 entries), new process", rounds(count, {
            "sampan (password)": lambda: timed(sampan.command("ls", "-l", sampan.remote), sampan.environment),
            "sftp (password)": lambda: timed(sftp.command(batch, with_password=True)),
            "sftp (key)": lambda: timed(sftp.command(batch)),
        }), "sampan (password)")
    finally:
        sampan.stop()
        sftp.stop()


def listing(build, work, count):
    """A large folder."""
    share = work / "share"
    share.mkdir()
    for number in range(100_000):
        (share / f"entry-number-{number:014d}").touch()
    sampan, sftp = peers.Sampan(build, work, share), peers.Sftp(work)
    batch = work / "ls.batch"
    batch.write_text(f"ls -l {share}\n")
    try:
        print_table("ls -l of 100 000 entries, login included", rounds(count, {
            "sampan": lambda: timed(sampan.command("ls", "-l", sampan.remote), sampan.environment),
            "sftp": lambda: timed(sftp.command(batch)),
            "local ls -l": lambda: timed(["ls", "-l", str(share)]),
        }), "sampan")
    finally:
        sampan.stop()
        sftp.stop()


def time_listings(shell, until):
    """Milliseconds of one listing after the other while UNTIL() is false, at least one."""
    found = []
    while not found or not until():
        start = time.perf_counter()
        shell.run("ls many", BROWSED_ENTRIES)
        found.append((time.perf_counter() - start) * 1000)
        time.sleep(BROWSED_PAUSE_SECS)
    return found


def print_listings(title, found):
    print(f"  {title:28} median {statistics.median(found):7.2f} ms, worst {max(found):7.2f} ms, {len(found)} listings")


def browsing(build, work, count):
    """Listings of one session while two others of the same user transfer."""
    share, source = work / "share", work / "source"
    (share / "many").mkdir(parents=True)
    for number in range(BROWSED_ENTRIES):
        (share / "many" / f"entry-{number:04d}").touch()
    make_file(source, BROWSED_MIB)
    subprocess.run(["cp", str(source), str(share / "file")], check=True)
    sampan = peers.Sampan(build, work, share)
    shell = sampan.shell()
    alone, busy = [], []
    try:
        for _ in range(count):
            deadline = time.monotonic() + 1
            alone += time_listings(shell, lambda: time.monotonic() > deadline)
            transfers = [subprocess.Popen(sampan.command(*words, "--on-conflict=replace"), env=sampan.environment) for words in
                         (("get", f"{sampan.remote}/file", work / "target"), ("put", source, f"{sampan.remote}/by-sampan"))]
            busy += time_listings(shell, lambda: any(one.poll() is not None for one in transfers))
            if any([one.wait() for one in transfers]):
                raise RuntimeError("a transfer failed")
            sampan.remove_state()
        print(f"\nListing {BROWSED_ENTRIES} entries in one session")
        print_listings("no transfers", alone)
        print_listings("one get and one put beside it", busy)
    finally:
        shell.stop()
        sampan.stop()


def gap(build, work, size_mib):
    """The window's longest main-loop gap while a file of SIZE_MIB moves each way."""
    session = pathlib.Path(__file__).resolve().parent.parent / "gui" / "session.sh"
    script = pathlib.Path(__file__).resolve().parent / "window-gap.py"
    subprocess.run([str(session), "/usr/bin/python3", str(script), str(build), str(work), str(size_mib)], check=True)
