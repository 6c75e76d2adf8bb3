# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""drag-source.py PATH...: a small window in the corner that the PATHs can be dragged out of. They are
in the clipboard as well."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

SIZE = 60
TARGETS = (
    "text/uri-list",
    "application/vnd.portal.filetransfer",  # where the portal is
    "application/vnd.portal.files",
)


def main():
    uris = [pathlib.Path(path).absolute().as_uri() for path in sys.argv[1:]]
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(SIZE, SIZE)
    window.move(0, 0)
    box = Gtk.EventBox()
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    box.connect("drag-data-get", lambda _w, _c, selection, _i, _t: selection.set_uris(uris))
    box.connect("selection-get", lambda _w, selection, _i, _t: selection.set_uris(uris))
    window.add(box)

    def mapped(*_):
        clipboard = Gdk.SELECTION_CLIPBOARD
        targets = box.drag_source_get_target_list()
        for name in TARGETS:
            target = Gdk.Atom.intern(name, False)
            if targets.find(target)[0]:
                Gtk.selection_add_target(box, clipboard, target, 0)
        assert Gtk.selection_owner_set(box, clipboard, Gdk.CURRENT_TIME)
        print("ready", flush=True)

    window.connect("map-event", mapped)
    window.show_all()
    Gtk.main()


main()
