# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many small files: near, far, and onto a real disk."""

import os
import subprocess
import time

import peers
from measure import clear, make_tree, print_table, require_same, rounds, timed

NEAR_FILES, NEAR_FOLDERS = 10_000, 100
FAR_FILES, FAR_FOLDERS = 2_000, 20
FAR_MS = 10  # each way


def pipe(*commands):
    """A shell line in which the failure of any command counts."""
    return ["bash", "-o", "pipefail", "-c", " | ".join(commands)]


class Trees:
    """A tree of small files here and on the server, and where each program puts its copy."""

    def __init__(self, work, files, folders, share=None):
        self.share = share or work / "share"
        self.share.mkdir()
        os.chmod(self.share, 0o777)
        self.source, self.stored, self.target = work / "source", self.share / "stored", work / "target"
        make_tree(self.source, files, folders)
        subprocess.run(["cp", "-r", str(self.source), str(self.stored)], check=True)
        self.sampan = None
        self.settles = False

    def clear(self, arriving):
        clear(arriving)
        if self.sampan:
            self.sampan.remove_state()
        if self.settles:
            os.sync()  # what was deleted is no part of what is measured

    def arriving(self, word, name):
        return self.target if word == "get" else self.share / name

    def timed(self, word, name, command, environment=None):
        arriving = self.arriving(word, name)
        return timed(command, environment, lambda: self.clear(arriving), lambda: require_same(self.source, arriving))

    def by_sampan(self, word, sampan, remote):
        self.sampan = sampan
        names = [f"{remote}/stored", self.target] if word == "get" else [self.source, f"{remote}/by-sampan"]
        return self.timed(word, "by-sampan", sampan.command(word, "-r", *names), sampan.environment)

    def by_shell(self, word, sampan, shell):
        """Within a session that stands."""
        arriving = self.arriving(word, "by-shell")
        names = f"stored {self.target}" if word == "get" else f"{self.source} by-shell"
        self.sampan = sampan
        self.clear(arriving)
        start = time.perf_counter()
        shell.run(f"{word} -r {names}\npwd", 1)
        seconds = time.perf_counter() - start
        require_same(self.source, arriving)
        return seconds

    def by_rsync(self, word, remote, options=()):
        names = [f"{remote}/stored/", f"{self.target}/"] if word == "get" else [f"{self.source}/", f"{remote}/by-rsync/"]
        return self.timed(word, "by-rsync", ["rsync", "-rt", *options, *names])

    def by_rsync_ssh(self, word, sftp):
        return self.by_rsync(word, f"127.0.0.1:{self.share}", ["-e", sftp.remote_shell()])

    def by_tar(self, word, sftp):
        ssh = f"{sftp.remote_shell()} 127.0.0.1"
        if word == "get":
            line = pipe(f"{ssh} tar -C {self.stored} -cf - .", f"(mkdir {self.target} && tar -C {self.target} -xf -)")
        else:
            made = self.share / "by-tar"
            line = pipe(f"tar -C {self.source} -cf - .", f"{ssh} 'mkdir {made} && tar -C {made} -xf -'")
        return self.timed(word, "by-tar", line)

    def by_sftp(self, word, sftp):
        batch = self.source.parent / f"{word}.batch"
        batch.write_text(f"get -r {self.stored} {self.target}\n" if word == "get"
                         else f"put -r {self.source} {self.share}/by-sftp\n")
        return self.timed(word, "by-sftp", sftp.command(batch))


def trees(build, work, count):
    """Small files in memory: by whole commands, login included, and within a session that stands."""
    own = Trees(work, NEAR_FILES, NEAR_FOLDERS)
    sampan, sftp, daemon = peers.Sampan(build, work, own.share), peers.Sftp(work), peers.RsyncDaemon(work, own.share)
    shell = sampan.shell()
    try:
        for word, title in (("get", "down"), ("put", "up")):
            print_table(f"{NEAR_FILES} files of 4 KiB in {NEAR_FOLDERS} folders {title}", rounds(count, {
                "sampan": lambda: own.by_sampan(word, sampan, sampan.remote),
                "sampan, within a session": lambda: own.by_shell(word, sampan, shell),
                "rsync over ssh": lambda: own.by_rsync_ssh(word, sftp),
                "tar over ssh": lambda: own.by_tar(word, sftp),
                "rsync daemon (plaintext)": lambda: own.by_rsync(word, daemon.remote),
                "sftp -r": lambda: own.by_sftp(word, sftp),
            }), "sampan", NEAR_FILES, "files/s")
    finally:
        for peer in (shell, sampan, sftp, daemon):
            peer.stop()


def far(build, work, count):
    """Small files over a distance."""
    own = Trees(work, FAR_FILES, FAR_FOLDERS)
    sampan, daemon = peers.Sampan(build, work, own.share), peers.RsyncDaemon(work, own.share)
    relays = [peers.Relay(build, FAR_MS, peer.port) for peer in (sampan, daemon)]
    try:
        for word, title in (("get", "down"), ("put", "up")):
            print_table(f"{FAR_FILES} files of 4 KiB {title} at {2 * FAR_MS} ms round trip", rounds(count, {
                "sampan": lambda: own.by_sampan(word, sampan, sampan.remote_at(relays[0].port)),
                "rsync daemon (plaintext)": lambda: own.by_rsync(word, daemon.remote_at(relays[1].port)),
            }), "sampan", FAR_FILES, "files/s")
    finally:
        for peer in (*relays, sampan, daemon):
            peer.stop()


def durable(build, work, count, disk):
    """Small files that are safe on a real disk when the command ends, or the prompt of a session comes back."""
    on_disk = peers.work_folder(disk)
    try:
        own = Trees(work, FAR_FILES, FAR_FOLDERS, on_disk / "share")
        own.settles = True
        kind = subprocess.run(["stat", "-f", "-c", "%T", str(on_disk)], stdout=subprocess.PIPE, text=True, check=True).stdout
        sampan = peers.Sampan(build, work, own.share)
        shell = sampan.shell()
        program = str(build / "tests" / "bench" / "store-each")
        try:
            print_table(f"{FAR_FILES} files of 4 KiB up, safe on {disk} ({kind.strip()})", rounds(count, {
                "sampan": lambda: own.by_sampan("put", sampan, sampan.remote),
                "sampan, within a session": lambda: own.by_shell("put", sampan, shell),
                "fsync for each file": lambda: own.timed("put", "by-each", [program, own.source, own.share / "by-each"]),
            }), "sampan", FAR_FILES, "files/s")
        finally:
            shell.stop()
            sampan.stop()
    finally:
        peers.remove_folder(on_disk)
