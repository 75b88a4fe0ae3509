"""How often: a token bucket for each who asks, kept as one instant."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

_FEW = 1000
"""Buckets that nobody looks through for full ones."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` times at once, then once ``every`` so long."""

    burst: int
    every: timedelta


class Cooldowns:
    """Token buckets of one rate, one for each key; all are full at first.

    A bucket is the instant at which it is full again (the generic cell rate algorithm): each use moves it ``every``
    ahead, and a use that would move it more than ``burst`` times that ahead of now is refused. Full buckets are
    forgotten, so what is remembered is bounded by who came in the last ``burst`` times ``every``.
    """

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._full_at: dict[Hashable, datetime] = {}
        self._look_at = _FEW

    def __len__(self) -> int:
        return len(self._full_at)

    def use(self, key: Hashable, now: datetime) -> datetime | None:
        """Takes a token, and returns None; where there is none, takes nothing and returns when there will be."""
        # Nothing is full later than this, unless the clock was set back since.
        latest = now + self.rate.burst * self.rate.every
        full_at = min(max(self._full_at.get(key, now), now), latest)
        again = full_at - (self.rate.burst - 1) * self.rate.every
        if again > now:
            self._full_at[key] = full_at
            return again
        self._full_at[key] = full_at + self.rate.every
        if len(self._full_at) > self._look_at:
            self._forget_full(now)
        return None

    def _forget_full(self, now: datetime) -> None:
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        # Looked through again when it has doubled: seldom enough to cost nothing a use.
        self._look_at = max(_FEW, 2 * len(self._full_at))
