# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture for the README: logged in, with uploads under way."""

import os
import pathlib
import tempfile
import time

import a11y
from app import App
from box import Box

DAY_SECS = 86_400
SHOWN_PROGRESS = 0.4
# Name, size in bytes (None: a folder), age in days.
LISTED = (
    ("Harbour", None, 0),
    ("Spring festival", None, 9),
    ("boat-at-dawn.jpg", 4_213_000, 1),
    ("charts.tar.xz", 812_300_000, 6),
    ("crew.jpg", 3_921_000, 1),
    ("logbook.ods", 96_400, 0),
    ("manifest.odt", 28_100, 4),
    ("notes.txt", 812, 12),
    ("shanties.flac", 31_400_000, 15),
)
SENT = (("anchor.jpg", 2_900_000), ("regatta.mp4", 5_600_000_000), ("sails.jpg", 3_100_000))


def make(path, size, age_days):
    if size is None:
        path.mkdir()
    else:
        with open(path, "wb") as file:
            file.truncate(size)
    moment = time.time() - age_days * DAY_SECS
    os.utime(path, (moment, moment))


def main():
    with tempfile.TemporaryDirectory(prefix="sampan-local-") as place, Box() as box:
        for name, size, age_days in LISTED:
            make(box.files / name, size, age_days)
        for name, size in SENT:
            make(pathlib.Path(place) / name, size, 0)
        with App(f"sampan://ann@localhost:{box.port}/photos", width=884, height=704) as app:
            a11y.type_into(app.find("Password", "password text"), box.password)
            app.press("Log In")
            a11y.select_row(app.table(), "boat-at-dawn.jpg")
            for name, _ in SENT:
                app.press("Upload")
                a11y.choose_file(app.root, pathlib.Path(place) / name, "Open")
            app.find("0 waiting, 2 done")
            a11y.find_row(app.table(), "sails.jpg")
            a11y.select_row(app.table(), "boat-at-dawn.jpg")
            a11y.find_text(app.window, "s left")
            progress = app.find("Transfer Progress", "progress bar")
            a11y.wait_for(lambda: a11y.get_value(progress) > SHOWN_PROGRESS, "enough of the upload")
            app.focus_table()
            app.take_picture("screenshot")
            panel = app.find("Transfers", "panel")
            a11y.find_and_press(panel, "Cancel", "push button")
            a11y.find_text(panel, "Cancelled")


if __name__ == "__main__":
    main()
