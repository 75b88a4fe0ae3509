"""What the buttons carry around answers that members wait for. Whoever answers a press checks it against the server."""

from __future__ import annotations

import re

_QUESTION = r"(?P<question>[0-9]{1,15})"

TELL = re.compile(rf"awaited:tell:{_QUESTION}")
TOLD = re.compile(rf"awaited:told:{_QUESTION}:(?P<member>[0-9]{{1,20}})")


def tell(question_id: int) -> str:
    """The presser wants to be told once the question is answered; again: no longer."""
    return f"awaited:tell:{question_id}"


def told(question_id: int, member_id: int) -> str:
    """Deletes the message that told the member, which is known by this, too."""
    return f"awaited:told:{question_id}:{member_id}"
