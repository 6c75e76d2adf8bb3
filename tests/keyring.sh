#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# keyring.sh COMMAND [ARGUMENT]...: runs COMMAND on a session bus of its own with a private keyring,
# which ends with it. KEYRING: unlocked (as it is if unset), locked, or missing. The exit status is
# COMMAND's, or 77 (skipped) when there is no gnome-keyring.

set -u

skip() {
  echo "1..0 # SKIP $1"
  exit 77
}

for tool in gnome-keyring-daemon dbus-run-session gdbus; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done

place=$(mktemp -d -t sampan-keyring.XXXXXX) || exit 1
trap 'rm -rf "$place"' EXIT
chmod 700 "$place"
mkdir -p "$place/dbus-1/services" "$place/home"
# Nobody is asked for a password, and no other daemon is started on demand.
for name in org.freedesktop.secrets org.gnome.keyring org.gnome.keyring.SystemPrompter \
            org.freedesktop.portal.Desktop org.freedesktop.portal.Documents; do
  printf '[D-BUS Service]\nName=%s\nExec=/bin/false\n' "$name" >"$place/dbus-1/services/$name.service"
done
export XDG_RUNTIME_DIR=$place HOME=$place/home XDG_DATA_HOME=$place/home/.local/share
mkdir -p "$XDG_DATA_HOME"

dbus-run-session -- bash -c '
  export KEYRING=${KEYRING:-unlocked}
  daemon=
  if [ "$KEYRING" != missing ]; then
    # The password on its input makes the keyring and unlocks it. The libraries that COMMAND is tested
    # with may be none for others.
    printf secret | env -u LD_LIBRARY_PATH gnome-keyring-daemon --foreground --unlock --components=secrets \
      >/dev/null 2>&1 &
    daemon=$!
    secrets=(env -u LD_LIBRARY_PATH gdbus call --session --dest org.freedesktop.secrets)
    until "${secrets[@]}" --object-path /org/freedesktop/secrets/collection/login \
            --method org.freedesktop.DBus.Properties.Get \
            org.freedesktop.Secret.Collection Locked 2>/dev/null | grep -q false; do
      if ! kill -0 "$daemon"; then
        echo "1..0 # SKIP the keyring does not start"
        exit 77
      fi
      sleep 0.05
    done
    if [ "$KEYRING" = locked ]; then
      "${secrets[@]}" --object-path /org/freedesktop/secrets \
        --method org.freedesktop.Secret.Service.Lock \
        "[objectpath \"/org/freedesktop/secrets/collection/login\"]" >/dev/null
    fi
  fi
  "$@"
  status=$?
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null
  fi
  exit "$status"' keyring "$@"
