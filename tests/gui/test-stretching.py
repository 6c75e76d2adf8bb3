# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""B11: a password that takes long to stretch: the window stays alive, and the login can be cancelled."""

import os
import pathlib
import tempfile
import unittest

import a11y
from app import App
from box import Box


class Stretching(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-stretch-")
        self.addCleanup(self.place.cleanup)
        self.begun = pathlib.Path(self.place.name) / "begun"
        self.begun.touch()
        self.go = pathlib.Path(self.place.name) / "go"

    def start_app(self):
        return App(
            environment={
                "LD_PRELOAD": os.environ["SLOW_STRETCH"],
                "SLOW_STRETCH_FILE": str(self.begun),
                "SLOW_STRETCH_GO": str(self.go),
            }
        )

    def count_begun(self):
        return self.begun.stat().st_size

    def begin(self, app, box):
        app.log_in(box)
        a11y.wait_for(self.count_begun, "the stretching to begin")

    def test_window_reacts_and_cancel_ends_it(self):
        with Box() as box, self.start_app() as app:
            self.begin(app, box)
            self.assertIsNone(a11y.look(app.window, "Log In", "push button"))
            a11y.press_keys("F10")
            a11y.find(app.root, "Keyboard Shortcuts")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Keyboard Shortcuts")
            app.press("Cancel")
            app.find("Log In", "push button")
            # The form takes another try.
            a11y.wait_until_sensitive(app.find("Password", "password text"))
            self.assertEqual(box.count_sessions(), 0)
            self.go.touch()  # the app ends no sooner

    def test_return_key_stretches_once(self):
        with Box() as box, self.start_app() as app:
            self.begin(app, box)
            a11y.press_keys("Return", "Return")
            self.go.touch()
            a11y.find_text(app.window, "ann on 127.0.0.1")
            self.assertEqual(self.count_begun(), 1)
            self.assertEqual(box.count_sessions(), 1)


if __name__ == "__main__":
    unittest.main()
