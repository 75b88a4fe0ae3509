"""What the buttons of a recap, and of its preview, carry. Whoever answers one checks who pressed it, and where."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import ceil

from companion.community.recaps import Recap
from companion.community.spans import Span
from companion.storage.highlight_rules import Recap as Often

PREFIX = "recap:"
_SECONDS = "[0-9]{1,10}"
TOP = re.compile(
    rf"recap:top:(?P<span>week|month):(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|now):(?P<since>{_SECONDS})-(?P<until>{_SECONDS})"
)
POST = re.compile(rf"recap:post:(?P<made>{_SECONDS})")
OFTEN = re.compile(rf"recap:often:(?P<often>none|weekly|monthly):(?P<made>{_SECONDS})")


def top(recap: Recap, first: str) -> str:
    """Shows all clips of that time. ``first`` is the first date of the week or the month that a recap posted by itself
    is of, else ``now``: by it that recap is known."""
    return f"{mark(recap.span, first)}{int(recap.since.timestamp())}-{ceil(recap.until.timestamp())}"


def mark(span: Span, first: str) -> str:
    """How the custom_id begins by which a recap is known."""
    return f"recap:top:{span.value}:{first}:"


def post(made: datetime) -> str:
    """Posts the preview that was made then."""
    return f"recap:post:{int(made.timestamp())}"


def often(wanted: Often, made: datetime) -> str:
    """Lets a recap come by itself so often, and shows the preview that was made then with that."""
    return f"recap:often:{wanted.value}:{int(made.timestamp())}"


def seconds_in(match: re.Match[str], name: str) -> datetime:
    """The instant of that name."""
    return datetime.fromtimestamp(int(match[name]), UTC)
