# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real desktop app, driven by the names of its widgets."""

import os
import pathlib
import subprocess
import tempfile
import time

import a11y

END_SECS = 60  # of small transfers whose files are there
EXIT_SECS = 180  # a loaded machine is no failure


class App:
    """With `with`: it runs inside. That it ended by itself, or wrote a warning, is a failure.

    TEXTS: English names to those of the language that it runs in."""

    spoken = None  # chinese.Spoken, while all that a test starts is to speak it

    def __init__(
        self,
        *arguments,
        program=None,
        name=None,
        environment=None,
        texts=None,
        width=860,
        height=700,
        harmless=(),
    ):
        self.arguments = arguments
        if self.spoken and not program:
            program = os.environ["SAMPAN_IN_BUILD_TREE"]
            environment = {**self.spoken.environment, **(environment or {})}
            name = pathlib.Path(program).name
        self.program = program or os.environ["SAMPAN"]
        self.name = name or "sampan"
        self.size = width, height
        self.harmless = harmless  # what lines may contain that are no failure
        self.environment = environment or {}
        self.texts = texts or {}
        self.ended = False  # a test that closes the window by itself says so

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-app-")
        self.config = pathlib.Path(self.place.name)
        self.log_path = self.config / "log"
        self.log = open(self.log_path, "w", encoding="utf-8")
        self.settings = self.config / "config" / "glib-2.0" / "settings" / "keyfile"
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(
            "[io/github/sampan/Sampan]\nwindow-width={}\nwindow-height={}\n".format(*self.size)
        )
        a11y.put_pointer_away()
        environment = dict(os.environ)
        environment.update(
            G_DEBUG="fatal-criticals",
            GSETTINGS_BACKEND="keyfile",
            XDG_CONFIG_HOME=str(self.config / "config"),
            XDG_STATE_HOME=str(self.config / "state"),
        )
        # GTK and fontconfig keep a little at each exit, and their frames cannot be named.
        sanitizer = environment.get("ASAN_OPTIONS", "")
        environment["ASAN_OPTIONS"] = f"{sanitizer}:detect_leaks=0".lstrip(":")
        environment.update(self.environment)
        self.whole_environment = environment
        self.start()
        return self

    def start(self):
        self.process = subprocess.Popen(
            [self.program, *self.arguments],
            env=self.whole_environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.root = a11y.find_application(self.name)
        self.window = a11y.find(self.root, role="frame")
        self.wait_until_active()

    def wait_until_active(self):
        """Keys that come before the window has the focus get lost."""
        a11y.wait_for(
            lambda: a11y.has_state(self.window, a11y.pyatspi.STATE_ACTIVE), "the active window"
        )

    def kill(self):
        """As a crash or a power cut would; start() comes after it."""
        self.process.kill()
        self.process.wait()
        a11y.forget_application(self.name)

    def start_again(self):
        self.quit()
        a11y.forget_application(self.name)
        self.start()

    def __exit__(self, kind, value, traceback):
        try:
            if kind is None:
                self.quit()
        finally:
            self.process.kill()
            self.process.wait()
            self.log.close()
            said = self.log_path.read_text(encoding="utf-8", errors="replace")
            self.place.cleanup()
            if kind is not None and said:
                print(said)
        for part in self.harmless:
            said = "".join(line for line in said.splitlines(True) if part not in line)
        if kind is None:
            # GLib's, where no service shows notifications.
            lines = [line for line in said.splitlines() if "unable to send notif" not in line]
            assert not any("WARNING" in line or "CRITICAL" in line for line in lines), said

    def quit(self):
        if self.ended:
            return
        assert self.process.poll() is None, f"it ended by itself: {self.process.returncode}"
        self.let_transfers_end()
        if self.spoken:
            self.spoken.check(self)
        a11y.press_keys("ctrl+q")
        self.wait_for_exit()

    def wait_for_exit(self):
        status = self.process.wait(EXIT_SECS)
        assert status == 0, f"it ended with {status}: {self.log_path.read_text()}"

    def let_transfers_end(self):
        """As wait_until_idle(); but those that are to stay paused are no failure."""

        def has_ended():
            panel = a11y.look(self.root, self.text("Transfers"), "panel")
            button = panel and a11y.look(panel, self.text("Cancel"), "push button")
            if not button or not a11y.is_sensitive(button):
                return True
            return a11y.look(panel, self.text("Resume All"), "push button")

        try:
            a11y.wait_for(has_ended, "all transfers to end", END_SECS)
        except AssertionError:
            pass

    def wait_until_idle(self):
        """What is on a disk may not be told yet, and a window with transfers asks before it closes."""
        a11y.wait_for(
            lambda: not a11y.is_sensitive(self.find("Cancel", "push button")), "all transfers to end"
        )

    def text(self, english):
        return self.texts.get(english, english)

    def find(self, name, role=None):
        return a11y.find(self.root, self.text(name), role)

    def press(self, name, role="push button"):
        a11y.find_and_press(self.root, self.text(name), role)

    def try_now(self):
        """The server is back. The window may see that by itself before it is told to look."""

        def probe():
            button = a11y.look(self.window, self.text("Try Now"), "push button")
            return button is None or a11y.press_now(button)

        a11y.wait_for(probe, "another try")

    def press_in_dialog(self, name):
        """The window may have a button of the same name."""
        dialog = a11y.find(self.root, role="alert")
        a11y.find_and_press(dialog, self.text(name), "push button")
        a11y.find_gone(self.root, role="alert")

    def take_picture(self, name):
        folder = os.environ.get("PICTURES")
        if folder:
            # The pointer's tooltip and a running fade are not what is to be seen.
            time.sleep(0.5)
            language = "chinese-" if self.spoken else ""
            a11y.take_picture(pathlib.Path(folder) / f"{language}{name}.png")

    def fill_form(self, box, password=None, user=None):
        a11y.type_into(self.find("Address", "text"), "127.0.0.1")
        a11y.type_into(self.find("Port", "spin button"), str(box.port))
        a11y.type_into(self.find("User", "text"), user or box.user)
        a11y.type_into(self.find("Password", "password text"), password or box.password)

    def log_in(self, box, password=None, user=None):
        self.fill_form(box, password, user)
        self.press("Log In")

    def table(self):
        return a11y.find(self.root, self.text("Files"), role="table")

    def focus_table(self):
        """For keys."""
        a11y.focus(self.table())

    def names(self):
        return [row[0] for row in a11y.get_rows(self.table())]

    def find_transfer(self, start, name="Transfer List"):
        """The row of the list of transfers, which is called NAME, that begins with START."""

        def probe():
            rows = self.find(name, "list box")
            return next((row for row in rows if row and row.name.startswith(start)), None)

        return a11y.wait_for(probe, f"a transfer that begins with “{start}”")

    def wait_for_names(self, *expected):
        a11y.wait_for(lambda: self.names() == list(expected), f"the list to be {expected}")

    def wait_for_bar(self, part):
        """The strip under the header bar says PART."""
        return a11y.find_text(self.window, part)
