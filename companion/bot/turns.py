"""How long a thread keeps the interpreter while others wait for it."""

from __future__ import annotations

import sys

LONGEST_TURN = 0.001
"""Seconds, in place of Python's 0.005. The event loop asks for the interpreter anew after every look at its sockets,
and may wait each time for a turn of every thread that searches, renews the archive or talks to the database. While
episodes are embedded it is a third as often late by more than 5 ms (8 to 10 times in 15 s instead of 15 to 31), for no
more processor time."""


def take_short_turns() -> None:
    """For all threads of the process, from now on."""
    sys.setswitchinterval(LONGEST_TURN)
