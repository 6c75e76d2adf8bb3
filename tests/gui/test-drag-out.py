# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are dragged out of the window, onto one of another program."""

import pathlib
import select
import subprocess
import sys
import tempfile
import unittest

import a11y
import pointer
from app import App
from box import Box
from chinese import new_chinese_app

CORNER = (30, 30)  # inside of the other window
MOST_BYTES = 64_000_000
PHOTO = bytes(range(256)) * 40_000


class DropWindow:
    """With `with`: drop-window.py; next_drop() waits for one."""

    def __init__(self, folder):
        program = pathlib.Path(__file__).with_name("drop-window.py")
        self.command = [sys.executable, str(program), str(folder)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def next_drop(self):
        ready, _, _ = select.select([self.process.stdout], [], [], a11y.TIMEOUT_SECS)
        assert ready, "nothing was dropped"
        return self.process.stdout.readline().strip()


class DragOut(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.addCleanup(place.cleanup)
        self.local = pathlib.Path(place.name)

    def fill(self, box):
        (box.files / "Trip").mkdir()
        (box.files / "crew.jpg").write_bytes(PHOTO)
        (box.files / "notes.txt").write_text("notes")
        with open(box.files / "film.mkv", "wb") as film:
            film.truncate(MOST_BYTES + 1)

    def drag_out(self, app, name, **options):
        x, y, _, height = a11y.find_resting_name(app.table(), name)
        pointer.drag((x + 40, y + height // 2), CORNER, **options)

    def get_arrived(self):
        return {path.name: path.read_bytes() for path in self.local.iterdir()}

    def test_file(self):
        with Box() as box, App() as app, DropWindow(self.local) as other:
            self.fill(box)
            app.log_in(box)
            self.drag_out(app, "notes.txt")
            self.assertEqual(other.next_drop(), "dropped 1")
            self.assertEqual(self.get_arrived(), {"notes.txt": b"notes"})
            # What is on the box stays, and the list takes drags as before.
            self.assertEqual((box.files / "notes.txt").read_text(), "notes")
            self.drag_out(app, "crew.jpg")
            self.assertEqual(other.next_drop(), "dropped 1")
            self.assertEqual(self.get_arrived()["crew.jpg"], PHOTO)

    def test_several(self):
        with Box() as box, App() as app, DropWindow(self.local) as other:
            self.fill(box)
            app.log_in(box)
            a11y.select_rows(app.table(), "crew.jpg", "notes.txt")
            self.drag_out(app, "crew.jpg")
            self.assertEqual(other.next_drop(), "dropped 2")
            self.assertEqual(self.get_arrived(), {"crew.jpg": PHOTO, "notes.txt": b"notes"})

    def test_refused(self):
        """One byte too much, and folders."""
        with Box() as box, DropWindow(self.local):
            self.fill(box)
            for name in ("film.mkv", "Trip"):
                with App() as app:
                    app.log_in(box)
                    self.drag_out(app, name, taken=False)
                    app.wait_for_bar("Only files of up to 64.0")
            self.assertEqual(self.get_arrived(), {})

    def test_lost(self):
        """The other program gets nothing, which is told, and the window goes on."""
        with Box() as box, App() as app, DropWindow(self.local):
            self.fill(box)
            app.log_in(box)
            self.drag_out(app, "notes.txt", before_drop=(box.files / "notes.txt").unlink)
            app.wait_for_bar("notes.txt")
            app.press("Refresh")
            app.wait_for_names("Trip", "crew.jpg", "film.mkv")
            self.assertEqual(self.get_arrived(), {})

    def test_chinese(self):
        with Box() as box, new_chinese_app() as app, DropWindow(self.local):
            self.fill(box)
            app.log_in(box)
            self.drag_out(app, "Trip", taken=False)
            app.wait_for_bar("拖到其他程序")
            app.take_picture("chinese-drag-out")


if __name__ == "__main__":
    unittest.main()
