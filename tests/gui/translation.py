# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells whether a text on the screen is the translation of an English one, values and all, so that
tests that are written for the English window run in another language as well."""

import ast
import functools
import gettext
import pathlib
import re

PLACEHOLDER = re.compile(r"%(?:(\d)\$)?[-+'0.\d]*(?:l|ll|z|j)?[sdiufxc]")
LIBRARIES = ("glib20", "gtk30")
LOCALES = "/usr/share/locale"
# What the program puts together from texts of its own.
JOINTS = re.compile(r", | · |: ")
ENOUGH_LETTERS = 4  # that a message shares with a text before it is taken for its source


def unquote(lines):
    return "".join(ast.literal_eval(line) for line in lines)


def read_catalog(path):
    """Yields each English form and its translation, access keys and all."""
    for entry in pathlib.Path(path).read_text(encoding="utf-8").split("\n\n"):
        fields, strings = {}, []
        for line in entry.splitlines():
            start = re.match(r"(msg\w+(?:\[\d\])?) (?=\")", line)
            if start:
                strings = fields.setdefault(start[1], [])
                line = line[start.end() :]
            if line.startswith('"'):
                strings.append(line)
        text = unquote(fields.get("msgstr") or fields.get("msgstr[0]") or [])
        for form in ("msgid", "msgid_plural"):
            english = unquote(fields.get(form, []))
            if english and text:
                yield english.removeprefix(", "), text.removeprefix("，")


def split(text):
    """Its literal parts as they are, and the number of each placeholder between them."""
    parts, at = [], 0
    for number, found in enumerate(PLACEHOLDER.finditer(text), 1):
        parts += [text[at : found.start()].replace("%%", "%"), int(found[1] or number)]
        at = found.end()
    return [part for part in [*parts, text[at:].replace("%%", "%")] if part != ""]


def match(parts, text, whole):
    """Patterns of what the placeholders stand for in TEXT, which may end in the middle if it need
    not be WHOLE; None: it does not come of these PARTS."""
    if not text:
        return None if whole and parts else {}
    if not parts:
        return None
    first, *rest = parts
    if isinstance(first, str):
        if text.startswith(first):
            return match(rest, text[len(first) :], whole)
        return {} if first.startswith(text) and not whole else None
    for length in range(1, len(text) + 1):
        values = match(rest, text[length:], whole)
        if values is not None:
            more = "" if whole or text[length:] else ".*"
            return {first: re.escape(text[:length]) + more, **values}
    return None


def count_letters(texts):
    return sum(character.isalpha() for text in texts for character in text)


def make_pattern(parts, values):
    """An access key is in parentheses, and not in every name."""
    pattern = ""
    for part in parts:
        if isinstance(part, str):
            pattern += re.sub(r"\\\(_(\w)\\\)", r"(?:\\(\1\\))?", re.escape(part))
        else:
            pattern += values.get(part, ".+")
    return pattern


class Translation:
    def __init__(self, path, language):
        self.messages = []
        self.words = set()  # of the program's English
        for english, text in read_catalog(path):
            self.messages.append((split(re.sub(r"_(?=\w)", "", english)), split(text)))
            self.words.update(re.findall("[A-Za-z]{2,}", english))
        # Their languages are left out of some systems: their buttons are English then.
        paths = [gettext.find(domain, LOCALES, [language]) for domain in LIBRARIES]
        self.has_libraries = None not in paths
        self.libraries = [
            gettext.translation(domain, LOCALES, [language], fallback=True) for domain in LIBRARIES
        ]

    def translate(self, english, whole):
        """Yields patterns of what may be said instead."""
        for library in self.libraries:
            for key in (english, f"_{english}"):
                text = library.gettext(key)
                if text != key:
                    yield make_pattern([text], {})
        for parts, translated in self.messages:
            literals = [part for part in parts if isinstance(part, str)]
            values = match(parts, english, whole)
            if values is not None:
                n_shared = count_letters([english]) - count_letters(values.values())
                if n_shared >= min(ENOUGH_LETTERS, max(1, count_letters(literals))):
                    yield make_pattern(translated, values)
                    continue
            if not whole and len(english) >= ENOUGH_LETTERS and any(english in one for one in literals):
                yield make_pattern(translated, {})
        for joint in JOINTS.finditer(english):
            pieces = english[: joint.start()], english[joint.end() :]
            yield ".*".join(f"(?:{self.get_pattern(piece, whole)})" for piece in pieces)

    @functools.lru_cache(None)
    def get_pattern(self, english, whole):
        """What has no translation is a name or a size."""
        patterns = list(self.translate(english, whole))
        if not patterns or not self.has_libraries:
            patterns.append(re.escape(english))
        return "|".join(patterns)

    def is_of(self, text, english):
        return re.fullmatch(self.get_pattern(english, True), text, re.DOTALL) is not None

    def holds(self, text, english):
        return re.search(self.get_pattern(english, False), text, re.DOTALL) is not None
