#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampan's speed beside its peers'.

    bench.py BUILD [throughput] [login] [listing] [idle] [gap]

BUILD is a meson build folder (buildtype=release). All programs of a comparison run in turn in the same rounds; what counts
is the ratio within a round, of which the median is printed. Times are of whole commands, login included. Files lie in memory."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

import peers

FASTEST_SFTP_CIPHER = "aes128-gcm@openssh.com"
MIB = 1024 * 1024


def timed(command, environment=None, before=None):
    """Seconds that COMMAND takes; a failing command is an error, never a figure."""
    if before:
        before()
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}: {done.stderr.strip()[-400:]}")
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
    """WORK: how much one run moves, for a rate; ratios are BASE's time over each one's: above 1 is slower."""
    print(f"\n{title}")
    for name, seconds in results.items():
        ratio = statistics.median(other / own for other, own in zip(seconds, results[base]))
        rate = f"{work / statistics.median(seconds):9.1f} {unit}" if work else ""
        print(f"  {name:28} {min(seconds):7.3f} / {statistics.median(seconds):7.3f} / {max(seconds):7.3f} s {rate}"
              f"   time / {base}: {ratio:5.2f}")


def throughput(build, work, count, size_mib):
    source = work / "source"
    with open(source, "wb") as out:
        for _ in range(size_mib):
            out.write(os.urandom(MIB))
    share, target = work / "share", work / "target"
    share.mkdir()
    os.chmod(share, 0o777)
    sampan, sftp, bare = peers.Sampan(build, work, share), peers.Sftp(work), peers.Bare(build)
    os.chmod(source, 0o644)
    down, up = work / "down.batch", work / "up.batch"
    down.write_text(f"get {source} {target}\n")
    up.write_text(f"put {source} {share}/by-sftp\n")
    (share / "file").write_bytes(b"")
    subprocess.run(["cp", str(source), str(share / "file")], check=True)

    def gone(*paths):
        def remove():
            for path in paths:
                path.unlink(missing_ok=True)
            # what an overwrite took away counts against memory, not against time
            subprocess.run(["find", str(share / ".sampan"), "-type", "f", "-delete"], check=True)
        return remove

    try:
        cleared = gone(target)
        print_table(f"{size_mib} MiB down", rounds(count, {
            "sampan": lambda: timed(sampan.command("get", f"{sampan.remote}/file", str(target)), sampan.environment, cleared),
            "sftp aes128-gcm": lambda: timed(sftp.command(down, FASTEST_SFTP_CIPHER), None, cleared),
            "bare chacha": lambda: timed(bare.command("get", "chacha", share / "file", target), None, cleared),
        }), "sampan", size_mib * MIB / 1e6, "MB/s")
        target.unlink(missing_ok=True)
        cleared_up = gone(share / "by-sftp", share / "by-sampan", share / "by-bare")
        print_table(f"{size_mib} MiB up", rounds(count, {
            "sampan": lambda: timed(sampan.command("put", str(source), f"{sampan.remote}/by-sampan"), sampan.environment, cleared_up),
            "sftp aes128-gcm": lambda: timed(sftp.command(up, FASTEST_SFTP_CIPHER), None, cleared_up),
            "bare chacha": lambda: timed(bare.command("put", "chacha", share / "by-bare", source), None, cleared_up),
        }), "sampan", size_mib * MIB / 1e6, "MB/s")
    finally:
        for peer in (sampan, sftp, bare):
            peer.stop()


def login(build, work, count):
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


def resident_kib(process):
    rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
    values = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return values["Rss"], values["Pss"]


def idle(build, work, connections):
    share = work / "share"
    share.mkdir()
    sampan = peers.Sampan(build, work, share)
    holder = None
    try:
        subprocess.run(sampan.command("ls", sampan.remote), env=sampan.environment, check=True, stdout=subprocess.DEVNULL)
        before, _ = resident_kib(sampan.process.pid)
        holder = subprocess.Popen([str(build / "tests" / "bench" / "hold-connections"), str(sampan.port), "bench",
                                   str(sampan.password), str(connections)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        line = holder.stdout.readline().strip()
        if not line.startswith("holding "):
            raise RuntimeError(f"hold-connections said {line!r}")
        after, _ = resident_kib(sampan.process.pid)
        print(f"\n{connections} idle logged-in connections\n  server resident: {before} KiB before, {after} KiB with them: "
              f"{(after - before) / connections:.2f} KiB a connection")
        seconds = timed(sampan.command("ping", sampan.remote, "x"), sampan.environment)
        print(f"  one more command, login included: {seconds:.3f} s")
    finally:
        if holder:
            holder.stdin.close()
            peers.stop(holder)
        sampan.stop()


def gap(build, work, size_mib):
    """The window's longest main-loop gap while a file of SIZE_MIB moves each way."""
    session = pathlib.Path(__file__).resolve().parent.parent / "gui" / "session.sh"
    script = pathlib.Path(__file__).resolve().parent / "window-gap.py"
    subprocess.run([str(session), "/usr/bin/python3", str(script), str(build), str(work), str(size_mib)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("parts", nargs="*", default=["throughput", "login", "listing", "idle", "gap"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size-mib", type=int, default=1024)
    parser.add_argument("--connections", type=int, default=1000)
    arguments = parser.parse_args()
    parts = {
        "throughput": lambda work: throughput(arguments.build, work, arguments.rounds, arguments.size_mib),
        "login": lambda work: login(arguments.build, work, 2 * arguments.rounds),
        "listing": lambda work: listing(arguments.build, work, arguments.rounds),
        "idle": lambda work: idle(arguments.build, work, arguments.connections),
        "gap": lambda work: gap(arguments.build, work, arguments.size_mib),
    }
    unknown = [part for part in arguments.parts if part not in parts]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    status = 0
    for part in arguments.parts:
        work = peers.work_folder()
        try:
            parts[part](work)
        except peers.Unavailable as reason:
            print(f"\n{part}: left out: {reason}")
            status = 77
        finally:
            peers.remove_folder(work)
    return status


if __name__ == "__main__":
    sys.exit(main())
