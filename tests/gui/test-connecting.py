# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that are remembered, links, several windows, and why a login fails."""

import configparser
import os
import socket
import subprocess
import threading
import unittest

import a11y
from app import App
from box import Box
from chinese import check_chinese, new_chinese_app


def read_servers(app):
    """The file of saved servers: from "user@host:port" to its keys."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(app.config / "config" / "sampan" / "saved-servers", encoding="utf-8")
    return {name: dict(parser[name]) for name in parser.sections()}


def wait_for_servers(app, *expected):
    a11y.wait_for(
        lambda: sorted(read_servers(app)) == sorted(expected), f"the file to hold {expected}"
    )


def open_menu(app, row):
    """The menu of a saved server."""
    a11y.find_and_press(row, app.text("More for This Server"), "push button")


def choose(app, item):
    a11y.find_and_press(app.root, item, "push button")


def find_row(app, title):
    return a11y.find(app.window, title, "list item")


def log_out(app):
    app.press("Log Out")
    app.find("Log In")


def count_windows(app):
    return len(a11y.get_frames(app.root))


def log_in_by_hand(app, box):
    app.log_in(box)
    a11y.find_text(app.window, f"{box.user} on 127.0.0.1")


def start_with_list(app, text):
    """Once more, with TEXT in the file of saved servers; returns its path."""
    app.quit()
    a11y.forget_application(app.name)
    path = app.config / "config" / "sampan" / "saved-servers"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    app.start()
    return path


class Saved(unittest.TestCase):
    def test_remembered_named_and_forgotten(self):
        with Box() as box, App() as app:
            account = f"ann@127.0.0.1:{box.port}"
            log_in_by_hand(app, box)
            wait_for_servers(app, account)
            log_out(app)
            row = find_row(app, "127.0.0.1")
            open_menu(app, row)
            choose(app, "Edit…")
            a11y.type_into(app.find("Server Name", "text"), "阁楼 Attic")
            app.take_picture("saved-edit")
            app.press("Save")
            find_row(app, "阁楼 Attic")
            a11y.wait_for(
                lambda: read_servers(app)[account].get("name") == "阁楼 Attic", "the name on disk"
            )
            app.take_picture("saved")
            mode = (app.config / "config" / "sampan" / "saved-servers").stat().st_mode
            self.assertEqual(mode & 0o777, 0o600)
            app.start_again()
            row = find_row(app, "阁楼 Attic")
            self.assertEqual(a11y.read(app.find("User", "text")), "ann")
            open_menu(app, row)
            choose(app, "Forget…")
            app.take_picture("saved-forget")
            a11y.find_and_press(a11y.find(app.root, role="alert"), "Cancel", "push button")
            a11y.find_gone(app.root, role="alert")
            row = find_row(app, "阁楼 Attic")
            open_menu(app, row)
            choose(app, "Forget…")
            app.press_in_dialog("Forget")
            a11y.find_gone(app.window, "阁楼 Attic", "list item")
            wait_for_servers(app)

    def test_not_remembered(self):
        with Box() as box, App() as app:
            app.press("Remember This Server", "check box")
            a11y.wait_until_insensitive(app.find("Keep the Password", "check box"))
            log_in_by_hand(app, box)
            log_out(app)
            app.start_again()
            self.assertEqual(a11y.read(app.find("Address", "text")), "")
            self.assertEqual(read_servers(app), {})

    def test_last_one_comes_first(self):
        with Box() as first, Box(user="ben") as second, App() as app:
            for box in (first, second):
                log_in_by_hand(app, box)
                log_out(app)
            app.start_again()
            self.assertEqual(a11y.read(app.find("User", "text")), "ben")
            a11y.type_into(app.find("Address", "text"), "elsewhere")
            a11y.wait_for(
                lambda: find_row(app, "127.0.0.1").queryComponent().grabFocus(), "the first row"
            )
            a11y.press_keys("Return")
            a11y.wait_for(
                lambda: a11y.read(app.find("Address", "text")) == "127.0.0.1", "the address"
            )
            self.assertEqual(a11y.read(app.find("Port", "spin button")), str(second.port))
            a11y.type_into(app.find("Password", "password text"), second.password)
            a11y.press_keys("Return")
            a11y.find_text(app.window, "ben on 127.0.0.1")

    def test_copy_address(self):
        with Box() as box, App() as app:
            log_in_by_hand(app, box)
            log_out(app)
            open_menu(app, find_row(app, "127.0.0.1"))
            choose(app, "Copy Address")
            address = app.find("Address", "text")
            a11y.type_into(address, "")
            a11y.focus(address)
            a11y.press_keys("ctrl+v")
            a11y.wait_for(
                lambda: a11y.read(address) == f"sampan://ann@127.0.0.1:{box.port}/",
                "the address to be pasted",
            )

    def test_damaged_list(self):
        with Box() as box, App() as app:
            path = start_with_list(app, "nonsense")
            app.wait_for_bar("The list of servers cannot be read")
            log_in_by_hand(app, box)
            self.assertEqual(path.read_text(), "nonsense")

    def test_no_keyring(self):
        with Box() as box, App() as app:
            app.press("Keep the Password", "check box")
            log_in_by_hand(app, box)
            app.wait_for_bar("The password was not kept")
            app.take_picture("no-keyring")
            server = f"ann@127.0.0.1:{box.port}"
            a11y.wait_for(
                lambda: read_servers(app)[server]["password-in-keyring"] == "false",
                "the file to hold it",
            )


class Links(unittest.TestCase):
    def start_second(self, app, *arguments):
        """As a click on a link or an icon would: it hands over and ends."""
        done = subprocess.run(
            [app.program, *arguments],
            env=app.whole_environment,
            timeout=a11y.TIMEOUT_SECS,
            stdout=subprocess.PIPE,
        )
        self.assertEqual(done.returncode, 0)

    def test_same_account_shows_the_folder(self):
        with Box() as box, App() as app:
            folder = box.files / "春节 #1"
            folder.mkdir()
            (folder / "a.txt").touch()
            log_in_by_hand(app, box)
            link = f"sampan://127.0.0.1:{box.port}/photos/%E6%98%A5%E8%8A%82%20%231"
            self.start_second(app, link)
            app.wait_for_names("a.txt")
            self.assertEqual(count_windows(app), 1)

    def test_other_server_opens_another_window(self):
        with Box() as box, Box(user="ben") as other, App() as app:
            log_in_by_hand(app, box)
            self.start_second(app, f"sampan://ben@127.0.0.1:{other.port}/photos")
            a11y.wait_for(lambda: count_windows(app) == 2, "the second window")
            second = a11y.wait_for(
                lambda: next(
                    node for node in a11y.get_frames(app.root) if a11y.look(node, "User", "text")
                ),
                "the form",
            )
            self.assertEqual(a11y.read(a11y.find(second, "User", "text")), "ben")
            a11y.type_into(a11y.find(second, "Password", "password text"), other.password)
            a11y.find_and_press(second, "Log In", "push button")
            a11y.find_text(second, "ben on 127.0.0.1")
            self.assertEqual((box.count_sessions(), other.count_sessions()), (1, 1))
            app.take_picture("two-windows")

    def test_bad_links(self):
        with App() as app:
            for link, words in (
                ("sampan://ann:secret@box.local/photos", "A password does not belong"),
                ("sampan://ann@box.local:0/photos", "port"),
                ("sampan://ann@/photos", "host is missing"),
                ("sampan://ann@box.local/a//b", "empty name"),
                ("sampan://ann@box.local/%zz", "Invalid %-encoding in URI"),
                ("sampan://Ann%20B@box.local/", "user name"),
            ):
                with self.subTest(link):
                    self.start_second(app, link)
                    app.wait_for_bar(words)
                    self.assertNotIn("secret", str(a11y.get_visible_texts(app.window)))
            app.take_picture("bad-link")
            a11y.type_into(app.find("Address", "text"), "sampan://ann:secret@box.local/")
            a11y.type_into(app.find("User", "text"), "ann")
            a11y.type_into(app.find("Password", "password text"), "x")
            app.press("Log In")
            app.wait_for_bar("A password does not belong")

    def test_link_of_a_literal_address(self):
        with App() as app:
            self.start_second(app, "sampan://ann@[fe80::1%25eth0]:9003/photos")
            a11y.wait_for(
                lambda: a11y.read(app.find("Address", "text")) == "fe80::1%eth0", "the address"
            )
            self.assertEqual(a11y.read(app.find("Port", "spin button")), "9003")

    def test_folder_in_a_new_window(self):
        with Box() as box, App() as app:
            box.fill()
            log_in_by_hand(app, box)
            a11y.select_row(app.table(), "Harbour")
            app.focus_table()
            a11y.press_keys("shift+Return")
            a11y.wait_for(lambda: count_windows(app) == 2, "the second window")
            a11y.wait_for(lambda: box.count_sessions() == 2, "the session of its own")
            second = a11y.wait_for(
                lambda: next(
                    node
                    for node in a11y.get_frames(app.root)
                    if a11y.look(node, "Harbour", "push button")
                ),
                "its folder",
            )
            table = a11y.find(second, "Files", "table")
            a11y.find_row(table, "lighthouse.jpg")
            # A file has none.
            first = next(node for node in a11y.get_frames(app.root) if node != second)
            table = a11y.find(first, "Files", "table")
            a11y.select_row(table, "crew.jpg")
            a11y.focus(table)
            a11y.press_keys("ctrl+Return")
            self.assertEqual(count_windows(app), 2)

    def test_keys(self):
        with Box() as box, App() as app:
            log_in_by_hand(app, box)
            a11y.press_keys("ctrl+shift+w")
            app.find("Log In")
            a11y.wait_for(lambda: box.count_sessions() == 0, "the session to end")
            a11y.press_keys("ctrl+shift+o")
            address = app.find("Address", "text")
            a11y.wait_for(
                lambda: a11y.has_state(address, a11y.pyatspi.STATE_FOCUSED), "the focus in Address"
            )
            a11y.press_keys("ctrl+n")
            a11y.wait_for(lambda: count_windows(app) == 2, "the second window")


class Failures(unittest.TestCase):
    def try_in_vain(self, app, words, picture, **fields):
        for name, role in (("Address", "text"), ("Port", "spin button"), ("User", "text")):
            if name in fields:
                a11y.type_into(app.find(name, role), fields[name])
        a11y.type_into(
            app.find("Password", "password text"), fields.get("Password", "not the right one")
        )
        app.press("Log In")
        app.wait_for_bar(words)
        app.take_picture(f"failure-{picture}")

    def test_unreachable(self):
        with App() as app, socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.try_in_vain(
                app,
                "Nothing listens at this address",
                "refused",
                Address="127.0.0.1",
                Port=str(closed.getsockname()[1]),
                User="ann",
            )
            self.try_in_vain(
                app, "There is no computer of this name", "no-host", Address="nowhere.invalid"
            )

    def test_something_else_answers(self):
        with App() as app, socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=greet_once, args=(server,))
            thread.start()
            self.try_in_vain(
                app,
                "do not understand each other",
                "not-sampan",
                Address="127.0.0.1",
                Port=str(server.getsockname()[1]),
                User="ann",
            )
            thread.join()

    def test_codes(self):
        with Box() as box, App() as app:
            code = box.admin("invite", "ben").split()
            code = next(word for word in code if word.count("-") >= 3)
            wrong = "-".join(reversed(code.split("-")))
            self.try_in_vain(
                app,
                "one-time code is wrong",
                "wrong-code",
                Address="127.0.0.1",
                Port=str(box.port),
                User="ben",
                Password=wrong,
            )
            # As a person types it.
            a11y.type_into(
                app.find("Password", "password text"), code.upper().replace("-", " ") + " "
            )
            app.press("Log In")
            for name in ("New Password", "Password Once More"):
                a11y.type_into(app.find(name, "password text"), "seven small sampans")
            app.press("Set Password")
            a11y.find_text(app.window, "ben on 127.0.0.1")
            log_out(app)
            self.try_in_vain(app, "was used", "spent-code", Password=code)

    def test_too_many_tries(self):
        with Box() as box, App() as app:
            app.fill_form(box, password="wrong")
            for _ in range(40):
                app.press("Log In")
                if a11y.wait_for(lambda: told(app), "an answer") == "wait":
                    break
            else:
                self.fail("the server never asked to wait")
            app.take_picture("failure-too-many-tries")

    def test_chinese(self):
        with Box() as box, new_chinese_app() as app:
            app.log_in(box)
            a11y.find_text(app.window, "ann 在 127.0.0.1 上")
            app.press("Log Out")
            row = a11y.find(app.window, "127.0.0.1", "list item")
            check_chinese(self, app.window)
            app.take_picture("chinese-saved")
            a11y.find_and_press(row, "此服务器的更多操作", "push button")
            choose(app, "编辑(E)…")
            dialog = a11y.find(app.root, role="dialog")
            check_chinese(self, dialog)
            app.take_picture("chinese-edit")
            a11y.find_and_press(dialog, app.text("Cancel"), "push button")
            a11y.find_gone(app.root, role="dialog")

    def test_looks(self):
        for name, options in (
            ("connecting-narrow", {"width": 600, "height": 560}),
            ("connecting-dark", {"environment": {"GTK_THEME": "Adwaita:dark"}}),
        ):
            with self.subTest(name), Box() as box, App(**options) as app:
                start_with_list(
                    app,
                    "".join(
                        f"[ann@box-{number}.local:9002]\nname={title}\nlast-used={number}\n"
                        f"password-in-keyring={'true' if number == 2 else 'false'}\n\n"
                        for number, title in enumerate(
                            ("Attic", "Cellar with a very long name " * 4, "阁楼", "Office")
                        )
                    ),
                )
                find_row(app, "Office")
                app.take_picture(name)
                log_in_by_hand(app, box)


def told(app):
    for node in a11y.everything_in(app.window, skip_tables=True):
        if node.getRoleName() == "label" and a11y.is_showing(node):
            if a11y.holds(node.name, "asks to wait"):
                return "wait"
            if a11y.holds(node.name, "is wrong") and a11y.look(app.window, "Log In", "push button"):
                return "wrong"
    return None


def greet_once(server):
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"220 mail.example.org ESMTP\r\n" * 8)
        connection.settimeout(20)
        try:
            while connection.recv(4096):
                pass
        except OSError:
            pass


if __name__ == "__main__":
    unittest.main()
