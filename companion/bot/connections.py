"""Connecting to the gateway at a pace that Discord bears, whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
import discord

from companion.bot.gateway_pace import LEAST, ConnectPace, IdentifyPace, wait_before_start
from companion.cogs.companion import Companion

log = logging.getLogger(__name__)


class PacedConnections(Companion):
    """A client whose connections and sessions begin no more often than `bot/gateway_pace.py` allows."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._identify_pace = IdentifyPace()
        self._known: dict[int, list[discord.Guild]] = {}
        """The servers of each shard as they were known when it last began a session."""
        self._pace_connections()

    async def launch_shards(self) -> None:
        """Connects, later where Discord allows but few more sessions today."""
        shards, _url, limits = await self.http.get_bot_gateway()
        mine = len(self.shard_ids or range(self.shard_count or shards))
        wait = wait_before_start(limits["remaining"], limits["total"], limits["reset_after"] / 1000, mine)
        if wait:
            log.warning("Discord allows %d more sessions today: the next begins in %.0f s", limits["remaining"], wait)
            await asyncio.sleep(wait)
        await super().launch_shards()

    def _pace_connections(self) -> None:
        """The library has no hook for this one."""
        pace, connect = ConnectPace(), self.http.ws_connect

        async def paced(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
            await asyncio.sleep(pace.wait(2 * len(self.shards) + 2))
            return await connect(url, compress=compress)

        self.http.ws_connect = paced

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Waits until a session may begin."""
        wait = self._identify_pace.wait(shard_id or 0)
        if wait > LEAST:
            log.warning("shard %s begins its next session in %.0f s", shard_id, wait)
        await asyncio.sleep(wait)
        self._identify_pace.begins(shard_id or 0)
        self._known[shard_id or 0] = [guild for guild in self.guilds if guild.shard_id == (shard_id or 0)]

    async def on_shard_connect(self, shard_id: int) -> None:
        """Takes leave of the servers that the bot was removed from between two sessions of a shard.

        Discord names those that it is in when a session begins, and the library makes each anew. Of the others it tells
        nothing any more, and the library would keep them for ever.
        """
        for guild in self._known.pop(shard_id, ()):
            if self.get_guild(guild.id) is guild:
                log.info("guild %d was left while shard %d was away", guild.id, shard_id)
                self._connection.parsers["GUILD_DELETE"]({"id": str(guild.id)})
