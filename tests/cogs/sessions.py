"""A club's next session in the bees' server, and the minutes in which the bot tells what it brings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import simcord

from companion.community.clubs import Clubs
from companion.storage.sessions import Session
from tests.clocks import StoppedClock
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import walk
from tests.cogs.test_clubs import begin, planned, propose

START = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
"""Of the first session."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


async def club(world: World, *, paper: str | None = "Moss", **options: object) -> Session:
    """A club that meets on Fridays at noon in Berlin, and its next session, about a paper that Priya presents."""
    clock = StoppedClock()
    world.database.clock = clock
    await begin(world, managing(world), **options)
    session = (await planned(world))[0]
    if paper is not None:
        paper_id = await propose(world, paper)
        await Clubs(world.database).schedule(world.guild.id, session.id, paper_id, world.priya.id)
    return (await planned(world))[0]


async def at(world: World, when: datetime) -> None:
    """The time is that."""
    clock = world.database.clock
    assert isinstance(clock, StoppedClock)
    clock.advance(when - clock.now())


async def minute(world: World) -> None:
    """What is done every minute about sessions."""
    bot = bot_of(world)
    now = world.database.clock.now()
    for cog, duty in DUTIES:
        found: Any = bot.get_cog(cog)
        await getattr(found, duty)(now)
    posts: Any = bot.get_cog("SessionPosts")
    await posts.shown.finish()


DUTIES = [("ClubDuty", "tick"), ("ClubReminders", "watch"), ("ClubReminders", "tell"), ("SessionPosts", "keep")]


async def current(world: World, session: Session) -> Session:
    """The session as it is stored now."""
    return (await Clubs(world.database).meeting(world.guild.id, session.id)).session


async def press(
    world: World, member: simcord.MemberActor, label: str, channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    """Presses a button under the first message in a channel that has it."""
    for message in sorted((channel or world.channel).history(), key=lambda one: one.id):
        stored = world.env.backend.get_message(message.channel.id, message.id)
        if any(part.get("label") == label for part in walk(stored.components)):
            return await member.click(message, label=label)
    raise AssertionError(f"no message has a button {label}")
