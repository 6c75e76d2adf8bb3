# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logging in and out, and what the window says when that fails."""

import tempfile
import unittest

import a11y
from app import App
from box import Box


class Login(unittest.TestCase):
    def test_in_and_out(self):
        with Box() as box, App() as app:
            app.take_picture("not-connected")
            app.log_in(box)
            a11y.find_text(app.window, "ann on 127.0.0.1")
            a11y.find_text(app.window, "This Folder Is Empty")
            a11y.find_text(app.window, "This Folder Is Empty")
            app.take_picture("empty-folder")
            self.assertEqual(box.count_sessions(), 1)
            app.press("Log Out")
            app.find("Log In")
            a11y.wait_for(lambda: box.count_sessions() == 0, "the session to end on the server")
            self.assertEqual(a11y.read(app.find("Password", "password text")), "")

    def test_password_file(self):
        with Box() as box, tempfile.NamedTemporaryFile("w", prefix="sampan-") as secret:
            secret.write(box.password + "\n")
            secret.flush()
            uri = f"sampan://{box.user}@127.0.0.1:{box.port}/photos"
            with App("--password-file", secret.name, uri) as app:
                a11y.find_text(app.window, "ann on 127.0.0.1")
                a11y.find_text(app.window, "This Folder Is Empty")

    def test_wrong_password(self):
        with Box() as box, App() as app:
            app.log_in(box, password="not this one")
            app.wait_for_bar("The name or the password is wrong.")
            app.take_picture("wrong-password")
            self.assertEqual(box.count_sessions(), 0)
            a11y.type_into(app.find("Password", "password text"), box.password)
            app.press("Log In")
            a11y.find_text(app.window, "ann on 127.0.0.1")
            a11y.find_gone(app.window, role="info bar")

    def test_nothing_listens(self):
        with Box() as box, App() as app:
            box.stop()
            app.log_in(box)
            app.wait_for_bar("Check")

    def test_return_key_logs_in(self):
        with Box() as box, App() as app:
            app.fill_form(box)
            a11y.focus(app.find("Password", "password text"))
            a11y.press_keys("Return")
            a11y.find_text(app.window, "ann on 127.0.0.1")

    def test_closing_ends_the_session(self):
        with Box() as box:
            with App() as app:
                app.log_in(box)
                a11y.wait_for(lambda: box.count_sessions() == 1, "the session")
            a11y.wait_for(lambda: box.count_sessions() == 0, "the session to end on the server")

    def test_server_goes_and_comes_back(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.table()
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            app.take_picture("reconnecting")
            box.start()
            app.try_now()
            a11y.find_gone(app.window, role="info bar")
            a11y.find_text(app.window, "ann on 127.0.0.1")
            a11y.wait_for(lambda: box.count_sessions() == 1, "the session that came back by itself")
            a11y.wait_until_sensitive(app.find("Upload"))

    def test_password_changes_while_the_server_is_away(self):
        with Box() as box, App() as app, tempfile.NamedTemporaryFile("w", prefix="sampan-") as secret:
            (box.files / "Harbour").mkdir()
            (box.files / "Harbour" / "boat.jpg").touch()
            app.log_in(box)
            a11y.double_click_row(app.table(), "Harbour")
            app.wait_for_names("boat.jpg")
            box.stop()
            app.wait_for_bar("Reconnecting to 127.0.0.1")
            self.set_password(box, secret, "another one")
            box.start()
            app.try_now()
            app.wait_for_bar("The name or the password is wrong.")
            # The one that was typed is kept for another try, which leads to the same folder.
            self.set_password(box, secret, box.password)
            (box.files / "Harbour" / "crew.jpg").touch()
            app.press("Reconnect")
            app.wait_for_names("boat.jpg", "crew.jpg")
            a11y.find_gone(app.window, role="info bar")
            a11y.find_text(app.window, "ann on 127.0.0.1")

    def set_password(self, box, file, password):
        file.seek(0)
        file.truncate()
        file.write(f"{password}\n")
        file.flush()
        box.admin("user", "passwd", box.user, "--password-file", file.name)

    def test_kicked(self):
        with Box() as box, App() as app:
            box.fill()
            app.log_in(box)
            app.table()
            box.admin("kick", box.user)
            app.wait_for_bar("ended this session")
            app.take_picture("kicked")
            self.assertEqual(box.count_sessions(), 0)
            app.press("Reconnect")
            a11y.find_gone(app.window, role="info bar")
            a11y.wait_for(lambda: box.count_sessions() == 1, "the new session")
            a11y.wait_until_sensitive(app.find("Upload"))

    def test_one_time_code(self):
        with Box() as box, App() as app:
            said = box.admin("user", "add", "ben", "--invite")
            box.admin("share", "grant", "photos", "--read", "ben")
            app.log_in(box, user="ben", password=find_code(said))
            first = app.find("New Password", "password text")
            again = app.find("Password Once More", "password text")
            accept = app.find("Set Password")
            a11y.type_into(first, "short")
            a11y.type_into(again, "short")
            a11y.wait_until_insensitive(accept)
            a11y.type_into(first, "seven small sampans")
            a11y.find_text(app.root, "The two are not the same.")
            app.take_picture("choose-password")
            a11y.type_into(again, "seven small sampans")
            a11y.press(accept)
            a11y.find_text(app.window, "This Folder Is Empty")
            a11y.wait_until_insensitive(app.find("Upload"))
            a11y.wait_until_insensitive(app.find("More Uploads", "toggle button"))
            app.press("Log Out")
            app.log_in(box, user="ben", password="seven small sampans")
            a11y.find_text(app.window, "ben on 127.0.0.1")

    def test_another_server_at_the_same_address(self):
        with Box() as old, App() as app:
            app.log_in(old)
            app.press("Log Out")
            app.find("Log In")
            old.stop()
            with Box(port=old.port) as new:
                app.log_in(new)
                a11y.find_text(app.root, "is not the box it was before")
                app.take_picture("server-changed")
                self.assertIsNone(a11y.look(app.root, "Forget the Old Box"))
                expander = app.find("I know that the box was set up anew")
                a11y.press(expander)
                forget = app.find("Forget the Old Box")
                a11y.wait_until_insensitive(forget)
                app.press("I asked, and it was set up anew", "check box")
                app.take_picture("server-changed-second-step")
                a11y.press(forget)
                a11y.find_text(app.window, "ann on 127.0.0.1")


def find_code(said):
    """The word with dashes that stands alone on its line."""
    for word in said.split():
        if word.count("-") >= 3:
            return word
    raise AssertionError(f"no code in {said!r}")


if __name__ == "__main__":
    unittest.main()
