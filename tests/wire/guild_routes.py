"""Members and scheduled events of the servers on the loopback."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.bot.loopback import APPLICATION_ID, USER, json_answer
from tests.wire.messages import Messages, Told, body
from tests.wire.payloads import WireGuild, member, user


@dataclass(slots=True)
class GuildRoutes:
    """``events`` by id, as they stand. Everybody is a member but those who ``left``."""

    guilds: Mapping[int, WireGuild]
    messages: Messages
    tell: Told
    events: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    left: set[int] = field(default_factory=set[int])

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/guilds/{guild}/members/{member}", self._member)
        events = "/guilds/{guild}/scheduled-events"
        router.add_get(events, self._events)
        router.add_post(events, self._create)
        router.add_get(f"{events}/{{event}}", self._event)
        router.add_patch(f"{events}/{{event}}", self._edit)
        router.add_delete(f"{events}/{{event}}", self._delete)

    async def _member(self, request: web.Request) -> web.Response:
        member_id = int(request.match_info["member"])
        if member_id in self.left:
            return json_answer({"message": "Unknown Member", "code": 10007}, status=404)
        return json_answer(member(user(member_id)))

    async def _events(self, request: web.Request) -> web.Response:
        there = request.match_info["guild"]
        return json_answer([one for one in self.events.values() if one["guild_id"] == there])

    async def _create(self, request: web.Request) -> web.Response:
        event: dict[str, Any] = {
            "channel_id": None, "description": None, "scheduled_end_time": None, "entity_metadata": None, "image": None,
            **await body(request),
            "id": str(self.messages.new_id()), "guild_id": request.match_info["guild"], "creator_id": APPLICATION_ID,
            "creator": USER, "status": 1, "entity_id": None, "user_count": 0, "recurrence_rule": None,
        }  # fmt: skip
        self.events[int(event["id"])] = event
        await self.tell("GUILD_SCHEDULED_EVENT_CREATE", event, int(event["guild_id"]))
        return json_answer(event)

    async def _event(self, request: web.Request) -> web.Response:
        event = self.events.get(int(request.match_info["event"]))
        return _unknown() if event is None else json_answer(event)

    async def _edit(self, request: web.Request) -> web.Response:
        event = self.events.get(int(request.match_info["event"]))
        if event is None:
            return _unknown()
        event |= await body(request)
        await self.tell("GUILD_SCHEDULED_EVENT_UPDATE", event, int(event["guild_id"]))
        return json_answer(event)

    async def _delete(self, request: web.Request) -> web.Response:
        event = self.events.pop(int(request.match_info["event"]), None)
        if event is None:
            return _unknown()
        await self.tell("GUILD_SCHEDULED_EVENT_DELETE", event, int(event["guild_id"]))
        return web.Response(status=204)


def _unknown() -> web.Response:
    return json_answer({"message": "Unknown Guild Scheduled Event", "code": 10070}, status=404)
