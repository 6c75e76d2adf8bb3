# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that a benchmark compares: Sampan, OpenSSH's sftp and the bare program, each on a free loopback port."""

import crypt
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time

START_TIMEOUT_SECS = 20


class Unavailable(Exception):
    """A peer that cannot run here; the text says why."""


def wait_for_port(port, process):
    end = time.monotonic() + START_TIMEOUT_SECS
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise Unavailable(f"nothing answers on port {port}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process):
    if process and process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Sampan:
    """A sampand with one account and one share, and the command line to reach it."""

    def __init__(self, build, work, share):
        self.cli = str(build / "client" / "cli" / "sampan-cli")
        self.server = str(build / "server" / "sampand")
        self.state = work / "state"
        self.password = work / "sampan-password"
        self.password.write_text(secrets.token_urlsafe(18) + "\n")
        self.password.chmod(0o600)
        self.environment = dict(os.environ, XDG_CONFIG_HOME=str(work / "config"), XDG_STATE_HOME=str(work / "cli-state"))
        admin = ["--state", str(self.state)]
        subprocess.run([self.server, "user", "add", *admin, "--password-file", str(self.password), "bench"],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([self.server, "share", "add", *admin, "--change", "bench", "files", str(share)],
                       check=True, stdout=subprocess.DEVNULL)
        self.log = open(work / "sampand.log", "w")
        self.process = subprocess.Popen([self.server, "run", *admin, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.port = None
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.port = int(line.rsplit(":", 1)[1])
                break
        if not self.port:
            raise Unavailable("sampand did not start; see " + self.log.name)
        self.remote = f"sampan://bench@127.0.0.1:{self.port}/files"

    def command(self, *arguments):
        return [self.cli, "--quiet", "--password-file", str(self.password), *arguments]

    def stop(self):
        stop(self.process)
        self.log.close()


class Sftp:
    """A private sshd at package defaults, with key login and, as root, a throw-away account for password login."""

    USER = "sampan-bench"

    def __init__(self, work):
        sshd = "/usr/sbin/sshd"
        if not os.path.exists(sshd):
            raise Unavailable("no openssh-server")
        if os.geteuid() != 0:
            raise Unavailable("sftp needs root for its own sshd and account")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.etc = work / "ssh"
        self.etc.mkdir(mode=0o700)
        for name in ("host", "client"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.etc / name)], check=True)
        self.password = self.etc / "password"
        password = secrets.token_urlsafe(18)
        self.password.write_text(password + "\n")
        self.password.chmod(0o600)
        self._add_user(password)
        self.port = free_port()
        config = self.etc / "sshd_config"
        config.write_text(f"""Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.etc}/host
AuthorizedKeysFile {self.etc}/client.pub
StrictModes no
PidFile none
UsePAM yes
KbdInteractiveAuthentication no
PrintMotd no
Subsystem sftp /usr/lib/openssh/sftp-server
""")
        os.chmod(self.etc, 0o755)
        self.process = subprocess.Popen([sshd, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def _add_user(self, password):
        self._remove_user()
        subprocess.run(["useradd", "-M", "-d", "/", "-s", "/bin/sh", "-p",
                        crypt.crypt(password, crypt.mksalt(crypt.METHOD_SHA512)), self.USER], check=True)
        entry = pwd.getpwnam(self.USER)
        self.uid, self.gid = entry.pw_uid, entry.pw_gid

    def _remove_user(self):
        try:
            pwd.getpwnam(self.USER)
        except KeyError:
            return
        subprocess.run(["userdel", self.USER], check=False, stderr=subprocess.DEVNULL)

    def command(self, batch, cipher=None, with_password=False):
        """An sftp command that runs the lines of BATCH (a file)."""
        options = ["-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.etc}/known",
                   "-o", "LogLevel=ERROR"]
        if cipher:
            options += ["-o", f"Ciphers={cipher}"]
        target = ["-P", str(self.port), f"{self.USER}@127.0.0.1"]
        if with_password:
            return ["sshpass", "-f", str(self.password), "sftp", *options, "-o", "PubkeyAuthentication=no",
                    "-o", "BatchMode=no", "-b", str(batch), *target]
        return ["sftp", *options, "-i", str(self.etc / "client"), "-o", "IdentitiesOnly=yes", "-b", str(batch), *target]

    def stop(self):
        stop(self.process)
        self._remove_user()


class Bare:
    """The yardstick program of bare.c."""

    def __init__(self, build):
        self.program = str(build / "tests" / "bench" / "bare")
        self.process = subprocess.Popen([self.program, "serve"], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def command(self, operation, cipher, remote, local):
        return [self.program, operation, cipher, str(self.port), str(remote), str(local)]

    def stop(self):
        stop(self.process)


def work_folder():
    """A memory-backed folder, so that no disk is measured."""
    base = pathlib.Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")
    path = base / f"sampan-bench-{os.getpid()}"
    path.mkdir(mode=0o755)
    return path


def remove_folder(path):
    shutil.rmtree(path, ignore_errors=True)
