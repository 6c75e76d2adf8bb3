# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are looked at with other programs, which write down what they are given."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

import a11y
from app import App
from box import Box

# Writes what it was called with, what the file is like, and what it holds.
VIEWER = """#!{python}
import json, os, sys
path = sys.argv[1]
what = {{"path": path, "mode": os.stat(path).st_mode, "text": open(path, errors="replace").read(),
        "more": sys.argv[2:]}}
with open({out!r} + ".new", "w") as out:
    json.dump(what, out)
os.rename({out!r} + ".new", {out!r})
"""

FILE_MANAGER = """
import sys
from gi.repository import Gio, GLib
XML = '''<node><interface name="org.freedesktop.FileManager1"><method name="ShowItems">
<arg type="as" direction="in"/><arg type="s" direction="in"/></method></interface></node>'''
def call(connection, sender, path, interface, method, parameters, invocation):
    print(parameters.unpack()[0][0], flush=True)
    invocation.return_value(None)
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object("/org/freedesktop/FileManager1",
                    Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], call, None, None)
Gio.bus_own_name_on_connection(bus, "org.freedesktop.FileManager1", 0,
                               lambda *_: print("ready", flush=True), None)
GLib.MainLoop().run()
"""


class FileManager:
    """With `with`: what is asked to show files in their folders; shown() is what it was asked."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", FILE_MANAGER], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def shown(self):
        return self.process.stdout.readline().strip()


class Open(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)
        self.seen = self.local / "seen.json"
        self.data = self.local / "data"
        self.install_viewer()

    def tearDown(self):
        self.place.cleanup()

    def install_viewer(self):
        """The desktop's program for text, in a data folder of its own."""
        applications = self.data / "applications"
        applications.mkdir(parents=True)
        program = self.local / "viewer"
        program.write_text(VIEWER.format(python=sys.executable, out=str(self.seen)))
        program.chmod(0o755)
        (applications / "viewer.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Viewer\nExec={program} %f\n"
            "MimeType=text/plain;\n"
        )
        (applications / "mimeapps.list").write_text(
            "[Default Applications]\ntext/plain=viewer.desktop\n"
        )

    def start(self):
        self.cache = self.local / "cache" / "sampan" / "open"
        return App(
            environment={
                "XDG_DATA_HOME": str(self.data),
                "XDG_CACHE_HOME": str(self.local / "cache"),
            }
        )

    def open_row(self, app, name):
        a11y.select_row(app.table(), name)
        a11y.wait_until_sensitive(app.find("Download"))
        app.focus_table()
        a11y.press_keys("ctrl+o")

    def wait_for_viewer(self):
        a11y.wait_for(self.seen.exists, "the viewer to be started")
        what = json.loads(self.seen.read_text())
        self.seen.unlink()
        return what

    def expect_copy(self, name, text, more=()):
        """The viewer got one of its own, which nobody else may read and nobody can run or change."""
        what = self.wait_for_viewer()
        path = pathlib.Path(what["path"])
        self.assertEqual(path.parent.parent, self.cache)
        self.assertEqual(path.name, name)
        self.assertEqual(what["text"], text)
        self.assertEqual(what["more"], list(more))
        self.assertEqual(stat.S_IMODE(what["mode"]), 0o400)
        for folder in (path.parent, self.cache):
            self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)

    def test_open(self):
        with Box() as box, self.start() as app:
            notes = box.files / "notes.txt"
            notes.write_text("what there is")
            notes.chmod(0o777)
            app.log_in(box)
            a11y.find_row(app.table(), "notes.txt")
            a11y.double_click_row(app.table(), "notes.txt")
            self.expect_copy("notes.txt", "what there is")
            a11y.find_text(app.window, "“notes.txt” opens as a copy.")
            app.take_picture("opened")
            notes.write_text("something else")
            self.open_row(app, "notes.txt")
            self.expect_copy("notes.txt", "something else")
            self.assertEqual(len(os.listdir(self.cache)), 2)

    def test_open_with(self):
        """Another program than the one that the desktop has for text."""
        applications = self.data / "applications"
        other = (applications / "viewer.desktop").read_text().replace("Name=Viewer", "Name=Binder")
        (applications / "binder.desktop").write_text(other.replace(" %f", " %f with-binder"))
        with open(applications / "mimeapps.list", "a") as file:
            file.write("[Added Associations]\ntext/plain=binder.desktop\n")
        with Box() as box, self.start() as app:
            (box.files / "notes.txt").write_text("what there is")
            (box.files / "Trip").mkdir()
            app.log_in(box)
            a11y.select_row(app.table(), "notes.txt")
            app.focus_table()
            a11y.press_keys("Menu")
            app.press("Open With…", "menu item")
            dialog = a11y.find(app.root, role="dialog")
            table = a11y.find(dialog, role="table")

            def select_binder():
                rows = a11y.get_rows(table)
                row = next(number for number, cells in enumerate(rows) if "Binder" in str(cells))
                return table.queryTable().addRowSelection(row)

            a11y.wait_for(select_binder, "the program")
            app.take_picture("open-with")
            a11y.find_and_press(dialog, "Select", "push button")
            self.expect_copy("notes.txt", "what there is", ["with-binder"])

    def test_hostile_names(self):
        names = {"-o\033]0;x.txt": "_-o_]0;x.txt", ".profile": "_.profile"}
        with Box() as box, self.start() as app:
            for name in names:
                (box.files / name).write_text("text of " + name)
            app.log_in(box)
            a11y.find_row(app.table(), "-o\ufffd]0;x.txt")
            a11y.press_keys("ctrl+h")
            for name, safe in names.items():
                self.open_row(app, name.replace("\033", "\ufffd"))
                self.expect_copy(safe, "text of " + name)

    def test_large(self):
        with Box() as box, self.start() as app:
            with open(box.files / "film.txt", "wb") as file:
                file.truncate(20_000_000_000)
            app.log_in(box)
            self.open_row(app, "film.txt")
            a11y.find_text(app.root, "Open “film.txt”?")
            app.take_picture("open-large")
            app.press_in_dialog("Cancel")
            self.open_row(app, "film.txt")
            app.press_in_dialog("Open")
            a11y.find_text(app.window, "Fetching “film.txt”…")
            a11y.find_text(app.window, "MB/s")
            app.take_picture("opening")
            app.press("Cancel Fetching")
            a11y.find_gone(app.window, "Cancel Fetching")
            a11y.wait_for(lambda: os.listdir(self.cache) == [], "what came to be removed")
            self.assertFalse(self.seen.exists())

    def test_old_copies_go(self):
        with Box(), self.start() as app:
            old, new = self.cache / "old", self.cache / "new"
            self.assertFalse(self.cache.exists())
            for place in (old, new):
                place.mkdir(parents=True)
                (place / "copy").write_text("x")
            os.utime(old, (1, 1))
            app.quit()
            app.ended = True
            self.assertEqual(os.listdir(self.cache), ["new"])

    def test_open_when_done(self):
        (self.local / "inbox").mkdir()
        with Box() as box, self.start() as app:
            for name in ("a.txt", "b.txt"):
                (box.files / name).write_bytes(b"x" * 3_000_000)
            app.log_in(box)
            with open(self.local / "huge.bin", "wb") as file:
                file.truncate(40_000_000_000)
            app.press("Upload")
            a11y.choose_file(app.root, self.local / "huge.bin", "Open")
            a11y.find_text(app.window, "MB/s")
            app.press("Pause All")
            self.download(app, "a.txt")
            panel = app.find("Transfers", "panel")
            a11y.find_text(panel, "2 transfers are paused")
            a11y.find_and_press(panel, role="toggle button")
            self.choose_from_menu(app, app.find_transfer("a.txt"), "Open When Done", "check menu item")
            a11y.find_and_press(app.find_transfer("a.txt"), "Resume", "push button")
            app.press("Resume All")
            self.assertEqual(self.wait_for_viewer()["path"], str(self.local / "inbox" / "a.txt"))
            a11y.find_and_press(panel, "Cancel", "push button")
            a11y.find_text(panel, "Cancelled")

    def download(self, app, name):
        a11y.select_row(app.table(), name)
        app.press("Download")
        a11y.choose_file(app.root, self.local / "inbox", "Open")

    def choose_from_menu(self, app, row, label, role="menu item"):
        a11y.focus(row)
        a11y.press_keys("Menu")
        a11y.press(app.find(label, role))

    def test_downloaded(self):
        inbox = self.local / "inbox"
        inbox.mkdir()
        with Box() as box, FileManager() as manager, self.start() as app:
            (box.files / "notes.txt").write_text("what there is")
            app.log_in(box)
            self.download(app, "notes.txt")
            a11y.find_text(app.window, "Saved")
            a11y.find_and_press(app.find("Transfers", "panel"), role="toggle button")
            row = app.find_transfer("notes.txt")
            app.take_picture("downloaded")
            a11y.find_and_press(row, "Show in Folder", "push button")
            self.assertEqual(manager.shown(), (inbox / "notes.txt").as_uri())
            self.choose_from_menu(app, row, "Open")
            self.assertEqual(self.wait_for_viewer()["path"], str(inbox / "notes.txt"))


if __name__ == "__main__":
    unittest.main()
