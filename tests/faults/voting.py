"""The job of counting reactions, which members give and take back whether the bot runs or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random
from typing import Any

from companion.bot.client import CompanionBot
from companion.community.votes import Happened, Votes, What
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from tests.bot.loopback import APPLICATION_ID, USER
from tests.faults.bot_jobs import BotJob, connected, enough, say_enough
from tests.faults.jobs import require
from tests.faults.places import KeptClock, Place, rows_of
from tests.faults.world import World
from tests.wire.running import until
from tests.wire.server import CHANNEL_ID, GUILD_ID

_UP, _DOWN = "👍", "👎"
_VALUES = {_UP: 1, _DOWN: -1}
_MEMBERS = [700_000_000_000_000_000 + nth for nth in range(8)]
_LAST = 700_000_000_000_000_099
"""Whose reaction comes after all others."""
_REACTIONS, _MISSED = 60, 4
_SUBJECTS = 2
_MESSAGES = 3
_PAUSE = 0.004
_PATIENCE = 40
_LEDGER = "SELECT added, message_id, member_id, emoji FROM vote_events ORDER BY id"


class Vote(BotJob):
    """Members react to three messages about two subjects, each with one emoji a subject at most."""

    name = "vote"

    def __init__(self) -> None:
        self._coming: Iterator[tuple[int, str, int, bool]] = iter(())

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        messages = [await world.messages.put(CHANNEL_ID, {"content": "Worth it?"}, USER) for _ in range(_MESSAGES)]
        async with await Database.open(place.url, KeptClock(place)) as database:
            for nth, message in enumerate(messages):
                subject = Subject("thing", nth % _SUBJECTS)
                await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, subject)
        self._coming = _reactions([message.id for message in messages], dice)

    async def live(self, place: Place, bot: CompanionBot, clock: KeptClock) -> None:
        cog: Any = bot.get_cog("Votes")
        take = cog.kept.take

        async def taken(happenings: list[Happened]) -> Any:
            changed = await take(happenings)
            for one in happenings:
                place.acknowledge(one.what is What.CAME, one.message_id, one.member_id, one.emoji)
            return changed

        cog.kept.take = taken
        await bot.schedule.tick()
        await until(lambda: enough(place), _PATIENCE)

        async def caught_up() -> bool:
            return any(mark[2] == _LAST for mark in _there(place)) and not await cog.behind(clock.now())

        await until(caught_up, _PATIENCE)
        await cog.settled()

    async def accompany(self, place: Place, world: World) -> None:
        await connected(world)
        for one in self._coming:
            await _react(world, *one)
            await asyncio.sleep(_PAUSE)
        await _react(world, next(iter(world.messages.all)), _UP, _LAST, True)
        say_enough(place)

    async def check_stopped(self, place: Place, world: World) -> None:
        known = {
            tuple(row) for row in rows_of(place.database, "SELECT added, message_id, member_id, emoji FROM vote_events")
        }
        lost = [one for one in place.acknowledged() if tuple(one) not in known]
        require(not lost, "acknowledged and lost:", lost)
        # Members go on while nobody listens.
        for _, one in zip(range(_MISSED), self._coming, strict=False):
            await _react(world, *one)

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        standing = {
            (message_id, emoji, member_id)
            for (message_id, emoji, _), members in world.messages.reactions.items()
            for member_id in members
            if member_id != int(APPLICATION_ID)
        }
        require(_there(place) == standing, "not what Discord has:", _there(place) ^ standing)
        first = min(world.messages.all)
        votes = {((message_id - first) % _SUBJECTS, member): _VALUES[emoji] for message_id, emoji, member in standing}
        counted = rows_of(place.database, "SELECT subject_id, member_id, value FROM votes")
        require({(subject, member): value for subject, member, value in counted} == votes, "votes:", counted, votes)
        there: set[tuple[int, int, str]] = set()
        for added, *mark in rows_of(
            place.database, "SELECT added, message_id, member_id, emoji FROM vote_events ORDER BY id"
        ):
            require(not added or tuple(mark) not in there, "a reaction that came twice:", mark)
            (there.add if added else there.discard)((mark[0], mark[1], mark[2]))


def _reactions(messages: list[int], dice: Random) -> Iterator[tuple[int, str, int, bool]]:
    """Message, emoji, member, and whether the reaction comes or goes."""
    stands: dict[tuple[int, int], tuple[int, str]] = {}
    for _ in range(_REACTIONS):
        nth, member = dice.randrange(len(messages)), dice.choice(_MEMBERS)
        before = stands.pop((nth % _SUBJECTS, member), None)
        if before is not None:
            yield *before, member, False
        if before is None or dice.random() < 0.5:
            stands[nth % _SUBJECTS, member] = chosen = (messages[nth], dice.choice((_UP, _DOWN)))
            yield *chosen, member, True


async def _react(world: World, message_id: int, emoji: str, member: int, on: bool) -> None:
    await world.react(message_id, emoji, member, on=on)


def _there(place: Place) -> set[tuple[int, str, int]]:
    return set(rows_of(place.database, "SELECT message_id, emoji, member_id FROM reactions"))
