# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is not on the screen by itself, in Chinese: it says what it should, and no word is English."""

import importlib
import pathlib
import tempfile
import unittest

import a11y
from box import Box
from chinese import check_chinese, new_chinese_app, say
from dragging import DragSource

HUGE_BYTES = 40_000_000_000  # nothing waits for its end


class Chinese(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="sampan-chinese-")
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)

    def keys(self, app, *keys):
        app.focus_table()
        a11y.press_keys(*keys)

    def choose_from_menu(self, app, label):
        """The context menu of what has the focus."""
        a11y.press_keys("Menu")
        item = app.find(say(label), "menu item")
        check_chinese(self, app.root)
        a11y.press(item)

    def test_browsing(self):
        with Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)
            a11y.find_row(app.table(), "Harbour")
            self.keys(app, "ctrl+d")
            a11y.find_text(app.window, say("“%s” is among the bookmarks now (F9)", "photos"))
            check_chinese(self, app.window)
            a11y.press_keys("F9")
            a11y.find(app.root, say("Remove the bookmark “%s”", "photos"))
            check_chinese(self, app.root)
            app.take_picture("chinese-bookmarks")
            a11y.press_keys("Escape")
            a11y.select_row(app.table(), "Harbour")
            self.keys(app, "alt+Return")
            dialog = app.find(say("Properties"), "dialog")
            a11y.find_text(dialog, "5")
            check_chinese(self, dialog)
            app.take_picture("chinese-properties")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, role="dialog")
            self.keys(app, "ctrl+shift+f", *"light")
            app.wait_for_names("lighthouse.jpg")
            a11y.find(app.window, say("Folder"), "table column header")
            check_chinese(self, app.window)
            app.take_picture("chinese-search")
            a11y.press_keys("Escape")
            a11y.find_row(app.table(), "notes.txt")

    def test_changes(self):
        with Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)
            notes, moved = box.files / "notes.txt", box.files / "Harbour" / "notes.txt"
            a11y.select_row(app.table(), "notes.txt")
            app.focus_table()
            self.choose_from_menu(app, "Cu_t")
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            self.keys(app, "ctrl+v")
            a11y.find_text(app.window, say("“%s” was moved to “%s”", "notes.txt", "Harbour"))
            self.assertTrue(moved.exists())
            check_chinese(self, app.window)
            app.take_picture("chinese-moved")
            for key, text, path in (
                ("ctrl+z", "Undone", notes),
                ("ctrl+y", "Done again", moved),
                ("ctrl+z", "Undone", notes),
            ):
                self.keys(app, key)
                a11y.find_text(app.window, say(text))
                self.assertTrue(path.exists())
                check_chinese(self, app.window)

    def test_move_to(self):
        with Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)
            a11y.select_row(app.table(), "notes.txt")
            app.focus_table()
            self.choose_from_menu(app, "_Move to…")
            dialog = app.find(say("Move To"), "dialog")
            a11y.find_row(a11y.find(dialog, say("Folders"), "table"), "Harbour")
            check_chinese(self, dialog)
            a11y.press_keys("Return")
            a11y.find_text(dialog, say("There are no folders in here."))
            check_chinese(self, dialog)
            a11y.find_and_press(dialog, say("_Move Here"), "push button")
            a11y.find_text(app.window, say("“%s” was moved to “%s”", "notes.txt", "Harbour"))
            self.assertTrue((box.files / "Harbour" / "notes.txt").exists())

    def test_delete(self):
        with Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)
            a11y.select_row(app.table(), "notes.txt")
            app.press("Delete")
            a11y.find_text(app.window, say("“%s” was moved to the trash", "notes.txt"))
            check_chinese(self, app.window)
            self.assertFalse((box.files / "notes.txt").exists())
            app.press(say("Undo"))
            a11y.find_text(app.window, say("Undone"))
            self.assertTrue((box.files / "notes.txt").exists())
            a11y.find_row(app.table(), "notes.txt")
            a11y.select_row(app.table(), "notes.txt")
            self.keys(app, "shift+Delete")
            a11y.find_text(app.root, say("Delete “%s” for good?", "notes.txt"))
            a11y.find_text(app.root, say("Nothing brings it back."))
            check_chinese(self, a11y.find(app.root, role="alert"))
            app.press_in_dialog(say("Delete for Good"))
            a11y.wait_for(lambda: not (box.files / "notes.txt").exists(), "it to go")
            a11y.wait_for(lambda: not list((box.files / ".sampan" / "trash").glob("*/item")), "it to go for good")

    def test_first_password(self):
        with Box() as box, new_chinese_app() as app:
            said = box.admin("user", "add", "ben", "--invite")
            box.admin("share", "grant", "photos", "--change", "ben")
            code = next(word for word in said.split() if word.count("-") >= 3)
            app.log_in(box, user="ben", password=code)
            dialog = a11y.find(app.root, role="dialog")
            for name in ("New Password", "Password Once More"):
                a11y.type_into(a11y.find(dialog, say(name), "password text"), "seven small sampans")
            check_chinese(self, dialog)
            app.take_picture("chinese-choose-password")
            a11y.find_and_press(dialog, say("Set Password"), "push button")
            a11y.find_text(app.window, say("This Folder Is Empty"))
            check_chinese(self, app.window)

    def test_failures(self):
        with Box() as box, new_chinese_app() as app:
            app.log_in(box, password="not the password")
            app.wait_for_bar(say("The name or the password is wrong."))
            check_chinese(self, app.window)
            box.stop()
            app.log_in(box)
            refused = "Nothing listens at this address and port. Check both, and that the server runs."
            app.wait_for_bar(say(refused))
            check_chinese(self, app.window)

    def test_hidden_and_new_folder(self):
        with Box() as box, new_chinese_app() as app:
            box.fill()
            (box.files / ".secret").write_text("hidden")
            app.log_in(box)
            a11y.find_row(app.table(), "Harbour")
            self.keys(app, "ctrl+h")
            a11y.find_row(app.table(), ".secret")
            self.keys(app, "ctrl+h")
            a11y.wait_for(lambda: ".secret" not in app.names(), "it to be hidden")
            self.keys(app, "F2")
            a11y.press_keys("Escape")
            self.keys(app, "ctrl+shift+n")
            a11y.press_keys(*"Trip", "Return")
            a11y.find_row(app.table(), "Trip")
            self.assertTrue((box.files / "Trip").is_dir())
            check_chinese(self, app.window)

    def test_filter(self):
        """The buttons have no access keys in their names."""
        with Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)
            a11y.find_row(app.table(), "Harbour")
            self.keys(app, *"light")
            button = a11y.find(app.window, say("_Search Below This Folder").split("(")[0], "push button")
            a11y.find_text(app.window, say("Nothing Found"))
            a11y.find_text(app.window, say("No name here contains “%s”.", "light"))
            a11y.press(button)
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("Escape")
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("ctrl+shift+f", *"crew")
            button = a11y.find(app.window, say("_Search the Whole Share").split("(")[0], "push button")
            nothing = "No name in this folder or below it contains “%s”."
            a11y.find_text(app.window, say(nothing, "crew"))
            a11y.press(button)
            app.wait_for_names("crew.jpg")

    def test_another_server_at_the_same_address(self):
        with Box() as old, new_chinese_app() as app:
            app.log_in(old)
            app.press("Log Out")
            app.find("Log In")
            old.stop()
            with Box(port=old.port) as new:
                app.log_in(new)
                expander = app.find(say("I know that the box was set up anew"))
                a11y.press(expander)
                check_chinese(self, app.root)
                app.take_picture("chinese-server-changed")
                a11y.press(app.find(say("I asked, and it was set up anew"), "check box"))
                a11y.press(app.find(say("Forget the Old Box")))
                a11y.find_text(app.window, say("This Folder Is Empty"))

    def test_opening(self):
        opening = importlib.import_module("test-open").Open("test_open")
        opening.setUp()
        self.addCleanup(opening.tearDown)
        environment = opening.start().environment
        with Box() as box, new_chinese_app(environment=environment) as app:
            box.fill()
            (box.files / "notes.txt").write_text("what there is")
            app.log_in(box)
            a11y.find_row(app.table(), "notes.txt")
            a11y.double_click_row(app.table(), "notes.txt")
            opening.expect_copy("notes.txt", "what there is")
            told = "“%s” opens as a copy. What you change in it is not sent to the box."
            a11y.find_text(app.window, say(told, "notes.txt"))
            check_chinese(self, app.window)

    def test_transfers(self):
        looking_away = importlib.import_module("test-notifications")
        names = ["huge-1.jpg", "huge-2.jpg", "one.jpg", "two.jpg"]
        for name in names:
            with open(self.place / name, "wb") as file:
                file.truncate(HUGE_BYTES if name.startswith("huge") else 3_000_000)
        with looking_away.Shell() as shell, Box() as box, new_chinese_app() as app:
            box.fill()
            app.log_in(box)

            def find(start):
                return app.find_transfer(start, say("Transfer List"))

            # GTK's chooser may have no Chinese here.
            for name in names:
                with DragSource(self.place / name) as source:
                    source.drag(onto=app.table())
                    if name == names[0]:
                        a11y.find_and_press(app.find("Transfers", "panel"), role="toggle button")
                    find(name)
            a11y.focus(find("two.jpg"))
            self.choose_from_menu(app, "Move to _Top")
            rows = app.find(say("Transfer List"), "list box")
            a11y.wait_for(
                lambda: [row.name[:3] for row in rows if row.name[:3] in ("one", "two")] == ["two", "one"],
                "the other order",
            )
            check_chinese(self, app.window)
            app.take_picture("chinese-queue")
            looking_away.go_away(app)
            for start in ("huge-1.jpg", "huge-2.jpg"):
                a11y.find_and_press(find(start), say("Cancel This Transfer"), "push button")
            number = shell.wait_for(say("Upload Finished"))
            title, body, labels = shell.shown[number]
            for text in (body, *labels):
                self.assertNotRegex(text.replace("photos", ""), "[A-Za-z]{2}")
            for name in ("one.jpg", "two.jpg"):
                stored = box.files / name  # it was the other that was told of, perhaps
                a11y.wait_for(lambda: stored.stat().st_size == 3_000_000, name)
            looking_away.come_back()


if __name__ == "__main__":
    unittest.main()
