# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Transfers that outlive the window: killed, closed for later, stopped for good, paused."""

import fcntl
import os
import pathlib
import tempfile
import unittest

import a11y
from app import App
from box import Box

LARGE_BYTES = 1_500_000_000  # time enough to see a part of it on the disk
HUGE_BYTES = 40_000_000_000  # never ends by itself
END_BYTES = 4096


def make_sparse(path, size):
    """Much to send and little to read, with an end that can be told."""
    with open(path, "wb") as file:
        file.truncate(size)
        file.seek(size - END_BYTES)
        file.write(os.urandom(END_BYTES))


def read_end(path):
    with open(path, "rb") as file:
        file.seek(-END_BYTES, os.SEEK_END)
        return file.read()


def visible_files(folder):
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


class Saved(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def upload(self, app, path):
        app.press("Upload")
        a11y.choose_file(app.root, path, "Open")

    def wait_until_moving(self, app):
        a11y.find_text(app.find("Transfers", "panel"), "MB/s")

    def wait_for_file(self, path, like):
        a11y.wait_for(path.exists, f"{path}")
        self.assertEqual(path.stat().st_size, like.stat().st_size)
        self.assertEqual(read_end(path), read_end(like))

    def test_killed_in_an_upload(self):
        source = self.local / "boat.bin"
        make_sparse(source, LARGE_BYTES)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            box.wait_for_part()
            with box.standing_still():
                self.kill_once_saved(app, source.name)
            self.assertEqual(visible_files(box.files), [])
            app.start()
            app.log_in(box)
            app.take_picture("going-on")
            app.wait_for_bar("The transfers that were interrupted go on.")
            self.wait_for_file(box.files / "boat.bin", source)
            self.assertEqual(visible_files(box.files), ["boat.bin"])
            a11y.find_text(app.window, "Safe on the box")

    def test_killed_in_a_download(self):
        target = self.local / "fetched"
        target.mkdir()
        with Box() as box, App() as app:
            source = box.files / "boat.bin"
            make_sparse(source, LARGE_BYTES)
            app.log_in(box)
            a11y.select_row(app.table(), "boat.bin")
            app.press("Download")
            a11y.choose_file(app.root, target, "Open")
            box.wait_for_part(target)
            with box.standing_still():
                self.kill_once_saved(app, source.name)
            self.assertEqual(visible_files(target), [])
            app.start()
            app.log_in(box)
            app.wait_for_bar("The transfers that were interrupted go on.")
            self.wait_for_file(target / "boat.bin", source)
            a11y.find_text(app.window, "Saved")
            self.assertEqual(os.listdir(target), ["boat.bin"])

    def end_with(self, app, answer):
        a11y.press_keys("ctrl+w")
        a11y.find_text(app.root, "The transfers go on the next time you log in.")
        app.take_picture("end-question")
        app.press_in_dialog(answer)
        app.wait_for_exit()
        a11y.forget_application(app.name)

    def test_closed_for_later_then_stopped(self):
        source = self.local / "huge.bin"
        make_sparse(source, HUGE_BYTES)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            self.wait_until_moving(app)
            self.end_with(app, "Close and Go On Later")
            app.start()
            app.log_in(box)
            self.wait_until_moving(app)
            self.end_with(app, "Stop and Close")
            a11y.wait_for(lambda: box.count_sessions() == 0, "the session to end")
            self.assertEqual(visible_files(box.files), [])
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.start()
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            lists = (app.config / "state" / "sampan").glob("*.queue")
            self.assertEqual(list(lists), [])

    def test_paused(self):
        source = self.local / "huge.bin"
        make_sparse(source, HUGE_BYTES)
        with Box() as box, App() as app:
            app.log_in(box)
            self.upload(app, source)
            self.wait_until_moving(app)
            app.press("Pause All")
            panel = app.find("Transfers", "panel")
            a11y.find_text(panel, "1 transfer is paused")
            a11y.wait_for(lambda: self.is_paused_on_disk(app), "the list to tell of it")
            app.kill()
            app.start()
            app.log_in(box)
            panel = app.find("Transfers", "panel")
            app.take_picture("paused-again")
            a11y.find_text(panel, "1 transfer is paused")
            app.press("Resume All")
            self.wait_until_moving(app)
            self.end_with(app, "Stop and Close")
            app.ended = True

    def test_kept_elsewhere(self):
        """By another desktop with the same home, for instance."""
        note = "Another window or desktop of yours keeps the list of transfers of this account."
        with Box() as box, App() as app:
            app.log_in(box)
            state = app.config / "state" / "sampan"
            locks = a11y.wait_for(lambda: list(state.glob("*.lock")), "the lock")
            app.kill()
            with open(locks[0], "wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                app.start()
                app.log_in(box)
                a11y.find_text(app.find("Transfers", "panel"), note)
                app.take_picture("kept-elsewhere")
                app.press("Log Out")
                a11y.wait_for(
                    lambda: not any(note in text for text in a11y.get_visible_texts(app.window)),
                    "the note to go",
                )

    def get_paused(self, app):
        rows = app.find("Transfer List", "list box")
        rows = [row for row in rows if row is not None and a11y.holds(row.name, "Paused")]
        return [row.name.split(":")[0] for row in rows]

    def test_order(self):
        names = ["one.bin", "two.bin", "three.bin"]
        with Box() as box, App() as app:
            app.log_in(box)
            for name in names:
                make_sparse(self.local / name, HUGE_BYTES)
                self.upload(app, self.local / name)
                if name == names[0]:
                    self.wait_until_moving(app)
                    app.press("Pause All")
            self.open_list(app)
            a11y.wait_for(lambda: self.get_paused(app) == names, "all three")
            a11y.focus(app.find_transfer("three.bin"))
            a11y.press_keys("ctrl+Home")
            wanted = ["three.bin", "one.bin", "two.bin"]
            a11y.wait_for(lambda: self.get_paused(app) == wanted, "the new order")
            self.end_with(app, "Close and Go On Later")
            app.start()
            app.log_in(box)
            a11y.find_text(app.find("Transfers", "panel"), "3 transfers are paused")
            self.open_list(app)
            a11y.wait_for(lambda: self.get_paused(app) == wanted, "the order of before")
            self.end_with(app, "Stop and Close")
            app.ended = True

    def open_list(self, app):
        a11y.find_and_press(app.find("Transfers", "panel"), role="toggle button")

    def read_list(self, app):
        """What there is on the disk."""
        lists = list((app.config / "state" / "sampan").glob("*.queue"))
        return lists[0].read_bytes() if len(lists) == 1 else b""

    def is_paused_on_disk(self, app):
        # The last record: its kind, then whether it is.
        return self.read_list(app).endswith(b"\x0b\x01")

    def kill_once_saved(self, app, name):
        """The list may come to the disk later than the beginning of the file does."""
        a11y.wait_for(lambda: name.encode() in self.read_list(app), f"the list to tell of {name}")
        app.kill()


if __name__ == "__main__":
    unittest.main()
