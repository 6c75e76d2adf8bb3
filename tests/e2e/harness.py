# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real sampand and sampan-cli on 127.0.0.1 with private folders, for the tests beside this file.

SAMPAND and SAMPAN_CLI name the programs (meson sets them). Conditions are polled, never slept for; what a test started is
killed when it ends."""

import contextlib
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from proxy import Proxy
from waiting import WAIT_SECS, Failure, wait_until

PASSWORD = "correct horse battery staple"


def environment(home):
    """Nothing of the person's own settings reaches the programs."""
    result = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm",
        "G_DEBUG": "fatal-criticals",
        "GIO_USE_VFS": "local",
        "TZ": "UTC",
    }
    for name, value in os.environ.items():
        if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_", "MALLOC_")) or name == "G_SLICE":
            result[name] = value
    return result


def describe_threads(pid):
    """What the threads of a process that hangs wait in, and which signals are kept from them."""
    text = ""
    for task in sorted(pathlib.Path(f"/proc/{pid}/task").iterdir()):
        with contextlib.suppress(OSError):
            lines = [line for line in (task / "status").read_text().splitlines()
                     if line.startswith(("Name:", "State:", "Sig", "ShdPnd:"))]
            text += f"\n{task.name}: {' '.join(lines)} wchan: {(task / 'wchan').read_text()}"
    return text


class Result:
    """How a run of the command line ended."""

    def __init__(self, arguments, status, out, err):
        self.arguments, self.status, self.out, self.err = arguments, status, out, err
        self.text = out.decode("utf-8", "replace")
        self.errors = err.decode("utf-8", "replace")

    def __str__(self):
        return f"{self.arguments} -> {self.status}\nstdout: {self.text[-2000:]}\nstderr: {self.errors[-2000:]}"


class Server:
    """One sampand with a state directory of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.state = self.folder / "server-state"
        self.home = self.folder / "server-home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.process = None
        self.port = 0
        self.output = []
        self.errors = self.folder / "server-log"
        self.wrapper = os.environ.get("SAMPAND_WRAPPER", "").split()  # a command that runs it
        self.options = []  # more of them for `run`

    def command(self, *arguments, check=True, stdin=None):
        """An admin command on this state directory."""
        done = subprocess.run([os.environ["SAMPAND"], *arguments[:2], "--state", str(self.state), *arguments[2:]],
                              env=environment(self.home), stdin=stdin or subprocess.DEVNULL, capture_output=True,
                              timeout=WAIT_SECS, check=False)
        result = Result(arguments, done.returncode, done.stdout, done.stderr)
        if check and done.returncode != 0:
            raise Failure(str(result))
        return result

    def add_user(self, name, password=PASSWORD):
        self.command("user", "add", name, "--password-file", str(self.write_secret(password)))

    def write_secret(self, text):
        handle, path = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "w") as out:
            out.write(text + "\n")
        return path

    def add_share(self, name, **rights):
        """rights: read, add, change -> who. Returns the directory."""
        directory = self.folder / "shares" / name
        directory.mkdir(parents=True, exist_ok=True)
        options = [part for right, who in rights.items() for part in (f"--{right}", who)]
        self.command("share", "add", name, str(directory), *options)
        return directory

    def start(self, port=0, listen="127.0.0.1"):
        """Runs it until stop() or kill(); returns once it accepts."""
        log = open(self.errors, "ab")
        with log:
            self.process = subprocess.Popen(
                [*self.wrapper, os.environ["SAMPAND"], "run", "--state", str(self.state), "--listen", f"{listen}:{port}",
                 *self.options],
                env=environment(self.home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        self.output = []
        threading.Thread(target=self._read, args=(self.process.stdout, self.output), daemon=True).start()
        line = wait_until(self._listening, "sampand listens")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def _listening(self):
        if self.process.poll() is not None:
            raise Failure(f"sampand ended with {self.process.returncode}: {self.log()[-2000:]}")
        return next((line for line in self.output if line.startswith("listening on ")), None)

    @staticmethod
    def _read(stream, lines):
        with stream:
            for line in stream:
                lines.append(line.decode("utf-8", "replace").rstrip("\n"))

    def log(self):
        return self.errors.read_text("utf-8", "replace") if self.errors.exists() else ""

    def stop(self):
        """As systemd does; it must end by itself and with 0."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(WAIT_SECS)
        except subprocess.TimeoutExpired as error:
            threads = describe_threads(self.process.pid)
            self.kill()
            raise Failure(f"sampand does not end on SIGTERM: {threads}\n{self.log()[-2000:]}") from error
        self.process = None
        if status != 0:
            raise Failure(f"sampand ended with {status}: {self.log()[-2000:]}")

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Client:
    """A person at sampan-cli with a home of their own."""

    def __init__(self, folder, user="ann", password=PASSWORD):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="home-", dir=folder))
        self.user = user
        self.environment = environment(self.home)
        self.password_file = self.home / "password"
        self.set_password(password)
        self.host = "127.0.0.1"
        self.port = 0

    def set_password(self, password):
        self.password_file.write_text(password + "\n")
        self.password_file.chmod(0o600)

    def remote(self, path="", user=None, port=None):
        return f"sampan://{user or self.user}@{self.host}:{port or self.port}/{path}"

    def arguments(self, *arguments, password=True):
        options = ["--password-file", str(self.password_file)] if password else []
        return [os.environ["SAMPAN_CLI"], *options, *[str(one) for one in arguments]]

    def run(self, *arguments, status=0, text=None, password=True, cwd=None, seconds=WAIT_SECS):
        """Runs a command; STATUS None: any. TEXT: its standard input."""
        command = self.arguments(*arguments, password=password)
        try:
            done = subprocess.run(command, env=self.environment, input=(text or "").encode(), capture_output=True,
                                  timeout=seconds, cwd=cwd or self.home, start_new_session=True, check=False)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"no end in {seconds} s: {arguments}\n{error.stdout!r}\n{error.stderr!r}") from error
        result = Result(arguments, done.returncode, done.stdout, done.stderr)
        if status is not None and done.returncode != status:
            raise Failure(f"expected {status}: {result}")
        return result

    def start(self, *arguments, **options):
        """The same without waiting."""
        return subprocess.Popen(self.arguments(*arguments), env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options)


class PipedShell:
    """`sampan-cli shell` at the end of a pipe: a client that stays logged in."""

    def __init__(self, client, remote):
        self.process = subprocess.Popen(client.arguments("shell", remote), env=client.environment, cwd=client.home,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.marks = 0
        self.buffer = b""

    def run(self, line, seconds=WAIT_SECS):
        """What LINE printed, errors included. The answer to a command that does not exist marks the end."""
        self.marks += 1
        mark = f"end-of-{self.marks}"
        self.process.stdin.write(f"{line}\nhelp no-such-{mark}\n".encode())
        self.process.stdin.flush()
        pattern = f"no-such-{mark}".encode()
        deadline = time.monotonic() + seconds
        while pattern not in self.buffer or b"\n" not in self.buffer[self.buffer.index(pattern):]:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Failure(f"no answer to {line!r}: {self.buffer!r}")
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                raise Failure(f"the shell ended at {line!r}: {self.buffer!r}")
            self.buffer += chunk
        text, rest = self.buffer.split(pattern, 1)
        self.buffer = rest.split(b"\n", 1)[1]
        return text.decode("utf-8", "replace").strip()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Terminal:
    """sampan-cli at a terminal of its own."""

    def __init__(self, client, *arguments, password=True, cwd=None, columns=100):
        self.buffer = ""
        self.transcript = ""  # all that was ever shown
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd or client.home)
            command = client.arguments(*arguments, password=password)
            os.execve(command[0], command, client.environment)
        import fcntl  # pylint: disable=import-outside-toplevel
        import termios  # pylint: disable=import-outside-toplevel
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.status = None

    def type(self, text):
        os.write(self.fd, text.encode())

    def _fill(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            chunk = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            chunk = b""
        text = chunk.decode("utf-8", "replace")
        self.buffer += text
        self.transcript += text
        return bool(chunk)

    def expect(self, pattern, seconds=WAIT_SECS):
        """Waits for the regular expression; returns the match and forgets all up to its end."""
        deadline = time.monotonic() + seconds
        while True:
            match = re.search(pattern, self.buffer)
            if match:
                self.buffer = self.buffer[match.end():]
                return match
            left = deadline - time.monotonic()
            if left <= 0 or not self._fill(left):
                raise Failure(f"{pattern!r} did not come: {self.buffer!r}")

    def wait(self, seconds=WAIT_SECS):
        """The exit status; what is still printed goes to the buffer."""
        deadline = time.monotonic() + seconds
        while self._fill(max(0, deadline - time.monotonic())):
            pass
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise Failure(f"no end: {self.buffer!r}")
            else:
                time.sleep(0.01)
        return self.status

    def close(self):
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -1
        os.close(self.fd)


class Case(unittest.TestCase):
    """A test with a private folder, a server and a client, all gone at its end."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sampan-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.server = Server(self.folder)
        self.addCleanup(self.server.kill)

    def tearDown(self):
        """A server that still runs must end well, whatever the test did to it."""
        self.server.stop()

    def start_server(self, **rights):
        """An account ann who may change the share "files", whose directory is self.share."""
        self.server.add_user("ann")
        self.share = self.server.add_share("files", **(rights or {"change": "ann"}))
        self.server.start()
        self.client = self.new_client()

    def new_client(self, user="ann", password=PASSWORD):
        client = Client(self.folder, user, password)
        client.port = self.server.port
        return client

    def new_proxy(self, **options):
        proxy = Proxy(self.server.port, **options)
        self.addCleanup(proxy.close)
        return proxy

    def open_shell(self, client, path=""):
        shell = PipedShell(client, client.remote(path))
        self.addCleanup(shell.close)
        return shell

    def open_terminal(self, *arguments, client=None, **options):
        terminal = Terminal(client or self.client, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal

    def start_client(self, *arguments, client=None):
        process = (client or self.client).start(*arguments)

        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def assert_ends(self, process, status, seconds=WAIT_SECS):
        out, err = process.communicate(timeout=seconds)
        if status is not None:
            self.assertEqual(process.returncode, status, f"{out!r} {err!r}")
        return Result(process.args, process.returncode, out, err)

    def mount_small(self, folder, size):
        """A file system of its own for FOLDER, or a skipped test."""
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system takes root")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"no small file system: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(folder)], check=False, stderr=subprocess.DEVNULL)

    def assert_same_tree(self, first, second):
        self.assertEqual(read_tree(first), read_tree(second))

    def trash(self, share=None):
        """Contents of all that lies in the trash of a share, in any order."""
        root = (share or self.share) / ".sampan" / "trash"
        return sorted(item.read_bytes() for item in root.glob("*/item") if item.is_file())

    def staged(self):
        """Sizes of what is not complete."""
        return sorted(item.stat().st_size for item in (self.share / ".sampan").glob("staging/*"))

    def visible(self, folder=None):
        """Names of what a person sees in a folder of the share."""
        return sorted(name for name in os.listdir(folder or self.share) if name != ".sampan")


def read_tree(folder):
    """Relative path -> (kind, content, mtime of files), without what the server keeps for itself."""
    folder = pathlib.Path(folder)
    tree = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] == ".sampan":
            continue
        if path.is_file():
            tree[str(name)] = ("file", path.read_bytes(), path.stat().st_mtime_ns)
        else:
            tree[str(name)] = ("folder", None, None)
    return tree


def make_file(path, size, seed=1, mtime_ns=None):
    """SIZE bytes that repeat nowhere near; the same, with the time, for the same SEED."""
    import random  # pylint: disable=import-outside-toplevel
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.Random(seed).randbytes(size))
    mtime_ns = mtime_ns or 1_600_000_000_123_456_789 + (seed - 1) * 1_000_000_000
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


class TapResult(unittest.TestResult):
    """One TAP line a test, so that meson counts them and shows why one was skipped."""

    def __init__(self):
        super().__init__()
        self.numbers = 0

    def _line(self, test, good, note=""):
        self.numbers += 1
        print(f"{'ok' if good else 'not ok'} {self.numbers} - {test.id().split('.', 1)[1]}{note}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._line(test, True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(test, True, f" # SKIP {reason}")

    def _bad(self, test, error):
        self._line(test, False)
        # The runner shows what a failed test wrote here, and keeps the other to itself.
        print(self._exc_info_to_string(error, test), file=sys.stderr, flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._bad(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._bad(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._bad(subtest, err)


def main():
    """Runs the tests of the calling file, or those named on its command line."""
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    suite = loader.loadTestsFromNames(sys.argv[1:], module) if sys.argv[1:] else loader.loadTestsFromModule(module)
    result = TapResult()
    suite.run(result)
    print(f"1..{result.numbers}")
    sys.exit(0 if result.wasSuccessful() else 1)
