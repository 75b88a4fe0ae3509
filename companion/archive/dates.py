"""Dates as feeds spell them, beyond what the standards and feedparser know."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime
from time import struct_time

_WEEKDAY = re.compile(r"\A[A-Za-z]{3,9},?\s+(?=[A-Za-z]{3})")
_EPOCH = re.compile(r"\A\d{9,10}\Z", re.ASCII)
_SPELLINGS = ("%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%Y/%m/%d")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M %p")


def instant(spelled: str, parsed: struct_time | None) -> datetime | None:
    """The instant that a date stands for; without a zone it is taken for UTC, without a time for midnight.

    ``parsed`` is feedparser's reading in UTC, used where the spelling is not one of ours. None where nobody can tell.
    """
    spelled = " ".join(spelled.split())
    try:
        if _EPOCH.match(spelled):
            return datetime.fromtimestamp(int(spelled), UTC)
        if parsed is not None:
            return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return _spelled_out(_WEEKDAY.sub("", spelled))


def _spelled_out(spelled: str) -> datetime | None:
    for day in _SPELLINGS:
        for clock in _CLOCKS:
            try:
                return datetime.strptime(spelled, day + clock).replace(tzinfo=UTC)
            except ValueError:
                continue
    return None
