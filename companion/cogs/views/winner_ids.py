"""What the button under a winner carries."""

from __future__ import annotations

import re
from datetime import date

PREFIX = "winner:"
ALL = re.compile(r"winner:all:(?P<span>week|month):(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")


def all_clips(span: str, first: date) -> str:
    """Shows all clips of the week or the month that begins with that date. By it the post of its winner is known."""
    return f"{PREFIX}all:{span}:{first}"
