"""What goes wrong with requests on the loopback: refused, cut off before or after they were done, slow."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.bot.loopback import json_answer
from tests.wire.limits import too_many

_WORDS = {
    401: ("401: Unauthorized", 0), 403: ("Missing Permissions", 50013), 404: ("Unknown Message", 10008),
    400: ("Invalid Form Body", 50035),
}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """Befalls ``times`` requests whose method and path fit ``what``, such as ``POST /channels/\\d+/messages``; with
    ``each``, so many of every path.

    Answers with ``status``, or cuts the connection where that is None; ``done``: after what was asked for was done.
    Everything waits ``slow`` seconds first. A 429 says to wait ``retry_after``, globally where it says ``everywhere``.
    """

    what: str
    status: int | None = None
    times: int = 1 << 30
    done: bool = False
    slow: float = 0.0
    cuts: bool = True
    retry_after: float = 0.2
    everywhere: bool = False
    each: bool = False
    met: int = 0
    _paths: Counter[str] = field(default_factory=Counter[str])

    def befalls(self, method: str, path: str) -> bool:
        """Does it befall this request? It is counted then."""
        if (self._paths[path] if self.each else self.met) >= self.times:
            return False
        if re.fullmatch(self.what, f"{method} {path}") is None:
            return False
        self.met += 1
        self._paths[path] += 1
        return True


@dataclass(slots=True)
class Faults:
    """Those that are planned. The first that fits befalls a request."""

    planned: list[Fault] = field(default_factory=list[Fault])

    def plan(self, fault: Fault) -> Fault:
        self.planned.append(fault)
        return fault

    def clear(self) -> None:
        self.planned.clear()

    async def meet(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answers with the handler, or with what goes wrong."""
        fault = next((one for one in self.planned if one.befalls(request.method, request.path)), None)
        if fault is None:
            return await handler(request)
        if fault.slow:
            await asyncio.sleep(fault.slow)
            if fault.status is None and not fault.cuts:
                return await handler(request)
        if fault.done:
            await handler(request)
        if fault.status is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=500)
        if fault.status == 429:
            return too_many(fault.retry_after, everywhere=fault.everywhere)
        if fault.status >= 500:
            return web.Response(text="upstream connect error", status=fault.status)
        message, code = _WORDS.get(fault.status, ("no", 0))
        return json_answer({"message": message, "code": code}, status=fault.status)
