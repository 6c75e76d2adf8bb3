# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The queue in the window: pausing, going on, trying again, the order; by names and keys."""

import os
import pathlib
import tempfile
import unittest

import a11y
import pointer
from app import App
from box import Box

LARGE_BYTES = 1_500_000_000  # time enough to see a part of it on the disk
HUGE_BYTES = 40_000_000_000  # never ends by itself


def make_sparse(path, size):
    """Much to send and little to read, with an end that can be told."""
    with open(path, "wb") as file:
        file.truncate(size)
        file.seek(size - 4096)
        file.write(os.urandom(4096))


def read_end(path):
    with open(path, "rb") as file:
        file.seek(-4096, os.SEEK_END)
        return file.read()


class Queue(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def upload(self, app, *paths):
        for path in paths:
            app.press("Upload")
            a11y.choose_file(app.root, path, "Open")

    def wait_until_safe(self, app, name):
        a11y.wait_for(lambda: a11y.holds(app.find_transfer(name).name, "Safe on the box"), name)

    def open_list(self, app):
        a11y.find_and_press(app.find("Transfers", "panel"), role="toggle button")

    def test_pause_and_go_on(self):
        source = self.local / "boat.bin"
        make_sparse(source, LARGE_BYTES)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            panel = app.find("Transfers", "panel")
            box.wait_for_part()
            with box.standing_still():
                app.press("Pause All")
                a11y.find_text(panel, "1 transfer is paused")
            self.assertFalse((box.files / "boat.bin").exists())
            app.take_picture("paused")
            app.press("Resume All")
            a11y.find_text(panel, "Safe on the box")
            stored = box.files / "boat.bin"
            self.assertEqual(stored.stat().st_size, LARGE_BYTES)
            self.assertEqual(read_end(stored), read_end(source))

    def test_pause_one(self):
        huge = self.local / "huge.bin"
        small = self.local / "small.bin"
        make_sparse(huge, HUGE_BYTES)
        small.write_bytes(os.urandom(3_000_000))
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, huge)
            panel = app.find("Transfers", "panel")
            a11y.find_text(panel, "MB/s")
            self.open_list(app)
            a11y.find_and_press(app.find_transfer("huge.bin"), "Pause", "push button")
            a11y.find_text(panel, "Paused")
            self.upload(app, small)
            app.wait_for_names("small.bin")
            self.assertEqual((box.files / "small.bin").read_bytes(), small.read_bytes())
            app.take_picture("one-paused")
            a11y.find_and_press(app.find_transfer("huge.bin"), "Resume", "push button")
            a11y.find_text(panel, "MB/s")
            a11y.find_and_press(app.find_transfer("huge.bin"), "Cancel This Transfer", "push button")
            a11y.find_text(panel, "Cancelled")
            self.assertFalse((box.files / "huge.bin").exists())

    def fill_both_places(self, app):
        """Two large ones run at a time; what comes after them waits."""
        for name in ("huge.bin", "vast.bin"):
            make_sparse(self.local / name, HUGE_BYTES)
            self.upload(app, self.local / name)
        self.open_list(app)
        for name in ("huge.bin", "vast.bin"):
            a11y.wait_for(lambda: "MB" in app.find_transfer(name).name, name + " to move")

    def empty_both_places(self, app):
        for name in ("huge.bin", "vast.bin"):
            self.focus_row(app, name)  # into sight
            a11y.find_and_press(app.find_transfer(name), "Cancel This Transfer", "push button")

    def test_retry(self):
        source = self.local / "boat.bin"
        content = os.urandom(3_000_000)
        source.write_bytes(content)
        with Box() as box, App() as app:
            app.log_in(box)
            self.fill_both_places(app)
            self.upload(app, source)
            panel = app.find("Transfers", "panel")
            a11y.wait_for(lambda: a11y.holds(app.find_transfer("boat.bin").name, "Waiting"), "its turn")
            source.unlink()
            self.empty_both_places(app)
            app.find("0 waiting, 0 done, 1 failed")
            app.take_picture("failed")
            source.write_bytes(content)
            app.press("Retry Failed")
            self.wait_until_safe(app, "boat.bin")
            self.assertEqual((box.files / "boat.bin").read_bytes(), content)
            app.find("0 waiting, 1 done")
            a11y.press_keys("ctrl+j")
            a11y.find_gone(app.window, "Transfer List")
            a11y.press_keys("ctrl+j")
            rows = app.find("Transfer List", "list box")
            a11y.wait_for(lambda: a11y.has_state(rows[0], a11y.pyatspi.STATE_FOCUSED), "the focus")

    def test_focus_stays(self):
        """A folder that was empty gets its first file while the keys are at a transfer."""
        huge = self.local / "huge.bin"
        make_sparse(huge, HUGE_BYTES)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, huge)
            a11y.find_text(app.find("Transfers", "panel"), "MB/s")
            a11y.press_keys("ctrl+j")
            row = app.find_transfer("huge.bin")
            a11y.wait_for(lambda: a11y.has_state(row, a11y.pyatspi.STATE_FOCUSED), "the focus")
            (box.files / "boat.txt").write_text("boat")
            app.wait_for_names("boat.txt")
            self.assertTrue(a11y.has_state(row, a11y.pyatspi.STATE_FOCUSED))
            a11y.find_and_press(row, "Cancel This Transfer", "push button")

    def get_waiting(self, app):
        rows = app.find("Transfer List", "list box")
        rows = [row for row in rows if row is not None and a11y.holds(row.name, "Waiting")]
        return [row.name.split(":")[0] for row in rows]

    def drag(self, app, name, onto):
        """To the upper half of ONTO, so above it."""
        self.focus_row(app, name)  # which brings it into sight
        left, top, _, height = a11y.find_resting_box(app.find_transfer(name))
        x, y, _, _ = a11y.find_resting_box(app.find_transfer(onto))
        pointer.drag((left + 60, top + height // 2), (x + 60, y + 3))

    def focus_row(self, app, name):
        def probe():
            row = app.find_transfer(name)
            a11y.focus(row)
            return a11y.has_state(row, a11y.pyatspi.STATE_FOCUSED)

        a11y.wait_for(probe, f"{name} to have the focus")

    def test_order(self):
        names = ["one.bin", "two.bin", "three.bin"]
        with Box() as box, App() as app:
            app.log_in(box)
            self.fill_both_places(app)
            for name in names:
                (self.local / name).write_bytes(os.urandom(2_000_000))
                self.upload(app, self.local / name)
            a11y.wait_for(lambda: self.get_waiting(app) == names, "three that wait")
            self.focus_row(app, "three.bin")
            a11y.press_keys("ctrl+Up")
            a11y.wait_for(
                lambda: self.get_waiting(app) == ["one.bin", "three.bin", "two.bin"], "one step up"
            )
            self.focus_row(app, "one.bin")
            a11y.press_keys("ctrl+End")
            a11y.wait_for(
                lambda: self.get_waiting(app) == ["three.bin", "two.bin", "one.bin"], "the last place"
            )
            # It keeps the focus, so that the next key moves it on.
            a11y.press_keys("ctrl+Up")
            a11y.wait_for(
                lambda: self.get_waiting(app) == ["three.bin", "one.bin", "two.bin"], "a step back"
            )
            self.drag(app, "two.bin", onto="three.bin")
            a11y.wait_for(
                lambda: self.get_waiting(app) == ["two.bin", "three.bin", "one.bin"], "the drop"
            )
            app.take_picture("order")
            self.empty_both_places(app)
            for name in names:
                self.wait_until_safe(app, name)
                self.assertEqual((box.files / name).read_bytes(), (self.local / name).read_bytes())


if __name__ == "__main__":
    unittest.main()
