# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chinese, a dark theme, a narrow window, and a folder of very many files."""

import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import a11y
from app import App
from box import Box

CHINESE = {
    "Address": "地址",
    "Port": "端口",
    "User": "用户",
    "Password": "密码",
    "Log In": "登录",
    "Log Out": "注销",
    "Files": "文件",
    "Path": "路径",
    "Upload": "上传",
    "Download": "下载",
    "Delete": "删除",
    "New Folder": "新建文件夹",
    "Refresh": "刷新",
    "Filter": "筛选",
    "Transfer Progress": "传输进度",
    "Cancel": "取消",
    "Transfers": "传输",
}
# English that stays: the name of the program, of people, hosts and files, and of units.
NO_TRANSLATION = re.compile(
    r"Sampan|ann|127\.0\.0\.1|photos|Harbour|Spring festival|[\w.-]+\.(jpg|odt|xz|txt)|"
    r"\b[kMG]?B\b|IP|F5|F10|Ctrl|Alt"
)
MANY = 100_000
MANY_SECS = 5


class Looks(unittest.TestCase):
    def check_chinese(self, app):
        """No text on screen holds an English word."""
        for text in a11y.get_visible_texts(app.window):
            rest = NO_TRANSLATION.sub("", text)
            # GTK's own parts of the frame come with GTK's own translations.
            if text in ("Minimize", "Maximize", "Close"):
                continue
            self.assertIsNone(re.search(r"[A-Za-z]{2}", rest), text)

    def test_chinese(self):
        with tempfile.TemporaryDirectory(prefix="sampan-locale-") as place, Box() as box:
            make_locale(place)
            box.fill()
            app = App(
                program=os.environ["SAMPAN_IN_BUILD_TREE"],
                environment={
                    "LOCPATH": place,
                    "LANG": "zh_CN.UTF-8",
                    "LC_ALL": "zh_CN.UTF-8",
                    "LANGUAGE": "zh_CN",
                },
                texts=CHINESE,
                name="sampan-in-build-tree",
            )
            with app:
                app.take_picture("chinese-not-connected")
                self.check_chinese(app)
                app.log_in(box, password="不对")
                a11y.find_text(app.window, "用户名或密码错误。")
                self.check_chinese(app)
                app.log_in(box)
                a11y.select_row(app.table(), "crew.jpg")
                a11y.find_text(app.window, "已选择 1 项，共 7 项")
                app.take_picture("chinese")
                self.check_chinese(app)
                for name in CHINESE:
                    if name in ("Address", "Port", "User", "Password", "Log In"):
                        continue
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


def make_locale(place):
    done = subprocess.run(
        ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(pathlib.Path(place) / "zh_CN.UTF-8")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise unittest.SkipTest("the locale zh_CN cannot be made here")


if __name__ == "__main__":
    unittest.main()
