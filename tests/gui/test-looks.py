# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chinese, a dark theme, a narrow window, and a folder of very many files."""

import tempfile
import time
import unittest

import a11y
from app import App
from box import Box
from chinese import CHINESE, NOT_ON_SCREEN, check_chinese, new_chinese_app

MANY = 100_000
MANY_SECS = 5


class Looks(unittest.TestCase):
    def test_chinese(self):
        with tempfile.TemporaryDirectory(prefix="sampan-locale-") as place, Box() as box:
            box.fill()
            with new_chinese_app(place) as app:
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
                app.press("Delete")
                a11y.find_text(app.root, "要将“crew.jpg”移到服务器的回收站吗？")
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
            started = time.monotonic()
            a11y.find_text(app.window, f"{MANY} items")
            self.assertLess(time.monotonic() - started, MANY_SECS)
            a11y.wait_for(
                lambda: app.table().queryTable().nRows == MANY, "all of the rows", timeout=30
            )
            app.take_picture("very-many-files")


if __name__ == "__main__":
    unittest.main()
