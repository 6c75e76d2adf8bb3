# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that announce themselves, by a real Avahi on a network of its own: avahi-session.sh
starts this."""

import contextlib
import unittest

import a11y
from app import App
from box import Box
from chinese import check_chinese, new_chinese_app

# As people type them, with what a widget could take for markup.
NAMES = ("Attic", "Tom & Ann’s <box>", "工作室", "Workshop")


class Found(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def announce(self, name):
        return self.stack.enter_context(Box(address="0.0.0.0", options=("--announce-name", name)))

    def wait_for_list(self, app, *names):
        found = app.find("Servers on This Network")

        def probe():
            rows = [found.getChildAtIndex(index) for index in range(found.childCount)]
            return sorted(row.name for row in rows) == sorted(names)

        a11y.wait_for(probe, f"the servers {names}")
        return found

    def test_choose_one(self):
        boxes = {name: self.announce(name) for name in NAMES}
        with App() as app:
            found = self.wait_for_list(app, *NAMES)
            app.take_picture("found-servers")
            a11y.type_into(app.find("User", "text"), "ann")
            a11y.focus(app.find("Address", "text"))
            row = a11y.find(found, "Workshop", "list item")
            x, y, width, height = a11y.find_resting_box(row)
            a11y.click_at(x + width // 2, y + height // 2)
            box = boxes["Workshop"]
            a11y.wait_for(
                lambda: a11y.read(app.find("Port", "spin button")) == str(box.port), "its port"
            )
            self.assertEqual(a11y.read(app.find("User", "text")), "ann")
            password = app.find("Password", "password text")
            a11y.wait_for(
                lambda: a11y.has_state(password, a11y.pyatspi.STATE_FOCUSED), "the next field"
            )
            a11y.type_into(password, box.password)
            app.press("Log In")
            a11y.find_text(app.window, "This Folder Is Empty")

    def test_one_that_goes(self):
        boxes = {name: self.announce(name) for name in NAMES[:2]}
        with App(width=600, height=560) as app:
            self.wait_for_list(app, *boxes)
            app.take_picture("found-servers-narrow")
            boxes["Attic"].stop()
            self.wait_for_list(app, NAMES[1])
            boxes[NAMES[1]].stop()
            a11y.find_text(app.window, "No server tells that it is here.")

    def test_chinese(self):
        self.announce("工作室")
        with new_chinese_app() as app:
            a11y.find_text(app.window, "工作室")
            app.take_picture("chinese-found-servers")
            check_chinese(self, app.window)


if __name__ == "__main__":
    unittest.main()
