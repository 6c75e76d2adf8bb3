# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The app in another language than English."""

import atexit
import functools
import os
import pathlib
import subprocess
import tempfile
import unittest

from app import App

# GTK takes a direction from its own translation, but only for a program that has one as well. This
# one has a header and no more, so that all but GTK's own parts stay English.
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


@functools.cache
def make_locale(name):
    """Makes the locale NAME, in UTF-8, which takes seconds: once for all tests of a program. The
    environment of a program that runs in it."""
    # In the home folder, of which a sandbox can be given a part.
    place = tempfile.TemporaryDirectory(prefix="sampan-locale-", dir=os.environ["HOME"])
    atexit.register(place.cleanup)
    done = subprocess.run(
        ["localedef", "-i", name, "-f", "UTF-8", str(pathlib.Path(place.name) / f"{name}.UTF-8")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise unittest.SkipTest(f"the locale {name} cannot be made here")
    locale = f"{name}.UTF-8"
    return {"LOCPATH": place.name, "LANG": locale, "LC_ALL": locale}


def new_right_to_left_app(place, **options):
    """In Hebrew as far as GTK speaks. PLACE: a folder that has to live as long as the app."""
    environment = dict(make_locale("he_IL"))
    folder = pathlib.Path(place) / "texts"
    messages = folder / "he" / "LC_MESSAGES"
    messages.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["msgfmt", "-o", str(messages / "sampan.mo"), "-"], input=HEADER, text=True, check=True
    )
    environment.update(LANGUAGE="he", SAMPAN_LOCALE_DIR=str(folder))
    environment.update(options.pop("environment", {}))
    return App(
        program=os.environ["SAMPAN_IN_BUILD_TREE"],
        environment=environment,
        name="sampan-in-build-tree",
        **options,
    )
