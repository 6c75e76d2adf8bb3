# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The app in Chinese."""

import gettext
import os
import pathlib
import re

import a11y
from app import App
from language import make_locale
from translation import Translation

CATALOG = pathlib.Path(__file__).parents[2] / "po" / "zh_CN.po"

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
    "More Uploads": "更多上传方式",
    "Replace All": "全部替换",
    "Continue": "继续",
    "Close": "关闭",
}
# Of these, what a window that is logged in does not show by itself.
NOT_ON_SCREEN = (
    "Address",
    "Port",
    "User",
    "Password",
    "Log In",
    "Replace All",
    "Continue",
    "Close",
)
# Of files and folders, where the program has such words too.
NAMES = {"Box", "away", "day", "here", "lines", "of", "open", "the", "two", "year"}
# English that stays: the name of the program, of people, hosts and files, and of units.
NO_TRANSLATION = re.compile(
    r"sampan://[\w.:@/]+|Avahi|attic\.local|"
    r"Sampan|ann|ben|127\.0\.0\.1|photos|Harbour|Spring festival|Trip|day \d|"
    r"[\w.*-]+( \(\d\))?\.(bin|jpg|odt|mp4|xz|txt)|"
    r"\b[kMG]?B\b|IP|F5|F10|\(Delete\)|Ctrl|Shift|Alt"
)


def say(english, *values):
    """The Chinese of a text of the program that has no plural, as it is on the screen."""
    build = pathlib.Path(os.environ["SAMPAN_IN_BUILD_TREE"]).parents[2]
    catalog = gettext.translation("sampan", build / "po", ["zh_CN"])
    text = catalog.gettext(english)
    assert text != english, f"{english!r} is not translated"
    return re.sub(r"_(?=\w)", "", text) % values


def new_chinese_app(*arguments, environment=None, **options):
    return App(
        *arguments,
        program=os.environ["SAMPAN_IN_BUILD_TREE"],
        environment={
            **make_locale("zh_CN"),
            "LANGUAGE": "zh_CN",
            **(environment or {}),
        },
        texts=CHINESE,
        name="sampan-in-build-tree",
        **options,
    )


def check_chinese(test, root):
    """No text on screen holds an English word."""
    for text in a11y.get_visible_texts(root):
        rest = NO_TRANSLATION.sub("", text)
        # GTK's own parts of the frame come with GTK's own translations.
        if text in ("Minimize", "Maximize", "Close"):
            continue
        test.assertIsNone(re.search(r"[A-Za-z]{2}", rest), text)


class Spoken:
    """With `with`: tests that were written for the English window meet one in Chinese. TEST: of which
    no window may show a word of English before it is closed."""

    def __init__(self, test):
        self.test = test

    def __enter__(self):
        self.environment = {**make_locale("zh_CN"), "LANGUAGE": "zh_CN"}
        a11y.translation = Translation(CATALOG, "zh_CN")
        App.spoken = self
        return self

    def __exit__(self, *exception):
        App.spoken = a11y.translation = None

    def check(self, app):
        """The names in these tests are too many to be listed, the words of the program are not."""
        for text in a11y.get_visible_texts(app.root):
            words = set(re.findall("[A-Za-z]{2,}", NO_TRANSLATION.sub("", text)))
            words &= a11y.translation.words
            self.test.assertFalse(words - NAMES, text)
