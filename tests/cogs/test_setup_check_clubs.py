"""What ``/setup check`` says of a server's paper clubs."""

from __future__ import annotations

import discord
import pytest

from companion.community.channels import Place
from companion.community.club_wishes import Wanted, Where
from companion.community.permissions import INVITED, Permission
from companion.storage.series import Venue
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import shown
from tests.cogs.test_setup_channels import closed_channel
from tests.community.clubs import FRIDAYS, begin

ALL = INVITED.value | Permission.VIEW_CHANNELS.value


async def club(world: World, channel_id: int, venue: Where, name: str = "Friday Papers") -> None:
    """The server has a club that posts in that channel and meets at that venue."""
    wanted = Wanted(name=name, when=FRIDAYS, place=Place(channel_id, ALL), where=venue)
    await begin(world.database, wanted, guild=world.guild.id)


def outside() -> Where:
    return Where(Venue.EXTERNAL, text="https://meet.example")


async def said(world: World) -> str:
    return shown(await managing(world).slash(world.channel, "setup check"))


async def test_a_club_that_works_is_among_what_is_fine(world: World) -> None:
    bot_of(world).web_address = "https://companion.example.org"
    await club(world, world.channel.id, outside())
    found = await said(world)

    assert f"Friday Papers in <#{world.channel.id}>" in found
    assert "⚠️" not in found
    assert "subscribe" not in found


async def test_a_channel_that_is_gone_is_told_with_its_cure_and_its_name_is_text(world: World) -> None:
    await club(world, 4242, Where(Venue.VOICE, channel_id=4343), "*Moss* @everyone")
    found = await said(world)

    assert r"The channel of the club **\*Moss\* \@everyone** is deleted, or hidden from me" in found
    assert r"The channel that **\*Moss\* \@everyone** meets in is deleted" in found
    assert "`/club edit`" in found


async def test_what_lacks_for_posts_and_for_the_public_threads_is_told_once(world: World) -> None:
    channel = closed_channel(world, "papers", read_message_history=False, create_public_threads=False)
    await club(world, channel.id, outside())
    found = await said(world)

    where = f"In <#{channel.id}> I lack"
    assert f"{where} **Read Message History** to post a club's sessions and remind of them (**Friday Papers**)" in found
    assert f"{where} **Create Public Threads** to open a thread for a club's session (**Friday Papers**)" in found


async def test_without_create_events_it_says_what_does_not_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> discord.Permissions:
        lacking = discord.Permissions.all()
        lacking.update(administrator=False, create_events=False)
        return lacking

    await club(world, world.channel.id, outside())
    with monkeypatch.context() as patched:
        patched.setattr(discord.Member, "guild_permissions", property(none))
        found = await said(world)

    assert "I lack **Create Events** to keep a scheduled event for each session of a club" in found


async def test_a_calendar_that_nobody_can_subscribe_to_is_a_hint(world: World) -> None:
    await club(world, world.channel.id, outside())
    found = await said(world)

    assert "Members get the calendar of clubs as a file" in found
    assert "`COMPANION_WEB_URL`" in found


async def test_a_server_without_a_club_reads_nothing_of_clubs(world: World) -> None:
    found = await said(world)

    assert "club" not in found
    assert "Create Events" not in found
