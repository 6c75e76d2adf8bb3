#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# session.sh COMMAND [ARGUMENT]...: runs COMMAND on a desktop of its own, which ends with it: an X
# server, a session bus with accessibility, a window manager, and an empty home folder. The exit
# status is COMMAND's, or 77 (skipped) when a part of such a desktop is not installed.
#
# GEOMETRY (default 1280x900x24) is the size of the screen. PORTALS_RUNTIME_DIR is that of a session
# with portals: see portals-session.sh.

set -u

for tool in Xvfb openbox dbus-run-session gdbus; do
  if ! command -v "$tool" >/dev/null; then
    echo "session.sh: $tool is not installed" >&2
    exit 77
  fi
done

place=$(mktemp -d -t sampan-gui.XXXXXX) || exit 1
x_pid=
finish() {
  if [ -n "$x_pid" ]; then
    kill "$x_pid" 2>/dev/null
    wait "$x_pid" 2>/dev/null
  fi
  rm -rf "$place"
}
trap finish EXIT

chmod 700 "$place"
runtime=${PORTALS_RUNTIME_DIR:-$place}
mkdir -p "$place/home/Downloads" "$runtime/dbus-1/services"

masked=org.freedesktop.secrets
[ -n "${PORTALS_RUNTIME_DIR:-}" ] ||
  masked+=' org.freedesktop.portal.Desktop org.freedesktop.portal.Documents'
for name in $masked; do
  printf '[D-BUS Service]\nName=%s\nExec=/bin/false\n' "$name" >"$runtime/dbus-1/services/$name.service"
done

unset NO_AT_BRIDGE GTK_MODULES WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
export XDG_RUNTIME_DIR=$runtime
export HOME=$place/home
export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_CACHE_HOME=$HOME/.cache
export GSETTINGS_BACKEND=memory GDK_BACKEND=x11 GTK_THEME=${GTK_THEME:-Adwaita} GTK_USE_PORTAL=0

# What announces itself on the network that this machine is in is none of the tests' business.
export DBUS_SYSTEM_BUS_ADDRESS=${DBUS_SYSTEM_BUS_ADDRESS:-unix:path=$place/no-system-bus}

# The server takes a free display number by itself and says which.
mkfifo "$place/display"
Xvfb -displayfd 3 -screen 0 "${GEOMETRY:-1280x900x24}" -nolisten tcp -noreset \
  3>"$place/display" 2>"$place/xvfb.log" &
x_pid=$!
read -r number <"$place/display"
export DISPLAY=:$number

# The accessibility bus is asked for once before anything else, so that the first program finds it.
dbus-run-session -- bash -c '
  openbox 2>/dev/null &
  manager=$!
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.a11y.Bus.GetAddress >/dev/null
  "$@"
  status=$?
  kill "$manager" 2>/dev/null
  exit "$status"' session "$@"
