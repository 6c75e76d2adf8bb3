#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds GLib from the distribution's own source with ThreadSanitizer and prints the folder of its libraries. The stock
# one's locks are bare futexes, which the sanitizer does not see, so that everything they guard looks like a race.
#   glib-tsan.sh FOLDER      kept between runs
# Exit status 1: the source package cannot be had.
set -euo pipefail

folder=$1
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
version=$(pkg-config --modversion glib-2.0)
prefix=$folder/glib-$version

if [ ! -f "$prefix/complete" ]; then
  cd "$folder"
  mkdir -p apt/lists/partial apt/archives/partial
  # Where packages come from here, their sources do too.
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' "Codename: $release" "Created-By: Packages" 2>/dev/null |
    awk -v release="$release" '$2 == "main" { print "deb-src", $1, release, "main"; exit }' >sources.list
  [ -s sources.list ] || exit 1
  options=(-qq -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
           -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt")
  { apt-get "${options[@]}" update && rm -rf build glib2.0-*/ && apt-get "${options[@]}" source glib2.0; } >source.log 2>&1 || exit 1
  meson setup build glib2.0-*/ --prefix="$prefix" --libdir=lib --buildtype=debugoptimized -Db_sanitize=thread \
    -Db_lundef=false -Dtests=false -Dman=false -Dgtk_doc=false -Dlibmount=disabled -Dselinux=disabled -Dnls=disabled \
    -Dglib_debug=disabled >build.log 2>&1
  ninja -C build install >>build.log 2>&1
  rm -rf build glib2.0-*/
  touch "$prefix/complete"
fi
echo "$prefix/lib"
