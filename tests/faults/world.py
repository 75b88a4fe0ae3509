"""What outlives a killed worker: a Discord, in the harness's process, that remembers all that it was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.wire.gateway import Session
from tests.wire.guild_routes import GuildRoutes
from tests.wire.server import WireDiscord


@dataclass(slots=True)
class World(WireDiscord):
    """The loopback Discord. Whoever connects hears of the threads and the events that there are."""

    routes: GuildRoutes | None = None

    @property
    def events(self) -> dict[int, dict[str, Any]]:
        return self.routes.events if self.routes is not None else {}

    def direct_of(self, channel_id: int) -> int | None:
        """Whose direct messages the channel has."""
        return next((member for member, channel in self.messages.direct.items() if channel == channel_id), None)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        self.routes = GuildRoutes(self.guilds, self.messages, self.gateway.tell)
        self.messages.add_routes(router)
        self.interactions.add_routes(router)
        self.routes.add_routes(router)

    async def _greet(self, session: Session) -> None:
        for guild in list(self.guilds.values()):
            there = str(guild.id)
            told = guild.created() | {
                "guild_scheduled_events": [one for one in self.events.values() if one["guild_id"] == there],
                "threads": [one for one in self.messages.threads.values() if one["guild_id"] == there],
            }
            await session.tell("GUILD_CREATE", json.dumps(told))
