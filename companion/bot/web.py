"""The bot's small web server: calendars that members subscribe to, and pages for programs of operators.

Links are secrets, so nothing of a request is logged, and every address that opens nothing is answered alike.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_network

from aiohttp import web

from companion.bot.addresses import address_in
from companion.bot.operator_pages import OperatorPages
from companion.community.calendars import CalendarFile, Calendars, NoSuchCalendarError
from companion.community.cooldowns import Cooldowns, Rate
from companion.storage.clock import Clock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)
_unheard = logging.getLogger(f"{__name__}.requests")
_unheard.disabled = True
"""What the library would say of single requests, with what was asked for."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
EACH = Rate(30, timedelta(seconds=2))
"""How often one address may ask. Calendar programs ask once an hour."""
ALL = Rate(100, timedelta(milliseconds=100))
"""How often all of them may: making a calendar takes some hundredths of a second."""
_FRESH = timedelta(minutes=5)
"""So long nobody need ask again."""
_IDLE_SECONDS = 15.0
_STOPPING_SECONDS = 1.0
_LONGEST = 8190
"""Bytes of a header, or of what is asked for."""
_ALWAYS = {
    "Cache-Control": f"private, max-age={int(_FRESH.total_seconds())}",
    "Referrer-Policy": "no-referrer",
    "Server": "Companion",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class WebServerError(CompanionError):
    """The port cannot be had."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"The web server cannot listen on {host}, port {port} ({why}): choose another COMPANION_WEB_PORT or"
            " COMPANION_WEB_HOST, or stop what uses it."
        )


class WebServer:
    """Answers ``GET /calendar/<token>.ics``, at a bounded rate for each address and for all, and to operators the
    ``pages``, at whatever rate."""

    def __init__(
        self,
        calendars: Calendars,
        clock: Clock,
        each: Rate = EACH,
        everybody: Rate = ALL,
        pages: OperatorPages | None = None,
    ) -> None:
        self._calendars = calendars
        self._pages = pages
        self._clock = clock
        self._each = Cooldowns(each)
        self._all = Cooldowns(everybody)

    def application(self) -> web.Application:
        """What serves."""
        application = web.Application(middlewares=[self._guarded])
        application.router.add_get("/calendar/{token}.ics", self._calendar)
        return application

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        page: web.Response | None = None
        try:
            if self._pages is not None:
                page = await self._pages.answer(request)
            response = page or self._refused(request) or await handler(request)
        except (NoSuchCalendarError, web.HTTPNotFound):
            response = web.Response(status=404, text="There is no such calendar.\n")
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
        except Exception as error:  # whatever it is, whoever asked is answered
            # Without its text or the request, either of which might have the secret.
            log.error("a request could not be answered: %s", type(error).__name__)  # noqa: TRY400
            response = web.Response(status=500, text="That went wrong here. Ask again later.\n")
        response.headers.update(_ALWAYS)
        if response.status >= 400 or page is not None:
            response.headers["Cache-Control"] = "no-store"
        return response

    def _refused(self, request: web.Request) -> web.Response | None:
        """The answer to a request that comes too soon."""
        now = self._clock.now()
        again = self._each.use(_address(request), now)
        if again is not None:
            return _later(429, again - now)
        again = self._all.use(None, now)
        return None if again is None else _later(503, again - now)

    async def _calendar(self, request: web.Request) -> web.Response:
        file = await self._calendars.opened(request.match_info["token"])
        tag = hashlib.sha256(file.content).hexdigest()[:32]
        if _known(request, tag, file):
            response = web.Response(status=304)
        else:
            response = web.Response(body=file.content, content_type="text/calendar", charset="utf-8")
            response.headers["Content-Disposition"] = 'inline; filename="paper-clubs.ics"'
        response.etag = tag
        response.last_modified = file.changed_at
        return response


@asynccontextmanager
async def serving(database: Database, host: str, port: int, pages: OperatorPages | None = None) -> AsyncGenerator[int]:
    """Serves during the block; gives the port, which is any free one for 0. Raises `WebServerError`."""
    server = WebServer(Calendars(database), database.clock, pages=pages)
    runner = web.AppRunner(
        server.application(),
        access_log=None,
        logger=_unheard,
        keepalive_timeout=_IDLE_SECONDS,
        shutdown_timeout=_STOPPING_SECONDS,
        max_line_size=_LONGEST,
        max_field_size=_LONGEST,
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise WebServerError(host, port, error.strerror or "no such address") from error
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _later(status: int, wait: timedelta) -> web.Response:
    seconds = max(1, math.ceil(wait.total_seconds()))
    return web.Response(status=status, text="Too often: wait a little.\n", headers={"Retry-After": str(seconds)})


def _known(request: web.Request, tag: str, file: CalendarFile) -> bool:
    """Does whoever asks have this very file? (RFC 9110, 13.2.2)"""
    tags = request.if_none_match
    if tags is not None:
        return any(one.value in (tag, "*") for one in tags)
    since = request.if_modified_since
    return since is not None and file.changed_at is not None and _whole(file.changed_at) <= _whole(since)


def _whole(at: datetime) -> datetime:
    """The instant in whole seconds, as headers tell it."""
    return at.astimezone(UTC).replace(microsecond=0)


def _address(request: web.Request) -> str:
    """Whose requests are counted together: an address, of IPv6 a network.

    What comes from this machine or from its own network comes from a proxy, and was asked for by who it says last.
    """
    peer = address_in(request.remote)
    if peer is not None and (peer.is_loopback or peer.is_private):
        peer = address_in(request.headers.get("X-Forwarded-For", "").rpartition(",")[2]) or peer
    if isinstance(peer, IPv6Address):
        return str(ip_network((peer, 64), strict=False))
    return str(peer)
