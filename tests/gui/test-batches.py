# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders as a whole, up and down, and the sheet that asks once for all names that are taken."""

import os
import pathlib
import tempfile
import unittest

import a11y
import gi
from app import App
from box import Box
from chinese import check_chinese, new_chinese_app
from dragging import DragSource

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

DAYS = 4
PICTURES = 3
COUNT = DAYS * PICTURES
NEW_DAY_NS = 86_400_123_456_789  # and a part that only nanoseconds keep


class Batches(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def make_trip(self, folder, content):
        for day in range(DAYS):
            for number in range(PICTURES):
                picture = folder / "Trip" / f"day {day}" / f"{number}.jpg"
                picture.parent.mkdir(parents=True, exist_ok=True)
                picture.write_text(f"{content} {day} {number}")

    def wait_for_trip(self, folder, content):
        def probe():
            return all(
                (folder / "Trip" / f"day {day}" / f"{number}.jpg").read_text()
                == f"{content} {day} {number}"
                for day in range(DAYS)
                for number in range(PICTURES)
            )

        a11y.wait_for(probe, f"all of the trip in {folder}")

    def date_trip(self, folder):
        for day in range(DAYS):
            os.utime(folder / "Trip" / f"day {day}", ns=(0, (day + 1) * NEW_DAY_NS))
        os.utime(folder / "Trip", ns=(0, NEW_DAY_NS // 2))

    def wait_for_dates(self, folder):
        def get_times(top):
            return [path.stat().st_mtime_ns for path in (top, *(top / f"day {day}" for day in range(DAYS)))]

        a11y.wait_for(
            lambda: get_times(folder / "Trip") == get_times(self.local / "Trip"), f"the dates in {folder}"
        )

    def upload_folder(self, app, folder):
        app.press("More Uploads", "toggle button")
        app.press("Upload Folder…", None)
        a11y.choose_file(app.root, folder, "Open")

    def find_sheet(self, app):
        return a11y.find(app.root, role="dialog")

    def go_on(self, app):
        a11y.find_and_press(self.find_sheet(app), app.text("Continue"), "push button")
        a11y.find_gone(app.root, role="dialog")

    def test_upload_and_download(self):
        self.make_trip(self.local, "picture")
        self.date_trip(self.local)
        fetched = self.local / "fetched"
        fetched.mkdir()
        with Box() as box, App() as app:
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            self.upload_folder(app, self.local / "Trip")
            app.wait_for_names("Trip", "crew.jpg")
            self.wait_for_trip(box.files, "picture")
            self.wait_for_dates(box.files)
            app.find(f"0 waiting, {COUNT} done")
            app.take_picture("folder-uploaded")
            self.upload_folder(app, self.local / "Trip")
            app.wait_for_bar(f"{COUNT} identical files are not sent again")
            app.take_picture("identical")
            a11y.select_row(app.table(), "Trip")
            app.press("Download")
            a11y.choose_file(app.root, fetched, "Open")
            self.wait_for_trip(fetched, "picture")
            self.wait_for_dates(fetched)
            app.wait_until_idle()

    def test_drop(self):
        self.make_trip(self.local, "picture")
        (self.local / "notes.txt").write_text("notes")
        with Box() as box, App() as app:
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            with DragSource(self.local / "Trip", self.local / "notes.txt") as source:
                source.drag(onto=app.table())
                self.wait_for_trip(box.files, "picture")
            app.wait_for_names("Trip", "crew.jpg", "notes.txt")
            app.wait_until_idle()

    def test_drop_of_nothing(self):
        """As a portal does with folders."""
        with Box() as box, App() as app:
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            with DragSource() as source:
                source.drag(onto=app.table())
                app.wait_for_bar("What was dropped cannot be read from here. Choose it with Upload.")

    def test_paste(self):
        self.make_trip(self.local, "picture")
        with Box() as box, App() as app:
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            app.focus_table()
            a11y.press_keys("ctrl+v")
            app.wait_for_bar("There are no files to paste.")
            with DragSource(self.local / "Trip"):
                a11y.press_keys("ctrl+v")
                self.wait_for_trip(box.files, "picture")
            app.wait_for_names("Trip", "crew.jpg")
            app.wait_until_idle()

    def test_sheet(self):
        self.make_trip(self.local, "new picture")
        with Box() as box, App() as app:
            self.make_trip(box.files, "old")
            (box.files / "Trip" / "day 0" / "1.jpg").unlink()
            os.symlink("nowhere", self.local / "Trip" / "link")
            os.symlink("nowhere", self.local / "Trip" / "other link")
            app.log_in(box)
            a11y.find_row(app.table(), "Trip")
            self.upload_folder(app, self.local / "Trip")
            a11y.find_text(app.root, f"{COUNT - 1} files are already in “photos”")
            row = a11y.find(self.find_sheet(app), "Trip/day 0/0.jpg", "list item")
            a11y.find_text(row, "New: 15 bytes · ")
            a11y.find_text(row, "There: 7 bytes · ")
            a11y.wait_until_insensitive(app.find("Continue"))
            app.take_picture("sheet")
            app.press("Replace All")
            a11y.find_and_press(row, "Skip", "radio button")
            app.take_picture("sheet-decided")
            self.go_on(app)
            app.wait_for_bar(f"{COUNT - 1} finished, 3 skipped")
            app.find(f"0 waiting, {COUNT - 1} done, 3 skipped")
            app.press("Show")
            a11y.find_text(app.root, f"{COUNT - 1} finished, 3 skipped")
            app.take_picture("problems")
            app.press("Copy List")
            copied = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text()
            self.assertIn("Skipped\tTrip/link\tIt is a link.", copied)
            self.assertIn("Skipped\tTrip/other link\tIt is a link.", copied)
            a11y.find_and_press(self.find_sheet(app), "Close", "push button")
            a11y.find_gone(app.root, role="dialog")
            kept = box.files / "Trip" / "day 0" / "0.jpg"
            self.assertEqual(kept.read_text(), "old 0 0")
            kept.write_text("new picture 0 0")
            self.wait_for_trip(box.files, "new picture")
            self.assertFalse((box.files / "Trip" / "link").exists())

    def test_sheet_given_up(self):
        self.make_trip(self.local, "new")
        with Box() as box, App() as app:
            self.make_trip(box.files, "old one")
            app.log_in(box)
            a11y.find_row(app.table(), "Trip")
            self.upload_folder(app, self.local / "Trip")
            a11y.find_and_press(self.find_sheet(app), "Cancel", "push button")
            a11y.find_gone(app.root, role="dialog")
            self.wait_for_trip(box.files, "old one")
            a11y.find_text(app.window, "No transfers yet")

    def test_sheet_while_reconnecting(self):
        """What was decided while the link is down is done when it is back."""
        self.make_trip(self.local, "new")
        with Box() as box, App() as app:
            self.make_trip(box.files, "old one")
            app.log_in(box)
            a11y.find_row(app.table(), "Trip")
            self.upload_folder(app, self.local / "Trip")
            self.find_sheet(app)
            app.press("Replace All")
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            self.go_on(app)
            box.start()
            app.try_now()
            self.wait_for_trip(box.files, "new")
            app.find(f"0 waiting, {COUNT} done")

    def test_looks_again(self):
        """What somebody changed while the person decided is not replaced, and asked about when it is tried again."""
        self.make_trip(self.local, "new")
        changed = ["day 0/0.jpg", "day 0/1.jpg", "day 1/0.jpg"]
        with Box() as box, App() as app:
            self.make_trip(box.files, "old one")
            app.log_in(box)
            a11y.find_row(app.table(), "Trip")
            self.upload_folder(app, self.local / "Trip")
            self.find_sheet(app)
            app.press("Replace All")
            for name in changed:
                (box.files / "Trip" / name).write_text("of somebody else")
            self.go_on(app)
            app.wait_for_bar(f"{COUNT - 3} finished, 3 failed")
            for name in changed:
                self.assertEqual((box.files / "Trip" / name).read_text(), "of somebody else")
            app.find("Transfers", "panel")
            app.press("Retry Failed")
            a11y.find_text(app.root, "2 files are already in “day 0”")
            app.take_picture("looks-again")
            app.press("Replace All")
            # The next sheet may be there before anybody could see that this one is gone.
            app.press("Continue")
            a11y.find_text(app.root, "1 file is already in “day 1”")
            app.press("Replace All")
            self.go_on(app)
            self.wait_for_trip(box.files, "new")
            a11y.find_gone(app.root, "Retry Failed")
            app.find(f"0 waiting, {COUNT} done")

    def test_cancel_preparing(self):
        """The server holds its breath, so that there is time to."""
        self.make_trip(self.local, "new")
        with Box() as box, App() as app:
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            with box.standing_still():
                self.upload_folder(app, self.local / "Trip")
                app.wait_for_bar("Preparing…")
                app.take_picture("preparing")
                app.press("Cancel Preparing")
                a11y.find_gone(app.root, "Cancel Preparing")
            self.upload_folder(app, self.local / "Trip")
            app.find(f"0 waiting, {COUNT} done")
            self.wait_for_trip(box.files, "new")

    def test_may_only_add(self):
        self.make_trip(self.local, "new")
        with Box() as box:
            box.admin("share", "grant", "photos", "--add", "ann")
            self.make_trip(box.files, "old one")
            with App() as app:
                app.log_in(box)
                a11y.find_row(app.table(), "Trip")
                self.upload_folder(app, self.local / "Trip")
                sheet = self.find_sheet(app)
                for name in ("Replace All", "Replace All if Newer"):
                    a11y.wait_until_insensitive(a11y.find(sheet, name))
                a11y.find_and_press(sheet, "Keep Both of All")
                self.go_on(app)
                app.find(f"0 waiting, {COUNT} done")
                self.wait_for_trip(box.files, "old one")

    def test_chinese(self):
        self.make_trip(self.local, "new")
        with Box() as box:
            self.make_trip(box.files, "old one")
            os.symlink("nowhere", self.local / "Trip" / "1.jpg")
            os.symlink("nowhere", self.local / "Trip" / "2.jpg")
            with new_chinese_app() as app:
                app.log_in(box)
                a11y.find_row(app.table(), "Trip")
                # The chooser speaks GTK's translation, which may be installed or not.
                with DragSource(self.local / "Trip") as source:
                    source.drag(onto=app.table())
                    self.find_sheet(app)
                a11y.find_text(app.root, f"“photos”中已有 {COUNT} 个同名文件")
                app.take_picture("chinese-sheet")
                check_chinese(self, self.find_sheet(app))
                app.press("Replace All")
                self.go_on(app)
                app.wait_for_bar(f"{COUNT} 个已完成，2 个已跳过")
                a11y.find_and_press(app.root, "显示", "push button")
                app.take_picture("chinese-problems")
                check_chinese(self, self.find_sheet(app))
                a11y.find_and_press(self.find_sheet(app), app.text("Close"), "push button")
                a11y.find_gone(app.root, role="dialog")
                self.wait_for_trip(box.files, "new")


if __name__ == "__main__":
    unittest.main()
