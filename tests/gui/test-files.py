# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moving through the folders and changing what is in them. H7: whatever their names are."""

import os
import unittest

import a11y
from app import App
from box import Box

LISTED = (
    "Harbour",
    "Spring festival",
    "boat-at-dawn.jpg",
    "charts.tar.xz",
    "crew.jpg",
    "manifest.odt",
    "notes.txt",
)


class Files(unittest.TestCase):
    def test_browse(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.wait_for_names(*LISTED)
            sizes = [row[1] for row in a11y.get_rows(app.table())]
            self.assertEqual(sizes[2], "4.2\u00a0MB")
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            app.press("photos")
            app.wait_for_names(*LISTED)
            app.press("Back")
            app.wait_for_names("lighthouse.jpg")
            app.press("Up")
            app.wait_for_names(*LISTED)
            app.press("127.0.0.1")
            app.wait_for_names("photos")

    def test_link_is_down(self):
        """What is on screen stays of use, and nobody who is logged in is told to log in."""
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.wait_for_names(*LISTED)
            app.press("Show Filter", None)
            a11y.wait_for(lambda: not a11y.look(app.root, app.text("Filter"), "text"), "no filter")
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            hint = app.text("Wait until the connection is back")
            a11y.wait_for(lambda: hint in a11y.get_visible_texts(app.window), "the hint")
            self.assertNotIn(app.text("Log in first"), a11y.get_visible_texts(app.window))
            app.press("Show Filter", None)
            a11y.type_into(app.find("Filter", "text"), "JPG")
            app.wait_for_names("boat-at-dawn.jpg", "crew.jpg")
            box.start()
            app.try_now()
            a11y.find_gone(app.window, role="info bar")
            app.wait_for_names("boat-at-dawn.jpg", "crew.jpg")

    def test_typed_path(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.wait_for_names(*LISTED)
            a11y.press_keys("ctrl+l")
            entry = app.find("Path", "text")
            self.assertEqual(a11y.read(entry), "/photos")
            a11y.type_into(entry, "/photos/Harbour")
            a11y.press_keys("Return")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("ctrl+l")
            a11y.type_into(app.find("Path", "text"), "/photos/nowhere")
            a11y.press_keys("Return")
            a11y.find_text(app.window, "This Folder Is Not There")
            app.take_picture("folder-error")
            app.find("Try Again")

    def test_filter_and_sort(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.wait_for_names(*LISTED)
            a11y.type_into(app.find("Filter", "text"), "JPG")
            app.wait_for_names("boat-at-dawn.jpg", "crew.jpg")
            a11y.type_into(app.find("Filter", "text"), "zebra")
            a11y.find_text(app.window, "No name here contains “zebra”.")
            app.take_picture("nothing-found")
            app.find("Search Below This Folder")
            a11y.type_into(app.find("Filter", "text"), "")
            app.wait_for_names(*LISTED)
            app.press("Size", "table column header")
            app.wait_for_names(
                "Spring festival",
                "Harbour",
                "charts.tar.xz",
                "boat-at-dawn.jpg",
                "crew.jpg",
                "manifest.odt",
                "notes.txt",
            )

    def test_shows_what_others_do(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.wait_for_names(*LISTED)
            a11y.select_row(app.table(), "crew.jpg")
            a11y.find_text(app.window, "1 of 7 selected")
            (box.files / "from-elsewhere").write_text("x")
            app.wait_for_names(*LISTED[:5], "from-elsewhere", *LISTED[5:])
            a11y.find_text(app.window, "1 of 8 selected")
            (box.files / "notes.txt").unlink()
            app.wait_for_names(*LISTED[:5], "from-elsewhere", "manifest.odt")
            a11y.find_text(app.window, "1 of 7 selected")
            (box.files / "crew.jpg").write_bytes(b"x")
            a11y.wait_for(
                lambda: a11y.get_rows(app.table())[4][1].startswith("1"), "the new size"
            )
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            (box.files / "Harbour" / "buoy").mkdir()
            app.wait_for_names("buoy", "lighthouse.jpg")

    def test_hidden_files(self):
        with Box() as box, App() as app:
            (box.files / ".secret").write_text("x")
            (box.files / "open").write_text("x")
            app.log_in(box)
            app.wait_for_names("open")
            a11y.press_keys("ctrl+h")
            app.wait_for_names(".secret", "open")

    def test_new_folder(self):
        with Box() as box, App() as app:
            app.log_in(box)
            a11y.find_text(app.window, "This Folder Is Empty")
            app.press("New Folder")
            name = app.find("Name", "text")
            a11y.type_into(name, "a/b")
            a11y.wait_until_insensitive(app.find("Create"))
            a11y.type_into(name, "Summer")
            app.take_picture("new-folder")
            app.press("Create")
            app.wait_for_names("Summer")
            self.assertTrue((box.files / "Summer").is_dir())

    def test_rename(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            a11y.select_row(app.table(), "crew.jpg")
            app.press("Rename")
            name = app.find("Name", "text")
            self.assertEqual(a11y.read(name), "crew.jpg")
            app.take_picture("rename")
            a11y.type_into(name, "captain.jpg")
            a11y.press_keys("Return")
            a11y.find_row(app.table(), "captain.jpg")
            self.assertFalse((box.files / "crew.jpg").exists())
            self.assertEqual((box.files / "captain.jpg").stat().st_size, 3_900_000)

    def test_delete(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            a11y.select_row(app.table(), "Harbour")
            a11y.find_text(app.window, "1 of 7 selected")
            app.press("Delete")
            a11y.wait_for(lambda: "Harbour" not in app.names(), "the folder to go")
            self.assertFalse((box.files / "Harbour").exists())
            trashed = [
                name for _, _, names in os.walk(box.files / ".sampan") for name in names
            ]
            self.assertIn("lighthouse.jpg", trashed)
            a11y.find_text(app.window, "“Harbour” was moved to the trash")
            app.take_picture("deleted")
            app.press("Undo")
            app.wait_for_names(*LISTED)
            self.assertTrue((box.files / "Harbour" / "lighthouse.jpg").exists())
            a11y.find_text(app.window, "Undone")

    def test_undo_by_key(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            for old, new in (("crew.jpg", "captain.jpg"), ("captain.jpg", "cook.jpg")):
                a11y.select_row(app.table(), old)
                app.press("Rename")
                a11y.type_into(app.find("Name", "text"), new)
                a11y.press_keys("Return")
                a11y.find_text(app.window, f"“{old}” was renamed to “{new}”")
                a11y.find_row(app.table(), new)
            (box.files / "crew.jpg").write_bytes(b"another")
            a11y.press_keys("ctrl+z")
            a11y.find_row(app.table(), "captain.jpg")
            a11y.find_text(app.window, "Undone")
            a11y.press_keys("ctrl+z")
            a11y.find_row(app.table(), "crew (2).jpg")
            a11y.find_text(app.window, "another name")
            self.assertEqual((box.files / "crew.jpg").read_bytes(), b"another")
            self.assertEqual((box.files / "crew (2).jpg").stat().st_size, 3_900_000)

    def test_h7_hostile_names(self):
        names = (
            b"two\nlines",
            b"<b>bold<b> & <i>",
            b"esc\x1b[31mred",
            b"latin-\xe9.txt",
            "right-\u202eto-left".encode(),
            b"%s%n _under (_U)",
        )
        with Box() as box, App() as app:
            folder = os.fsencode(box.files)
            for name in names:
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(b"x")
            app.log_in(box)
            a11y.wait_for(lambda: len(app.names()) == len(names), "all of them")
            shown = set(app.names())
            self.assertEqual(
                shown,
                {
                    "two\ufffdlines",
                    "<b>bold<b> & <i>",
                    "esc\ufffd[31mred",
                    "latin-\ufffd.txt",
                    "right-\ufffdto-left",
                    "%s%n _under (_U)",
                },
            )
            app.take_picture("hostile-names")
            for name in ("<b>bold<b> & <i>", "latin-\ufffd.txt"):
                a11y.select_row(app.table(), name)
                a11y.press_keys("shift+Delete")
                a11y.find_text(app.root, f"Delete “{name}” for good?")
                app.press_in_dialog("Delete for Good")
                a11y.wait_for(lambda gone=name: gone not in app.names(), "it to go")
            self.assertEqual(len(os.listdir(folder)), len(names) - 2 + 1)


if __name__ == "__main__":
    unittest.main()
