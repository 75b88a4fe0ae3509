"""Members who follow something, new episodes that have it, and the minute in which they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import simcord

from companion.archive.encoders import ToyEncoder
from companion.storage import follows
from companion.storage.follows import FollowKind, Subject, TellIn
from companion.storage.saved import Owner
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import said_in

DRONES = "Today the drones leave the hive, and nobody says goodbye to them."
LATER = timedelta(minutes=1)


async def follow(
    world: World,
    subject: Subject,
    member: simcord.MemberActor | None = None,
    tell_in: TellIn = TellIn.DIRECT,
    channel: simcord.ChannelHandle | None = None,
) -> None:
    member = member or world.priya
    async with world.database.write() as connection:
        owner, now = Owner(member.guild.id, member.id), world.database.clock.now()
        await follows.add(connection, owner, subject, tell_in, (channel or world.channel).id, now)


def topic(words: str) -> Subject:
    return Subject(FollowKind.TOPIC, words)


def speaker(name: str) -> Subject:
    return Subject(FollowKind.SPEAKER, name)


async def publish(
    world: World, *titles: str, words: str = DRONES, by: str = "Mara Lindqvist", embedded: bool = True
) -> None:
    """Episodes of Hive Minds that come out now."""
    now = world.database.clock.now()
    turns = [samples.Turn(by, 0.0, 40.0, False, words)]
    readings = [
        samples.reading(title, turns, published=now + timedelta(seconds=number)) for number, title in enumerate(titles)
    ]
    await samples.store_podcast(world.database, samples.BEES, readings)
    if embedded:
        await samples.embed(world.database, ToyEncoder())


async def minute(world: World, later: timedelta = timedelta(0)) -> None:
    """What the schedule does every minute: announcing, and telling followers."""
    bot = bot_of(world)
    names = ["News", "FollowDuty"]
    cogs: list[Any] = [bot.get_cog(name) for name in names]
    announce, tell = cogs[0].announce, cogs[1].tell
    assert bot.duties.index(announce) < bot.duties.index(tell)
    await announce(world.database.clock.now() + later)
    await tell(world.database.clock.now() + later)


def direct(world: World, member: simcord.MemberActor | None = None) -> list[str]:
    """The direct messages that a member got."""
    return said_in(world.env, (member or world.priya).user.dm_channel)


def threads(world: World, channel: simcord.ChannelHandle | None = None) -> list[simcord.ChannelHandle]:
    return (channel or world.channel).threads


def close_direct_messages(world: World) -> None:
    """Priya takes none from members of servers."""
    path = f"/channels/{world.priya.user.dm_channel.id}/messages"
    told = "Cannot send messages to this user"
    world.env.inject_error("POST", path, status=403, code=50007, message=told)


def posts(world: World) -> int:
    """How often anything was sent anywhere."""
    return sum(entry.method == "POST" and entry.path.endswith("/messages") for entry in world.env.http_requests)
