# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""E2, E4, E5: very many who do nothing, or nothing good: what they cost, and what the others notice."""

import resource
import socket
import subprocess
import threading
import time

import peers
from measure import MIB, clear, make_file, print_table, resident_kib, rounds, timed

ROUND_TRIPS = 200
SILENT_A_SOURCE = 16  # what the server hears at once of one address
SILENT_LIMIT_SECS = 30  # the login deadline three times over
GUESSES_A_SECOND = 1000
GUESSED_MIB = 1024


def print_idle(title, count, before, after):
    print(f"\n{count} {title}\n  server resident: {before} KiB before, {after} KiB with them: "
          f"{(after - before) / count:.2f} KiB a connection")


def round_trips(shell):
    """Milliseconds of each listing of an empty folder."""
    found = []
    for _ in range(ROUND_TRIPS):
        start = time.perf_counter()
        shell.run("ls one", 1)
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def idle(build, work, connections):
    """Logged-in connections that do nothing."""
    share = work / "share"
    (share / "one" / "entry").mkdir(parents=True)
    sampan = peers.Sampan(build, work, share)
    holder = shell = None
    try:
        shell = sampan.shell()
        alone = round_trips(shell)
        before, _ = resident_kib(sampan.process.pid)
        holder = subprocess.Popen([str(build / "tests" / "bench" / "hold-connections"), str(sampan.port), "bench",
                                   str(sampan.password), str(connections)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        line = holder.stdout.readline().strip()
        if not line.startswith("holding "):
            raise RuntimeError(f"hold-connections said {line!r}")
        after, _ = resident_kib(sampan.process.pid)
        print_idle("idle logged-in connections", connections, before, after)
        beside = round_trips(shell)
        for title, found in (("without them", alone), ("beside them", beside)):
            print(f"  a listing {title:14} median {found[ROUND_TRIPS // 2]:.3f} ms, worst {found[-1]:.3f} ms")
        seconds = timed(sampan.command("ping", sampan.remote, "x"), sampan.environment)
        print(f"  one more command, login included: {seconds:.3f} s")
    finally:
        if holder:
            holder.stdin.close()
            peers.stop(holder)
        if shell:
            shell.stop()
        sampan.stop()


def open_silent(port, count):
    """COUNT connections that never say a word, from as many addresses as the caps ask for."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found = []
    for number in range(count):
        source = number // SILENT_A_SOURCE
        one = socket.socket()
        one.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
        one.bind((f"127.2.{source // 250}.{source % 250 + 1}", 0))
        one.connect(("127.0.0.1", port))
        found.append(one)
    return found


def wait_for_ends(silent, ends):
    """Appends to ENDS when each of SILENT was closed."""
    waiting = {one.fileno(): one for one in silent}
    poll = peers.reading_poll(waiting)
    limit = time.perf_counter() + SILENT_LIMIT_SECS
    while waiting and time.perf_counter() < limit:
        for fd, _ in poll.poll(1000):
            waiting.pop(fd)
            poll.unregister(fd)
            ends.append(time.perf_counter())


def silent(build, work, connections):
    """Connections that never speak, and honest logins meanwhile."""
    share = work / "share"
    share.mkdir()
    sampan = peers.Sampan(build, work, share)
    crowd, ends, logins = [], [], []

    def login():
        return timed(sampan.command("ping", sampan.remote, "x"), sampan.environment)

    try:
        alone = [login() for _ in range(3)]
        before, _ = resident_kib(sampan.process.pid)
        start = time.perf_counter()
        crowd = open_silent(sampan.port, connections)
        opened = time.perf_counter()
        after, _ = resident_kib(sampan.process.pid)
        watcher = threading.Thread(target=wait_for_ends, args=(crowd, ends))
        watcher.start()
        while watcher.is_alive():
            logins.append(login())
        watcher.join()
        print_idle("silent connections", connections, before, after)
        print(f"  opened within {opened - start:.1f} s; {len(ends)} closed by the server, the last "
              f"{max(ends) - opened:.1f} s after that")
        print(f"  login and a ping: {min(alone):.3f} s without them, "
              f"{len(logins)} of {len(logins)} beside them, worst {max(logins):.3f} s")
    finally:
        for one in crowd:
            one.close()
        sampan.stop()


class Guesses:
    """Attempts to log in from everywhere for as long as it lives."""

    def __init__(self, build, port):
        self.start = time.perf_counter()
        self.process = subprocess.Popen([str(build / "tests" / "bench" / "guess-logins"), str(port), str(GUESSES_A_SECOND)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        """Attempts and challenges a second."""
        out, _ = self.process.communicate("")
        seconds = time.perf_counter() - self.start
        return [int(word) / seconds for word in out.split()]


def guesses(build, work, count):
    """A transfer, alone and beside a flood of attempts to log in to the same server."""
    share, source, target = work / "share", work / "source", work / "target"
    share.mkdir()
    make_file(source, GUESSED_MIB)
    subprocess.run(["cp", str(source), str(share / "file")], check=True)
    (work / "other" / "share").mkdir(parents=True)
    sampan = peers.Sampan(build, work, share)
    other = peers.Sampan(build, work / "other", work / "other" / "share")
    shell = sampan.shell()
    rates = []

    def move(word, port):
        clear(target, share / "by-sampan")
        sampan.remove_state()
        guessing = Guesses(build, port) if port else None
        start = time.perf_counter()
        shell.run((f"get file {target}" if word == "get" else f"put {source} by-sampan") + "\npwd", 1)
        seconds = time.perf_counter() - start
        if guessing:
            rates.append(guessing.stop())
        return seconds

    try:
        for word, title in (("get", "down"), ("put", "up")):
            rates.clear()
            print_table(f"{GUESSED_MIB} MiB {title} in a session, {GUESSES_A_SECOND} attempts to log in a second", rounds(count, {
                "alone": lambda: move(word, None),
                "attempts at this server": lambda: move(word, sampan.port),
                "attempts at another server": lambda: move(word, other.port),
            }), "alone", GUESSED_MIB * MIB / 1e6, "MB/s")
            attempts, challenges = (sorted(column)[len(rates) // 2] for column in zip(*rates))
            print(f"  attempts a second {attempts:.0f}, of them answered {challenges:.0f}")
    finally:
        shell.stop()
        sampan.stop()
        other.stop()
