# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moving and copying on the box, and taking changes back and doing them again."""

import os
import pathlib
import tempfile
import unittest

import a11y
import pointer
from app import App
from box import Box
from dragging import DragSource

LISTED = ["away", "here", "a.txt", "b.txt", "c.txt"]
OLD, NEW = 1_600_000_000, 1_700_000_000  # mtimes


class Changes(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="sampan-local-")
        self.local = pathlib.Path(self.place.name)

    def tearDown(self):
        self.place.cleanup()

    def fill(self, box):
        for name in LISTED[:2]:
            (box.files / name).mkdir()
        for name in LISTED[2:]:
            self.write(box.files / name, f"coming {name}", NEW)
        (box.files / "away" / "inner").mkdir()

    def write(self, path, text, mtime=OLD):
        path.write_text(text)
        os.utime(path, (mtime, mtime))

    def tree(self, box):
        """All files and their contents."""
        return {
            str(path.relative_to(box.files)): path.read_text()
            for path in box.files.rglob("*")
            if path.is_file() and ".sampan" not in path.parts
        }

    def wait_for_tree(self, box, **changes):
        """As it was filled, but for CHANGES: None is not there; "_" stands for "/" and "." is ".txt"."""
        wanted = {name: f"coming {name}" for name in LISTED[2:]}
        for name, text in changes.items():
            wanted[name.replace("__", "/") + ".txt"] = text
        wanted = {name: text for name, text in wanted.items() if text is not None}
        a11y.wait_for(lambda: self.tree(box) == wanted, f"{wanted} and not {self.tree(box)}")

    def open(self, app, box):
        self.fill(box)
        app.log_in(box)
        app.wait_for_names(*LISTED)

    def press_keys(self, app, *keys):
        app.focus_table()
        a11y.press_keys(*keys)

    def go_into(self, app, name, *names):
        a11y.double_click_row(app.table(), name)
        app.wait_for_names(*names)

    def test_cut_and_paste(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "a.txt")
            self.press_keys(app, "ctrl+x")
            self.go_into(app, "away", "inner")
            self.press_keys(app, "ctrl+v")
            self.wait_for_tree(box, a=None, away__a="coming a.txt")
            a11y.find_text(app.window, "“a.txt” was moved to “away”")
            app.wait_for_names("inner", "a.txt")
            app.take_picture("moved")
            # What was cut is there once.
            self.press_keys(app, "ctrl+v")
            app.wait_for_bar("There are no files to paste.")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")
            app.wait_for_names("inner")
            for again in ("ctrl+y", "ctrl+shift+z"):
                self.press_keys(app, again)
                self.wait_for_tree(box, a=None, away__a="coming a.txt")
                a11y.find_text(app.window, "Done again")
                self.press_keys(app, "ctrl+z")
                self.wait_for_tree(box)
                a11y.find_text(app.window, "Undone")

    def test_copy_and_paste(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "a.txt")
            self.press_keys(app, "ctrl+c")
            self.press_keys(app, "ctrl+v")
            twice = {"a (2)": "coming a.txt"}
            self.wait_for_tree(box, **twice)
            self.go_into(app, "away", "inner")
            self.press_keys(app, "shift+Insert")
            self.wait_for_tree(box, away__a="coming a.txt", **twice)
            a11y.find_text(app.window, "“a.txt” was copied to “away”")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box, **twice)
            a11y.find_text(app.window, "Undone")
            # The next one is to be told from this.
            a11y.find_gone(app.window, "Undone")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")
            self.press_keys(app, "ctrl+y")
            self.wait_for_tree(box, **twice)
            a11y.find_text(app.window, "Done again")

    def middle(self, node, at=None):
        x, y, width, height = a11y.find_resting_box(node)
        return x + (at if at is not None else width // 2), y + height // 2

    def cell(self, app, name):
        """A place on the name of that row."""
        x, y, _, height = a11y.find_resting_name(app.table(), name)
        return x + 40, y + height // 2

    def drag_row(self, app, name, onto, taken=True):
        pointer.drag(self.cell(app, name), onto, taken)

    def test_paste_into_folder(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "a.txt")
            self.press_keys(app, "ctrl+c")
            a11y.select_row(app.table(), "here")
            self.press_keys(app, "shift+F10")
            app.press("Paste into Folder", "menu item")
            self.wait_for_tree(box, here__a="coming a.txt")

    def choose_folder(self, app, item, *folders):
        """ITEM of the context menu; then the way through FOLDERS, by keys. Returns the dialog."""
        self.press_keys(app, "Menu")
        a11y.press(app.find(item, "menu item"))
        dialog = a11y.find(app.root, role="dialog")
        for folder in folders:
            a11y.find_row(a11y.find(dialog, "Folders", "table"), folder)
            a11y.press_keys("Home", *("Down" for _ in LISTED[: LISTED.index(folder)]), "Return")
        return dialog

    def test_move_and_copy_to(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "a.txt")
            dialog = self.choose_folder(app, "Move to…")
            # It is there already.
            a11y.find_row(a11y.find(dialog, "Folders", "table"), "here")
            a11y.wait_until_insensitive(a11y.find(dialog, "Move Here"))
            app.take_picture("move-to")
            a11y.press_keys("Return")
            inner = a11y.find_row(a11y.find(dialog, "Folders", "table"), "inner")
            self.assertEqual(inner, 0)
            a11y.press_keys("Return")
            a11y.find_text(dialog, "There are no folders in here.")
            app.take_picture("move-to-empty")
            a11y.press_keys("alt+Up")
            a11y.find_row(a11y.find(dialog, "Folders", "table"), "inner")
            a11y.find_and_press(dialog, "Move Here", "push button")
            a11y.find_gone(app.root, role="dialog")
            self.wait_for_tree(box, a=None, away__a="coming a.txt")
            a11y.find_text(app.window, "“a.txt” was moved to “away”")
            app.wait_for_names("away", "here", "b.txt", "c.txt")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            app.wait_for_names(*LISTED)
            a11y.select_row(app.table(), "b.txt")
            dialog = self.choose_folder(app, "Copy to…", "here")
            a11y.find_text(dialog, "There are no folders in here.")
            a11y.find_and_press(dialog, "Copy Here", "push button")
            self.wait_for_tree(box, here__b="coming b.txt")
            a11y.find_text(app.window, "“b.txt” was copied to “here”")
            dialog = self.choose_folder(app, "Copy to…")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, role="dialog")
            self.wait_for_tree(box, here__b="coming b.txt")

    def test_move_to_where_nothing_may_be_added(self):
        with Box() as box, App() as app:
            other = box.files.parent / "archive"
            (other / "old").mkdir(parents=True)
            box.admin("share", "add", "archive", str(other), "--read", box.user)
            self.fill(box)
            app.log_in(box)
            app.wait_for_names("archive", "photos")
            a11y.double_click_row(app.table(), "photos")
            app.wait_for_names(*LISTED)
            a11y.select_row(app.table(), "a.txt")
            dialog = self.choose_folder(app, "Move to…")
            for key, row in (("BackSpace", "archive"), ("Return", "old")):
                a11y.press_keys(key)
                a11y.find_row(a11y.find(dialog, "Folders", "table"), row)
                a11y.wait_until_insensitive(a11y.find(dialog, "Move Here"))
            (other / "old").rmdir()
            a11y.press_keys("Return")
            a11y.find_text(dialog, "It is not there any more.")
            a11y.wait_until_insensitive(a11y.find(dialog, "Move Here"))
            a11y.find_and_press(dialog, "Cancel", "push button")
            a11y.find_gone(app.root, role="dialog")
            self.wait_for_tree(box)

    def test_drag_onto_folder(self):
        with Box() as box, App() as app:
            self.open(app, box)
            self.drag_row(app, "a.txt", self.cell(app, "away"))
            self.wait_for_tree(box, a=None, away__a="coming a.txt")
            a11y.find_text(app.window, "“a.txt” was moved to “away”")
            app.wait_for_names("away", "here", "b.txt", "c.txt")
            # Onto a file or where they are already: nothing happens.
            self.drag_row(app, "b.txt", self.cell(app, "c.txt"), taken=False)
            app.focus_table()
            a11y.press_keys("ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")

    def test_drag_several_onto_path(self):
        with Box() as box, App() as app:
            self.open(app, box)
            for name in LISTED[2:4]:
                (box.files / name).rename(box.files / "away" / name)
            app.wait_for_names("away", "here", "c.txt")
            self.go_into(app, "away", "inner", "a.txt", "b.txt")
            a11y.press_keys("ctrl+a")
            a11y.find_text(app.window, "3 of 3 selected")
            self.drag_row(app, "a.txt", self.middle(app.find("photos", "push button")))
            self.wait_for_tree(box)
            a11y.find_text(app.window, "3 items were moved to “photos”")
            self.assertTrue((box.files / "inner").is_dir())

    def test_click_selects_one_of_several(self):
        with Box() as box, App() as app:
            self.open(app, box)
            app.focus_table()
            a11y.press_keys("ctrl+a")
            a11y.find_text(app.window, "5 of 5 selected")
            a11y.click_at(*self.cell(app, "b.txt"))
            a11y.find_text(app.window, "1 of 5 selected")

    def test_drop_files_onto_folder(self):
        self.write(self.local / "new.txt", "new")
        with Box() as box, App() as app:
            self.open(app, box)
            with DragSource(self.local / "new.txt") as source:
                source.drag_to(*self.cell(app, "away"))
                self.wait_for_tree(box, away__new="new")

    def test_folder_into_itself(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "away")
            self.press_keys(app, "ctrl+x")
            self.go_into(app, "away", "inner")
            self.press_keys(app, "ctrl+v")
            app.wait_for_bar("“away”: ")
            self.wait_for_tree(box)

    def test_conflicts(self):
        with Box() as box, App() as app:
            self.open(app, box)
            for name in LISTED[2:]:
                self.write(box.files / "here" / name, f"there {name}")
            (box.files / "here" / "away").mkdir()
            (box.files / "here" / "away" / "kept.txt").write_text("kept")
            app.focus_table()
            a11y.press_keys("ctrl+a")
            a11y.press_keys("ctrl+c")
            self.go_into(app, "here", "away", *LISTED[2:])
            self.press_keys(app, "ctrl+v")
            a11y.find_text(app.root, "4 names are taken in “here”")
            row = a11y.find(app.root, "away", "list item")
            a11y.find_text(row, "There: Folder · ")
            app.take_picture("taken")
            app.press("Replace All")
            for name, choice in (("away", "Skip"), ("c.txt", "Keep Both")):
                row = a11y.find(app.root, name, "list item")
                a11y.find_and_press(row, choice, "radio button")
            app.press("Continue")
            after = {
                "here__a": "coming a.txt",
                "here__b": "coming b.txt",
                "here__c": "there c.txt",
                "here__c (2)": "coming c.txt",
                "here__away__kept": "kept",
            }
            self.wait_for_tree(box, **after)
            # The folder that it was to go into could not go into itself.
            app.wait_for_bar("“here”: ")
            self.press_keys(app, "ctrl+z")
            before = {f"here__{name[0]}": f"there {name}" for name in LISTED[2:]}
            self.wait_for_tree(box, here__away__kept="kept", **before)
            a11y.find_text(app.window, "Undone")
            self.press_keys(app, "ctrl+y")
            self.wait_for_tree(box, **after)
            a11y.find_text(app.window, "Done again")

    def test_conflicts_given_up(self):
        with Box() as box, App() as app:
            self.open(app, box)
            self.write(box.files / "here" / "a.txt", "there a.txt")
            a11y.select_row(app.table(), "a.txt")
            self.press_keys(app, "ctrl+x")
            self.go_into(app, "here", "a.txt")
            self.press_keys(app, "ctrl+v")
            a11y.find_text(app.root, "1 name is taken in “here”")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, role="dialog")
            self.wait_for_tree(box, here__a="there a.txt")

    def test_upload_that_replaced(self):
        self.write(self.local / "a.txt", "other a", NEW + 1)
        self.write(self.local / "b.txt", "other b", NEW + 1)
        with Box() as box, App() as app:
            self.open(app, box)
            app.press("Upload")
            a11y.choose_file(app.root, self.local / "a.txt", "Open")
            app.press("Replace All")
            app.press("Continue")
            self.wait_for_tree(box, a="other a")
            a11y.find_text(app.window, "“a.txt” was replaced")
            app.take_picture("replaced")
            app.press("Undo")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")
            self.press_keys(app, "ctrl+shift+z")
            self.wait_for_tree(box, a="other a")
            a11y.find_text(app.window, "Done again")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")

    def test_delete_for_good(self):
        with Box() as box, App() as app:
            self.open(app, box)
            self.write(box.files / "away" / "inner" / "deep.txt", "deep")
            a11y.select_row(app.table(), "c.txt")
            app.press("Delete")
            self.wait_for_tree(box, c=None, away__inner__deep="deep")
            a11y.select_row(app.table(), "away")
            self.press_keys(app, "shift+Delete")
            a11y.find_text(app.root, "Delete “away” for good?")
            a11y.find_text(app.root, "Folders go with all that they hold.")
            app.take_picture("for-good")
            # Cancel is what Return presses.
            a11y.press_keys("Return")
            a11y.find_gone(app.root, role="alert")
            self.assertTrue((box.files / "away").is_dir())
            self.press_keys(app, "shift+Delete")
            app.press_in_dialog("Delete for Good")
            a11y.find_text(app.window, "1 item was deleted for good")
            self.assertFalse((box.files / "away").exists())
            kept = [path.read_text() for path in (box.files / ".sampan" / "trash").glob("*/item")]
            self.assertEqual(kept, ["coming c.txt"])
            # What went to the trash before is still to be had.
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")

    def test_delete_again(self):
        with Box() as box, App() as app:
            self.open(app, box)
            a11y.select_row(app.table(), "b.txt")
            app.press("Delete")
            self.wait_for_tree(box, b=None)
            a11y.find_text(app.window, "“b.txt” was moved to the trash")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")
            self.press_keys(app, "ctrl+y")
            self.wait_for_tree(box, b=None)
            a11y.find_text(app.window, "Done again")
            # Something else was done: what was undone before is no more to come.
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")
            a11y.select_row(app.table(), "c.txt")
            self.press_keys(app, "ctrl+c")
            self.press_keys(app, "ctrl+v")
            twice = {"c (2)": "coming c.txt"}
            self.wait_for_tree(box, **twice)
            a11y.find_text(app.window, "“c.txt” was copied to “photos”")
            self.press_keys(app, "ctrl+y")
            self.press_keys(app, "ctrl+z")
            self.wait_for_tree(box)
            a11y.find_text(app.window, "Undone")


if __name__ == "__main__":
    unittest.main()
