#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the Debian or Ubuntu packages that Sampan needs, if any are missing.
#   install-packages.sh SET...      SET: build server window tests bench
set -euo pipefail

declare -A sets=(
  [build]="gcc libc6-dev meson ninja-build pkg-config gettext libglib2.0-dev libsodium-dev libssl-dev
           libsqlite3-dev libgtk-3-dev libedit-dev libsecret-1-dev libsystemd-dev"
  [server]="gcc libc6-dev meson ninja-build pkg-config gettext libglib2.0-dev libsodium-dev libssl-dev
            libsqlite3-dev libsystemd-dev"
  [window]="adwaita-icon-theme librsvg2-common fonts-cantarell fonts-dejavu-core"
  [tests]="python3 python3-gi python3-pyatspi gir1.2-atspi-2.0 gir1.2-gtk-3.0 at-spi2-core dbus dbus-daemon xvfb openbox
           xdotool imagemagick fonts-noto-cjk locales desktop-file-utils appstream procps
           libasan8 libubsan1 libtsan2 dpkg-dev zlib1g-dev libffi-dev libpcre2-dev strace libglib2.0-bin shared-mime-info
           man-db groff-base mandoc zsh fish systemd
           avahi-daemon iproute2 gnome-keyring
           flatpak flatpak-builder xdg-desktop-portal xdg-desktop-portal-gtk fuse3"
  [bench]="openssh-server openssh-client sshpass vsftpd curl lftp openssl rsync tar"
)

packages=()
for set in "$@"; do
  [ -n "${sets[$set]:-}" ] || { echo "install-packages.sh: no such set: $set" >&2; exit 2; }
  read -r -d '' -a of_set <<<"${sets[$set]} " || true
  packages+=("${of_set[@]}")
done

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || {
  echo "Sampan's scripts install packages with apt-get, which is not here." >&2
  echo "Install by hand what stands for: ${missing[*]}" >&2
  exit 1
}
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "Run as root once: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get -qq update &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
         apt-get -qq install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "The packages could not be installed." >&2
  exit 1
fi
