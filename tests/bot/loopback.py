"""A small Discord on the loopback: the routes with which a bot logs in, its servers, and a gateway that says hello."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from companion.community.permissions import INVITED

APPLICATION_ID = "1300000000000000001"
TOKEN = f"{base64.urlsafe_b64encode(APPLICATION_ID.encode()).decode().rstrip('=')}.Gabcde.{'x' * 38}"
USER = {"id": APPLICATION_ID, "username": "Companion", "discriminator": "0", "avatar": None, "bot": True}


_EXAMINED = """
import functools
from companion.archive import fetch
from companion.bot.doctor import examination
anywhere = fetch.Fetcher(allows=lambda address: True, seconds=10)
examination.examine = functools.partial(examination.examine, api={base!r}, fetcher=anywhere)
"""


def server(number: int, permissions: int = INVITED.value) -> dict[str, Any]:
    return {"id": str(1_300_000_000_000_000_100 + number), "name": f"Hive {number}", "permissions": str(permissions)}


@dataclass(slots=True)
class LoopbackDiscord:
    """What this Discord knows of the bot. ``shards`` are as many as it recommends. ``paths`` are what was asked;
    ``closed`` is set when the bot hangs up. Where ``answers`` is given, nothing is answered before it is set."""

    servers: list[dict[str, Any]] = field(default_factory=lambda: [server(1)])
    application: dict[str, Any] = field(default_factory=dict[str, Any])
    logins: dict[str, int] = field(default_factory=dict[str, int])
    shards: int = 1
    status: int = 200
    answers: asyncio.Event | None = None
    paths: list[str] = field(default_factory=list[str])
    close_code: int | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    base: str = ""

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[Self]:
        app = web.Application(middlewares=[self._guarded])
        app.router.add_get("/users/@me", self._user)
        app.router.add_get("/oauth2/applications/@me", self._application)
        app.router.add_get("/gateway/bot", self._gateway_bot)
        app.router.add_get("/users/@me/guilds", self._guilds)
        app.router.add_put("/applications/{id}/commands", self._commands)
        app.router.add_get("/gateway", self.serve_gateway)
        self.add_routes(app.router)
        async with TestServer(app) as serving:
            self.base = str(serving.make_url("")).rstrip("/")
            yield self

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """More routes, of a Discord that knows more."""

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.paths.append(request.path)
        if self.answers is not None:
            await self.answers.wait()
        if self.status != 200:
            return json_answer({"message": "no"}, status=self.status, headers={"Retry-After": "7"})
        named = request.path == "/gateway" or self.needs_no_token(request)
        if not named and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return json_answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return await self.answered(request, handler)

    def needs_no_token(self, _request: web.Request) -> bool:
        """Does its address say who sends it?"""
        return False

    async def answered(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """The answer to a request that is let in."""
        return await handler(request)

    async def _user(self, _request: web.Request) -> web.Response:
        return json_answer(USER)

    async def _application(self, _request: web.Request) -> web.Response:
        known = {
            "id": APPLICATION_ID, "name": "Companion", "description": "", "icon": None, "flags": 0, "verify_key": "",
            "bot_public": True, "bot_require_code_grant": False, "owner": USER, "team": None,
        }  # fmt: skip
        return json_answer(known | self.application)

    async def _gateway_bot(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 998, "reset_after": 7_200_000, "max_concurrency": 1} | self.logins
        url = f"{self.base.replace('http', 'ws')}/gateway"
        return json_answer({"url": url, "shards": self.shards, "session_start_limit": limit})

    async def _guilds(self, request: web.Request) -> web.Response:
        after, limit = int(request.query["after"]), int(request.query["limit"])
        return json_answer([one for one in self.servers if int(one["id"]) > after][:limit])

    async def _commands(self, request: web.Request) -> web.Response:
        sent: list[dict[str, Any]] = await request.json()
        ids = {"application_id": APPLICATION_ID, "version": "1"}
        return json_answer(
            [{"type": 1, "description": ""} | one | ids | {"id": str(n)} for n, one in enumerate(sent, 1)]
        )

    async def serve_gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = message.json()
            if said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            if said["op"] == 2:
                ready = {
                    "v": 10, "user": USER, "guilds": list[Any](), "session_id": "s", "shard": [0, 1],
                    "resume_gateway_url": f"{self.base.replace('http', 'ws')}/gateway",
                    "application": {"id": APPLICATION_ID, "flags": 0},
                }  # fmt: skip
                await socket.send_json({"op": 0, "s": 1, "t": "READY", "d": ready})
        self.close_code = socket.close_code
        self.closed.set()
        return socket


def json_answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # The library takes an answer for JSON only where the type stands alone, without a charset.
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def command_line(base: str, *arguments: str) -> list[str]:
    """A process that runs ``companion`` against this Discord. What `doctor` examines is asked there too, and feeds may
    be fetched from the loopback."""
    # To import what examines takes a process seconds.
    examines = arguments[0] == "doctor" and "--alive" not in arguments
    code = f"""
import sys
import discord.http
discord.http.Route.BASE = {base!r}
{_EXAMINED.format(base=base) if examines else ""}
from companion.bot.cli import main
sys.exit(main({list(arguments)!r}))
"""
    return [sys.executable, "-c", code]
