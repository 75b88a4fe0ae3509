"""What the buttons around thumbs and verdicts carry. Whoever answers a press checks it against the server."""

from __future__ import annotations

import re

from companion.storage.thumbs import Reason
from companion.storage.verdicts import Verdict

_QUESTION = r"(?P<question>[0-9]{1,15})"

THUMB = re.compile(rf"feedback:(?P<thumb>up|down):{_QUESTION}")
REASON = re.compile(rf"feedback:why:{_QUESTION}:(?P<reason>{'|'.join(Reason)})")
VERDICT = re.compile(rf"marks:{_QUESTION}:(?P<verdict>{'|'.join(Verdict)})")


def thumb(question_id: int, *, up: bool) -> str:
    """The presser's thumb for an answer; the same again takes it back."""
    return f"feedback:{'up' if up else 'down'}:{question_id}"


def reason(question_id: int, why: Reason) -> str:
    """Why the presser's thumb is down."""
    return f"feedback:why:{question_id}:{why}"


def verdict(question_id: int, given: Verdict) -> str:
    """What a host says of an answer; the same again takes it back."""
    return f"marks:{question_id}:{given}"
