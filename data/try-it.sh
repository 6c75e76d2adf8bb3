#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Shows Sampan at work, then leaves nothing behind: installs what is missing, builds, starts a server on a
# free port of this machine with a small share, logs in and opens the window. Without a display it makes
# the same round trip with the command line.
#   try-it.sh [FILE or FOLDER]...     what to share; copies are used (default: this project's own files)
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sampan-try.XXXXXX")
server_pid=
finish() {
  if [ -n "$server_pid" ]; then
    kill -TERM "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

with_window=
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then with_window=yes; fi

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

say "1. What it needs"
"$source_dir/data/install-packages.sh" build ${with_window:+window}

say "2. Build"
meson setup --buildtype=release -Dtests=disabled --prefix="$work/usr" "$work/build" "$source_dir" >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; exit 1; }
ninja -C "$work/build" install >>"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; exit 1; }
PATH=$work/usr/bin:$PATH
export XDG_CONFIG_HOME=$work/config XDG_DATA_DIRS=$work/usr/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}

say "3. Start a server"
share=$work/share
mkdir -p "$share" "$work/inbox"
if [ $# -gt 0 ]; then
  cp -r -- "$@" "$share/"
else
  mkdir "$share/photos" "$share/documents"
  cp "$source_dir/README.md" "$source_dir/data/COPYING" "$source_dir/common/PROTOCOL.md" "$share/documents/"
  cp "$source_dir"/data/*.png "$share/photos/"
fi
head -c 24 /dev/urandom | base64 >"$work/password"
chmod 600 "$work/password"
sampand user add --state "$work/state" --password-file "$work/password" captain
sampand share add --state "$work/state" --change captain files "$share"
sampand run --state "$work/state" --listen 127.0.0.1:0 >"$work/server.out" 2>"$work/server.log" &
server_pid=$!
address=
for _ in $(seq 100); do
  address=$(sed -n 's/^listening on //p' "$work/server.out" | head -n 1)
  [ -n "$address" ] && break
  kill -0 "$server_pid" 2>/dev/null || break
  sleep 0.1
done
[ -n "$address" ] || { echo "The server did not start:" >&2; cat "$work/server.log" >&2; exit 1; }
remote=sampan://captain@$address/files
echo "sampand listens on $address and shares the folder as \"files\"."

if [ -n "$with_window" ]; then
  say "4. The window: close it when you have seen enough"
  echo "Look at the files, upload some of yours, download, delete. What you delete stays in the share's trash."
  sampan --password-file "$work/password" "$remote"
  exit
fi

say "4. No display here: a round trip with the command line"
cli() { echo "\$ sampan-cli $*"; sampan-cli --password-file "$work/password" "$@"; }
cli ls -l "$remote"
cli ping "$remote" "ahoy"
cli mkdir "$remote/round-trip"
if [ $# -gt 0 ]; then
  cli put -r "$@" "$remote/round-trip/"
  cli get -r "$remote/round-trip" "$work/inbox/"
  for item in "$@"; do
    diff -r "$item" "$work/inbox/round-trip/$(basename "$item")"
  done
else
  cli put "$source_dir/README.md" "$remote/round-trip/"
  cli get "$remote/round-trip/README.md" "$work/inbox/"
  cmp "$source_dir/README.md" "$work/inbox/README.md"
fi
cli ls -l "$remote/round-trip"
cli rm -r "$remote/round-trip"
say "What came back is byte for byte what went there."
