"""What the buttons under the posts and reminders of sessions carry. Whoever answers one checks the session against the
server, or, in a direct message, the notice against the presser."""

from __future__ import annotations

import re

from companion.storage.rsvps import Answer

PREFIX = "session:"
_OF = r"(?P<session>[0-9]{1,15}):(?P<notice>[0-9]{1,15})"
ANSWER = re.compile(rf"session:(?P<answer>going|maybe|no):{_OF}")
DIRECT = re.compile(rf"session:direct:{_OF}")
DONE = re.compile(rf"session:done:{_OF}")
_ANY = re.compile(rf"session:[a-z]+:{_OF}")


def answer(given: Answer, session_id: int, notice_id: int) -> str:
    """Whether the presser comes. ``notice_id`` is what the message tells, by which it is known again."""
    return f"session:{given.value}:{session_id}:{notice_id}"


def direct(session_id: int, notice_id: int) -> str:
    """The presser wants to be reminded directly; again: no longer."""
    return f"session:direct:{session_id}:{notice_id}"


def done(session_id: int, notice_id: int) -> str:
    """A host has seen what they were told, and the message goes."""
    return f"session:done:{session_id}:{notice_id}"


def tells(marks: frozenset[str], session_id: int, notice_id: int) -> bool:
    """Is it the message of that notice, by the custom_ids of its buttons?"""
    found = (_ANY.fullmatch(mark) for mark in marks)
    return any(one and (int(one["session"]), int(one["notice"])) == (session_id, notice_id) for one in found)
