"""How requests to Discord go out: what is asked again when no answer comes, and what never is.

The library asks again, whatever is asked for, when a server of Discord's says 5xx, and never when a connection is cut.
But what was asked for may have been done in both cases. So here everything is asked again that comes to the same when
it is done twice, and nothing else: messages are made so by a nonce, and answers to interactions because the second one
is refused. Besides, Discord bans an address that is refused 10,000 times in ten minutes: long before that requests are
refused here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from time import monotonic
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

log = logging.getLogger(__name__)

WINDOW = 600.0
"""Seconds in which Discord counts refusals.

https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""
HELD_BACK, STOPPED = 2_000, 3_000
"""Refusals in that time from which on only interactions are answered, and nothing is asked at all. Several processes
may share an address."""
PAUSES = (0.25, 1.0)
"""Seconds before what was not answered is asked again."""

_COUNTED = (401, 403, 429)
_ACKNOWLEDGED = 40060
_MESSAGES = "/channels/{channel_id}/messages"
_SAME_TWICE = {
    _MESSAGES,
    "/channels/{channel_id}/messages/{message_id}/threads",  # a message has one thread
    "/channels/{channel_id}/typing",
    "/users/@me/channels",
}
_Answer = TypeVar("_Answer")
_once: ContextVar[bool] = ContextVar("once", default=False)
"""Must the library not ask again by itself for what is being asked for?"""


class UnansweredError(discord.DiscordServerError):
    """Nobody knows whether it was done."""


class UnsentError(UnansweredError):
    """It was not done, since Discord never heard of it."""


class Refusals:
    """Counts the answers by which Discord judges a bot. Times are seconds of ``clock``."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=STOPPED)
        self._warned = -WINDOW

    def note(self, status: int, scope: str = "") -> None:
        """An answer; limits that are ``shared`` with others are not held against the bot."""
        if status in _COUNTED and scope != "shared":
            self._times.append(self._clock())

    def forbids(self, *, answers: bool) -> bool:
        """Must nothing be asked now? ``answers``: it is to answer an interaction."""
        now = self._clock()
        while self._times and self._times[0] <= now - WINDOW:
            self._times.popleft()
        if len(self._times) < (STOPPED if answers else HELD_BACK):
            return False
        if now - self._warned >= WINDOW:
            self._warned = now
            log.error("Discord refused %d requests in ten minutes: fewer are made for a while", len(self._times))
        return True


class Rest:
    """The requests of one client. ``trace`` is to be its ``http_trace``."""

    def __init__(self, trace: aiohttp.TraceConfig | None = None) -> None:
        self.refusals = Refusals()
        self.trace = trace or aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._start)
        self.trace.on_request_end.append(self._end)
        self.trace.on_request_exception.append(self._fail)

    def install(self, http: HTTPClient) -> None:
        """Lets the requests of this client go out in this way."""
        asked = http.request

        async def request(route: Route, **options: Any) -> Any:
            same_twice = route.method != "POST" or route.path in _SAME_TWICE
            if route.method == "POST" and route.path == _MESSAGES:
                _add_nonce(options)
            files: list[discord.File] = list(options.get("files") or [])
            return await _asked(lambda: asked(route, **options), files, same_twice=same_twice)

        http.request = request

    async def _start(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, started: aiohttp.TraceRequestStartParams
    ) -> None:
        url = str(started.url)
        if not url.startswith(Route.BASE):
            return  # the gateway, over which interactions come; and files, which Discord does not count
        path = url.removeprefix(Route.BASE)
        if self.refusals.forbids(answers=path.startswith(("/interactions/", "/webhooks/"))):
            raise UnsentError(_no_response("Too many requests were refused"), None)

    async def _end(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        response = ended.response
        self.refusals.note(response.status, response.headers.get("X-RateLimit-Scope", ""))
        if response.status >= 500 and _once.get():
            raise UnansweredError(response, "nobody knows whether it was done")

    async def _fail(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        error = failed.exception
        if not str(failed.url).startswith(Route.BASE):
            return  # the gateway, which the library connects to anew
        if isinstance(error, aiohttp.ClientConnectorError):
            raise UnsentError(_no_response("Discord cannot be reached"), str(error)) from error
        if isinstance(error, aiohttp.ClientError | OSError):
            raise UnansweredError(_no_response("The connection was lost"), str(error)) from error


class InteractionAnswers(AsyncWebhookAdapter):
    """How interactions are answered. The first answer has three seconds, so it is asked for again at once."""

    def install(self) -> None:
        """Lets interactions of this task, and of those that it starts, be answered in this way."""
        # A Discord that is simulated has its own.
        if type(async_context.get()) is AsyncWebhookAdapter:
            async_context.set(self)

    async def request(self, route: Route, session: aiohttp.ClientSession, **options: Any) -> Any:
        first = route.path.startswith("/interactions/")
        files: list[discord.File] = list(options.get("files") or [])
        lost = 0

        async def ask() -> Any:
            nonlocal lost
            try:
                return await super(InteractionAnswers, self).request(route, session, **options)
            except UnansweredError:
                lost += 1
                raise
            except discord.HTTPException as error:
                if first and lost and error.code == _ACKNOWLEDGED:
                    return _acknowledged(route)  # the answer that was lost had arrived
                raise

        return await _asked(ask, files, same_twice=first or route.method != "POST", repeats=not first)


async def _asked(
    ask: Callable[[], Awaitable[_Answer]], files: list[discord.File], *, same_twice: bool, repeats: bool = True
) -> _Answer:
    """What Discord answers at last. ``repeats``: the library itself may ask again, some seconds later each time."""

    async def once() -> _Answer:
        marked = _once.set(not (same_twice and repeats))
        try:
            return await ask()
        finally:
            _once.reset(marked)

    for pause in PAUSES:
        try:
            return await once()
        except UnansweredError as error:
            if not (same_twice or isinstance(error, UnsentError)):
                raise
        except discord.HTTPException as error:
            if not _limited(error):
                raise
        await asyncio.sleep(pause)
        for file in files:
            file.reset(seek=True)
    return await once()


def _limited(error: discord.HTTPException) -> bool:
    """Is Discord busier than the library has patience for? Nothing was done then. A ban comes without ``Via``."""
    return error.status == 429 and "Via" in error.response.headers


def _add_nonce(options: dict[str, Any]) -> None:
    """Lets Discord take the message but once, however often it is sent. One that has a nonce keeps it."""
    fresh = {"nonce": secrets.token_hex(12), "enforce_nonce": True}
    if options.get("json") is not None:
        options["json"] = fresh | options["json"]
    for part in options.get("form") or ():
        if part["name"] == "payload_json":
            part["value"] = json.dumps(fresh | json.loads(part["value"]))


def _acknowledged(route: Route) -> dict[str, Any]:
    """What Discord would have said of a first answer, but for the message that it made."""
    return {"interaction": {"id": str(route.webhook_id), "type": 2}}


def _no_response(reason: str) -> Any:
    """What errors of the library's want of an answer."""
    return SimpleNamespace(status=503, reason=reason)
