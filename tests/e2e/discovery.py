# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that announce themselves and how they are found, by a real Avahi on a network of its own: avahi-session.sh starts
this."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import harness

TRIES = 20
NOWHERE = "unix:path=/nonexistent"
HOSTILE = "\x1b[2J<b>\u202ex\n&"


class Discovery(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.home = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="sampan-found-")))
        self.environment = dict(harness.environment(self.home),
                                DBUS_SYSTEM_BUS_ADDRESS=os.environ["DBUS_SYSTEM_BUS_ADDRESS"])
        self.n_servers = 0

    def serve(self, *arguments, listen="0.0.0.0:0", **environment):
        """A server; its port and process. What it says of itself is in its log."""
        self.n_servers += 1
        log = self.home / f"log-{self.n_servers}"
        process = self.stack.enter_context(subprocess.Popen(
            [os.environ["SAMPAND"], "run", "--state", self.home / f"state-{self.n_servers}", "--listen", listen, *arguments],
            stdout=subprocess.PIPE, stderr=open(log, "wb"), env=dict(self.environment, **environment)))
        self.stack.callback(process.kill)
        for line in process.stdout:
            if line.startswith(b"listening on "):
                process.log = log
                return int(line.rsplit(b":", 1)[1]), process
        self.fail(log.read_text())

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(harness.WAIT_SECS), 0, process.log.read_text())

    def discover(self, *arguments, **environment):
        return subprocess.run([os.environ["SAMPAN_CLI"], "discover", "--seconds=1", *arguments], capture_output=True,
                              env=dict(self.environment, **environment), timeout=harness.WAIT_SECS)

    def find(self):
        result = self.discover("--json")
        self.assertEqual(result.returncode, 0, result)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def wait_for_names(self, *names):
        for _ in range(TRIES):
            found = self.find()
            if sorted(box["name"] for box in found) == sorted(names):
                return found
        self.fail(f"{found} and not {names}")

    def test_found_then_withdrawn(self):
        port, process = self.serve("--announce-name", "The Attic")
        self.assertEqual(self.wait_for_names("The Attic"),
                         [{"name": "The Attic", "host": "attic.local", "address": "10.99.1.1", "port": port}])
        text = harness.wait_until(lambda: self.discover().stdout.decode(), "the text")  # a busy machine may need more than a second
        self.assertTrue(text.endswith(" The Attic\n") and text.split()[0].endswith(f":{port}"), text)
        self.stop(process)
        self.wait_for_names()
        self.assertIn(b"No server announces itself", self.discover().stderr)

    def test_name_of_the_machine(self):
        self.serve()
        self.wait_for_names("attic")

    def test_names_that_collide(self):
        self.serve("--announce-name", "Twin")
        self.wait_for_names("Twin")
        self.serve("--announce-name", "Twin")
        self.serve("--announce-name", "Twin")
        self.wait_for_names("Twin", "Twin #2", "Twin #3")

    def test_not_announced(self):
        self.serve("--announce-name", "Silent", "--no-announce")
        self.serve("--announce-name", "Inside", listen="127.0.0.1:0")
        self.serve("--announce-name", "Loud")
        self.wait_for_names("Loud")

    def test_long_names(self):
        self.serve("--announce-name", "\u6d77" * 40)
        self.wait_for_names("\u6d77" * 21)

    def restart_avahi(self):
        conf = os.environ["AVAHI_CONF"]
        subprocess.run(["avahi-daemon", "-f", conf, "--kill"], check=True)
        harness.wait_until(lambda: self.discover().returncode == 3, "Avahi to be gone")
        subprocess.run(["avahi-daemon", "-f", conf, "--no-drop-root", "--no-chroot", "--no-rlimits", "--daemonize"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def test_avahi_restarts(self):
        _, process = self.serve("--announce-name", "Patient")
        self.wait_for_names("Patient")
        self.restart_avahi()
        self.wait_for_names("Patient")
        self.stop(process)
        self.assertEqual(process.log.read_text().count("info announce name=Patient"), 2)

    def test_without_a_bus(self):
        _, process = self.serve(DBUS_SYSTEM_BUS_ADDRESS=NOWHERE)
        result = self.discover(DBUS_SYSTEM_BUS_ADDRESS=NOWHERE)
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"Avahi", result.stderr)
        self.stop(process)
        self.assertNotIn("announce", process.log.read_text())
        self.assertNotIn("warning", process.log.read_text())

    def test_hostile(self):
        """Anybody may announce anything."""
        from gi.repository import Gio, GLib
        bus = Gio.DBusConnection.new_for_address_sync(
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self.addCleanup(bus.close_sync)

        def call(path, interface, method, parameters=None):
            return bus.call_sync("org.freedesktop.Avahi", path, "org.freedesktop.Avahi." + interface, method, parameters,
                                 None, Gio.DBusCallFlags.NONE, -1).unpack()

        for number in range(80):
            group, = call("/", "Server", "EntryGroupNew")
            name = HOSTILE if number == 0 else f"flood {number}"
            call(group, "EntryGroup", "AddService",
                 GLib.Variant("(iiussssqaay)", (-1, -1, 0, name, "_sampan._tcp", "", "", 1, [])))
            call(group, "EntryGroup", "Commit")
        found = harness.wait_until(lambda: (boxes := self.find()) and len(boxes) == 64 and boxes, "the flood to end")
        for box in found:
            self.assertFalse(any(ord(c) < 32 or c == "\u202e" for c in box["name"]), box)
        text = harness.wait_until(lambda: (text := self.discover().stdout) and len(text.splitlines()) == 64 and text, "the text")
        self.assertNotIn(b"\x1b", text)


if __name__ == "__main__":
    harness.main()
