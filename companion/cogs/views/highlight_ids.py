"""What the buttons under an offer to managers carry. Whoever answers one checks who pressed it, and what is offered."""

from __future__ import annotations

import re
from datetime import date

PREFIX = "highlight:"
_OFFER = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}):(?P<offer>[0-9]{1,3})"
POST = re.compile(rf"highlight:post:{_OFFER}")
ANOTHER = re.compile(rf"highlight:another:{_OFFER}")
SKIP = re.compile(rf"highlight:skip:{_OFFER}")


def post(day: date, offer: int) -> str:
    """Lets the offer be posted. By it a message is known to make that offer."""
    return f"highlight:post:{day}:{offer}"


def another(day: date, offer: int) -> str:
    """Offers another clip."""
    return f"highlight:another:{day}:{offer}"


def skip(day: date, offer: int) -> str:
    """Lets the date go without a highlight."""
    return f"highlight:skip:{day}:{offer}"


def offer_in(match: re.Match[str]) -> tuple[date, int] | None:
    """The date and the number of the offer; None for a date that no calendar has."""
    try:
        return date.fromisoformat(match["day"]), int(match["offer"])
    except ValueError:
        return None
