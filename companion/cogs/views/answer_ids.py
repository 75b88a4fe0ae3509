"""What the components under an answer carry: the number of the question, and what the press is about.

Nothing else has to be remembered for them to work after a restart. Whoever answers a press checks the question, and
whatever passage it names, against the server: anybody can forge these.
"""

from __future__ import annotations

import re
from datetime import date

from companion.cogs.views.custom_ids import REFERENCE, written_reference
from companion.storage.episodes import Reference

PREFIX = "ask:"
_QUESTION = r"(?P<question>[0-9]{1,18})"
_PAGE = r"(?P<page>[0-9]{1,3})"

SOURCES = re.compile(rf"ask:sources:{_QUESTION}:{_PAGE}")
PROMPT = re.compile(rf"ask:prompt:{_QUESTION}:{_PAGE}")
RIFF = re.compile(rf"ask:riff:{_QUESTION}")
RIFFED = re.compile(rf"ask:riffed:{_QUESTION}")
FOLLOW = re.compile(rf"ask:follow:{_QUESTION}")
DATED = re.compile(rf"ask:dated:{_QUESTION}:(?P<side>[ba])(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})")
PIN = re.compile(rf"ask:(?P<pin>pin|unpin):{_QUESTION}:{_PAGE}:{REFERENCE}")


def sources(question_id: int, page: int = 0) -> str:
    return f"ask:sources:{question_id}:{page}"


def prompt(question_id: int, page: int = 0) -> str:
    return f"ask:prompt:{question_id}:{page}"


def riff(question_id: int) -> str:
    return f"ask:riff:{question_id}"


def riffed(question_id: int) -> str:
    """The form that `riff` opens."""
    return f"ask:riffed:{question_id}"


def follow(question_id: int) -> str:
    return f"ask:follow:{question_id}"


def before(question_id: int, day: date) -> str:
    """The question, asked of episodes until that day."""
    return f"ask:dated:{question_id}:b{day.isoformat()}"


def after(question_id: int, day: date) -> str:
    """The question, asked of episodes from that day on."""
    return f"ask:dated:{question_id}:a{day.isoformat()}"


def pin(question_id: int, page: int, reference: Reference, *, pinned: bool) -> str:
    """Pins a source to the thread that the press is in, or takes it off; ``page`` is the one shown then."""
    return f"ask:{'unpin' if pinned else 'pin'}:{question_id}:{page}:{written_reference(reference)}"
