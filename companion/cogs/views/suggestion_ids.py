"""What the buttons under suggestions carry. Whoever answers a press checks it against the server."""

from __future__ import annotations

import re

from companion.storage.suggestions import State

PREFIX = "suggest:"
_SUGGESTION = r"(?P<suggestion>[0-9]{1,15})"

DECIDE = re.compile(rf"suggest:(?P<state>open|done|declined):{_SUGGESTION}")
DELETE = re.compile(rf"suggest:delete:{_SUGGESTION}")


def decide(suggestion_id: int, to: State) -> str:
    """A host says what became of it."""
    return f"suggest:{to.value}:{suggestion_id}"


def delete(suggestion_id: int) -> str:
    """Who suggested it deletes it."""
    return f"suggest:delete:{suggestion_id}"
