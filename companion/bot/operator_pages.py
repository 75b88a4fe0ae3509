"""What operators' programs ask the web server: ``/metrics`` for Prometheus, ``/healthz`` for what watches over it.

Members' calendars are for everybody who has the link; these are for this machine and its own network, or for who has
the token that the operator set. To everybody else they are not there.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_network

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr

from companion.bot.addresses import address_in

METRICS = "/metrics"
HEALTH = "/healthz"
ALIVE = "/healthz/alive"
_OWN = [
    ip_network(one)
    for one in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1", "fc00::/7", "fe80::/10"
    )
]  # fmt: skip
"""This machine, and networks that the internet does not know. (Python's ``is_private`` has more in it.)"""
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
"""What a proxy adds: whoever it is that asks, they are not on this machine."""


class OperatorPages:
    """The pages over one registry.

    ``look`` brings the registry up to date. ``hindrances`` says why the bot is not ready, as sentences. With a
    ``token`` it is asked for as ``Authorization: Bearer …``, from wherever; without one only the own network may ask.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        look: Callable[[], Awaitable[None]],
        hindrances: Callable[[], Sequence[str]],
        token: SecretStr | None = None,
    ) -> None:
        self._registry = registry
        self._look = look
        self._hindrances = hindrances
        self._token = token
        self._pages = {METRICS: self._metrics, HEALTH: self._health, ALIVE: self._alive}

    async def answer(self, request: web.Request) -> web.Response | None:
        """The page that is asked for; None where there is none for whoever asks."""
        page = self._pages.get(request.path)
        if page is None or request.method not in ("GET", "HEAD") or not self._may_ask(request):
            return None
        return await page(request)

    def _may_ask(self, request: web.Request) -> bool:
        if self._token is not None:
            given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
            return hmac.compare_digest(given, f"Bearer {self._token.get_secret_value()}".encode())
        forwarded = any(one in request.headers for one in _FORWARDED)
        return not forwarded and is_own(address_in(request.remote))

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._look()
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        body = await asyncio.to_thread(encode, self._registry)
        return web.Response(body=body, headers={"Content-Type": kind})

    async def _health(self, _request: web.Request) -> web.Response:
        hindrances = self._hindrances()
        body = json.dumps({"ready": not hindrances, "because": list(hindrances)})
        return web.Response(status=503 if hindrances else 200, text=f"{body}\n", content_type="application/json")

    async def _alive(self, _request: web.Request) -> web.Response:
        # That this is answered at all says that the event loop turns.
        return web.Response(text='{"alive": true}\n', content_type="application/json")


def is_own(address: IPv4Address | IPv6Address | None) -> bool:
    """Is it this machine's, or one of its own network's?"""
    return address is not None and any(address in network for network in _OWN)
