# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""drop-window.py FOLDER: a small window in the corner that copies the files dropped onto it into
FOLDER, as a file manager does, and writes a line after each drop."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gio, Gtk  # noqa: E402

SIZE = 60


def main():
    folder = Gio.File.new_for_path(sys.argv[1])

    def received(_widget, context, _x, _y, selection, _info, time):
        uris = selection.get_uris() or []
        for uri in uris:
            file = Gio.File.new_for_uri(uri)
            copy = folder.get_child(file.get_basename())
            file.copy(copy, Gio.FileCopyFlags.NONE, None, None, None)
        Gtk.drag_finish(context, bool(uris), False, time)
        print(f"dropped {len(uris)}", flush=True)

    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(SIZE, SIZE)
    window.move(0, 0)
    box = Gtk.EventBox()
    box.drag_dest_set(Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
    box.drag_dest_add_uri_targets()
    box.connect("drag-data-received", received)
    window.add(box)
    window.connect("map-event", lambda *_: print("ready", flush=True))
    window.show_all()
    Gtk.main()


main()
