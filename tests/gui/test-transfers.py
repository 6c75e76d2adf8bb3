# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads and downloads, through the file chooser, with the disks looked at."""

import filecmp
import os
import pathlib
import tempfile
import unittest

import a11y
from app import App
from box import Box

CONTENT = os.urandom(3_000_000)
HUGE = 40_000_000_000  # never ends by itself


class Transfers(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def upload(self, app, path):
        app.press("Upload")
        a11y.choose_file(app.root, path, "Open")

    def download(self, app, folder):
        app.press("Download")
        a11y.choose_file(app.root, folder, "Open")

    def test_upload(self):
        source = self.local / "boat.bin"
        source.write_bytes(CONTENT)
        os.utime(source, ns=(1_700_000_000_123_456_789,) * 2)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            a11y.find_text(app.window, "Safe on the box")
            app.wait_for_names("boat.bin")
            app.take_picture("uploaded")
            stored = box.files / "boat.bin"
            self.assertEqual(stored.read_bytes(), CONTENT)
            self.assertEqual(stored.stat().st_mtime_ns, 1_700_000_000_123_456_789)
            progress = app.find("Transfer Progress", "progress bar")
            a11y.wait_for(lambda: a11y.get_value(progress) == 1.0, "all of it to be sent")
            app.find("0 waiting, 1 done")

    def test_stages(self):
        """What is sent, and what of it the box has on its disk."""
        huge, small = self.local / "regatta.mp4", self.local / "boat.bin"
        with open(huge, "wb") as file:
            file.truncate(HUGE)
        small.write_bytes(CONTENT)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, huge)
            panel = app.find("Transfers", "panel")
            a11y.find_and_press(panel, "0 waiting, 0 done")
            row = a11y.find(panel, role="list item")
            for place, name in ((panel, "Transfer Progress"), (row, "Progress")):
                sent = a11y.find(place, name, "progress bar")
                safe = a11y.find(place, "Stored Safely", "progress bar")

                def is_safe_in_part():
                    safe_part = a11y.get_value(safe)
                    self.assertLessEqual(safe_part, a11y.get_value(sent))
                    return 0 < safe_part < 1

                a11y.wait_for(is_safe_in_part, f"a part of {name!r} to be safe")
            app.take_picture("stages")
            a11y.find_and_press(panel, "Cancel", "push button")
            a11y.find_text(panel, "Cancelled")
            self.upload(app, small)
            a11y.find_text(app.window, "Safe on the box")
            for name in ("Transfer Progress", "Stored Safely"):
                bar = a11y.find(panel, name, "progress bar")
                a11y.wait_for(lambda: a11y.get_value(bar) == 1.0, f"all of {name!r}")
            description = a11y.get_description(bar)
            self.assertTrue(a11y.holds(description, "of it stored safely"), description)

    def test_download(self):
        with Box() as box, App() as app:
            (box.files / "boat.bin").write_bytes(CONTENT)
            app.log_in(box)
            a11y.select_row(app.table(), "boat.bin")
            self.download(app, self.local)
            a11y.find_text(app.window, "Saved")
            self.assertEqual((self.local / "boat.bin").read_bytes(), CONTENT)
            self.assertEqual(os.listdir(self.local), ["boat.bin"])

    def decide(self, app, name):
        """Answers the sheet for the only file in it."""
        sheet = a11y.find(app.root, role="dialog")
        a11y.find_and_press(sheet, name, "radio button")
        a11y.find_and_press(sheet, "Continue", "push button")
        a11y.find_gone(app.root, role="dialog")

    def test_upload_conflict(self):
        source = self.local / "notes.txt"
        source.write_text("new")
        with Box() as box, App() as app:
            stored = box.files / "notes.txt"
            stored.write_text("old one")
            app.log_in(box)
            a11y.find_row(app.table(), "notes.txt")
            self.upload(app, source)
            a11y.find_text(app.root, "1 file is already in “photos”")
            a11y.wait_until_insensitive(app.find("Continue"))
            self.decide(app, "Keep Both")
            app.wait_for_names("notes.txt", "notes (2).txt")
            self.assertEqual(stored.read_text(), "old one")
            self.upload(app, source)
            self.decide(app, "Replace")
            a11y.wait_for(lambda: stored.read_text() == "new", "the new content")
            source.write_text("newer")
            self.upload(app, source)
            self.decide(app, "Skip")
            app.find("0 waiting, 2 done, 1 skipped")
            self.assertEqual(stored.read_text(), "new")

    def test_download_conflict(self):
        target = self.local / "notes.txt"
        target.write_text("mine")
        with Box() as box, App() as app:
            (box.files / "notes.txt").write_text("theirs")
            app.log_in(box)
            a11y.select_row(app.table(), "notes.txt")
            self.download(app, self.local)
            self.decide(app, "Skip")
            self.assertEqual(target.read_text(), "mine")
            self.download(app, self.local)
            self.decide(app, "Replace")
            a11y.wait_for(lambda: target.read_text() == "theirs", "the new content")

    def test_cancel(self):
        source = self.local / "huge.bin"
        with open(source, "wb") as file:
            file.truncate(HUGE)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            a11y.find_text(app.window, "MB/s")
            app.take_picture("uploading")
            panel = app.find("Transfers", "panel")
            a11y.find_and_press(panel, "Cancel", "push button")
            a11y.find_text(panel, "Cancelled")
            self.assertEqual(visible_files(box), [])

    def test_cancel_out_of_reach(self):
        """The box keeps what it has of a broken upload, until it is told that nobody wants it."""
        source = self.local / "huge.bin"
        with open(source, "wb") as file:
            file.truncate(HUGE)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            a11y.find_text(app.window, "MB/s")
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            self.assertEqual(len(find_parts(box)), 1)
            panel = app.find("Transfers", "panel")
            a11y.find_and_press(panel, "Cancel", "push button")
            a11y.find_text(panel, "Cancelled")
            app.take_picture("cancelled-out-of-reach")
            self.assertEqual(len(find_parts(box)), 1)
            box.start()
            app.try_now()
            a11y.wait_for(lambda: not find_parts(box), "the box to drop its part")
            a11y.find_text(panel, "Cancelled")
            self.assertEqual(visible_files(box), [])

    def test_goes_on_when_the_box_is_back(self):
        source = self.local / "large.bin"
        with open(source, "wb") as file:
            file.write(CONTENT)
            file.truncate(1_500_000_000)
            file.seek(0, os.SEEK_END)
            file.write(CONTENT)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            box.wait_for_part()
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            self.assertEqual(visible_files(box), [])
            box.start()
            app.try_now()
            a11y.find_text(app.window, "Safe on the box")
            a11y.find_gone(app.window, role="info bar")
            app.wait_for_names("large.bin")
            self.assertTrue(filecmp.cmp(source, box.files / "large.bin", shallow=False))
            self.assertEqual(find_parts(box), [])

    def test_closing_asks_once(self):
        source = self.local / "huge.bin"
        with open(source, "wb") as file:
            file.truncate(HUGE)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            a11y.find_text(app.window, "MB/s")
            a11y.press_keys("ctrl+w")
            a11y.find_text(app.root, "Close while files are on their way?")
            app.take_picture("close-question")
            app.press_in_dialog("Stop and Close")
            app.wait_for_exit()
            app.ended = True
            a11y.wait_for(lambda: box.count_sessions() == 0, "the session to end")
            self.assertEqual(visible_files(box), [])

    def test_read_only_share(self):
        with Box() as box:
            box.admin("share", "grant", "photos", "--read", "ann")
            (box.files / "boat.bin").write_bytes(b"x")
            with App() as app:
                app.log_in(box)
                a11y.select_row(app.table(), "boat.bin")
                a11y.wait_until_sensitive(app.find("Download"))
                for name in ("Upload", "New Folder", "Rename", "Delete"):
                    a11y.wait_until_insensitive(app.find(name))


def visible_files(box):
    return [name for name in os.listdir(box.files) if name != ".sampan"]


def find_parts(box):
    """Of uploads that did not end: all that the share keeps for itself but the mark it is known by."""
    kept = (box.files / ".sampan").rglob("*")
    return [path for path in kept if path.is_file() and path.name != "mark"]


if __name__ == "__main__":
    unittest.main()
