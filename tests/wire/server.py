"""A Discord on the loopback: a gateway with sessions, and the routes that the bot uses, with rate limits and faults.

What it knows is in plain fields, so that tests compare against it. Made of `Gateway`, `Messages`, `Interactions`,
`Limits` and `Faults`, which can be used one by one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import web

from tests.bot.loopback import LoopbackDiscord, json_answer
from tests.wire.faults import Faults
from tests.wire.gateway import Gateway, Session
from tests.wire.guild_routes import GuildRoutes
from tests.wire.interactions import Interactions, Invoked
from tests.wire.lengths import wrong
from tests.wire.limits import Limits
from tests.wire.messages import Messages, WireMessage, body
from tests.wire.openapi import described
from tests.wire.payloads import COMMAND, COMPLETION, FORM, PRESS, WireGuild, command_data, member, user

GUILD_ID, CHANNEL_ID = 1_300_000_000_000_000_201, 1_300_000_000_000_000_202


@dataclass(slots=True)
class Asked:
    """A request, and what it was answered with; None where it was cut off. ``at`` is in seconds of `time.monotonic`."""

    at: float
    method: str
    path: str
    route: str
    body: dict[str, Any]
    status: int | None = None

    @property
    def what(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class WireDiscord(LoopbackDiscord):
    """``guilds`` by id. ``asked`` are all requests, kept unless ``keeps`` is False; each takes ``delay`` seconds.

    Where it ``validates``, ``wrong`` is what was wrong with the bodies of requests, and ``unknown`` are those that this
    Discord has no answer to.
    """

    guilds: dict[int, WireGuild] = field(
        default_factory=lambda: {GUILD_ID: WireGuild(GUILD_ID, channels={CHANNEL_ID: (0, "podcast")})}
    )
    gateway: Gateway = field(default_factory=Gateway)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    asked: list[Asked] = field(default_factory=list[Asked])
    keeps: bool = True
    validates: bool = False
    wrong: list[str] = field(default_factory=list[str])
    unknown: list[str] = field(default_factory=list[str])
    delay: float = 0.0
    messages: Messages = field(init=False)
    interactions: Interactions = field(init=False)
    places: GuildRoutes = field(init=False)

    def __post_init__(self) -> None:
        self.messages = Messages(self.guilds, self.gateway.tell)
        self.interactions = Interactions(self.guilds, self.messages, self.gateway.tell)
        self.places = GuildRoutes(self.guilds, self.messages, self.gateway.tell)
        self.gateway.away = self._away
        self.gateway.greeted = self._greet
        self.gateway.hung_up = self._hung_up

    @property
    def channel_id(self) -> int:
        """The first channel of the first server."""
        return next(iter(self.guilds.values())).channel_id

    async def command(
        self,
        name: str,
        *options: dict[str, Any],
        guild_id: int = GUILD_ID,
        member_id: int = 1,
        channel_id: int | None = None,
    ) -> Invoked:
        """A member sends ``/name``, where groups come first: ``clip create``."""
        data = command_data(name.split(), options)
        return await self.interactions.invoke(guild_id, member_id, COMMAND, data, channel_id=channel_id)

    async def complete(
        self, name: str, *options: dict[str, Any], guild_id: int = GUILD_ID, member_id: int = 1
    ) -> Invoked:
        """A member types the last of the options."""
        typed = [*options[:-1], options[-1] | {"focused": True}]
        return await self.interactions.invoke(guild_id, member_id, COMPLETION, command_data(name.split(), typed))

    async def press(
        self, message: WireMessage, custom_id: str, values: Sequence[str] | None = None, *, member_id: int = 1
    ) -> Invoked:
        """A member presses a button of the message, or chooses ``values`` from a menu."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2 if values is None else 3, "id": 1}
        if values is not None:
            data["values"] = list(values)
        return await self.interactions.invoke(
            message.guild_id, member_id, PRESS, data, channel_id=message.channel_id, on=message
        )

    async def send_in(
        self, custom_id: str, components: list[dict[str, Any]], *, guild_id: int = GUILD_ID, member_id: int = 1
    ) -> Invoked:
        """A member sends a form in."""
        data = {"custom_id": custom_id, "components": components}
        return await self.interactions.invoke(guild_id, member_id, FORM, data)

    async def write(
        self,
        content: str,
        *,
        channel_id: int | None = None,
        member_id: int = 1,
        mentions: Sequence[dict[str, Any]] = (),
    ) -> WireMessage:
        """A member writes a message; ``mentions`` are users."""
        sent = {"content": content, "mentions": [one | {"member": member(one)} for one in mentions]}
        return await self.messages.put(channel_id or self.channel_id, sent, user(member_id))

    async def react(self, message_id: int, emoji: str, member_id: int, *, burst: bool = False, on: bool = True) -> None:
        """A member reacts, or takes it back."""
        await self.messages.react(message_id, emoji, member_id, burst=burst, on=on)

    def requests(self, method: str, route: str = "") -> list[Asked]:
        """Those of that method whose route begins so."""
        return [one for one in self.asked if one.method == method and one.route.startswith(route)]

    def invalid(self) -> list[Asked]:
        """The requests that count towards a ban, and those that asked for what there is not."""
        return [one for one in self.asked if one.status in (401, 403, 404, 429)]

    def add_routes(self, router: web.UrlDispatcher) -> None:
        self.messages.add_routes(router)
        self.interactions.add_routes(router)
        self.places.add_routes(router)

    def needs_no_token(self, request: web.Request) -> bool:
        return request.path.startswith(("/interactions/", "/webhooks/"))

    async def answered(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == "/gateway":
            return await handler(request)
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else request.path
        asked = Asked(monotonic(), request.method, request.path, route, await body_of(request))
        if self.keeps:
            self.asked.append(asked)
        if self.validates:
            self._validate(asked)
        if self.delay:
            await asyncio.sleep(self.delay)
        headers, refusal = self.limits.take(f"{request.method} {route}", request.match_info)
        try:
            answer = refusal or await self.faults.meet(request, handler)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            self.unknown.append(asked.what)
            answer = json_answer({"message": "404: Not Found", "code": 0}, status=404)
        answer.headers.update(headers)
        if request.transport is not None and not request.transport.is_closing():
            asked.status = answer.status
        return answer

    async def serve_gateway(self, request: web.Request) -> web.WebSocketResponse:
        self.gateway.url = f"{self.base.replace('http', 'ws')}/gateway"
        return await self.gateway.serve(request)

    def _validate(self, asked: Asked) -> None:
        body = asked.body.get("list", asked.body)
        if not body:
            return
        api = described()
        self.wrong += api.wrong(asked.method, asked.path, body) if api is not None else ()
        self.wrong += [f"{asked.what}: {told}" for told in wrong(asked.method, asked.route, body)]

    def _away(self, session: Session) -> list[dict[str, Any]]:
        return [{"id": str(one), "unavailable": True} for one in self.guilds if session.hears_of(one)]

    async def _greet(self, session: Session) -> None:
        for guild in list(self.guilds.values()):
            if session.hears_of(guild.id):
                events = [one for one in self.places.events.values() if one["guild_id"] == str(guild.id)]
                await session.tell("GUILD_CREATE", json.dumps(guild.created() | {"guild_scheduled_events": events}))

    def _hung_up(self, code: int | None) -> None:
        self.close_code = code
        self.closed.set()


async def body_of(request: web.Request) -> dict[str, Any]:
    """What a request with a body says; empty for others, and for lists."""
    if request.method not in ("POST", "PATCH", "PUT") or not request.can_read_body:
        return {}
    said: Any = await body(request)
    return {"list": said} if isinstance(said, list) else said
