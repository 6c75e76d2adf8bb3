# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The app among others: started by the bus, one process for all windows."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, Gio, GLib

import a11y
from app import App
from box import Box

APP_ID = "io.github.sampan.Sampan"
OBJECT_PATH = "/io/github/sampan/Sampan"
CALL_MS = 180_000
ICONS = pathlib.Path(__file__).parents[2] / "data" / "icons"
ICON_SIZES_PX = (16, 32, 128)
OPAQUE = 128


def call(method, parameters):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync(
        APP_ID,
        OBJECT_PATH,
        "org.freedesktop.Application",
        method,
        parameters,
        None,
        Gio.DBusCallFlags.NONE,
        CALL_MS,
    )


class StartedByTheBus:
    """With `with`: a service file for the program is where the session's bus looks."""

    def __enter__(self):
        folder = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "dbus-1" / "services"
        self.path = folder / f"{APP_ID}.service"
        self.path.write_text(
            f"[D-BUS Service]\nName={APP_ID}\nExec={os.environ['SAMPAN']} --gapplication-service\n"
        )
        return self

    def __exit__(self, *exception):
        self.path.unlink()


class Desktop(unittest.TestCase):
    def run_again(self, app, *arguments):
        """What a second start does: hands over and ends."""
        environment = dict(app.whole_environment)
        command = [app.program, *arguments]
        done = subprocess.run(command, env=environment, timeout=a11y.TIMEOUT_SECS)
        self.assertEqual(done.returncode, 0)
        self.assertIsNone(app.process.poll())

    def test_second_start_opens_the_address_in_the_first(self):
        with App() as app:
            self.run_again(app, "sampan://eve@lanbox:9100/photos")
            a11y.wait_for(
                lambda: a11y.read(app.find("Address", "text")) == "lanbox", "the address"
            )
            self.assertEqual(len(a11y.get_frames(app.root)), 1)

    def test_windows(self):
        with Box() as box, App() as app:
            app.log_in(box)
            a11y.find_text(app.window, "ann on 127.0.0.1")
            self.run_again(app, "--new-window")
            a11y.wait_for(lambda: len(a11y.get_frames(app.root)) == 2, "a second window")
            a11y.press_keys("ctrl+n")
            a11y.wait_for(lambda: len(a11y.get_frames(app.root)) == 3, "a third window")
            call("ActivateAction", GLib.Variant("(sava{sv})", ("new-window", [], {})))
            a11y.wait_for(lambda: len(a11y.get_frames(app.root)) == 4, "a fourth window")
            a11y.press_keys("ctrl+w")
            a11y.wait_for(lambda: len(a11y.get_frames(app.root)) == 3, "three windows")
            self.assertEqual(box.count_sessions(), 1)

    def test_help(self):
        with App() as app:
            a11y.press_keys("F1")
            page = a11y.find(app.root, "Help", "dialog")
            a11y.find_text(page, "drop files and folders on the list")
            app.take_picture("help")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Help", "dialog")

    def test_a_password_is_not_handed_over(self):
        with Box() as box, App() as app, tempfile.NamedTemporaryFile("w") as secret:
            secret.write(box.password + "\n")
            secret.flush()
            uri = f"sampan://{box.user}@127.0.0.1:{box.port}/photos"
            other = subprocess.Popen(
                [app.program, "--password-file", secret.name, uri], env=app.whole_environment
            )
            try:
                a11y.wait_for(lambda: box.count_sessions() == 1, "the session of the other")
                self.assertIsNone(other.poll())
            finally:
                other.kill()
                other.wait()

    def test_the_bus_starts_it(self):
        with StartedByTheBus():
            call("Open", GLib.Variant("(asa{sv})", (["sampan://eve@lanbox:9100/photos"], {})))
            root = a11y.find_application("sampan")
            try:
                address = a11y.find(root, "Address", "text")
                a11y.wait_for(lambda: a11y.read(address) == "lanbox", "the address")
            finally:
                call("ActivateAction", GLib.Variant("(sava{sv})", ("quit", [], {})))
            a11y.forget_application("sampan")

    def test_icons(self):
        """Each fills its square from side to side, whatever its size."""
        for name in (f"{APP_ID}.svg", f"{APP_ID}-symbolic.svg"):
            for size in ICON_SIZES_PX:
                with self.subTest(name=name, size=size):
                    picture = GdkPixbuf.Pixbuf.new_from_file_at_size(str(ICONS / name), size, size)
                    self.assertEqual((picture.get_width(), picture.get_height()), (size, size))
                    alphas = picture.get_pixels()[picture.get_n_channels() - 1 :: 4]
                    covered = [i % size for i in range(size * size) if alphas[i] >= OPAQUE]
                    self.assertLess(min(covered), size // 8 + 1)
                    self.assertGreater(max(covered), size - size // 8 - 2)
                    self.assertGreater(len(covered), size * size // 4)


if __name__ == "__main__":
    unittest.main()
