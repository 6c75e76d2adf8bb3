#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# screenshots.sh BUILD_DIR FOLDER: puts pictures of the window into FOLDER: screenshot.png, the one
# for the README, and one for each state that the tests come by.

set -eu

if [ $# -ne 2 ]; then
  echo "usage: screenshots.sh BUILD_DIR FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
PICTURES=$(cd "$2" && pwd)
export PICTURES
export SAMPAN=$build/client/gtk/sampan
export SAMPAN_IN_BUILD_TREE=$build/tests/gui/sampan-in-build-tree
export SAMPAND=$build/server/sampand
export GSETTINGS_SCHEMA_DIR=$build/data
export PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore::DeprecationWarning

# The screen is as large as the window of the first picture with its shadow.
GEOMETRY=895x718x24 "$here/session.sh" /usr/bin/python3 "$here/screenshot.py"
# One that fails, or is skipped (77), must not keep the pictures of the others.
status=0
export GEOMETRY=940x760x24
for test in login saved connecting files browsing batches transfers permissions desktop looks; do
  "$here/session.sh" /usr/bin/python3 "$here/test-$test.py" || [ $? = 77 ] || status=1
done
"$here/../e2e/avahi-session.sh" "$here/session.sh" /usr/bin/python3 "$here/test-found.py" || [ $? = 77 ] || status=1
exit $status
