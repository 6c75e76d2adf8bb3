# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking into the trash of a share, putting things back and deleting them for good."""

import unittest

import a11y
from app import App
from box import Box
from chinese import check_chinese, new_chinese_app

NAMES = ["bold <b>&.txt", "harbour", "one.txt", "three.txt", "two.txt"]


class Trash(unittest.TestCase):
    def fill(self, box):
        (box.files / "harbour").mkdir()
        (box.files / "harbour" / "boat.txt").write_text("a boat")
        for name in NAMES:
            if name.endswith(".txt"):
                (box.files / name).write_text(f"of {name}")

    def delete(self, app, name):
        a11y.select_row(app.table(), name)
        app.press("Delete")
        a11y.wait_for(lambda: name not in app.names(), f"{name} to go")

    def open_trash(self, app):
        app.press("Menu", "toggle button")
        app.press("Trash…")
        return a11y.find(app.root, app.text("Trash"), "dialog")

    def close(self, app):
        a11y.press_keys("Escape")
        a11y.find_gone(app.root, role="dialog")
        app.wait_until_active()

    def listed(self, dialog):
        return {row[0] for row in a11y.get_rows(a11y.find(dialog, role="table"))}

    def wait_for_listed(self, dialog, *names):
        a11y.wait_for(lambda: self.listed(dialog) == set(names), f"the trash to hold {names}")

    def press(self, app, dialog, name):
        a11y.find_and_press(dialog, app.text(name), "push button")

    def open(self, app, box):
        self.fill(box)
        app.log_in(box)
        app.wait_for_names("harbour", *[name for name in NAMES if name != "harbour"])

    def trashed(self, box):
        return len(list((box.files / ".sampan" / "trash").glob("*/item")))

    def test_restore(self):
        with Box() as box, App() as app:
            self.open(app, box)
            dialog = self.open_trash(app)
            a11y.find_text(dialog, "The Trash Is Empty")
            app.take_picture("trash-empty")
            self.close(app)
            for name in ("harbour", "one.txt", "bold <b>&.txt"):
                self.delete(app, name)
            (box.files / "one.txt").write_text("another one")
            dialog = self.open_trash(app)
            self.wait_for_listed(dialog, "bold <b>&.txt", "one.txt", "harbour")
            a11y.wait_until_insensitive(a11y.find(dialog, "Restore", "push button"))
            a11y.find_text(dialog, "3 items, ")
            app.take_picture("trash")
            table = a11y.find(dialog, role="table")
            a11y.select_row(table, "harbour")
            self.press(app, dialog, "Restore")
            self.wait_for_listed(dialog, "bold <b>&.txt", "one.txt")
            a11y.find_text(dialog, "1 item is back where it was")
            self.assertEqual((box.files / "harbour" / "boat.txt").read_text(), "a boat")
            # What stands there now stays.
            a11y.select_row(table, "one.txt")
            self.press(app, dialog, "Restore")
            self.wait_for_listed(dialog, "bold <b>&.txt")
            a11y.find_text(dialog, "1 item is back under another name, as its own is taken")
            self.assertEqual((box.files / "one.txt").read_text(), "another one")
            self.assertEqual((box.files / "one (2).txt").read_text(), "of one.txt")
            self.close(app)
            a11y.find_row(app.table(), "one (2).txt")
            a11y.find_row(app.table(), "harbour")

    def test_delete_for_good(self):
        with Box() as box, App() as app:
            self.open(app, box)
            for name in ("one.txt", "two.txt", "three.txt"):
                self.delete(app, name)
            dialog = self.open_trash(app)
            self.wait_for_listed(dialog, "one.txt", "two.txt", "three.txt")
            a11y.select_row(a11y.find(dialog, role="table"), "two.txt")
            self.press(app, dialog, "Delete for Good")
            a11y.find_text(app.root, "Delete 1 item for good?")
            app.press_in_dialog("Cancel")
            self.assertEqual(self.trashed(box), 3)
            self.press(app, dialog, "Delete for Good")
            app.press_in_dialog("Delete for Good")
            self.wait_for_listed(dialog, "one.txt", "three.txt")
            self.assertEqual(self.trashed(box), 2)
            self.press(app, dialog, "Empty")
            app.press_in_dialog("Empty Trash")
            a11y.find_text(dialog, "The Trash Is Empty")
            self.assertEqual(self.trashed(box), 0)
            self.close(app)

    def test_box_that_is_gone(self):
        with Box() as box, App() as app:
            self.open(app, box)
            self.delete(app, "one.txt")
            dialog = self.open_trash(app)
            self.wait_for_listed(dialog, "one.txt")
            box.stop()
            a11y.select_row(a11y.find(dialog, role="table"), "one.txt")
            self.press(app, dialog, "Restore")
            a11y.find_text(dialog, "The Trash Cannot Be Shown")
            a11y.find_text(dialog, "The connection to the server broke. Try again.")
            app.take_picture("trash-gone")
            self.close(app)

    def test_chinese(self):
        with Box() as box, new_chinese_app() as app:
            app.texts = {**app.texts, "Menu": "菜单", "Trash…": "回收站(T)…", "Trash": "回收站", "Restore": "恢复"}
            self.open(app, box)
            self.delete(app, "one.txt")
            dialog = self.open_trash(app)
            self.wait_for_listed(dialog, "one.txt")
            app.take_picture("trash-chinese")
            check_chinese(self, dialog)
            a11y.select_row(a11y.find(dialog, role="table"), "one.txt")
            self.press(app, dialog, "Restore")
            a11y.find_text(dialog, "1 个项目已恢复到原处")
            self.assertEqual((box.files / "one.txt").read_text(), "of one.txt")
            self.close(app)


if __name__ == "__main__":
    unittest.main(verbosity=2)
