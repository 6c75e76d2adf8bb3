#!/bin/bash
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# avahi-session.sh COMMAND [ARGUMENT]...: runs COMMAND on a network of its own, 10.99.1.1 with the
# name "attic", with a system bus and an Avahi daemon that nobody else sees. They end with it. The exit
# status is COMMAND's, or 77 (skipped) when a part is not installed or namespaces are not allowed.
#
# COMMAND sees AVAHI_CONF, what the daemon was started with: avahi-daemon -f "$AVAHI_CONF" --kill.

set -eu
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "1..0 # SKIP $1"
  exit 77
}

if [ "${SAMPAN_AVAHI_SESSION:-}" != inside ]; then
  for tool in avahi-daemon dbus-daemon ip unshare; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
  done
  namespaces=(--mount --net --uts --pid --fork --kill-child --mount-proc)
  [ "$(id -u)" = 0 ] || namespaces+=(--map-root-user)
  unshare "${namespaces[@]}" mount -t tmpfs tmpfs /run 2>/dev/null || skip "namespaces are not allowed here"
  SAMPAN_AVAHI_SESSION=inside exec unshare "${namespaces[@]}" "$0" "$@"
fi

mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/avahi-daemon
chown avahi:avahi /run/avahi-daemon 2>/dev/null || true
hostname attic
ip link set lo up
ip link add lan0 type veth peer name lan1 2>/dev/null || skip "this kernel makes no network for it"
ip addr add 10.99.1.1/24 brd + dev lan0
ip link set lan0 up
ip link set lan1 up

cat >/run/bus.conf <<'C'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow eavesdrop="false"/>
  </policy>
</busconfig>
C
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket
dbus-daemon --config-file=/run/bus.conf --fork

export AVAHI_CONF=/run/avahi.conf
cat >"$AVAHI_CONF" <<'C'
[server]
host-name=attic
use-ipv4=yes
use-ipv6=no
allow-interfaces=lan0
ratelimit-interval-usec=1000000
ratelimit-burst=1000
[wide-area]
enable-wide-area=no
[publish]
publish-workstation=no
C
avahi-daemon -f "$AVAHI_CONF" --no-drop-root --no-chroot --no-rlimits --daemonize >/run/avahi.log 2>&1 ||
  skip "avahi-daemon does not start here: $(tail -n 1 /run/avahi.log)"

set +e
"$@"
exit $?
