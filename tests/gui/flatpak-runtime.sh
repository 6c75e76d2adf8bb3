#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs a Flatpak runtime, which is its own SDK, for this user: /usr as it is on this machine, so that a manifest
# can be tried with nothing from the network. /usr is mounted into it: call this in a mount namespace, with a
# FLATPAK_USER_DIR in a file system that ends with it, so that nobody removes what is in there.
#   flatpak-runtime.sh FOLDER NAME BRANCH     FOLDER: for what is needed meanwhile
set -euo pipefail

folder=$1 name=$2 branch=$3
arch=$(flatpak --default-arch)
tree=$folder/tree
mounted=()
for part in bin include lib lib32 lib64 libexec sbin share; do
  [ ! -d "/usr/$part" ] || mounted+=("$part")
done

mkdir -p "$tree/files/etc" "$tree/usr"
for part in "${mounted[@]}"; do
  mkdir "$tree/files/$part"
done
for settings in alternatives fonts gtk-3.0 ld.so.cache ld.so.conf ld.so.conf.d; do
  [ ! -e "/etc/$settings" ] || cp -a "/etc/$settings" "$tree/files/etc/"
done
cat >"$tree/metadata" <<END
[Runtime]
name=$name
runtime=$name/$arch/$branch
sdk=$name/$arch/$branch

[Environment]
XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
END

flatpak build-export --runtime --files=files "$folder/repo" "$tree" "$branch"
flatpak --user remote-add --no-gpg-verify runtime "$folder/repo"
flatpak --user install -y --noninteractive runtime "$name//$branch"
installed=$(flatpak --user info --show-location "$name//$branch")
for part in "${mounted[@]}"; do
  mount -o bind,ro "/usr/$part" "$installed/files/$part"
done
