# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the share's rights allow, but the permissions on the disk of the box do not."""

import os
import pathlib
import tempfile
import unittest

import a11y
from app import App
from box import Box

REASON = "The permissions on the server’s disk do not allow this."


class Permissions(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.addCleanup(place.cleanup)
        self.local = pathlib.Path(place.name)

    def lock(self, path, mode):
        path.chmod(mode)
        # Who is not root could not remove what is in it.
        self.addCleanup(lambda: path.exists() and path.chmod(0o700))

    def wait_for_failure(self, app, start):
        """The list unfolds for it."""
        app.find("0 waiting, 0 done, 1 failed")
        rows = app.find("Transfer List", "list box")
        a11y.wait_for(
            lambda: any(row.name.startswith(start) and a11y.holds(row.name, REASON) for row in rows),
            f"{start} to fail",
        )

    def test_folder(self):
        with Box(is_privileged=False) as box, App() as app:
            box.fill()
            self.lock(box.files / "Harbour", 0)
            app.log_in(box)
            a11y.double_click_row(app.table(), "Harbour")
            a11y.find_text(app.window, "No Permission to Open This Folder")
            a11y.find_text(app.window, REASON)
            app.take_picture("no-permission")
            (box.files / "Harbour").chmod(0o700)
            app.press("Try Again")
            app.wait_for_names("lighthouse.jpg")

    def test_upload(self):
        (self.local / "crew.jpg").write_bytes(b"crew")
        with Box(is_privileged=False) as box, App() as app:
            box.fill()
            self.lock(box.files / "Harbour", 0o500)
            app.log_in(box)
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            app.press("Upload")
            a11y.choose_file(app.root, self.local / "crew.jpg", "Open")
            self.wait_for_failure(app, "crew.jpg")
            app.take_picture("no-permission-to-upload")
            self.assertEqual(os.listdir(box.files / "Harbour"), ["lighthouse.jpg"])
            (box.files / "Harbour").chmod(0o700)
            app.press("Retry Failed")
            app.wait_for_names("crew.jpg", "lighthouse.jpg")

    def test_download(self):
        with Box(is_privileged=False) as box, App() as app:
            box.fill()
            self.lock(box.files / "notes.txt", 0)
            app.log_in(box)
            a11y.find_row(app.table(), "notes.txt")
            a11y.select_row(app.table(), "notes.txt")
            app.press("Download")
            a11y.choose_file(app.root, self.local, "Open")
            self.wait_for_failure(app, "notes.txt")
            app.take_picture("no-permission-to-download")
            self.assertEqual(os.listdir(self.local), [])


if __name__ == "__main__":
    unittest.main()
