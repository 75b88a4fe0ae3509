"""The gateway of the Discord on the loopback: sessions that can be resumed, and what can go wrong with them."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import WSMsgType, web

from tests.bot.loopback import APPLICATION_ID, USER

HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACKNOWLEDGED = 1, 2, 6, 7, 9, 10, 11
INVALID_SHARD = 4010
_KEPT = 20_000
"""Events of a session that can be told again to one who resumes it."""


@dataclass(slots=True, eq=False)
class Line:
    """A connection. Nothing comes through it once it is ``dead``, though nobody hung up."""

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    dead: bool = False

    async def say(self, op: int, data: Any) -> None:
        await self.say_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def say_text(self, text: str) -> None:
        if not self.dead and not self.socket.closed:
            try:
                await self.socket.send_str(text)
            except ConnectionError:
                self.dead = True  # who was cut off is told when they resume


@dataclass(slots=True, eq=False)
class Session:
    """What one shard was told, each event with its number. ``ended``: it can be resumed no more."""

    id: str
    shard: tuple[int, int]
    line: Line
    told: deque[tuple[int, str]] = field(default_factory=lambda: deque[tuple[int, str]](maxlen=_KEPT))
    last: int = 0
    ended: bool = False

    def hears_of(self, guild_id: int | None) -> bool:
        number, of = self.shard
        # What happens outside of servers is told to the first.
        return number == (0 if guild_id is None else (guild_id >> 22) % of)

    async def tell(self, event: str, body: str) -> None:
        """Tells of an event whose data is that JSON, now or when the session is resumed."""
        self.last += 1
        text = f'{{"op": 0, "s": {self.last}, "t": "{event}", "d": {body}}}'
        self.told.append((self.last, text))
        await self.line.say_text(text)


@dataclass(slots=True)
class Gateway:
    """Tells of events, and misbehaves when it is told to.

    ``identifies``, ``resumes`` and ``beats`` are when each came, in seconds of `time.monotonic`. The next ``refusals``
    identifies are answered with an invalid session; a connection is closed at once while ``shut``. Of the shards whose
    numbers are the same modulo ``concurrency`` one may identify in ``identify_every`` seconds.
    ``away`` are the servers that a session is greeted with, ``greeted`` is called after that, and ``hung_up`` with the
    code by which a connection ended.
    """

    url: str = ""
    interval: float = 40.0
    refusals: int = 0
    shut: bool = False
    concurrency: int = 1
    identify_every: float = 0.0
    identifies: list[float] = field(default_factory=list[float])
    resumes: list[float] = field(default_factory=list[float])
    beats: list[float] = field(default_factory=list[float])
    connections: int = 0
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    away: Callable[[Session], list[dict[str, Any]]] = lambda _: []
    greeted: Callable[[Session], Awaitable[None]] | None = None
    hung_up: Callable[[int | None], None] | None = None
    _begun: dict[int, float] = field(default_factory=dict[int, float])

    async def tell(self, event: str, data: Any, guild_id: int | None = None) -> None:
        """Tells the shards that have that server; those that are away are told when they resume."""
        body = json.dumps(data)
        for session in list(self.sessions.values()):
            if not session.ended and session.hears_of(guild_id):
                await session.tell(event, body)

    async def ask_to_reconnect(self) -> None:
        """As Discord does before it restarts a machine of its own."""
        for session in self.sessions.values():
            await session.line.say(RECONNECT, None)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Ends the sessions, or says at least that they have to be resumed."""
        for session in list(self.sessions.values()):
            session.ended = not resumable
            await session.line.say(INVALID, resumable)

    def forget(self) -> None:
        """Ends the sessions without saying so: what happens until there are new ones is told to nobody."""
        for session in self.sessions.values():
            session.ended = True

    async def close(self, code: int) -> None:
        """Hangs up with that code."""
        for session in list(self.sessions.values()):
            await session.line.socket.close(code=code)

    def cut(self) -> None:
        """Cuts the connections without a word."""
        for session in self.sessions.values():
            session.line.dead = True
            if session.line.transport is not None:
                session.line.transport.close()

    def fall_silent(self) -> None:
        """Says nothing more on the connections that there are, and keeps them open."""
        for session in self.sessions.values():
            session.line.dead = True

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Answers a connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        if self.shut:
            await socket.close(code=1001)
            return socket
        line = Line(socket, request.transport)
        await line.say(HELLO, {"heartbeat_interval": int(self.interval * 1000)})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = message.json()
            if said["op"] == HEARTBEAT:
                self.beats.append(monotonic())
                await line.say(ACKNOWLEDGED, None)
            elif said["op"] == IDENTIFY:
                await self._identify(line, said["d"])
            elif said["op"] == RESUME:
                await self._resume(line, said["d"])
        if self.hung_up is not None:
            self.hung_up(socket.close_code)
        return socket

    async def _identify(self, line: Line, said: dict[str, Any]) -> None:
        self.identifies.append(now := monotonic())
        number, of = said.get("shard", (0, 1))
        if not 0 <= number < of:
            await line.socket.close(code=INVALID_SHARD)
            return
        begun = self._begun.get(number % self.concurrency, -self.identify_every)
        if self.refusals or now - begun < self.identify_every:
            self.refusals = max(0, self.refusals - 1)
            await line.say(INVALID, False)
            return
        self._begun[number % self.concurrency] = now
        session = Session(f"session{len(self.identifies)}", (number, of), line)
        # A shard has one session.
        self.sessions = {one.id: one for one in self.sessions.values() if one.shard != session.shard}
        self.sessions[session.id] = session
        ready = {
            "v": 10, "user": USER, "guilds": self.away(session), "session_id": session.id, "shard": [number, of],
            "resume_gateway_url": self.url, "application": {"id": APPLICATION_ID, "flags": 0},
        }  # fmt: skip
        await session.tell("READY", json.dumps(ready))
        if self.greeted is not None:
            await self.greeted(session)

    async def _resume(self, line: Line, said: dict[str, Any]) -> None:
        self.resumes.append(monotonic())
        session = self.sessions.get(said["session_id"])
        if session is None or session.ended or said["seq"] > session.last:
            await line.say(INVALID, False)
            return
        for number, text in list(session.told):
            if number > said["seq"]:
                await line.say_text(text)
        session.line = line
        await session.tell("RESUMED", "{}")
