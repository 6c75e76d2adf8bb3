# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that a real keyring keeps, which keyring.sh has started."""

import configparser
import subprocess
import tempfile
import unittest

import a11y
from app import App
from box import Box
from chinese import check_chinese, new_chinese_app, say


def count_kept(box):
    """What the keyring itself says."""
    done = subprocess.run(
        ["gdbus", "call", "--session", "--dest", "org.freedesktop.secrets"]
        + ["--object-path", "/org/freedesktop/secrets"]
        + ["--method", "org.freedesktop.Secret.Service.SearchItems", f"{{'port': '{box.port}'}}"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.count("objectpath") + done.stdout.count("'/org")


def keeps_password(app, box):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(app.config / "config" / "sampan" / "saved-servers", encoding="utf-8")
    account = f"ann@127.0.0.1:{box.port}"
    return parser.has_section(account) and parser.getboolean(account, "password-in-keyring")


class Keyring(unittest.TestCase):
    def log_in_and_keep(self, app, box):
        app.press("Keep the Password", "check box")
        app.log_in(box)
        a11y.find_text(app.window, "ann on 127.0.0.1")
        a11y.wait_for(lambda: keeps_password(app, box), "the note that the keyring has it")
        self.assertGreater(count_kept(box), 0)
        app.start_again()

    def test_return_logs_in(self):
        with Box() as box, App() as app:
            self.log_in_and_keep(app, box)
            a11y.find(app.window, "The keyring has the password")
            app.take_picture("kept")
            a11y.wait_for(
                lambda: a11y.has_state(app.find("Log In"), a11y.pyatspi.STATE_FOCUSED), "the focus"
            )
            a11y.press_keys("Return")
            a11y.find_text(app.window, "ann on 127.0.0.1")
            # Unticked, it is kept no more.
            app.press("Log Out")
            app.press("Keep the Password", "check box")
            app.log_in(box)
            a11y.find_text(app.window, "ann on 127.0.0.1")
            a11y.wait_for(lambda: count_kept(box) == 0, "the keyring to give it up")
            self.assertFalse(keeps_password(app, box))

    def test_refused(self):
        with Box() as box, App() as app, tempfile.NamedTemporaryFile("w") as secret:
            self.log_in_and_keep(app, box)
            secret.write("another one\n")
            secret.flush()
            box.admin("user", "passwd", box.user, "--password-file", secret.name)
            app.press("Log In")
            app.wait_for_bar("The password that was kept is not right any more")
            app.take_picture("kept-refused")
            a11y.wait_for(lambda: count_kept(box) == 0, "the keyring to give it up")
            a11y.type_into(app.find("Password", "password text"), "another one")
            app.press("Log In")
            a11y.find_text(app.window, "ann on 127.0.0.1")

    def test_forgotten_with_the_server(self):
        with Box() as box, App() as app:
            self.log_in_and_keep(app, box)
            row = a11y.find(app.window, "127.0.0.1", "list item")
            a11y.focus(row)
            a11y.press_keys("Delete")
            a11y.find_text(app.root, "its password leaves the keyring")
            app.press_in_dialog("Forget")
            a11y.wait_for(lambda: count_kept(box) == 0, "the keyring to give it up")

    def test_chinese(self):
        with Box() as box, new_chinese_app() as app:
            a11y.press(app.find(say("Keep the Password"), "check box"))
            app.log_in(box)
            a11y.wait_for(lambda: keeps_password(app, box), "the note that the keyring has it")
            self.assertGreater(count_kept(box), 0)
            app.start_again()
            a11y.find(app.window, say("The keyring has the password"))
            check_chinese(self, app.window)
            app.press("Log In")
            a11y.find_text(app.window, say("This Folder Is Empty"))


if __name__ == "__main__":
    unittest.main()
