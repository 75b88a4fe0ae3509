"""What the buttons under an offer to managers, and under what they skipped, carry. Whoever answers one checks who
pressed it, and what is offered or skipped."""

from __future__ import annotations

import re
from datetime import date

PREFIX = "highlight:"
_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_OFFER = rf"{_DAY}:(?P<offer>[0-9]{{1,3}})"
POST = re.compile(rf"highlight:post:{_OFFER}")
ANOTHER = re.compile(rf"highlight:another:{_OFFER}")
SKIP = re.compile(rf"highlight:skip:{_OFFER}")
UNDO = re.compile(rf"highlight:undo:{_DAY}")


def post(day: date, offer: int) -> str:
    """Lets the offer be posted. By it a message is known to make that offer."""
    return f"highlight:post:{day}:{offer}"


def another(day: date, offer: int) -> str:
    """Offers another clip."""
    return f"highlight:another:{day}:{offer}"


def skip(day: date, offer: int) -> str:
    """Lets the date go without a highlight."""
    return f"highlight:skip:{day}:{offer}"


def undo(day: date) -> str:
    """Lets the highlight of a date that was skipped come after all."""
    return f"highlight:undo:{day}"


def day_in(match: re.Match[str]) -> date | None:
    """The date; None for one that no calendar has."""
    try:
        return date.fromisoformat(match["day"])
    except ValueError:
        return None


def offer_in(match: re.Match[str]) -> tuple[date, int] | None:
    """The date and the number of the offer; None for a date that no calendar has."""
    day = day_in(match)
    return None if day is None else (day, int(match["offer"]))
