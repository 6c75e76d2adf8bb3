#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""C3, C7, D5, H7: what no source file may call, and why; and where its texts are named. Arguments: the root of the source, programs."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import harness  # pylint: disable=wrong-import-position

ROOT = pathlib.Path(sys.argv[1])


class Source(unittest.TestCase):
    def nowhere(self, pattern, *folders, suffixes=(".c", ".h", ".ui"), but=()):
        found = []
        paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix in suffixes]
        self.assertTrue(paths)
        for path in paths:
            if path.name in but:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(pattern, line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
        self.assertEqual(found, [])

    def test_c3_no_types_from_the_peer(self):
        """Messages have layouts of their own; the bus is the only place for variants, and not for ours."""
        self.nowhere(r"\bg_variant_|\bGVariant\b", "common", "server", "client/core", "client/cli",
                     but=("announcer.c", "discovery.c"))

    def test_c7_the_server_does_not_end_itself(self):
        self.nowhere(r"\b(g_error|abort|g_alloca|alloca) \(", "common", "server")

    def test_d5_no_paths_in_served_trees(self):
        """Names are resolved from held descriptors, by the functions for that."""
        self.nowhere(r"\b(g_file_\w+|g_dir_open|opendir|realpath|chdir|g_unlink|g_remove|g_rmdir|g_mkdir\w*|fopen) \(",
                     "server/storage", "server/requests")

    def test_h7_no_markup(self):
        self.nowhere(r"(set|insert)_markup|use[-_]markup|tooltip[-_]markup|>markup<|\"markup\"", "client")

    def test_files_with_texts(self):
        """po/POTFILES names the files with texts that people read: what it leaves out is lost to translators."""
        text = re.compile(r'\b(_|N_|ngettext) \(|translatable="yes"')
        found = [str(path.relative_to(ROOT)) for folder in ("common", "client") for path in (ROOT / folder).rglob("*")
                 if path.suffix in (".c", ".h", ".ui") and text.search(path.read_text(encoding="utf-8"))]
        named = [line for line in (ROOT / "po/POTFILES").read_text(encoding="utf-8").splitlines()
                 if line.endswith((".c", ".h", ".ui"))]
        self.assertEqual(sorted(named), sorted(found))


if __name__ == "__main__":
    del sys.argv[1:]
    harness.main()
