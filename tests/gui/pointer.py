# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dragging, as somebody does it who looks at the pointer: its shape says whether the drag has begun,
and whether a drop would be taken where it is."""

import ctypes
import subprocess
import sys
import time

import a11y

NUDGE = 20  # pixels: more than what GTK takes for a click
STEP_SECS = 60  # each step shows soon, or the drag has gone wrong
TRIES = 3


class CursorImage(ctypes.Structure):
    """XFixesCursorImage."""

    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
        ("xhot", ctypes.c_ushort),
        ("yhot", ctypes.c_ushort),
        ("serial", ctypes.c_ulong),
        ("pixels", ctypes.c_void_p),
        ("atom", ctypes.c_ulong),
        ("name", ctypes.c_char_p),
    )


def get_shape():
    """The name of the shape, as in a cursor theme."""
    x11 = ctypes.CDLL("libX11.so.6")
    fixes = ctypes.CDLL("libXfixes.so.3")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    fixes.XFixesGetCursorImage.restype = ctypes.POINTER(CursorImage)
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    unused = ctypes.c_int()
    try:
        fixes.XFixesQueryExtension(display, ctypes.byref(unused), ctypes.byref(unused))
        image = fixes.XFixesGetCursorImage(display)
        name = (image.contents.name or b"").decode()
        x11.XFree(image)
        return name
    finally:
        x11.XCloseDisplay(display)


def is_dragging():
    return get_shape().startswith("dnd-")


def is_taken():
    return is_dragging() and get_shape() != "dnd-none"


def is_refused():
    return get_shape() == "dnd-none"


def xdotool(*command):
    subprocess.run(["xdotool", *map(str, command)], check=True)


def get_nowhere():
    """The corner of the screen where there are no windows, so that nothing takes a drop."""
    size = subprocess.run(
        ["xdotool", "getdisplaygeometry"], check=True, stdout=subprocess.PIPE, text=True
    )
    return [int(pixels) - 1 for pixels in size.stdout.split()]


def try_to_drag(start, end, is_taken_there, before_drop):
    xdotool("mousemove", *start, "mousedown", 1)
    try:
        xdotool("mousemove", start[0] + NUDGE, start[1])
        a11y.wait_for(is_dragging, "the drag to begin", STEP_SECS)
        # By way of where it is refused, so that the answer is for the END.
        xdotool("mousemove", *get_nowhere())
        a11y.wait_for(is_refused, "the pointer to be nowhere", STEP_SECS)
        xdotool("mousemove", *end)
        if is_taken_there:
            a11y.wait_for(is_taken, "the drop to be taken", STEP_SECS)
        else:
            time.sleep(0.5)
            assert is_refused(), f"the drop would be taken: {get_shape()}"
        if before_drop:
            before_drop()
    except AssertionError:
        # Nothing takes it there.
        xdotool("mousemove", *get_nowhere())
        time.sleep(0.5)
        raise
    finally:
        xdotool("mouseup", 1)


def drag(start, end, taken=True, before_drop=None):
    """From START to END, with the left button. TAKEN: whether a drop is welcome there.
    BEFORE_DROP is called before the button is let go.

    If something does not come, it is let go and tried again, as a user would."""
    for left in reversed(range(TRIES)):
        # A tooltip may cover the START; and this is not the second click of two.
        a11y.put_pointer_away()
        time.sleep(a11y.DOUBLE_CLICK_SECS)
        try:
            try_to_drag(start, end, taken, before_drop)
            break
        except AssertionError as problem:
            if not left:
                raise
            print(f"dragging again: {problem}", file=sys.stderr)
    a11y.wait_for(lambda: not is_dragging(), "the end of the drag")
    a11y.put_pointer_away()
