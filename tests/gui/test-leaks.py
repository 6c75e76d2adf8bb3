# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a session keeps when it is over, as the address sanitizer's leak checker sees it.

GTK and fontconfig keep a little at each exit. So the report is read: nothing may be left that this
program allocated itself, and nothing of anybody that is left once for each login."""

import pathlib
import re
import tempfile
import unittest

import a11y
from app import App
from box import Box

LOGINS = 20
# These allocate for who called them.
LIBRARIES = ("libsanitizer", "libasan", "libglib-2.0", "libgobject-2.0", "libgio-2.0", "libc.so")
HEADER = re.compile(r"^(?:Direct|Indirect) leak of \d+ byte\(s\) in (\d+) object\(s\)")
FRAME = re.compile(r"^ +#\d+ 0x[0-9a-f]+ +(.*)$")


class Leak:
    def __init__(self, n_objects):
        self.n_objects = n_objects
        self.frames = []

    def is_ours(self):
        """The first frame that is not of a library that allocates for others."""
        for frame in self.frames:
            if any(library in frame for library in LIBRARIES):
                continue
            return "/client/" in frame or "/common/" in frame
        return False

    def __str__(self):
        return f"{self.n_objects} object(s)\n  " + "\n  ".join(self.frames)


def read_leaks(folder):
    leaks = []
    for path in folder.glob("leaks.*"):
        for line in path.read_text(errors="replace").splitlines():
            header, frame = HEADER.match(line), FRAME.match(line)
            if header:
                leaks.append(Leak(int(header.group(1))))
            elif frame and leaks:
                leaks[-1].frames.append(frame.group(1))
    return leaks


class Leaks(unittest.TestCase):
    def run_sessions(self, count):
        with tempfile.TemporaryDirectory(prefix="sampan-leaks-") as place, Box() as box:
            (box.files / "Harbour").mkdir()
            (box.files / "Harbour" / "lighthouse.txt").write_text("what there is")
            environment = {
                # The stacks lead through libraries that keep no frame pointers.
                "ASAN_OPTIONS": f"detect_leaks=1:fast_unwind_on_malloc=0:log_path={place}/leaks",
                "LSAN_OPTIONS": "exitcode=0",
                "G_SLICE": "always-malloc",
            }
            with App(environment=environment) as app:
                for number in range(count):
                    app.log_in(box)
                    if number == 0:  # the others come back to it
                        a11y.double_click_row(app.table(), "Harbour")
                    app.wait_for_names("lighthouse.txt")
                    a11y.select_row(app.table(), "lighthouse.txt")
                    app.press("Refresh")
                    app.wait_for_names("lighthouse.txt")
                    app.press("Log Out")
                    app.find("Log In")
            return read_leaks(pathlib.Path(place))

    def test_logins(self):
        once = {tuple(leak.frames): leak.n_objects for leak in self.run_sessions(1)}
        leaks = self.run_sessions(LOGINS)
        ours = [str(leak) for leak in leaks if leak.is_ours()]
        self.assertFalse(ours, "\n".join(ours))
        repeated = [
            str(leak)
            for leak in leaks
            if leak.n_objects - once.get(tuple(leak.frames), 0) >= LOGINS - 1
        ]
        self.assertFalse(repeated, "\n".join(repeated))


if __name__ == "__main__":
    unittest.main()
