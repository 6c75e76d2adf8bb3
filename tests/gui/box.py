# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real server with a state, an account and a share of its own."""

import contextlib
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile

import a11y

PASSWORD = "correct horse battery"
# Without its capabilities, root is bound by the permissions of files like anybody.
WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
STOP_SECS = 180  # a loaded machine is no failure


class Box:
    """With `with`: it runs inside and is gone afterwards, whatever happens."""

    def __init__(
        self,
        user="ann",
        password=PASSWORD,
        port=0,
        address="127.0.0.1",
        options=(),
        is_privileged=True,
    ):
        self.user = user
        self.password = password
        self.program = os.environ["SAMPAND"]
        self.process = None
        self.port = port  # 0: the system's choice
        self.address = address
        self.options = options  # of "run"
        self.wrapper = () if is_privileged or os.geteuid() != 0 else WITHOUT_PRIVILEGES

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-box-")
        root = pathlib.Path(self.place.name)
        self.state = root / "state"
        self.files = root / "photos"
        self.files.mkdir()
        secret = root / "password"
        secret.write_text(self.password + "\n")
        self.admin("user", "add", self.user, "--password-file", str(secret))
        self.admin("share", "add", "photos", str(self.files), "--change", self.user)
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()
        self.place.cleanup()

    def admin(self, *arguments):
        """A command of the server on its state; returns what it printed."""
        command, *rest = arguments
        done = subprocess.run(
            [self.program, command, *self.with_state(rest)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.returncode == 0, f"sampand {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def with_state(self, rest):
        return [*rest, "--state", str(self.state)]

    def start(self):
        self.process = subprocess.Popen(
            [
                *self.wrapper,
                self.program,
                "run",
                *self.with_state(self.options),
                "--listen",
                f"{self.address}:{self.port}",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stdout:
            found = re.match(r"listening on .*:(\d+)$", line.strip())
            if found:
                self.port = int(found.group(1))
                return
        raise AssertionError("the server ended before it listened")

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECS)
        finally:
            self.process.kill()
            self.process.stdout.close()
            self.process = None

    @contextlib.contextmanager
    def standing_still(self):
        """With `with`: it does nothing inside, so that nothing ends before a button is pressed. The
        client waits a minute for its answers."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def wait_for_part(self, folder=None):
        """Of something large on its way to the box, or to FOLDER. The disk is asked: the window may
        tell of it when all is over."""
        if folder:
            parts = functools.partial(folder.glob, ".sampan-*.part")
        else:
            parts = functools.partial((self.files / ".sampan" / "staging").glob, "*")
        a11y.wait_for(lambda: any(part.stat().st_size > 0 for part in parts()), "a part on the disk")

    def count_sessions(self):
        status = json.loads(self.admin("status", "--json"))
        return status["session_count"]

    def fill(self):
        """A few files of different kinds and sizes."""
        (self.files / "Harbour").mkdir()
        (self.files / "Spring festival").mkdir()
        (self.files / "Harbour" / "lighthouse.jpg").write_bytes(b"light" * 1000)
        for name, size in (
            ("boat-at-dawn.jpg", 4_200_000),
            ("crew.jpg", 3_900_000),
            ("manifest.odt", 28_000),
            ("charts.tar.xz", 8_120_000),
            ("notes.txt", 812),
        ):
            with open(self.files / name, "wb") as file:
                file.truncate(size)
