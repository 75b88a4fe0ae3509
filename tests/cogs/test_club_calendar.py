"""``/club calendar`` through the real bot: a file, and a link that the web server opens until it is revoked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import discord
import pytest
import simcord
from aiohttp import ClientSession

from companion.bot.web import serving
from companion.community.calendars import MOST, Calendars
from tests.calendars import by_icalendar, by_vobject
from tests.clocks import StoppedClock
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_clubs import CLUB, begin
from tests.cogs.test_search_buttons import press_forged

ADDRESS = "https://companion.example.org"
NOON = datetime(2026, 3, 20, 11, tzinfo=UTC)


@pytest.fixture
def clock(world: World) -> StoppedClock:
    """The bot's clock, which stands still on a Saturday in March."""
    world.database.clock = clock = StoppedClock()
    return clock


@pytest.fixture
async def mo(world: World, clock: StoppedClock) -> simcord.MemberActor:
    """Who manages the server, and has begun a club that meets on Fridays at noon in Berlin."""
    del clock
    manager = managing(world)
    await begin(world, manager)
    bot_of(world).web_address = ADDRESS
    return manager


async def calendar(
    member: simcord.MemberActor, channel: simcord.ChannelHandle, **options: str
) -> simcord.ResponseMessage:
    return only(await member.slash(channel, "club calendar", **options))


def token_in(message: simcord.ResponseMessage) -> str:
    """The secret of the link that the message shows."""
    found = re.search(rf"^{ADDRESS}/calendar/([\w-]{{43}})\.ics$", text_of(message), re.MULTILINE)
    assert found is not None, text_of(message)
    return found[1]


async def opens(world: World, *tokens: str) -> list[bool]:
    """Which of the links the web server opens."""
    statuses: list[int] = []
    async with serving(world.database, "127.0.0.1", 0) as port, ClientSession() as session:
        for token in tokens:
            async with session.get(f"http://127.0.0.1:{port}/calendar/{token}.ics") as answer:
                statuses.append(answer.status)
    assert set(statuses) <= {200, 404}
    return [status == 200 for status in statuses]


async def starts(message: simcord.ResponseMessage) -> list[datetime]:
    """When the sessions begin that two readers find in the attached file."""
    (file,) = message.attachments
    assert file.filename == "paper-clubs.ics"
    content = await file.read()
    assert by_vobject(content) == by_icalendar(content)
    return [one.start for one in by_vobject(content)]


async def test_a_member_gets_a_file_and_a_link_for_their_eyes_only(world: World, mo: simcord.MemberActor) -> None:
    message = await calendar(world.priya, world.channel)
    assert message.ephemeral
    assert text_of(message).startswith("### 📅 Friday Papers\nSubscribe to this address")
    assert "keep it to yourself" in text_of(message)
    assert list(buttons(message)) == ["Revoke this link"]
    assert (await starts(message))[0] == NOON
    assert await opens(world, token_in(message)) == [True]


async def test_a_subscribed_calendar_follows_a_move_and_the_file_is_as_it_was(
    world: World, mo: simcord.MemberActor
) -> None:
    message = await calendar(world.priya, world.channel)
    before = by_vobject((await Calendars(world.database).opened(token_in(message))).content)
    await mo.slash(world.channel, "club move", date="2026-03-20", to="2026-03-21 17:00")
    await mo.slash(world.channel, "club skip", date="2026-03-27")
    after = by_vobject((await Calendars(world.database).opened(token_in(message))).content)
    assert sorted(one.uid for one in after) == sorted(one.uid for one in before)
    changed = {one.uid: one for one in after if one not in before}
    moved, skipped = changed[before[0].uid], changed[before[1].uid]
    assert len(changed) == 2
    assert (moved.start, moved.status, moved.sequence) == (NOON + timedelta(days=1, hours=5), "CONFIRMED", 1)
    assert (skipped.status, skipped.sequence) == ("CANCELLED", 1)
    assert (await starts(message))[0] == NOON


async def test_without_a_web_server_there_is_the_file_alone(world: World, mo: simcord.MemberActor) -> None:
    bot_of(world).web_address = None
    message = await calendar(mo, world.channel)
    assert "get it anew when something has changed" in text_of(message)
    assert "http" not in text_of(message)
    assert buttons(message) == {}
    assert len(await starts(message)) == 5
    assert await Calendars(world.database).revoke_all(world.guild.id) == 0, "nobody saw the link"


async def test_where_files_may_not_be_attached_there_is_the_link_alone_or_a_sentence(
    world: World, mo: simcord.MemberActor
) -> None:
    for role in world.env.backend.get_guild(world.guild.id).roles.values():
        role.permissions &= ~discord.Permissions(attach_files=True, administrator=True).value
    message = await calendar(world.priya, world.channel)
    assert message.attachments == []
    assert await opens(world, token_in(message)) == [True]
    bot_of(world).web_address = None
    assert "*Attach Files* is missing" in text_of(await calendar(world.priya, world.channel))


async def test_a_link_is_revoked_by_who_has_it_and_the_others_stay(world: World, mo: simcord.MemberActor) -> None:
    mine = [await calendar(world.priya, world.channel) for _ in range(3)]
    tokens = [token_in(one) for one in (*mine, await calendar(world.jonas, world.channel))]
    _, second, third = mine
    assert list(buttons(third)) == ["Revoke this link", "Revoke all of mine (3)"]

    await world.priya.click(second, label="Revoke this link")
    assert text_of(second).startswith("🚫 The link opens nothing any more, from now on.")
    assert (buttons(second), second.attachments) == ({}, [])
    assert await opens(world, *tokens) == [True, False, True, True]

    await world.priya.click(third, label="Revoke all of mine (3)")
    assert text_of(third).startswith("🚫 All 2 links open nothing any more")
    assert await opens(world, *tokens) == [False, False, False, True]


async def test_managers_revoke_everybody_s_and_members_do_not(world: World, mo: simcord.MemberActor) -> None:
    priyas, jonas, mos = [await calendar(who, world.channel) for who in (world.priya, world.jonas, mo)]
    tokens = [token_in(one) for one in (priyas, jonas, mos)]
    assert list(buttons(mos)) == ["Revoke this link", "Revoke everybody's"]
    refused = await press_forged(world, world.jonas, jonas, "calendar:all:everybody")
    assert "may manage this server" in shown(refused)
    refused = await press_forged(world, world.jonas, jonas, buttons(priyas)["Revoke this link"][0])
    assert "That link opens nothing any more" in shown(refused)
    assert await opens(world, *tokens) == [True, True, True]

    await mo.click(mos, label="Revoke everybody's")
    assert text_of(mos).startswith("🚫 All 3 links of this server open nothing any more")
    assert await opens(world, *tokens) == [False, False, False]


async def test_who_has_as_many_links_as_one_can_have_gets_the_file_and_may_revoke_them(
    world: World, mo: simcord.MemberActor
) -> None:
    for _ in range(MOST):
        await Calendars(world.database).subscribe(world.guild.id, world.priya.id, None)
    message = await calendar(world.priya, world.channel)
    assert f"You have {MOST} links already" in text_of(message)
    assert len(await starts(message)) == 5
    await world.priya.click(message, label=f"Revoke all of mine ({MOST})")
    assert await opens(world, token_in(await calendar(world.priya, world.channel))) == [True]


async def test_a_club_can_be_named_and_another_server_s_cannot(world: World, mo: simcord.MemberActor) -> None:
    await begin(world, mo, name="Asia", zone="Asia/Singapore")
    boss = managing(world, world.lotte.guild, "boss")
    await boss.slash(world.cave_channel, "club create", **{**CLUB, "name": "Deep", "channel": world.cave_channel})
    assert text_of(await calendar(world.priya, world.channel)).startswith("### 📅 Friday Papers, Asia\n")
    of_one = await calendar(world.priya, world.channel, club="asia")
    assert (await starts(of_one))[0] == datetime(2026, 3, 20, 4, tzinfo=UTC)
    refused = await world.priya.slash(world.channel, "club calendar", club="Deep")
    assert "No club here is called “Deep”" in shown(refused)
    assert [one.attachments for one in refused.followups] == [[]]
    assert "no paper club in this server" in shown(await world.nadia.slash(world.quiet_channel, "club calendar"))
    offered = await world.lotte.autocomplete(world.cave_channel, "club calendar", "club", "")
    assert [one["value"] for one in offered] == ["Deep"]


async def test_what_a_manager_wrote_formats_nothing(world: World, mo: simcord.MemberActor) -> None:
    await mo.slash(world.channel, "club edit", name="**@everyone** [x](y)")
    assert r"\*\*\@everyone\*\* \[x\](y)" in text_of(await calendar(world.priya, world.channel))
