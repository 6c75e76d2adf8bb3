# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a condition, and what it is to wait in vain."""

import time

WAIT_SECS = 240  # only what went wrong takes so long, however busy the machine and its disk are


class Failure(AssertionError):
    """Something did not happen in time or went wrong before the check."""


def wait_until(condition, what, seconds=WAIT_SECS):
    """Polls CONDITION until it is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"not in {seconds} s: {what}")
        time.sleep(0.01)
