"""Messages that members vote on in tests, and what the database has of their votes."""

from __future__ import annotations

from typing import Any

import simcord

from companion.cogs.ballot_messages import seed
from companion.cogs.views.layout import Message, sentence
from companion.community.votes import Votes, VotingRules
from companion.storage.ballots import Ballot, Subject
from companion.storage.votes import Tally
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of

THING = Subject("thing", 1)


async def posted(world: World, subject: Subject = THING) -> Any:
    """A seeded ballot of the bot's."""
    channel: Any = bot_of(world).get_channel(world.channel.id)
    message = await channel.send(view=sentence("Is this worth hearing again?"))
    await Votes(world.database).open_ballot(message.id, world.guild.id, world.channel.id, subject)
    await seed(message, VotingRules())
    return message


async def tally(world: World, subject: Subject = THING) -> Tally:
    return await Votes(world.database).tally(subject)


def show_tallies(world: World, subject: Subject = THING) -> list[Tally]:
    """Lets messages about things of that kind show their tally; what they showed."""
    seen: list[Tally] = []

    async def view(_ballot: Ballot, counted: Tally) -> Message:
        seen.append(counted)
        return sentence(f"{counted.up} for, {counted.down} against")

    bot_of(world).tallied[subject.kind] = view
    return seen


def reacted(world: World, message: Any, emoji: str, members: list[simcord.MemberActor], *, on: bool = True) -> None:
    """Members who react while nobody listens."""
    for member in members:
        world.env.backend.set_reaction(world.channel.id, message.id, emoji, member.id, on)
