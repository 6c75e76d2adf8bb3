# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the window remembers from one run to the next, and with which schema."""

import pathlib
import subprocess
import tempfile
import unittest

import a11y
from app import App
from box import Box

TITLE_MIDDLE_PX = 40  # below the upper edge of the window's shadow
APP_ID = "io.github.sampan.Sampan"
NO_SCHEMA = {"GSETTINGS_SCHEMA_DIR": "", "XDG_DATA_DIRS": "/usr/share"}


def make_old_schema(folder):
    """As an older version would have installed it: with one key of today's."""
    (pathlib.Path(folder) / f"{APP_ID}.gschema.xml").write_text(
        f"""<schemalist><schema id="{APP_ID}" path="/io/github/sampan/Sampan/">
        <key name="window-width" type="i"><default>860</default></key></schema></schemalist>"""
    )
    subprocess.run(["glib-compile-schemas", "--strict", folder], check=True)


class Settings(unittest.TestCase):
    def check_last_server(self, environment):
        with Box() as box, App(environment=environment) as app:
            app.log_in(box)
            a11y.find_text(app.window, "ann on 127.0.0.1")
            app.start_again()
            self.assertEqual(a11y.read(app.find("Address", "text")), "127.0.0.1")
            self.assertEqual(a11y.read(app.find("Port", "spin button")), str(box.port))
            self.assertEqual(a11y.read(app.find("User", "text")), "ann")
            self.assertEqual(a11y.read(app.find("Password", "password text")), "")
            self.assertNotIn(box.password, app.settings.read_text())

    def test_last_server(self):
        self.check_last_server({})

    def test_schema_not_installed(self):
        self.check_last_server(NO_SCHEMA)

    def test_older_schema_installed(self):
        with tempfile.TemporaryDirectory(prefix="sampan-schema-") as folder:
            make_old_schema(folder)
            self.check_last_server({"GSETTINGS_SCHEMA_DIR": folder})

    def test_size(self):
        with App() as app:
            whole = a11y.find_resting_box(app.window)[2:]
            subprocess.run(
                ["xdotool", "search", "--name", "^Sampan$", "windowsize", "%@", "790", "720"],
                check=True,
            )
            a11y.wait_for(lambda: a11y.get_box(app.window)[2:] != whole, "another size")
            smaller = a11y.find_resting_box(app.window)[2:]
            app.start_again()
            self.assertEqual(a11y.find_resting_box(app.window)[2:], smaller)

    def test_maximised(self):
        with App() as app:
            x, y, *whole = a11y.find_resting_box(app.window)
            a11y.click_at(x + whole[0] // 2, y + TITLE_MIDDLE_PX, repeat=2)
            a11y.wait_for(
                lambda: a11y.get_box(app.window)[2] > whole[0], "the maximised window"
            )
            large = a11y.find_resting_box(app.window)[2:]
            app.start_again()
            self.assertEqual(a11y.find_resting_box(app.window)[2:], large)
            self.assertIn(f"window-width={app.size[0]}", app.settings.read_text())


if __name__ == "__main__":
    unittest.main()
