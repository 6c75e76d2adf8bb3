# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of the English window once more, in Chinese: what they look for is translated.

With arguments such as `browsing.Browsing.test_properties`: those instead."""

import importlib
import sys
import unittest

from chinese import Spoken

TESTS = (
    "batches.Batches.test_drop",
    "batches.Batches.test_paste",
    "batches.Batches.test_upload_and_download",
    "browsing.Browsing.test_columns_and_places_are_remembered",
    "browsing.Browsing.test_free_space",
    "changes.Changes.test_copy_and_paste",
    "changes.Changes.test_drag_onto_folder",
    "connecting.Links.test_bad_links",
    "connecting.Links.test_folder_in_a_new_window",
    "connecting.Links.test_other_server_opens_another_window",
    "connecting.Links.test_same_account_shows_the_folder",
    "desktop.Desktop.test_windows",
    "files.Files.test_filter_and_sort",
    "files.Files.test_rename",
    "files.Files.test_shows_what_others_do",
    "login.Login.test_kicked",
    "login.Login.test_server_goes_and_comes_back",
    "open.Open.test_downloaded",
    "open.Open.test_open_when_done",
    "open.Open.test_open_with",
    "permissions.Permissions.test_download",
    "permissions.Permissions.test_folder",
    "permissions.Permissions.test_upload",
    "queue.Queue.test_order",
    "queue.Queue.test_pause_one",
    "queue.Queue.test_retry",
    "saved.Saved.test_closed_for_later_then_stopped",
    "transfers.Transfers.test_closing_asks_once",
    "transfers.Transfers.test_stages",
    "transfers.Transfers.test_upload_conflict",
)


class InChinese(unittest.TestCase):
    names = sys.argv[1:] or TESTS

    def test_all(self):
        for name in self.names:
            module, case, method = name.split(".")
            test = getattr(importlib.import_module(f"test-{module}"), case)(method)
            with self.subTest(name), Spoken(test):
                result = unittest.TestResult()
                test.run(result)
                problems = [text for _, text in result.failures + result.errors]
                self.assertFalse(problems, "\n".join(problems))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
