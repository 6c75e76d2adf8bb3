# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chinese, a dark theme, a narrow window, and a folder of very many files."""

import tempfile
import unittest

import a11y
from app import App
from box import Box
from chinese import CHINESE, NOT_ON_SCREEN, check_chinese, new_chinese_app
from language import new_right_to_left_app

MANY = 100_000


class Looks(unittest.TestCase):
    def test_chinese(self):
        with Box() as box:
            box.fill()
            with new_chinese_app() as app:
                app.take_picture("chinese-not-connected")
                check_chinese(self, app.window)
                app.log_in(box, password="不对")
                a11y.find_text(app.window, "用户名或密码错误。")
                check_chinese(self, app.window)
                app.log_in(box)
                a11y.select_row(app.table(), "crew.jpg")
                a11y.find_text(app.window, "已选择 1 项，共 7 项")
                app.take_picture("chinese")
                check_chinese(self, app.window)
                for name in CHINESE:
                    if name not in NOT_ON_SCREEN:
                        app.find(name)
                app.focus_table()
                a11y.press_keys("shift+Delete")
                a11y.find_text(app.root, "要永久删除“crew.jpg”吗？")
                app.take_picture("chinese-delete")
                app.press_in_dialog("Cancel")

    def test_dark(self):
        with Box() as box, App(environment={"GTK_THEME": "Adwaita:dark"}) as app:
            box.fill()
            app.log_in(box)
            a11y.select_row(app.table(), "crew.jpg")
            app.take_picture("dark")

    def test_narrow(self):
        with Box() as box, App(width=600, height=560) as app:
            app.take_picture("narrow-not-connected")
            width = a11y.get_box(app.window)[2]
            deep = box.files / "Summer holidays of the year" / "On the river" / "Third day, evening"
            deep.mkdir(parents=True)
            (deep / ("a very long name of a picture " * 6 + ".jpg")).write_bytes(b"x")
            app.log_in(box)
            for name in ("Summer holidays of the year", "On the river", "Third day, evening"):
                a11y.double_click_row(app.table(), name)
                a11y.find(app.window, name, "push button")
            a11y.find_row(app.table(), "a very long name of a picture " * 6 + ".jpg")
            app.take_picture("narrow")
            self.assertEqual(a11y.get_box(app.window)[2], width)

    def assert_in_order(self, *nodes):
        """From left to right."""
        places = [a11y.get_box(node)[0] for node in nodes]
        self.assertEqual(places, sorted(set(places)))

    def test_narrow_with_saved_servers(self):
        with App(width=600, height=560) as app:
            app.quit()
            a11y.forget_application(app.name)
            path = app.config / "config" / "sampan" / "saved-servers"
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                "".join(
                    f"[ann@box-{number}.local:9002]\nname=Box {number}\nlast-used={number}\n\n"
                    for number in range(1, 6)
                )
            )
            app.start()
            rows = [a11y.find(app.window, f"Box {number}", "list item") for number in (5, 4, 3)]
            app.take_picture("narrow-saved-servers")
            files = a11y.get_box(a11y.find_text(app.window, "Not Connected"))
            for row in rows:
                _, y, _, height = a11y.get_box(row)
                self.assertLess(y + height, files[1])

    def test_right_to_left(self):
        with tempfile.TemporaryDirectory(prefix="sampan-locale-") as place, Box() as box:
            box.fill()
            deep = box.files / "Summer holidays of the year" / "On the river" / "Third day, evening"
            deep.mkdir(parents=True)
            (box.files / "שלום.txt").write_text("x")
            with new_right_to_left_app(place, width=600, height=560) as app:
                app.take_picture("right-to-left-not-connected")
                self.assert_in_order(
                    app.find("Log In"), app.find("Password"), app.find("User", "text")
                )
                app.log_in(box)
                a11y.find_row(app.table(), "crew.jpg")
                self.assert_in_order(app.find("Delete"), app.find("Download"), app.find("Upload"))
                self.assert_in_order(app.find("Forward"), app.find("Back"))
                self.assertIn("Alt+Right", a11y.get_description(app.find("Back")))
                self.assert_in_order(
                    a11y.find(app.window, "photos", "push button"),
                    a11y.find(app.window, "127.0.0.1", "push button"),
                )
                a11y.double_click_row(app.table(), "Harbour")
                app.wait_for_names("lighthouse.jpg")
                a11y.press_keys("alt+Right")
                a11y.find_row(app.table(), "crew.jpg")
                a11y.press_keys("alt+Left")
                app.wait_for_names("lighthouse.jpg")
                a11y.press_keys("alt+Up")
                a11y.select_row(app.table(), "שלום.txt")
                a11y.press_keys("shift+Delete")
                a11y.find_text(app.root, "“\u2068שלום.txt\u2069”")
                app.press_in_dialog("Cancel")
                for name in ("Summer holidays of the year", "On the river", "Third day, evening"):
                    a11y.double_click_row(app.table(), name)
                    last = a11y.find(app.window, name, "push button")
                app.take_picture("right-to-left")
                # The folder that one is in is in sight, however long the path.
                x, _, width, _ = a11y.find_resting_box(last)
                left, _, whole, _ = a11y.get_box(app.window)
                self.assertGreaterEqual(x, left + whole // 3)  # the filter is before it
                self.assertLess(x + width, left + whole)

    def test_address_on_the_command_line(self):
        with Box() as box:
            box.fill()
            with App(f"sampan://ann@127.0.0.1:{box.port}/photos/Harbour") as app:
                self.assertEqual(a11y.read(app.find("User", "text")), "ann")
                a11y.type_into(app.find("Password", "password text"), box.password)
                app.press("Log In")
                app.wait_for_names("lighthouse.jpg")

    def test_very_many_files(self):
        with Box() as box, App() as app:
            for number in range(MANY):
                (box.files / f"picture-{number:06}.jpg").touch()
            app.log_in(box)
            a11y.find_text(app.window, f"{MANY} items")
            a11y.wait_for(lambda: app.table().queryTable().nRows == MANY, "all of the rows")
            app.take_picture("very-many-files")


if __name__ == "__main__":
    unittest.main()
