"""What the buttons under clubs' messages carry. Whoever answers one checks the session against the server, and who
pressed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

PREFIXES = ("club:move:", "club:swap:", "club:line:")
_SESSION = r"(?P<session>[0-9]{1,15})"
MOVE = re.compile(rf"club:move:{_SESSION}:(?P<at>[0-9]{{1,11}})")
SWAP = re.compile(rf"club:swap:{_SESSION}:(?P<other>[0-9]{{1,15}}):(?P<member>[0-9]{{1,20}})")
LEAVE = re.compile(r"club:line:(?P<series>[0-9]{1,15})")


def move(session_id: int, at: datetime) -> str:
    """Moves the session to that instant."""
    return f"club:move:{session_id}:{int(at.timestamp())}"


def swap(session_id: int, other_id: int, member_id: int) -> str:
    """Swaps two sessions, as the member who presents in the first one offered."""
    return f"club:swap:{session_id}:{other_id}:{member_id}"


def leave(series_id: int) -> str:
    """The presser would not present in that club any more."""
    return f"club:line:{series_id}"


def instant_in(match: re.Match[str]) -> datetime:
    """The instant that a match of `MOVE` carries."""
    return datetime.fromtimestamp(int(match["at"]), UTC)
