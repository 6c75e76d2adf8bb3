# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that a benchmark compares: Sampan, OpenSSH, vsftpd, the rsync daemon and the bare program, each on a free loopback
port, and the relay that puts a distance between them and their clients."""

import crypt
import os
import pathlib
import pwd
import secrets
import select
import shlex
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
        self.share = share
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
        self.remote = self.remote_at(self.port)

    def remote_at(self, port):
        """The share as reached through another port, such as a relay's."""
        return f"sampan://bench@127.0.0.1:{port}/files"

    def command(self, *arguments):
        return [self.cli, "--quiet", "--password-file", str(self.password), *map(str, arguments)]

    def shell(self):
        """A session that is logged in before any clock starts."""
        return Shell(self.command("shell", self.remote), self.environment)

    def remove_state(self):
        """What an overwrite or a removal took away counts against memory, not against time."""
        subprocess.run(["find", str(self.share / ".sampan"), "-type", "f", "-delete"], check=True)

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

    def _options(self, cipher):
        options = ["-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.etc}/known",
                   "-o", "LogLevel=ERROR"]
        return options + (["-o", f"Ciphers={cipher}"] if cipher else [])

    def remote_shell(self, cipher=None):
        """An ssh command but for the host, as one string."""
        return shlex.join(["ssh", *self._options(cipher), "-i", str(self.etc / "client"), "-o", "IdentitiesOnly=yes",
                           "-p", str(self.port), "-l", self.USER])

    def command(self, batch, cipher=None, with_password=False):
        """An sftp command that runs the lines of BATCH (a file)."""
        options = self._options(cipher)
        target = ["-P", str(self.port), f"{self.USER}@127.0.0.1"]
        if with_password:
            return ["sshpass", "-f", str(self.password), "sftp", *options, "-o", "PubkeyAuthentication=no",
                    "-o", "BatchMode=no", "-b", str(batch), *target]
        return ["sftp", *options, "-i", str(self.etc / "client"), "-o", "IdentitiesOnly=yes", "-b", str(batch), *target]

    def stop(self):
        stop(self.process)
        self._remove_user()


class Ftps:
    """A private vsftpd at package defaults but for TLS, with the throw-away account of SFTP, and two clients."""

    def __init__(self, work, sftp):
        vsftpd = "/usr/sbin/vsftpd"
        if not (os.path.exists(vsftpd) and all(map(shutil.which, ("curl", "lftp", "openssl")))):
            raise Unavailable("no vsftpd, curl, lftp or openssl")
        self.etc = work / "ftps"
        self.etc.mkdir(mode=0o700)
        self.certificate = self.etc / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(self.etc / "key.pem"),
                        "-out", str(self.certificate), "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
        (self.etc / "empty").mkdir()
        self.port = free_port()
        config = self.etc / "vsftpd.conf"
        config.write_text(f"""listen=YES
listen_address=127.0.0.1
listen_port={self.port}
background=NO
anonymous_enable=NO
local_enable=YES
local_root=/
write_enable=YES
local_umask=022
ssl_enable=YES
rsa_cert_file={self.certificate}
rsa_private_key_file={self.etc}/key.pem
secure_chroot_dir={self.etc}/empty
xferlog_enable=NO
""")
        self.netrc = self.etc / "netrc"
        self.login = f"{sftp.USER} {sftp.password.read_text().strip()}"
        user, password = self.login.split()
        self._write(self.netrc, f"machine 127.0.0.1 login {user} password {password}\n")
        self.process = subprocess.Popen([vsftpd, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    @staticmethod
    def _write(path, text):
        path.touch(mode=0o600)
        path.write_text(text)

    def by_curl(self, remote, *words):
        """WORDS: what to do with REMOTE, as options of curl."""
        return ["curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", str(self.certificate),
                "--netrc-file", str(self.netrc), *map(str, words), f"ftp://127.0.0.1:{self.port}{remote}"]

    def by_lftp(self, name, line):
        """A command that runs LINE; the script of it is called NAME."""
        script = self.etc / name
        user, password = self.login.split()
        self._write(script, f"""set cmd:fail-exit yes
set ftp:ssl-force yes
set ftp:ssl-protect-data yes
set ssl:ca-file {self.certificate}
open -u {user},{password} -p {self.port} ftp://127.0.0.1
{line}
""")
        return ["lftp", "--norc", "-f", str(script)]

    def stop(self):
        stop(self.process)


class RsyncDaemon:
    """Plaintext and without a login: what rsync can do at best."""

    def __init__(self, work, module):
        if not shutil.which("rsync"):
            raise Unavailable("no rsync")
        self.port = free_port()
        config = work / "rsyncd.conf"
        config.write_text(f"""address = 127.0.0.1
port = {self.port}
use chroot = no
log file = {work}/rsyncd.log
pid file =
uid = {os.getuid()}
gid = {os.getgid()}
[files]
path = {module}
read only = no
""")
        self.process = subprocess.Popen(["rsync", "--daemon", "--no-detach", f"--config={config}"],
                                        stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)
        self.remote = self.remote_at(self.port)

    def remote_at(self, port):
        return f"rsync://127.0.0.1:{port}/files"

    def stop(self):
        stop(self.process)


class Relay:
    """Puts MS milliseconds into each direction before PORT, and a wire of so many Mbit/s if it is limited."""

    def __init__(self, build, ms, port, mbit=None):
        limit = [str(mbit)] if mbit else []
        self.process = subprocess.Popen([str(build / "tests" / "bench" / "delay-relay"), str(ms), str(port), *limit],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        stop(self.process)


def reading_poll(fds):
    """A poll object for what can be read from FDS."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return poll


class Shell:
    """A sampan-cli shell over pipes: commands one after the other in one session."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.run("pwd", 1)

    def begin(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self, count):
        """COUNT lines of answers; fewer mean that the command failed."""
        for _ in range(count):
            if not self.process.stdout.readline():
                raise RuntimeError("the shell ended")

    def run(self, line, count):
        self.begin(line)
        self.read(count)

    def stop(self):
        self.process.stdin.close()
        if self.process.wait(timeout=30) != 0:
            raise RuntimeError("a command of the shell failed")


class Bare:
    """The yardstick program of bare.c."""

    def __init__(self, build):
        self.program = str(build / "tests" / "bench" / "bare")
        self.process = subprocess.Popen([self.program, "serve"], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def command(self, operation, cipher, remote, local, port=None):
        return [self.program, operation, cipher, str(port or self.port), str(remote), str(local)]

    def stop(self):
        stop(self.process)


def work_folder(base=None):
    """A memory-backed folder, so that no disk is measured, unless it is to lie in BASE."""
    memory = pathlib.Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp")
    path = (base or memory) / f"sampan-bench-{os.getpid()}"
    path.mkdir(mode=0o755)
    return path


def remove_folder(path):
    shutil.rmtree(path, ignore_errors=True)
