#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the window's longest main-loop gap: while it starts, logs in, shows 100 000 entries, uploads and downloads a large
file, and moves a queue of 1 000 files with its list open; and how long it takes to the first frame.

    window-gap.py BUILD WORK SIZE_MIB       inside tests/gui/session.sh"""

import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gui"))
build, work, size_mib = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
os.environ["SAMPAN"] = str(build / "client" / "gtk" / "sampan")
os.environ["SAMPAND"] = str(build / "server" / "sampand")
os.environ["TMPDIR"] = str(work)

import a11y  # noqa: E402  (needs the path above)
from app import App  # noqa: E402
from box import Box  # noqa: E402

ENTRIES = 100_000
QUEUED = 1_000
QUEUED_BYTES = 2_000_000  # above what is small: few run at a time, and the rest waits for long enough
TRANSFER_TIMEOUT_SECS = 300
QUIET_SECS = 1.0  # to let what a phase started come to its end on the screen


class Probe:
    """Reads what stall-probe writes: one line a phase."""

    def __init__(self, app, out):
        self.app, self.out, self.seen = app, out, 0

    def end_phase(self, name, quiet=True):
        if quiet:
            time.sleep(QUIET_SECS)
        self.app.process.send_signal(signal.SIGUSR2)
        a11y.wait_for(lambda: len(self.lines()) > self.seen, "the probe's report")
        figures = dict(part.split("=") for part in self.lines()[-1].split())
        self.seen = len(self.lines())
        if figures["first_frame_us"] != "0" and name == "start":
            print(f"  {'first frame':32} after {int(figures['first_frame_us']) / 1000:10.1f} ms")
        if name:
            print(f"  {name:32} longest gap {int(figures['longest_us']) / 1000:6.1f} ms"
                  f" ({int(figures['longest_held_us']) / 1000:6.1f} ms without waits for a processor), above 16 ms:"
                  f" {figures['over_16ms']} ({figures['held_over_16ms']})")

    def lines(self):
        return self.out.read_text().splitlines() if self.out.exists() else []


def choose(app, probe, path, name):
    """The chooser is GTK's: its own phase, until it is gone from the screen."""
    a11y.choose_file(app.root, path, "Open")
    a11y.find_gone(app.root, role="file chooser")
    probe.end_phase(name, quiet=False)


def make_many(folder):
    folder.mkdir()
    for number in range(QUEUED):
        with open(folder / f"part-{number:04d}.bin", "wb") as file:
            file.truncate(QUEUED_BYTES)


def move_many(app, box, probe, folder):
    """All in one batch; the list is opened, everything put off, gone on with, its order changed."""
    a11y.press_keys("ctrl+shift+u")
    choose(app, probe, folder, "choose a folder (GTK's chooser)")
    panel = app.find("Transfers", "panel")
    a11y.find_text(panel, "MB/s")
    a11y.press(a11y.find(panel, role="toggle button"))
    a11y.find(app.find("Transfer List", "list box"), role="list item")
    probe.end_phase(f"{QUEUED} queued: the list opens")
    app.press("Pause All")
    app.find("Resume All")
    probe.end_phase(f"{QUEUED} queued: pause all")
    app.press("Resume All")
    app.find("Pause All")
    probe.end_phase(f"{QUEUED} queued: resume all")
    a11y.wait_for(
        lambda: len(os.listdir(box.files / folder.name)) == QUEUED, "the folder", timeout=TRANSFER_TIMEOUT_SECS
    )
    app.find(f"0 waiting, {QUEUED + 2} done")  # the two large ones are in the list too
    probe.end_phase(f"{QUEUED} queued: moved")
    app.press("Clear Finished")
    probe.end_phase(f"{QUEUED} queued: cleared")


def show_many(app, probe):
    """A folder of so many entries: until their number is on the screen, and then until the last row is."""
    a11y.press_keys("ctrl+l")
    a11y.type_into(app.find("Path", "text"), "many")
    probe.end_phase(None, quiet=False)
    start = time.monotonic()
    a11y.press_keys("Return")
    a11y.find_text(app.window, f"{ENTRIES} items")
    shown = time.monotonic()
    app.table().queryComponent().grabFocus()
    a11y.press_keys("End")
    a11y.wait_for(
        lambda: a11y.is_showing(app.table().queryTable().getAccessibleAt(ENTRIES - 1, 0)), "the last row"
    )
    print(f"  {ENTRIES} entries are shown after {shown - start:.2f} s, and the end of them"
          f" {time.monotonic() - shown:.2f} s later")
    probe.end_phase(f"{ENTRIES} entries arrive")


def main():
    source, inbox, out = work / "large.bin", work / "inbox", work / "probe"
    queued = work / "queued"
    inbox.mkdir()
    make_many(queued)
    with open(source, "wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(1024 * 1024))
    preload = {"LD_PRELOAD": str(build / "tests" / "bench" / "stall-probe.so"), "STALL_PROBE_OUT": str(out)}
    print(f"\nThe window's main loop ({size_mib} MiB each way, {ENTRIES} entries)")
    with Box() as box:
        many = box.files / "many"
        many.mkdir()
        for number in range(ENTRIES):
            (many / f"entry-{number:06d}").touch()
        with App(environment=preload) as app:
            probe = Probe(app, out)
            probe.end_phase("start")
            app.log_in(box)
            app.wait_for_names("many")
            probe.end_phase("log in")
            app.press("Upload")
            choose(app, probe, source, "choose a file (GTK's chooser)")
            a11y.wait_for(lambda: (box.files / source.name).exists(), "the upload", timeout=TRANSFER_TIMEOUT_SECS)
            a11y.find_text(app.window, "Safe on the box")
            probe.end_phase("upload")
            a11y.select_row(app.table(), source.name)
            app.press("Download")
            choose(app, probe, inbox, "choose a folder (GTK's chooser)")
            a11y.wait_for(lambda: (inbox / source.name).exists(), "the download", timeout=TRANSFER_TIMEOUT_SECS)
            probe.end_phase("download")
            move_many(app, box, probe, queued)
            show_many(app, probe)


main()
