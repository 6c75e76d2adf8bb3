# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding one's way among many files: selecting, searching, sorting, remembering."""

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


def open_share(app, box):
    app.log_in(box)
    app.wait_for_names(*LISTED)


def wait_for_selected(app, *names):
    a11y.wait_for(
        lambda: a11y.get_selected(app.table()) == list(names), f"{names} to be selected"
    )


def wait_for_toggle(app, name, checked):
    a11y.wait_for(
        lambda: a11y.has_state(app.find(name), a11y.pyatspi.STATE_CHECKED) == checked,
        f"{name!r} to be {'in' if checked else 'out'}",
    )


class Browsing(unittest.TestCase):
    def test_selection_by_keys(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.select_row(app.table(), "crew.jpg")
            a11y.press_keys("ctrl+shift+i")
            a11y.find_text(app.window, "6 of 7 selected · 12.3")
            self.assertNotIn("crew.jpg", a11y.get_selected(app.table()))
            a11y.press_keys("ctrl+shift+i")
            wait_for_selected(app, "crew.jpg")
            a11y.press_keys("ctrl+s")
            a11y.type_into(app.find("Name", "text"), "*.JPG")
            app.take_picture("select-matching")
            a11y.press_keys("Return")
            wait_for_selected(app, "boat-at-dawn.jpg", "crew.jpg")
            a11y.find_text(app.window, "2 of 7 selected · 8.1")
            a11y.press_keys("ctrl+s")
            a11y.type_into(app.find("Name", "text"), "T.")
            a11y.press_keys("Return")
            wait_for_selected(app, "manifest.odt")

    def test_free_space(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.find_text(app.window, " free")
            app.press("127.0.0.1")
            app.wait_for_names("photos")
            a11y.wait_for(
                lambda: not any(text.endswith(" free") for text in a11y.get_visible_texts(app.window)),
                "the end of what only shares have",
            )

    def test_keys_to_places(self):
        with Box() as box, App() as app:
            box.fill()
            (box.files / "Harbour" / "pier").mkdir()
            open_share(app, box)
            a11y.select_row(app.table(), "Harbour")
            a11y.press_keys("alt+Down")
            app.wait_for_names("pier", "lighthouse.jpg")
            a11y.press_keys("slash")
            self.assertEqual(a11y.read(app.find("Path", "text")), "/")
            subkeys = list("photos") + ["slash"] + list("Harbour") + ["slash"] + list("pier")
            a11y.press_keys(*subkeys, "Return")
            a11y.find_text(app.window, "This Folder Is Empty")
            a11y.press_keys("alt+Home")
            app.wait_for_names(*LISTED)
            a11y.press_keys("asciitilde")
            self.assertEqual(a11y.read(app.find("Path", "text")), "~/")
            a11y.press_keys(*"Harbour", "Return")
            app.wait_for_names("pier", "lighthouse.jpg")

    def test_keys_that_file_managers_share(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            for key, role in (
                ("ctrl+u", "file chooser"),
                ("ctrl+shift+u", "file chooser"),
                ("ctrl+shift+s", "file chooser"),
                ("alt+Return", "dialog"),
                ("shift+F10", "menu item"),
                ("Menu", "menu item"),
            ):
                with self.subTest(key):
                    a11y.select_row(app.table(), "crew.jpg")
                    app.focus_table()
                    a11y.press_keys(key)
                    opened = a11y.find(app.root, role=role)
                    if role != "menu item":
                        a11y.wait_for(
                            lambda: a11y.has_state(opened, a11y.pyatspi.STATE_ACTIVE), "its focus"
                        )
                    a11y.press_keys("Escape")
                    a11y.find_gone(app.root, role=role)
            a11y.press_keys("ctrl+shift+n")
            app.find("Name", "text")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Name", "text")
            app.focus_table()
            a11y.press_keys("ctrl+Insert", "shift+Insert")
            a11y.find_row(app.table(), "crew (2).jpg")

    def test_refresh_on_the_way(self):
        """To another folder: one gets there nevertheless."""
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            with box.standing_still():
                a11y.double_click_row(app.table(), "Harbour")
                app.press("Refresh")
            app.wait_for_names("lighthouse.jpg")

    def test_filter_by_typing(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            app.focus_table()
            a11y.press_keys(*"crew")
            app.wait_for_names("crew.jpg")
            a11y.press_keys("Return")
            a11y.press_keys("Escape")
            app.wait_for_names(*LISTED)
            a11y.press_keys("ctrl+f", *"note")
            app.wait_for_names("notes.txt")
            a11y.press_keys("Escape")
            app.wait_for_names(*LISTED)

    def test_search_below(self):
        with Box() as box, App() as app:
            box.fill()
            deep = box.files / "Harbour" / "pier" / "winter"
            deep.mkdir(parents=True)
            for name in ("lightness.JPG", "light.txt"):
                (deep / name).write_bytes(b"x" * 1000)
            (box.files / ".hidden").mkdir()
            (box.files / ".hidden" / "lightship.jpg").write_bytes(b"x")
            open_share(app, box)
            a11y.press_keys("ctrl+shift+f", *"light")
            app.wait_for_names("light.txt", "lighthouse.jpg", "lightness.JPG")
            a11y.find_text(app.window, "3 found")
            rows = a11y.get_rows(app.table())
            self.assertEqual(
                [row[1] for row in rows],
                ["photos/Harbour/pier/winter", "photos/Harbour", "photos/Harbour/pier/winter"],
            )
            app.take_picture("search")
            app.press("Folder", "table column header")
            app.wait_for_names("lighthouse.jpg", "light.txt", "lightness.JPG")
            # What is done with a result is done where it lies.
            a11y.select_row(app.table(), "light.txt")
            app.press("Rename")
            a11y.type_into(app.find("Name", "text"), "lightning.txt")
            a11y.press_keys("Return")
            a11y.find_row(app.table(), "lightning.txt")
            self.assertTrue((deep / "lightning.txt").exists())
            # Return leads to it.
            a11y.select_row(app.table(), "lightness.JPG")
            app.focus_table()
            a11y.press_keys("Return")
            app.wait_for_names("lightness.JPG", "lightning.txt")
            wait_for_selected(app, "lightness.JPG")
            self.assertEqual(a11y.read(app.find("Filter", "text")), "")
            a11y.find_gone(app.window, "Folder", "table column header")

    def test_places_that_cannot_be_shown(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            kept = box.files.parent / "kept"
            kept.mkdir()
            box.admin("share", "add", "kept", str(kept))
            for path, title in (("/photos/nowhere", "Not There"), ("/kept", "Not There")):
                a11y.press_keys("ctrl+l")
                a11y.type_into(app.find("Path", "text"), path)
                a11y.press_keys("Return")
                a11y.find_text(app.window, title)
                app.find("Try Again")
                app.take_picture("not-there")
                # The room that there was elsewhere.
                texts = a11y.get_visible_texts(app.window)
                self.assertFalse([text for text in texts if text.endswith(" free")])
                a11y.press_keys("alt+Left")
                app.wait_for_names(*LISTED)

    def test_search_for_what_the_folder_has_not(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.press_keys(*"light")
            app.press("Search Below This Folder")
            app.wait_for_names("lighthouse.jpg")

    def test_search_finds_nothing(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            app.press("Search Subfolders", "toggle button")
            a11y.press_keys(*"zebra")
            a11y.find_text(app.window, "No name in this folder or below it contains “zebra”.")
            app.take_picture("search-nothing")
            app.press("End Search")
            app.wait_for_names(*LISTED)
            a11y.press_keys("ctrl+shift+f", *"light")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("Escape")
            app.wait_for_names(*LISTED)
            wait_for_toggle(app, "Search Subfolders", False)

    def test_search_everywhere(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("ctrl+shift+f", *"crew")
            a11y.find_text(app.window, "No name in this folder or below it contains “crew”.")
            app.press("Search the Whole Share")
            app.wait_for_names("crew.jpg")
            wait_for_toggle(app, "Search Subfolders", True)
            a11y.press_keys("Escape")
            app.wait_for_names(*LISTED)

    def test_search_tells_its_limit(self):
        with Box() as box, App() as app:
            for folder in range(11):
                place = box.files / f"folder {folder:02}"
                place.mkdir()
                for number in range(1000):
                    (place / f"leaf {number:04}").touch()
            app.log_in(box)
            a11y.find_text(app.window, "11 items")
            a11y.press_keys("ctrl+shift+f", *"leaf")
            a11y.find_text(app.window, "Only the first 10000 are shown")
            app.take_picture("search-limit")
            a11y.press_keys("space", *"0999")
            a11y.find_text(app.window, "11 found")

    def show_column(self, app, name):
        header = app.find("Size", "table column header")
        x, y, width, height = a11y.find_resting_box(header)
        a11y.click_at(x + width // 2, y + height // 2, button=3)
        app.press(name, "check menu item")

    def test_columns_and_places_are_remembered(self):
        with Box() as box, App() as app:
            box.fill()
            (box.files / "Harbour" / ".secret").write_bytes(b"x")
            (box.files / "Harbour" / "a.txt").write_bytes(b"x" * 9000)
            open_share(app, box)
            self.show_column(app, "Type")
            a11y.find(app.window, "Type", "table column header")
            app.take_picture("columns")
            self.show_column(app, "Modified")
            a11y.find_gone(app.window, "Modified", "table column header")
            app.press("Size", "table column header")
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("a.txt", "lighthouse.jpg")
            a11y.press_keys("ctrl+h")
            app.wait_for_names("a.txt", "lighthouse.jpg", ".secret")
            app.start_again()
            a11y.type_into(app.find("Password", "password text"), box.password)
            app.press("Log In")
            app.wait_for_names("a.txt", "lighthouse.jpg", ".secret")
            a11y.find(app.window, "Type", "table column header")
            a11y.find_gone(app.window, "Modified", "table column header")
            # A place that is gone is no place to come back to.
            app.start_again()
            (box.files / "Harbour").rename(box.files / "Quay")
            a11y.type_into(app.find("Password", "password text"), box.password)
            app.press("Log In")
            a11y.find_row(app.table(), "Quay")

    def test_bookmarks(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("ctrl+d")
            a11y.find_text(app.window, "“Harbour” is among the bookmarks now")
            a11y.press_keys("ctrl+d")
            a11y.find_text(app.window, "“Harbour” is among the bookmarks already")
            a11y.press_keys("alt+Up")
            app.wait_for_names(*LISTED)
            a11y.press_keys("ctrl+d")
            a11y.find_text(app.window, "“photos” is among the bookmarks now")
            app.start_again()
            a11y.type_into(app.find("Password", "password text"), box.password)
            app.press("Log In")
            app.wait_for_names(*LISTED)
            a11y.press_keys("F9")
            app.find("Harbour", "list item")
            app.find("photos", "list item")
            app.take_picture("bookmarks")
            a11y.press_keys("Return")
            app.wait_for_names("lighthouse.jpg")
            # What is gone says so.
            a11y.press_keys("alt+Up")
            app.wait_for_names(*LISTED)
            (box.files / "Harbour").rename(box.files / "Quay")
            a11y.find_row(app.table(), "Quay")
            a11y.press_keys("F9")
            app.find("Harbour", "list item")
            a11y.press_keys("Return")
            a11y.find_text(app.window, "This Folder Is Not There")
            a11y.find_gone(app.root, "Harbour", "list item")  # it fades
            a11y.press_keys("F9")
            app.press("Remove the bookmark “Harbour”")
            a11y.find_gone(app.root, "Harbour", "list item")
            app.find("photos", "list item")

    def test_bookmark_of_the_folder_on_screen(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.press_keys("F9")
            app.press("Bookmark This Folder")
            a11y.find_text(app.window, "“photos” is among the bookmarks now")
            app.find("photos", "list item")
            app.find("Remove From Bookmarks", "push button")
            a11y.find_gone(app.root, "Bookmark This Folder", "push button")
            app.take_picture("bookmark-on-screen")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "photos", "list item")
            # Another folder is none.
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("lighthouse.jpg")
            a11y.press_keys("F9")
            app.find("Bookmark This Folder", "push button")
            a11y.find_gone(app.root, "Remove From Bookmarks", "push button")
            # Back there it can be taken out.
            app.find("photos", "list item")
            a11y.press_keys("Return")
            app.wait_for_names(*LISTED)
            a11y.find_gone(app.root, "photos", "list item")
            a11y.press_keys("F9")
            app.press("Remove From Bookmarks")
            a11y.find_text(app.window, "“photos” is no longer among the bookmarks")
            a11y.find_gone(app.root, "photos", "list item")
            app.find("Bookmark This Folder", "push button")

    def test_properties(self):
        with Box() as box, App() as app:
            box.fill()
            (box.files / "Harbour" / "pier").mkdir()
            (box.files / "Harbour" / "pier" / "log.txt").write_bytes(b"x" * 1234)
            open_share(app, box)
            a11y.select_row(app.table(), "crew.jpg")
            a11y.press_keys("alt+Return")
            dialog = app.find("Properties", "dialog")
            for text in ("crew.jpg", "JPEG image", "/photos on 127.0.0.1", "You may change it"):
                a11y.find_text(dialog, text)
            a11y.find_text(dialog, "3900000 bytes")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Properties", "dialog")
            a11y.select_row(app.table(), "Harbour")
            a11y.press_keys("ctrl+i")
            dialog = app.find("Properties", "dialog")
            a11y.find_text(dialog, "2 files, 1 folder")
            a11y.find_text(dialog, "6.2")
            app.take_picture("properties")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Properties", "dialog")
            app.focus_table()
            a11y.press_keys("ctrl+a", "ctrl+i")
            dialog = app.find("Properties", "dialog")
            a11y.find_text(dialog, "7 items")
            a11y.find_text(dialog, "7 files, 3 folders")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Properties", "dialog")

    def test_a_name_that_is_taken(self):
        with Box() as box, App() as app:
            box.fill()
            open_share(app, box)
            a11y.select_row(app.table(), "crew.jpg")
            app.focus_table()
            a11y.press_keys("F2")
            entry = app.find("Name", "text")
            a11y.wait_for(
                lambda: tuple(entry.queryText().getSelection(0))[:2] == (0, len("crew")),
                "the name without its ending to be selected",
            )
            a11y.type_into(entry, "notes.txt")
            a11y.press_keys("Return")
            a11y.find_text(app.root, "already")
            app.take_picture("name-taken")
            # It can be mended where it is.
            a11y.type_into(entry, "captain.jpg")
            a11y.press_keys("Return")
            a11y.find_row(app.table(), "captain.jpg")
            a11y.find_gone(app.root, "Name", "text")
            a11y.press_keys("F2")
            app.find("Name", "text")
            a11y.press_keys("Escape")
            a11y.find_gone(app.root, "Name", "text")
            self.assertTrue((box.files / "captain.jpg").exists())


if __name__ == "__main__":
    unittest.main()
