#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# portals-session.sh COMMAND [ARGUMENT]...: session.sh with the portals of a desktop, which give a
# sandbox the files that a person chose or dropped. They need a /run/user/UID, and the program in
# the sandbox a network: both are of namespaces of their own, where nothing but the loopback can be
# reached. The exit status is COMMAND's, or 77 (skipped) where something for it is missing.

set -u

skip() {
  echo "portals-session.sh: skipped: $1" >&2
  exit 77
}

if [ -z "${PORTALS_NAMESPACE:-}" ]; then
  for tool in unshare ip mount fusermount3; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
  done
  for program in xdg-desktop-portal xdg-desktop-portal-gtk xdg-document-portal; do
    [ -x "/usr/libexec/$program" ] || skip "$program is not installed"
  done
  [ -r /dev/fuse ] && [ -w /dev/fuse ] || skip "there is no /dev/fuse to use"
  unshare --mount --net mount -t tmpfs tmpfs /run 2>/dev/null ||
    skip "namespaces cannot be made here, or not by this user"
  PORTALS_NAMESPACE=1 exec unshare --mount --net "$0" "$@"
fi

set -e
ip link set lo up
mount -t tmpfs -o mode=755 tmpfs /run
# Its X server must not take the number of one outside, which it cannot see.
mkdir -p -m 1777 /tmp/.X11-unix
mount -t tmpfs -o mode=1777 tmpfs /tmp/.X11-unix
export PORTALS_RUNTIME_DIR=/run/user/$(id -u)
mkdir -p "$PORTALS_RUNTIME_DIR"
chmod 700 "$PORTALS_RUNTIME_DIR"
# Ends with the namespace, mounts and all.
export FLATPAK_USER_DIR=/run/flatpak-user
# GTK's own file chooser complains of keys that come early: none of the tests' business.
unset G_DEBUG
exec "$(dirname "$0")/session.sh" "$@"
