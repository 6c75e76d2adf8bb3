# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the desktop is told while somebody looks elsewhere."""

import os
import pathlib
import tempfile
import unittest

from gi.repository import Gio, GLib

import a11y
from app import App
from box import Box

LARGE_BYTES = 1_500_000_000  # time enough to see a part of it on the disk
INTERFACE = """
<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/>
  </method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


class Shell:
    """The desktop's end, by the freedesktop specification. With `with`: it is on the bus."""

    def __init__(self):
        self.shown = {}  # id -> (title, body, {label: action})
        self.count = 0

    def __enter__(self):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        info = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
        self.object = self.bus.register_object(
            "/org/freedesktop/Notifications", info, self.call_cb, None, None
        )
        self.name = Gio.bus_own_name_on_connection(
            self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, None, None
        )
        return self

    def __exit__(self, *exception):
        Gio.bus_unown_name(self.name)
        self.bus.unregister_object(self.object)

    def call_cb(self, bus, sender, path, interface, method, parameters, invocation):
        answer = None
        if method == "Notify":
            _, replaced, _, title, body, actions, _, _ = parameters.unpack()
            self.count += 1
            number = replaced or self.count
            labels = dict(zip(actions[1::2], actions[0::2]))
            self.shown[number] = (title, body, labels)
            answer = GLib.Variant("(u)", (number,))
        elif method == "CloseNotification":
            self.shown.pop(parameters.unpack()[0], None)
        elif method == "GetServerInformation":
            answer = GLib.Variant("(ssss)", ("test", "sampan", "1", "1.2"))
        elif method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["actions", "body"],))
        invocation.return_value(answer)

    def wait_for(self, title):
        def probe():
            for number, (found, _, _) in self.shown.items():
                if a11y.is_text(found, title):
                    return number
            return None

        return a11y.wait_for(probe, f"the notification {title!r}")

    def press(self, number, label):
        action = self.shown[number][2][label]
        self.bus.emit_signal(
            None,
            "/org/freedesktop/Notifications",
            "org.freedesktop.Notifications",
            "ActionInvoked",
            GLib.Variant("(us)", (number, action)),
        )


class FileManager:
    """With `with`: what shows folders to people; it only notes which."""

    def __enter__(self):
        applications = pathlib.Path(os.environ["XDG_DATA_HOME"]) / "applications"
        applications.mkdir(parents=True, exist_ok=True)
        self.place = tempfile.TemporaryDirectory(prefix="sampan-folders-")
        self.note = pathlib.Path(self.place.name) / "shown"
        program = pathlib.Path(self.place.name) / "show"
        program.write_text(f'#!/bin/sh\necho "$1" >{self.note}\n')
        program.chmod(0o755)
        (applications / "folders.desktop").write_text(
            "[Desktop Entry]\nType=Application\nName=Folders\nMimeType=inode/directory;\n"
            f"Exec={program} %f\n"
        )
        (applications / "mimeapps.list").write_text(
            "[Default Applications]\ninode/directory=folders.desktop\n"
        )
        return self

    def __exit__(self, *exception):
        self.place.cleanup()

    def wait_for(self, folder):
        a11y.wait_for(
            lambda: self.note.exists() and self.note.read_text().strip() == str(folder),
            f"{folder} to be shown",
        )


def make_large(path):
    with open(path, "wb") as file:
        file.truncate(LARGE_BYTES)


def go_away(app):
    """Looks at another window."""
    a11y.press_keys("ctrl+n")
    frames = a11y.wait_for(
        lambda: [node for node in a11y.get_frames(app.root) if node != app.window],
        "another window",
    )
    a11y.wait_for(
        lambda: any(a11y.has_state(node, a11y.pyatspi.STATE_ACTIVE) for node in frames),
        "the other window to be in front",
    )


def come_back():
    a11y.press_keys("ctrl+w")


class Notifications(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.addCleanup(place.cleanup)
        self.local = pathlib.Path(place.name)

    def press_in_panel(self, app, name):
        a11y.find_and_press(app.find("Transfers", "panel"), name, "push button")

    def start_paused(self, app, box, folder=None):
        """FOLDER: of a download."""
        box.wait_for_part(folder)
        with box.standing_still():
            self.press_in_panel(app, "Pause All")
            a11y.find(app.find("Transfers", "panel"), "Resume All", "push button")

    def test_upload(self):
        make_large(self.local / "regatta.mp4")
        with Shell() as shell, Box() as box, App() as app:
            app.log_in(box)
            app.press("Upload")
            a11y.choose_file(app.root, self.local / "regatta.mp4", "Open")
            self.start_paused(app, box)
            go_away(app)
            self.press_in_panel(app, "Resume All")
            number = shell.wait_for("Upload Finished")
            _, body, labels = shell.shown[number]
            self.assertEqual(body, "To “photos”: 1 finished")
            self.assertNotIn("Retry", labels)
            come_back()
            a11y.wait_for(lambda: not shell.shown, "the notification to be withdrawn")
            self.assertEqual(shell.count, 1)
            make_large(self.local / "second.mp4")
            app.press("Upload")
            a11y.choose_file(app.root, self.local / "second.mp4", "Open")
            self.start_paused(app, box)
            a11y.wait_for(lambda: a11y.has_state(app.window, a11y.pyatspi.STATE_ACTIVE), "the window to be in front")
            self.press_in_panel(app, "Resume All")
            app.find("0 waiting, 2 done")
            self.assertEqual(shell.count, 1)

    def test_download(self):
        with Shell() as shell, FileManager() as folders, Box() as box, App() as app:
            make_large(box.files / "regatta.mp4")
            app.log_in(box)
            a11y.select_row(app.table(), "regatta.mp4")
            app.press("Download")
            a11y.choose_file(app.root, self.local, "Open")
            self.start_paused(app, box, self.local)
            go_away(app)
            self.press_in_panel(app, "Resume All")
            number = shell.wait_for("Download Finished")
            shell.press(number, "Show in Folder")
            folders.wait_for(self.local)
            come_back()

    def test_retry(self):
        trip = self.local / "Trip"
        trip.mkdir()
        for name in ("a.mp4", "b.mp4"):
            make_large(trip / name)
        with Shell() as shell, Box() as box, App() as app:
            app.log_in(box)
            app.press("More Uploads", "toggle button")
            app.press("Upload Folder…", None)
            a11y.choose_file(app.root, trip, "Open")
            self.start_paused(app, box)
            go_away(app)
            (trip / "b.mp4").unlink()
            self.press_in_panel(app, "Resume All")
            number = shell.wait_for("Not Everything Was Uploaded")
            self.assertEqual(shell.shown[number][1], "To “photos”: 1 finished, 1 failed")
            (trip / "b.mp4").write_text("another one")
            shell.press(number, "Retry")
            a11y.wait_for((box.files / "Trip" / "b.mp4").exists, "the other file on the box")
            app.wait_until_idle()


if __name__ == "__main__":
    unittest.main()
