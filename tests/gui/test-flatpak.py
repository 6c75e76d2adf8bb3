# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Flatpak: built from its manifest with the network cut, installed, and used through its sandbox.

This machine's /usr stands for the runtime and for libsodium, which the manifest takes from elsewhere."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import a11y
from app import App
from box import Box
from chinese import CHINESE, check_chinese
from dragging import DragSource
from language import make_locale

APP_ID = "io.github.sampan.Sampan"
HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = ("meson.build", "meson_options.txt", "common", "client", "data", "po")
RUNTIME = "org.local.Sampan"
BRANCH = "test"
TOOLS = ("flatpak", "flatpak-builder", "bwrap")
SKIPPED = 77
N_FILES = 3
BUILD_SECS = 1500  # the machine may be busy with more than this


def run(*command, **options):
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=BUILD_SECS,
        **options,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-4000:]}"
    return done.stdout


def find_reason_to_skip():
    for tool in TOOLS:
        if not shutil.which(tool):
            return f"{tool} is not installed"
    sandbox = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    if subprocess.run(sandbox, stderr=subprocess.DEVNULL).returncode != 0:
        return "this machine lets nobody make a sandbox (user namespaces)"
    return None


def make_manifest(place):
    """The one that is published, with the runtime and the source that are here."""
    manifest = json.loads((ROOT / "data" / f"{APP_ID}.json").read_text(encoding="utf-8"))
    source = place / "source"
    source.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name)
        else:
            shutil.copy(ROOT / name, source / name)
    manifest.update({"runtime": RUNTIME, "runtime-version": BRANCH, "sdk": RUNTIME})
    manifest["modules"] = [one for one in manifest["modules"] if one["name"] == "sampan"]
    manifest["modules"][0]["sources"] = [{"type": "dir", "path": str(source)}]
    # Debian 12 has no tool to compose the catalogue, and stripping needs one more.
    manifest["appstream-compose"] = False
    manifest["build-options"] = {"no-debuginfo": True, "strip": False}
    path = place / "manifest.json"
    path.write_text(json.dumps(manifest))
    return path


def build(place):
    run(HERE / "flatpak-runtime.sh", place, RUNTIME, BRANCH)
    # Texts are installed for the languages of the person alone.
    run("flatpak", "--user", "config", "--set", "languages", "en;zh")
    run(
        *("flatpak-builder", "--user", "--install", "--disable-rofiles-fuse", "--disable-updates"),
        *(f"--default-branch={BRANCH}", f"--state-dir={place}/state"),
        *(place / "build", make_manifest(place)),
    )


class Flatpak(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = find_reason_to_skip()
        if reason:
            raise unittest.SkipTest(reason)
        place = tempfile.TemporaryDirectory(prefix="sampan-flatpak-")
        cls.addClassCleanup(place.cleanup)
        build(pathlib.Path(place.name))

    def setUp(self):
        """A folder that the sandbox is not given."""
        place = tempfile.TemporaryDirectory(prefix="sampan-", dir=os.environ["HOME"])
        self.addCleanup(place.cleanup)
        self.local = pathlib.Path(place.name)

    def tearDown(self):
        """What a failure left behind."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["flatpak", "kill", APP_ID], **quiet)

    def new_app(self, *options, **more):
        return App(
            *("run", *options, f"--branch={BRANCH}", APP_ID),
            program="flatpak",
            harmless=("Failed to connect to bus",),  # the system's, which is not there
            **more,
        )

    def wait_for_content(self, path, content):
        a11y.wait_for(lambda: path.read_text() == content, f"{content!r} in {path}")

    def test_permissions(self):
        """The home folder cannot be read."""
        secret = self.local / "secret"
        secret.write_text("secret")
        read = ("--command=cat", f"--branch={BRANCH}", APP_ID, str(secret))
        done = subprocess.run(["flatpak", "run", *read], stdout=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout, b"")
        # That it could be, were it given.
        given = ["flatpak", "run", "--filesystem=home", *read]
        done = subprocess.run(given, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, b"secret")

    def test_exported(self):
        exported = pathlib.Path(os.environ["FLATPAK_USER_DIR"]) / "exports" / "share"
        for name in (
            f"applications/{APP_ID}.desktop",
            f"dbus-1/services/{APP_ID}.service",
            f"icons/hicolor/scalable/apps/{APP_ID}.svg",
            f"icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg",
        ):
            self.assertTrue((exported / name).exists(), name)

    def choose_recent_folder(self, name):
        """It takes no path that is typed before another place than that of recent files is open."""
        portal = a11y.find_application("xdg-desktop-portal-gtk")
        chooser = a11y.find(portal, role="file chooser")
        x, y, width, height = a11y.find_resting_box(a11y.find(chooser, name, "table cell"))
        a11y.click_at(x + width // 2, y + height // 2)
        a11y.find_and_press(chooser, "Select", "push button")
        a11y.find_gone(portal, role="file chooser")

    def test_there_and_back(self):
        """By the portal's chooser, which alone opens a folder of the person to the sandbox."""
        (self.local / "notes.txt").write_text("notes")
        with Box() as box, self.new_app() as app:
            (box.files / "crew.jpg").write_text("crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            app.press("Upload")
            portal = a11y.find_application("xdg-desktop-portal-gtk")
            a11y.choose_file(portal, self.local / "notes.txt", "Open")
            self.wait_for_content(box.files / "notes.txt", "notes")
            a11y.select_row(app.table(), "crew.jpg")
            app.press("Download")
            self.choose_recent_folder(self.local.name)
            self.wait_for_content(self.local / "crew.jpg", "crew")
            app.start_again()
            self.assertEqual(a11y.read(app.find("Address", "text")), "127.0.0.1")

    def test_chinese(self):
        environment = {**make_locale("zh_CN"), "LANGUAGE": "zh_CN"}
        options = [f"--env={name}={value}" for name, value in environment.items()]
        options.append(f"--filesystem={environment['LOCPATH']}:ro")  # the locale, which this machine's /usr lacks
        with Box() as box, self.new_app(*options, texts=CHINESE) as app:
            (box.files / "crew.jpg").write_text("crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            check_chinese(self, app.window)

    def make_files(self):
        """Which the sandbox cannot see: whoever drags or copies them hands them to the portal."""
        for number in range(N_FILES):
            (self.local / f"{number}.txt").write_text(f"file {number}")
        return sorted(self.local.iterdir())

    def check_files(self, box):
        for number in range(N_FILES):
            self.wait_for_content(box.files / f"{number}.txt", f"file {number}")

    def test_drop(self):
        with Box() as box, self.new_app() as app, DragSource(*self.make_files()) as source:
            app.log_in(box)
            a11y.find_text(app.window, "This Folder Is Empty")
            source.drag(app.window)
            self.check_files(box)

    def test_paste(self):
        with Box() as box, self.new_app() as app, DragSource(*self.make_files()):
            (box.files / "crew.jpg").write_bytes(b"crew")
            app.log_in(box)
            a11y.find_row(app.table(), "crew.jpg")
            app.focus_table()
            a11y.press_keys("ctrl+v")
            self.check_files(box)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    sys.exit(SKIPPED if result.skipped else 0 if result.wasSuccessful() else 1)
