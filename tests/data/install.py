#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed, and that systemd finds the units sound and well closed. Arguments: the build folder, the prefix, programs."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import harness  # pylint: disable=wrong-import-position

BUILD, PREFIX = sys.argv[1:3]
PROGRAMS = [pathlib.Path(path).name for path in sys.argv[3:]]
APP = "io.github.sampan.Sampan"
EXPOSURE_MAX = 20  # tenths, of 100

ALL = ["share/doc/sampan/COPYING"]
EACH = ["bin/{}", "share/man/man1/{}.1", "share/bash-completion/completions/{}", "share/fish/vendor_completions.d/{}.fish",
        "share/zsh/site-functions/_{}"]
SERVER = ["lib/systemd/system/sampand.service", "lib/systemd/system/sampand.socket", "lib/sysusers.d/sampan.conf",
          "lib/tmpfiles.d/sampan.conf"]
CLIENT = ["bin/sampan", f"share/applications/{APP}.desktop", f"share/metainfo/{APP}.metainfo.xml",
          f"share/dbus-1/services/{APP}.service", f"share/glib-2.0/schemas/{APP}.gschema.xml",
          f"share/icons/hicolor/scalable/apps/{APP}.svg", f"share/icons/hicolor/symbolic/apps/{APP}-symbolic.svg"]


def wanted():
    names = ALL + [name.format(program) for name in EACH for program in PROGRAMS]
    return names + (SERVER if "sampand" in PROGRAMS else []) + (CLIENT if "sampan-cli" in PROGRAMS else [])


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("meson"):
            raise unittest.SkipTest("meson is not in the path")
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="sampan-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.root], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        cls.prefix = cls.root / PREFIX.lstrip("/")

    def unit(self, kind):
        """As it is installed, with the program where it is now."""
        if "sampand" not in PROGRAMS:
            self.skipTest("built without the server")
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        for one in ("service", "socket"):
            text = (self.prefix / "lib/systemd/system" / f"sampand.{one}").read_text()
            self.assertNotIn("@bindir@", text)
            (folder / f"sampand.{one}").write_text(text.replace(f"={PREFIX}/", f"={self.prefix}/"))
        return folder / f"sampand.{kind}"

    def run_tool(self, *command, status=0):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, MANPATH=str(self.prefix / "share/man"), LC_ALL="C.UTF-8", SYSTEMD_COLORS="0"))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout, done.stderr

    def test_files(self):
        found = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        messages = {name for name in found if name.startswith("share/locale/")}
        self.assertIn("share/locale/zh_CN/LC_MESSAGES/sampan.mo", messages)
        self.assertEqual(sorted(found - messages), sorted(wanted()))
        outside = [path for path in self.root.rglob("*") if path.is_file() and self.prefix not in path.parents]
        self.assertEqual(outside, [])

    def test_the_bus_starts_the_program(self):
        """The desktop entry says that it may, under the name that the service has."""
        if "sampan-cli" not in PROGRAMS:
            self.skipTest("built without the client")
        entry = (self.prefix / f"share/applications/{APP}.desktop").read_text()
        service = (self.prefix / f"share/dbus-1/services/{APP}.service").read_text()
        self.assertIn("\nDBusActivatable=true\n", entry)
        self.assertEqual(service.splitlines(),
                         ["[D-BUS Service]", f"Name={APP}", f"Exec={PREFIX}/bin/sampan --gapplication-service"])

    def test_units_are_sound(self):
        for kind in ("service", "socket"):
            _, errors = self.run_tool("systemd-analyze", "verify", self.unit(kind))
            self.assertEqual(errors, "")

    def test_service_is_closed(self):
        self.run_tool("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", self.unit("service"))

    def test_user(self):
        if "sampand" not in PROGRAMS or not shutil.which("systemd-sysusers"):
            self.skipTest("built without the server, or systemd-sysusers is not installed")
        self.run_tool("systemd-sysusers", "--dry-run", f"--root={self.root}", self.prefix / "lib/sysusers.d/sampan.conf")


if __name__ == "__main__":
    del sys.argv[1:]
    harness.main()
