# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""B11: a password that takes long to stretch: the window stays alive, and the login can be cancelled."""

import os
import pathlib
import tempfile
import time
import unittest

import a11y
from app import App
from box import Box

LONG_SECS = 24  # the app ends no sooner
SHORT_SECS = 4  # within what the server gives a login
REACTION_SECS = 15  # a window that waits for the long one takes longer, on any machine


class Stretching(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-stretch-")
        self.addCleanup(self.place.cleanup)
        self.begun = pathlib.Path(self.place.name) / "begun"
        self.begun.touch()

    def start_app(self, stretch_secs):
        return App(
            environment={
                "LD_PRELOAD": os.environ["SLOW_STRETCH"],
                "SLOW_STRETCH_SECS": str(stretch_secs),
                "SLOW_STRETCH_FILE": str(self.begun),
            }
        )

    def count_begun(self):
        return self.begun.stat().st_size

    def begin(self, app, box):
        app.log_in(box)
        a11y.wait_for(self.count_begun, "the stretching to begin")
        self.start = time.monotonic()

    def assert_in_time(self):
        self.assertLess(time.monotonic() - self.start, REACTION_SECS)

    def test_window_reacts_and_cancel_ends_it(self):
        with Box() as box, self.start_app(LONG_SECS) as app:
            self.begin(app, box)
            self.assertIsNone(a11y.look(app.window, "Log In", "push button"))
            a11y.press_keys("F10")
            a11y.find(app.root, "Keyboard Shortcuts", timeout=REACTION_SECS)
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Keyboard Shortcuts")
            self.assert_in_time()
            app.press("Cancel")
            a11y.find(app.root, "Log In", "push button", timeout=REACTION_SECS)
            a11y.wait_for(
                lambda: a11y.is_sensitive(app.find("Password", "password text")),
                "the form to take another try",
            )
            self.assert_in_time()
            self.assertEqual(box.count_sessions(), 0)

    def test_return_key_stretches_once(self):
        with Box() as box, self.start_app(SHORT_SECS) as app:
            self.begin(app, box)
            a11y.press_keys("Return", "Return")
            a11y.find_text(app.window, "ann on 127.0.0.1")
            self.assertEqual(self.count_begun(), 1)
            self.assertEqual(box.count_sessions(), 1)


if __name__ == "__main__":
    unittest.main()
