"""When a feed is asked whether there is news: every so often, and after failures when their back-off is over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.storage.feeds import FeedState

_NEVER_SO_LONG = timedelta(days=2)
"""Back-offs and pauses are shorter: what waits for longer, beyond the interval, was noted by a clock that was wrong."""
SPREAD = 0.2
"""The part of the interval over which feeds are spread, lest all be asked in the same minute."""


@dataclass(frozen=True, slots=True)
class Polled:
    """A feed that is asked again and again; ``state`` is None until it was asked once."""

    podcast_id: int
    address: str
    state: FeedState | None


def due(feeds: Iterable[Polled], now: datetime, interval: timedelta) -> list[Polled]:
    """The feeds to be asked now, the one that waits for longest first."""
    times = [(due_at(feed, interval), feed) for feed in feeds]
    latest = now + interval * (1 + SPREAD) + _NEVER_SO_LONG
    waiting = [(at, feed) for at, feed in times if at is None or at <= now or at > latest]
    # What was never asked comes first.
    waiting.sort(key=lambda one: (one[0] is not None, one[0].timestamp() if one[0] else 0.0, one[1].podcast_id))
    return [feed for _, feed in waiting]


def due_at(feed: Polled, interval: timedelta) -> datetime | None:
    """When the feed is asked next; None for at once.

    After an answer that is an ``interval`` later, and up to a fifth of it more, the same for the same feed every time.
    After a failure it is when its back-off is over. A pause that its host asked for is kept in any case.
    """
    state = feed.state
    if state is None:
        return None
    if state.failures:
        return state.not_before
    regular = state.read_at + interval + jitter(feed.podcast_id, interval)
    return regular if state.not_before is None else max(regular, state.not_before)


def jitter(podcast_id: int, interval: timedelta) -> timedelta:
    """How much later than the interval this podcast's feed is asked."""
    drawn = int.from_bytes(hashlib.sha256(str(podcast_id).encode()).digest()[:4]) / 2**32
    return interval * SPREAD * drawn
