# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of this computer that a test drags onto the window."""

import pathlib
import subprocess
import sys

import a11y
import pointer

START = 30  # inside of the window in the corner


class DragSource:
    """With `with`: a window in the corner of the screen that PATHS can be dragged out of."""

    def __init__(self, *paths):
        program = pathlib.Path(__file__).with_name("drag-source.py")
        self.command = [sys.executable, str(program), *map(str, paths)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def drag(self, onto):
        x, y, width, height = a11y.find_resting_box(onto)
        self.drag_to(x + width // 2, y + height // 2)

    def drag_to(self, x, y):
        pointer.drag((START, START), (x, y))
