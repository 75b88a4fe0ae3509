"""Discord's rate limits on the loopback: buckets, the global limit, and the headers that tell of them.

https://discord.com/developers/docs/topics/rate-limits
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic, time

from aiohttp import web

MAJOR = ("channel", "guild", "webhook", "token")
"""Parts of a path that have buckets of their own."""

REAL: Mapping[str, tuple[int, float]] = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": (1, 0.25),
    "GET /channels/{channel}/messages/{message}/reactions/{emoji}": (5, 1.0),
    "POST /webhooks/{webhook}/{token}": (5, 2.0),
    "PATCH /webhooks/{webhook}/{token}/messages/{message}": (5, 2.0),
}
"""Requests and seconds for each bucket, about as bots meet them. Answers to interactions have none."""


@dataclass(slots=True)
class Limits:
    """How often each bucket, and all of them together, may be used: requests and seconds.

    What is not among ``buckets`` is let through. ``refused`` are the routes that were answered with 429.
    """

    buckets: Mapping[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    everything: tuple[int, float] | None = None
    refused: list[str] = field(default_factory=list[str])
    _used: dict[tuple[str, ...], tuple[float, int]] = field(default_factory=dict[tuple[str, ...], tuple[float, int]])

    def take(self, route: str, parts: Mapping[str, str]) -> tuple[dict[str, str], web.Response | None]:
        """The headers for a request's answer, and the answer itself where it came too soon.

        Interactions are answered whatever the global limit says, as Discord has it.
        """
        if self.everything is not None and not route.split(" ")[1].startswith(("/interactions", "/webhooks")):
            count, seconds = self.everything
            left, wait = self._take(("global",), count, seconds)
            if left < 0:
                self.refused.append(route)
                return {}, too_many(wait, everywhere=True)
        if route not in self.buckets:
            return {}, None
        count, seconds = self.buckets[route]
        left, wait = self._take((route, *(parts.get(one, "") for one in MAJOR)), count, seconds)
        headers = {
            "X-RateLimit-Limit": str(count), "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": f"{time() + wait:.3f}", "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(route.encode()):08x}",
        }  # fmt: skip
        if left < 0:
            self.refused.append(route)
            return headers, too_many(wait)
        return headers, None

    def _take(self, key: tuple[str, ...], count: int, seconds: float) -> tuple[int, float]:
        """How many are left, less than 0 where this one is one too many, and in how many seconds there are more."""
        now = monotonic()
        until, used = self._used.get(key, (0.0, 0))
        if until <= now:
            until, used = now + seconds, 0
        self._used[key] = until, used + 1
        return count - used - 1, until - now


def too_many(wait: float, *, everywhere: bool = False, scope: str = "user") -> web.Response:
    """A 429. The library takes one without ``Via`` for a ban by Cloudflare."""
    headers = {
        "Retry-After": f"{wait:.3f}", "Via": "1.1 google",
        "X-RateLimit-Scope": "global" if everywhere else scope,
    }  # fmt: skip
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
    return web.Response(body=json.dumps(body).encode(), status=429, headers=headers, content_type="application/json")
