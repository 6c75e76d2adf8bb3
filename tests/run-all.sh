#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what the tests need, builds with warnings as errors and runs every test: once as released, once under the
# address and undefined-behaviour sanitizers; and those with threads once more under the thread sanitizer. Ends with
# "N passed, N failed".
#   run-all.sh [MESON-TEST-ARGUMENT]...     such as `--suite unit` or `end-to-end-shell`
# SAMPAN_TEST_BUILDS: the folder to build in (kept); default: a temporary one, removed at the end.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$source_dir/data/install-packages.sh" build window tests

builds=${SAMPAN_TEST_BUILDS:-}
if [ -z "$builds" ]; then
  builds=$(mktemp -d "${TMPDIR:-/tmp}/sampan-tests.XXXXXX")
  trap 'rm -rf "$builds"' EXIT
fi
mkdir -p "$builds"

configure() { # FOLDER MESON-OPTION...
  local folder=$builds/$1
  shift
  if [ -f "$folder/build.ninja" ]; then
    meson configure "$folder" "$@" >/dev/null
  else
    meson setup -Dwerror=true "$@" "$folder" "$source_dir" >/dev/null
  fi
}

failed=0
build() { # FOLDER
  echo "== building $1"
  ninja -C "$builds/$1" >"$builds/$1.log" 2>&1 || { cat "$builds/$1.log"; failed=1; return 1; }
}
run() { # FOLDER MESON-TEST-ARGUMENT...
  local folder=$builds/$1
  shift
  meson test -C "$folder" --no-rebuild --print-errorlogs "$@" || failed=1
}

# Each half alone must build too: a box has no GTK, a desktop needs no server. Nobody runs them, so they
# are not optimized; the plain build has the warnings that come of that.
configure server-only -Dbuildtype=plain -Dclient=disabled -Dtests=disabled && build server-only || true
configure client-only -Dbuildtype=plain -Dserver=disabled -Dtests=disabled && build client-only || true

# The limits are for a machine that has nothing else to do.
configure plain -Dbuildtype=debugoptimized
if build plain; then run plain --timeout-multiplier 3 "$@"; fi

# Leak checking stays on for what is ours; the libraries' one-time allocations are named in lsan.supp.
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$source_dir/tests/lsan.supp:print_suppressions=0
export G_SLICE=always-malloc
# -g1: the stacks have their lines, and what it would take to look at variables is not compiled.
configure sanitized -Dbuildtype=debug -Doptimization=1 -Dc_args=-g1 -Db_sanitize=address,undefined -Db_lundef=false
if build sanitized; then run sanitized --timeout-multiplier 6 "$@"; fi

# The thread sanitizer needs a GLib that it can look into.
summed=("$builds"/plain "$builds"/sanitized)
echo "== building GLib for the thread sanitizer"
if glib=$("$source_dir/tests/glib-tsan.sh" "$builds/glib-tsan"); then
  configure threads -Dbuildtype=debug -Doptimization=1 -Db_sanitize=thread -Db_lundef=false
  if build threads; then
    TSAN_OPTIONS=suppressions=$source_dir/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1:history_size=7 LD_LIBRARY_PATH=$glib \
      run threads --timeout-multiplier 8 --suite server --suite core "$@"
  fi
  summed+=("$builds"/threads)
else
  echo "left out: the thread sanitizer, as the source package of GLib cannot be had here"
fi

/usr/bin/python3 "$source_dir/tests/summary.py" --also-failed "$failed" "${summed[@]}"
