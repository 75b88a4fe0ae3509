"""When something that failed is asked again: a feed, a channel."""

from __future__ import annotations

from datetime import datetime, timedelta

_FIRST = timedelta(minutes=5)
_LONGEST = timedelta(days=1)


def next_attempt(failures: int, now: datetime, retry_after: float | None = None) -> datetime | None:
    """The instant before which it should not be asked again, after so many failures in a row: five minutes after the
    first, then twice as long each time, up to a day. Never sooner than the ``retry_after`` seconds that its host asked
    for. None without a failure.
    """
    if failures <= 0:
        return None
    pause = min(_FIRST * 2 ** min(failures - 1, 16), _LONGEST)
    return now + max(pause, min(timedelta(seconds=retry_after or 0.0), _LONGEST))
