# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The window as a screen reader meets it: things are found by role and name, and waited for."""

import functools
import subprocess
import time

import pyatspi
from gi.repository import GLib

TIMEOUT_SECS = 180  # only a failure waits that long; a machine may be busy with more than this
DOUBLE_CLICK_SECS = 0.5  # gtk-double-click-time is 400 ms
POLL_SECS = 0.02
PROBE_SECS = 10  # what took longer counts as that: the machine may have stood still
KEY_SECS = 15  # what a key does shows by then, or it got lost
ANSWER_MS = 20_000  # of a program to one question: it may have to wait for the machine
NO_ANSWER = "timeout"  # in what AT-SPI says then: it has one code for all that goes wrong on the bus
PRESSING = ("click", "press", "activate")  # the actions of what can be pressed

pyatspi.setTimeout(ANSWER_MS, ANSWER_MS)

waiting = 0  # how many wait_for() are under way, one in another
translation = None  # of a window that speaks another language than the tests


def is_text(text, english):
    return text == english if translation is None else translation.is_of(text, english)


def holds(text, english):
    """Whether it is a part of TEXT."""
    return english in text if translation is None else translation.holds(text, english)


def let_events_through():
    """pyatspi keeps copies of what it read; its events make them fresh."""
    context = GLib.MainContext.default()
    while context.iteration(False):
        pass


def wait_for(probe, what, timeout=TIMEOUT_SECS):
    """Calls PROBE until it returns something true. What vanishes between two reads is no error."""
    global waiting
    problem = None
    while timeout > 0:
        before = time.monotonic()
        let_events_through()
        waiting += 1
        try:
            found = probe()
            if found:
                return found
        except Exception as error:  # D-Bus errors of widgets that are gone come as many types
            problem = error
        finally:
            waiting -= 1
        time.sleep(POLL_SECS)
        timeout -= min(time.monotonic() - before, PROBE_SECS)
    raise AssertionError(f"waited in vain for {what} ({problem!r})")


def whole(read):
    """READ is done anew if something vanishes in the midst of it: by itself, unless it is a part of what
    something else waits for."""

    @functools.wraps(read)
    def reading(*arguments, **options):
        if waiting:
            return read(*arguments, **options)
        return wait_for(lambda: [read(*arguments, **options)], f"an end of {read.__name__}()")[0]

    return reading


def everything_in(node, skip_tables=False):
    """NODE and all below it. A table may have a hundred thousand cells."""
    yield node
    if skip_tables and node.getRoleName() == "table":
        return
    for index in range(node.childCount):
        child = node.getChildAtIndex(index)
        if child is not None:
            yield from everything_in(child, skip_tables)


@whole
def has_state(node, state):
    return node.getState().contains(state)


def is_showing(node):
    return has_state(node, pyatspi.STATE_SHOWING)


def is_sensitive(node):
    return has_state(node, pyatspi.STATE_SENSITIVE)


def wait_until_sensitive(node):
    wait_for(lambda: is_sensitive(node), "something to be sensitive")


def wait_until_insensitive(node):
    wait_for(lambda: not is_sensitive(node), "something to be insensitive")


@whole
def focus(node):
    node.queryComponent().grabFocus()


@whole
def get_description(node):
    return node.description


@whole
def get_value(node):
    return node.queryValue().currentValue


def find_application(name, timeout=TIMEOUT_SECS):
    def probe():
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.name == name:
                return application
        return None

    return wait_for(probe, f"the application {name!r}", timeout)


def forget_application(name):
    """One that was killed."""

    def probe():
        pyatspi.clearCache()
        return all(
            application is None or application.name != name
            for application in pyatspi.Registry.getDesktop(0)
        )

    wait_for(probe, f"the application {name!r} to be gone")


@whole
def get_frames(application):
    """Its windows but for the dialogs."""
    application.clearCache()
    return [
        node
        for node in application
        if node is not None and node.getRoleName() == "frame" and is_showing(node)
    ]


@whole
def look(root, name=None, role=None):
    """The first thing on screen of that name and role, now; None if there is none."""
    for node in everything_in(root, skip_tables=role not in ("table column header", "table cell")):
        if role is not None and node.getRoleName() != role:
            continue
        if name is not None and not is_text(node.name, name):
            continue
        if is_showing(node):
            return node
    return None


def find(root, name=None, role=None):
    return wait_for(lambda: look(root, name, role), f"{role or 'something'} {name!r}")


def find_gone(root, name=None, role=None):
    wait_for(lambda: look(root, name, role) is None, f"the end of {role or 'something'} {name!r}")


def find_text(root, part):
    """A label whose text contains PART."""

    def probe():
        for node in everything_in(root, skip_tables=True):
            if node.getRoleName() == "label" and holds(node.name, part) and is_showing(node):
                return node
        return None

    return wait_for(probe, f"the text {part!r}")


def press_now(node):
    """Whether NODE was pressed: not while it is insensitive, and not if it vanishes. One that does not
    answer in time counts as pressed. It may do so yet, and pressed again it would do it twice."""
    if not is_sensitive(node):
        return False
    action = node.queryAction()
    for index in range(action.nActions):
        if action.getName(index) in PRESSING:
            try:
                return action.doAction(index)
            except GLib.Error as error:
                if NO_ANSWER not in error.message:
                    raise
                return True
    return False


def press(node):
    wait_for(lambda: press_now(node), "something that can be pressed")


def find_and_press(root, name=None, role=None):
    """For what may be put up anew meanwhile."""

    def probe():
        node = look(root, name, role)
        return node and press_now(node)

    wait_for(probe, f"{role or 'something'} {name!r} that can be pressed")


@whole
def type_into(node, text):
    """Replaces what an entry holds."""
    node.queryEditableText().setTextContents(text)


@whole
def read(node):
    text = node.queryText()
    return text.getText(0, text.characterCount)


@whole
def get_rows(table):
    """The texts of all rows, cell by cell; a cell's icon and text are one."""
    query = table.queryTable()
    return [
        [read_cell(query.getAccessibleAt(row, column)) for column in range(query.nColumns)]
        for row in range(query.nRows)
    ]


def read_cell(cell):
    if cell.childCount == 0:
        return cell.name
    return "".join(cell.getChildAtIndex(i).name for i in range(cell.childCount))


def look_for_row(query, name):
    for row in range(query.nRows):
        if read_cell(query.getAccessibleAt(row, 0)) == name:
            return row
    return None


def find_row(table, name):
    def probe():
        row = look_for_row(table.queryTable(), name)
        return None if row is None else [row]  # the first is 0, which is not true

    return wait_for(probe, f"the row {name!r}")[0]


@whole
def get_selected(table):
    """The names of the rows."""
    query = table.queryTable()
    return [read_cell(query.getAccessibleAt(row, 0)) for row in query.getSelectedRows()]


def select_rows(table, *names):
    """These and no others. The list may change meanwhile, and its rows be others."""

    def probe():
        query = table.queryTable()
        rows = [look_for_row(query, name) for name in names]
        if None in rows:
            return False
        for row in list(query.getSelectedRows()):
            query.removeRowSelection(row)
        for row in rows:
            query.addRowSelection(row)
        return sorted(get_selected(table)) == sorted(names)

    wait_for(probe, f"the rows {names} to be selected")


def select_row(table, name):
    select_rows(table, name)


def wait_for_focus():
    """Keys that come while no window has the focus get lost, as when a dialog has just gone; and when
    one has just come, they are for it."""

    def probe():
        windows = [
            (window.getRoleName(), has_state(window, pyatspi.STATE_ACTIVE))
            for application in pyatspi.Registry.getDesktop(0)
            for window in application or ()
            if window is not None and is_showing(window)
        ]
        for roles in (("alert",), ("dialog", "file chooser")):
            if any(role in roles for role, _ in windows):
                return any(active for role, active in windows if role in roles)
        return any(active for _, active in windows)

    wait_for(probe, "a window with the focus")


def press_keys(*keys):
    wait_for_focus()
    subprocess.run(["xdotool", "key", "--delay", "20", *keys], check=True)


@whole
def get_box(node):
    box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    return box.x, box.y, box.width, box.height


def click_at(x, y, button=1, repeat=1):
    subprocess.run(
        ["xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(repeat), str(button)],
        check=True,
    )


def put_pointer_away():
    """Where it brings up no tooltip."""
    subprocess.run(["xdotool", "mousemove", "0", "0"], check=True)


def find_resting_box(node):
    """Where NODE is once nothing moves any more."""
    last = None

    def probe():
        nonlocal last
        before, last = last, get_box(node)
        time.sleep(0.1)
        return last if before == last else None

    return wait_for(probe, "something to be at rest")


def find_resting_name(table, name):
    """Where the name of that row is once nothing moves any more. The cell is asked for each time: one
    of before a change of the list may be nowhere, and stays there."""
    last = None

    def probe():
        nonlocal last
        before, last = last, get_box(table.queryTable().getAccessibleAt(find_row(table, name), 0))
        time.sleep(0.1)
        return last if before == last and last[2] > 0 else None

    return wait_for(probe, f"{name!r} to be at rest")


def double_click_row(table, name):
    x, y, _, height = find_resting_name(table, name)
    # GTK would take what comes sooner after another double click for a third and a fourth click;
    # and a list that is just being refreshed takes none.
    time.sleep(DOUBLE_CLICK_SECS)
    click_at(x + 40, y + height // 2, repeat=2)
    put_pointer_away()


def choose_file(application, path, accept):
    """Answers a file chooser of GTK: types PATH (and the button ACCEPT).

    Keys that come before the chooser is active get lost, and GTK complains of them: so it is waited
    for, and the key for the location entry repeated until the entry is there."""
    chooser = find(application, role="file chooser")
    wait_for(lambda: has_state(chooser, pyatspi.STATE_ACTIVE), "the chooser to be active")
    wait_for(
        lambda: any(
            has_state(node, pyatspi.STATE_FOCUSED) and is_showing(node)
            for node in everything_in(chooser)
        ),
        "the chooser to take keys",
    )

    def location_entry():
        for node in everything_in(chooser):
            if (
                node.getRoleName() == "text"
                and is_showing(node)
                and has_state(node, pyatspi.STATE_EDITABLE)
            ):
                return node
        return None

    def entry_after_key():
        # A second key would close the entry again.
        entry = location_entry()
        if entry is None:
            press_keys("ctrl+l")
            entry = wait_for(location_entry, "the key to be seen", KEY_SECS)
        return entry

    type_into(wait_for(entry_after_key, "the location entry"), str(path))
    press(find(chooser, accept, "push button"))
    find_gone(application, role="file chooser")


def take_picture(path):
    subprocess.run(["import", "-window", "root", str(path)], check=True)


def get_visible_texts(root):
    """All that can be read on screen: names, labels, and what entries hold."""

    def probe():
        texts = set()
        for node in everything_in(root):
            # The name of an entry's icon is that of the picture.
            if not is_showing(node) or node.getRoleName() == "icon":
                continue
            if node.name:
                texts.add(node.name)
            if node.description:
                texts.add(node.description)
        return [texts]  # true even if there are none

    return wait_for(probe, "the window to hold still while it is read")[0]


def describe(node, depth=0):
    """For the one who writes a test: the tree below NODE."""
    shown = "" if is_showing(node) else " (hidden)"
    print("  " * depth + f"{node.getRoleName()}: {node.name!r}{shown}")
    for index in range(node.childCount):
        child = node.getChildAtIndex(index)
        if child is not None:
            describe(child, depth + 1)
