"""Where an answer divides in time, so that somebody can ask for what was said before that, or since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

FAR_APART = timedelta(days=365)
_DAY = timedelta(days=1)


class Turning(NamedTuple):
    """``before`` is the last day of the older half, ``after`` the first day of the newer one; None for no such half."""

    before: date | None = None
    after: date | None = None


def turning_point(days: Collection[date], *, latest: bool) -> Turning:
    """Where these days of episodes divide in the middle; nowhere, unless they lie far apart or the ``latest`` was asked
    for. What is newer than the latest is not to be had."""
    ordered = sorted(set(days))
    if not ordered or not (latest or ordered[-1] - ordered[0] >= FAR_APART):
        return Turning()
    before = ordered[len(ordered) // 2] - _DAY
    after = ordered[(len(ordered) - 1) // 2] + _DAY
    return Turning(before, None if latest else after)
