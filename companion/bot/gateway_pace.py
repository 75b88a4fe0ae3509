"""How often the bot connects to the gateway, and begins a session there. Discord allows a thousand sessions a day, and
takes the token from a bot that begins more: neither a session that Discord ends again and again, nor a bot that is
started again and again, may get there.

https://discord.com/developers/docs/events/gateway#session-start-limit-object
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from time import monotonic

LEAST, MOST = 5.0, 50.0
"""Seconds before a shard's next session, and at least between those of all shards. The library gives a connection up
that is not done after 60."""
SPARING = 300.0
"""Seconds, once a shard began `MANY` sessions within a day."""
MANY = 300
CONNECTS_EVERY = 5.0
"""Seconds between two connections, but for as many at once as there may be reasons for."""
_REMEMBERED, _A_DAY = 3_600.0, 86_400.0


class IdentifyPace:
    """When each shard may begin a session. Times are seconds of ``clock``."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._begun: dict[int, deque[float]] = {}
        self._due: dict[int, float] = {}
        self._last = -LEAST

    def wait(self, shard: int) -> float:
        """In how many seconds the shard's next session may begin: the later, the more there were in the last hour. It
        is the same instant until one `begins`."""
        now = self._clock()
        begun = self._begun.setdefault(shard, deque())
        while begun and begun[0] <= now - _A_DAY:
            begun.popleft()
        if shard not in self._due:
            lately = sum(at > now - _REMEMBERED for at in begun)
            pause = SPARING if len(begun) >= MANY else min(MOST, LEAST * 2.0 ** max(0, lately - 1))
            # Apart from one another, where several shards lost their sessions at once.
            self._due[shard] = now + (pause + random.uniform(0.0, 1.0) if begun else 0.0)
        return max(0.0, self._due[shard] - now, self._last + LEAST - now)

    def begins(self, shard: int) -> None:
        """The shard begins a session now."""
        self._last = self._clock()
        self._begun.setdefault(shard, deque()).append(self._last)
        self._due.pop(shard, None)


class ConnectPace:
    """When the next connection may be made: the library tries again at once where one is closed before it greets.

    A token bucket: ``at_once`` connections, and then one in `CONNECTS_EVERY` seconds of ``clock``.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._full_at = -math.inf

    def wait(self, at_once: int) -> float:
        """In how many seconds the connection is to be made, that is now decided on."""
        now = self._clock()
        self._full_at = max(self._full_at, now) + CONNECTS_EVERY
        return max(0.0, self._full_at - now - at_once * CONNECTS_EVERY)


def wait_before_start(remaining: int, total: int, reset_after: float, shards: int) -> float:
    """In how many seconds a bot may start that begins ``shards`` sessions.

    ``remaining`` of ``total`` sessions are left for the next ``reset_after`` seconds. Where less than half is left, the
    bot was started too often, and what is left is made to last.
    """
    if remaining * 2 >= total:
        return 0.0
    return reset_after if remaining < shards else reset_after * shards / remaining
