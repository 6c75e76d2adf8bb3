# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large files: one alone, one over a long distance, many at once."""

import os
import subprocess
import time

import peers
from measure import MIB, clear, forget_peak, make_file, peak_kib, print_table, rounds, timed

FASTEST_SFTP_CIPHER = "aes128-gcm@openssh.com"
FAR_MS = 50  # each way
FAR_MIB = 200
FAR_MBITS = (1000, 2500, None)  # what a network has; and the memory's speed, which only a plain socket can keep up with
CROWD_CLIENTS = 32
CROWD_MIB = 64


def same_file(left, right):
    return lambda: subprocess.run(["cmp", str(left), str(right)], check=True)


def throughput(build, work, count, size_mib):
    """One file each way: by whole commands, login included, and within a session that stands, as the bare program has no
    login."""
    source, share, target = work / "source", work / "share", work / "target"
    make_file(source, size_mib)
    share.mkdir()
    os.chmod(share, 0o777)
    sampan, sftp, bare = peers.Sampan(build, work, share), peers.Sftp(work), peers.Bare(build)
    ftps, daemon = peers.Ftps(work, sftp), peers.RsyncDaemon(work, share)
    down, up = work / "down.batch", work / "up.batch"
    down.write_text(f"get {source} {target}\n")
    up.write_text(f"put {source} {share}/by-sftp\n")
    subprocess.run(["cp", str(source), str(share / "file")], check=True)

    def bare_runs(operation, remote, local, cleared):
        return {f"bare {cipher}": lambda cipher=cipher: timed(bare.command(operation, cipher, remote, local), None, cleared)
                for cipher in ("chacha", "aes", "plain")}

    def cleared():
        clear(target, *(share / f"by-{name}" for name in ("sftp", "ftps", "rsync", "sampan", "bare")))
        sampan.remove_state()

    standing = {}
    try:
        amount = size_mib * MIB / 1e6
        standing["get"] = Standing(build, sampan, sampan.port, "get", "files/file", target)
        print_table(f"{size_mib} MiB down", rounds(count, {
            "sampan, within a session": lambda: standing["get"].seconds(cleared),
            "sampan": lambda: timed(sampan.command("get", f"{sampan.remote}/file", target), sampan.environment, cleared),
            "sftp aes128-gcm": lambda: timed(sftp.command(down, FASTEST_SFTP_CIPHER), None, cleared),
            "ftps, curl": lambda: timed(ftps.by_curl(share / "file", "--output", target), None, cleared),
            "ftps, lftp": lambda: timed(ftps.by_lftp("down", f"get {share}/file -o {target}"), None, cleared),
            "rsync daemon (plaintext)": lambda: timed(["rsync", "-W", f"{daemon.remote}/file", target], None, cleared),
            **bare_runs("get", share / "file", target, cleared),
        }), "sampan, within a session", amount, "MB/s")
        standing["put"] = Standing(build, sampan, sampan.port, "put", "files/by-sampan", source)
        print_table(f"{size_mib} MiB up", rounds(count, {
            "sampan, within a session": lambda: standing["put"].seconds(cleared),
            "sampan": lambda: timed(sampan.command("put", source, f"{sampan.remote}/by-sampan"), sampan.environment, cleared),
            "sftp aes128-gcm": lambda: timed(sftp.command(up, FASTEST_SFTP_CIPHER), None, cleared),
            "ftps, curl": lambda: timed(ftps.by_curl(share / "by-ftps", "--upload-file", source), None, cleared),
            "ftps, lftp": lambda: timed(ftps.by_lftp("up", f"put {source} -o {share}/by-ftps"), None, cleared),
            "rsync daemon (plaintext)": lambda: timed(["rsync", "-W", source, f"{daemon.remote}/by-rsync"], None, cleared),
            **bare_runs("put", share / "by-bare", source, cleared),
        }), "sampan, within a session", amount, "MB/s")
    finally:
        for peer in (*standing.values(), sampan, ftps, daemon, sftp, bare):
            peer.stop()


class Standing:
    """A session that stands, with the connection for transfers, in which one file moves again and again."""

    def __init__(self, build, sampan, port, word, path, local):
        self.process = subprocess.Popen([str(build / "tests" / "bench" / "move-file"), word, str(port), "bench",
                                         str(sampan.password), path, str(local)], env=sampan.environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("move-file did not log in")

    def seconds(self, before):
        before()
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def far(build, work, count):
    """One file over a long distance, against a plain socket: by new processes, and in a session that stands."""
    for mbit in FAR_MBITS:
        part = work / f"far-{mbit}"
        part.mkdir()
        far_at(build, part, count, mbit)
        peers.remove_folder(part)


def far_at(build, work, count, mbit):
    source, share, target = work / "source", work / "share", work / "target"
    make_file(source, FAR_MIB)
    share.mkdir()
    sampan, bare = peers.Sampan(build, work, share), peers.Bare(build)
    relays = [peers.Relay(build, FAR_MS, peer.port, mbit) for peer in (sampan, bare)]
    wire = f"{mbit} Mbit/s" if mbit else "no limit of the rate"
    remote = sampan.remote_at(relays[0].port)
    subprocess.run(["cp", str(source), str(share / "file")], check=True)

    def cleared():
        clear(target, share / "by-sampan", share / "by-bare")
        sampan.remove_state()

    def ping():
        return timed(sampan.command("ping", remote, "x"), sampan.environment)

    try:
        for word, title in (("get", "down"), ("put", "up")):
            arrived = target if word == "get" else share / "by-sampan"
            names = [f"{remote}/file", target] if word == "get" else [source, f"{remote}/by-sampan"]
            names_bare = [share / "file", target] if word == "get" else [share / "by-bare", source]
            standing = Standing(build, sampan, relays[0].port, word, "files/" + ("file" if word == "get" else "by-sampan"),
                                target if word == "get" else source)
            print_table(f"{FAR_MIB} MiB {title} at {2 * FAR_MS} ms round trip, {wire}", rounds(count, {
                "sampan": lambda: timed(sampan.command(word, *names), sampan.environment, cleared,
                                        same_file(source, arrived)),
                "sampan, login and a ping": ping,
                "sampan, within a session": lambda: standing.seconds(cleared),
                "bare plain": lambda: timed(bare.command(word, "plain", *names_bare, relays[1].port), None, cleared),
            }), "bare plain", FAR_MIB * MIB / 1e6, "MB/s")
            standing.stop()
    finally:
        for peer in (*relays, sampan, bare):
            peer.stop()


class Crowd:
    """One round of many clients; the clock starts when all are ready and stops for each when it is done."""

    def __init__(self, sampan, bare, share, local):
        self.sampan, self.bare, self.share, self.local = sampan, bare, share, local
        self.spreads = []

    def _clear(self):
        clear(*self.share.glob("up-*"), *self.local.glob("down-*"), *self.local.glob("tiny-*"))
        self.sampan.remove_state()

    def by_sampan(self, word):
        """The sessions are logged in and have the connection for transfers before: 32 password hashes would be most of it,
        and a server admits only some strangers of one address at once."""
        self._clear()
        shells = [self.sampan.shell() for _ in range(CROWD_CLIENTS)]
        for number, shell in enumerate(shells):
            shell.run(f"get tiny {self.local}/tiny-{number}\npwd", 1)
        line = (lambda n: f"get file {self.local}/down-{n}") if word == "get" else (lambda n: f"put {self.local}/file up-{n}")
        ends = []
        try:
            start = time.perf_counter()
            for number, shell in enumerate(shells):
                shell.begin(line(number) + "\npwd")
            waiting = {shell.process.stdout.fileno(): shell for shell in shells}
            poll = peers.reading_poll(waiting)
            while waiting:
                for fd, _ in poll.poll():
                    waiting.pop(fd).read(1)
                    poll.unregister(fd)
                    ends.append(time.perf_counter() - start)
        finally:
            for shell in shells:
                shell.stop()
        self.spreads.append(max(ends) / min(ends))
        made = self.local.glob("down-*") if word == "get" else self.share.glob("up-*")
        if [path.stat().st_size for path in made] != [CROWD_MIB * MIB] * CROWD_CLIENTS:
            raise RuntimeError("not all files arrived")
        return max(ends)

    def by_bare(self, word, cipher):
        self._clear()
        names = (lambda n: (self.share / "file", self.local / f"down-{n}")) if word == "get" else \
                (lambda n: (self.share / f"up-{n}", self.local / "file"))
        start = time.perf_counter()
        clients = [subprocess.Popen(self.bare.command(word, cipher, *names(number))) for number in range(CROWD_CLIENTS)]
        if any([client.wait() for client in clients]):
            raise RuntimeError("a bare client failed")
        return time.perf_counter() - start


def crowd(build, work, count):
    """Many clients at once, each with a file of its own."""
    share, local = work / "share", work / "local"
    share.mkdir()
    local.mkdir()
    make_file(local / "file", CROWD_MIB)
    (share / "tiny").write_text("x")
    subprocess.run(["cp", str(local / "file"), str(share / "file")], check=True)
    sampan, bare = peers.Sampan(build, work, share), peers.Bare(build)
    try:
        for word in ("get", "put"):
            party = Crowd(sampan, bare, share, local)
            forget_peak(sampan.process.pid)
            results = rounds(count, {
                "sampan": lambda: party.by_sampan(word),
                "bare chacha": lambda: party.by_bare(word, "chacha"),
                "bare aes": lambda: party.by_bare(word, "aes"),
            })
            print_table(f"{word}: {CROWD_CLIENTS} clients at once, {CROWD_MIB} MiB each", results, "sampan",
                        CROWD_CLIENTS * CROWD_MIB * MIB / 1e6, "MB/s")
            spreads = sorted(party.spreads[1:])
            print(f"  sampan: slowest / fastest client {spreads[len(spreads) // 2]:.2f}, "
                  f"server resident at most {peak_kib(sampan.process.pid) / 1024:.1f} MiB")
    finally:
        sampan.stop()
        bare.stop()
