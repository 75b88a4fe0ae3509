"""The channels that are posted in, asked of a small Discord on the loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest_asyncio
from aiohttp import web

from companion.bot.doctor import channels
from companion.bot.doctor.discord_api import DiscordApi
from companion.bot.doctor.findings import Severity
from companion.community.channels import Place
from companion.community.club_wishes import Wanted, Where
from companion.community.permissions import HIGHLIGHTS, INVITED, NEWS, Permission
from companion.storage import channels as stored_channels
from companion.storage import highlight_rules
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from companion.storage.series import Venue
from tests.bot.doctor.said import of, worst
from tests.bot.loopback import APPLICATION_ID, TOKEN, LoopbackDiscord, json_answer
from tests.community.clubs import FRIDAYS, begin

GUILD, DAILY, APPROVAL, HALL, LOUNGE = 10, 11, 12, 13, 14
RULE = HighlightRule(
    GUILD, DAILY, "UTC", 540, EVERY_DAY, Approval.SKIP, APPROVAL, 5, datetime(2026, 1, 1, tzinfo=UTC),
    Wishes(hall_of_fame=HALL),
)  # fmt: skip
ROLE = "77"


def overwrite(of: str, deny: Permission, allow: Permission | None = None) -> dict[str, Any]:
    return {"id": of, "type": 0, "deny": str(deny.value), "allow": str(allow.value if allow else 0)}


@dataclass(slots=True)
class Guild(LoopbackDiscord):
    """A Discord with a server in which everybody may see, and the bot's role may do what highlights need."""

    overwrites: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: {DAILY: [], APPROVAL: [], HALL: []})
    role: Permission = HIGHLIGHTS.needs

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(f"/guilds/{GUILD}/roles", self._roles)
        router.add_get(f"/guilds/{GUILD}/members/{APPLICATION_ID}", self._member)
        router.add_get(f"/guilds/{GUILD}/channels", self._channels)

    async def _roles(self, _request: web.Request) -> web.Response:
        everyone = {"id": str(GUILD), "permissions": str(Permission.VIEW_CHANNELS.value)}
        other = {"id": "78", "permissions": str(Permission.ADMINISTRATOR.value)}
        return json_answer([everyone, {"id": ROLE, "permissions": str(self.role.value)}, other])

    async def _member(self, _request: web.Request) -> web.Response:
        return json_answer({"roles": [ROLE]})

    async def _channels(self, _request: web.Request) -> web.Response:
        return json_answer(
            [{"id": str(one), "type": 0, "permission_overwrites": some} for one, some in self.overwrites.items()]
        )


@pytest_asyncio.fixture
async def discord() -> AsyncGenerator[Guild]:
    async with Guild().serving() as serving:
        yield serving


@pytest_asyncio.fixture
async def api(discord: Guild) -> AsyncGenerator[DiscordApi]:
    async with aiohttp.ClientSession() as session:
        yield DiscordApi(session, TOKEN, discord.base)


async def checked(database: Database, api: DiscordApi, rule: HighlightRule = RULE) -> Any:
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    return await channels.check(database, api, frozenset({GUILD, 99}))


async def test_channels_in_which_all_can_be_done_are_fine(database: Database, api: DiscordApi) -> None:
    found = await checked(database, api)
    assert worst(found) is Severity.OK
    assert "in all 1 servers" in of(Severity.OK, found)


async def test_nothing_is_asked_where_no_server_has_highlights(
    database: Database, api: DiscordApi, discord: Guild
) -> None:
    assert await channels.check(database, api, frozenset({GUILD})) == []
    assert discord.paths == []


async def test_a_channel_that_is_gone_or_hidden_is_named_with_its_cure(
    database: Database, api: DiscordApi, discord: Guild
) -> None:
    del discord.overwrites[DAILY]
    discord.overwrites[HALL] = [overwrite(str(GUILD), Permission.VIEW_CHANNELS), overwrite("78", Permission(0))]
    discord.role &= ~Permission.VIEW_CHANNELS
    said = of(Severity.WARNING, await checked(database, api))
    assert "In server 10 the channel of the daily highlight (11) is deleted, or hidden from the bot." in said
    assert "the channel of the hall of fame (13) is deleted, or hidden" in said
    assert "`/highlights hall-of-fame` with another channel" in said
    assert "approval" not in said


async def test_what_overwrites_take_away_is_named_and_what_they_give_back_is_not(
    database: Database, api: DiscordApi, discord: Guild
) -> None:
    taken = Permission.ATTACH_FILES | Permission.ADD_REACTIONS
    discord.overwrites[DAILY] = [overwrite(ROLE, taken), overwrite(APPLICATION_ID, Permission(0), taken)]
    discord.overwrites[HALL] = [overwrite(str(GUILD), taken), overwrite(ROLE, taken, Permission.ADD_REACTIONS)]
    said = of(Severity.WARNING, await checked(database, api))
    assert "the channel of the hall of fame (13) lacks Attach Files for the bot" in said
    assert "daily highlight" not in said


async def test_an_administrator_lacks_nothing(database: Database, api: DiscordApi, discord: Guild) -> None:
    discord.role = Permission.ADMINISTRATOR
    discord.overwrites[HALL] = [overwrite(str(GUILD), HIGHLIGHTS.needs)]
    assert worst(await checked(database, api)) is Severity.OK


async def test_highlights_that_are_paused_for_a_reason_are_told(database: Database, api: DiscordApi) -> None:
    paused = replace(RULE, paused_at=RULE.since, pause_reason="its channel was deleted")
    assert "paused, because its channel was deleted" in of(Severity.WARNING, await checked(database, api, paused))
    wanted = replace(RULE, paused_at=RULE.since)
    assert worst(await checked(database, api, wanted)) is Severity.OK


async def test_a_discord_that_does_not_answer_is_a_hint(database: Database, api: DiscordApi, discord: Guild) -> None:
    discord.status = 500
    assert "could not all be looked at" in of(Severity.HINT, await checked(database, api))


async def with_club(database: Database, venue: int = LOUNGE) -> None:
    """The server has a club that posts where daily highlights do."""
    where = Where(Venue.VOICE, channel_id=venue)
    wanted = Wanted(name="Papers", when=FRIDAYS, place=Place(DAILY, INVITED.value), where=where)
    await begin(database, wanted, guild=GUILD)


async def test_a_clubs_channels_and_its_threads_are_looked_at(
    database: Database, api: DiscordApi, discord: Guild
) -> None:
    await with_club(database)
    discord.overwrites[DAILY] = [overwrite(ROLE, Permission.READ_MESSAGE_HISTORY)]
    said = of(Severity.WARNING, await channels.check(database, api, frozenset({GUILD})))
    assert "the channel of the paper club (11) lacks Read Message History for the bot" in said
    assert "the channel 11 lacks Read Message History, Create Public Threads" in said
    assert "to open a thread for a club's session" in said
    assert "the channel 14 that a club meets in is deleted, or hidden" in said


async def test_a_club_in_which_all_can_be_done_is_fine(database: Database, api: DiscordApi, discord: Guild) -> None:
    await with_club(database)
    discord.overwrites[LOUNGE] = []
    discord.role = INVITED
    assert worst(await channels.check(database, api, frozenset({GUILD}))) is Severity.OK


async def test_the_channels_that_managers_chose_are_looked_at_with_the_threads_under_news(
    database: Database, api: DiscordApi, discord: Guild
) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await stored_channels.choose(connection, GUILD, Purpose.NEWS, DAILY, 1, now)
        await stored_channels.choose(connection, GUILD, Purpose.NOTICES, 99, 1, now)
    discord.role = NEWS.needs
    said = of(Severity.WARNING, await channels.check(database, api, frozenset({GUILD})))
    assert "the channel of the notices (99) is deleted, or hidden" in said
    assert "`/setup channels choose purpose:notices`" in said
    assert "the channel 11 lacks Create Public Threads and Send Messages in Threads for the bot to tell members" in said
