"""The job of booking: hosts give dates their papers, members say that they come, Discord shows an event for each."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from companion.bot.client import CompanionBot
from companion.cogs.views.club_event import mark_of
from companion.community.club_wishes import Wanted
from companion.community.outbox import CLAIM_LASTS
from companion.storage.engine import Database
from companion.storage.rsvps import Answer
from tests.community.clubs import CHANNEL, FRIDAYS, GUILD, LOUNGE, begin, propose
from tests.faults.bot_jobs import BotJob, connected, enough, say_enough
from tests.faults.jobs import require
from tests.faults.places import KeptClock, Place, rows_of
from tests.faults.reminding import club_world
from tests.faults.world import World
from tests.wire.interactions import Invoked
from tests.wire.payloads import option

_TITLES = ("Moss", "Fern", "Lichen", "Reed")
_COMING = 5
_PLACES = 3
_MINUTE = 0.02
"""Seconds that a minute of the bot's takes."""

Step = Callable[[Place, World], Awaitable[bool]]


class Book(BotJob):
    """Four papers for four dates, and five members for the three places of the first; each tries until answered."""

    name = "book"

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._tries = 0

    def world(self) -> World:
        return club_world()

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        async with await Database.open(place.url, KeptClock(place)) as database:
            wanted = Wanted(name="Small", when=FRIDAYS, place=CHANNEL, where=LOUNGE, capacity=_PLACES)
            coming = (await begin(database, wanted)).coming[: len(_TITLES)]
            papers = [await propose(database, title) for title in _TITLES]
        self._steps = [
            partial(self._schedule, session.id, paper, title)
            for session, paper, title in zip(coming, papers, _TITLES, strict=True)
        ]
        self._steps += [partial(self._come, coming[0].id, 701 + nth) for nth in range(_COMING)]

    async def live(self, place: Place, bot: CompanionBot, clock: KeptClock) -> None:
        while not enough(place):
            clock.advance(timedelta(minutes=1))
            await bot.schedule.tick()
            await asyncio.sleep(_MINUTE)
        for _ in range(2):
            clock.advance(CLAIM_LASTS * 1.5)
            await bot.schedule.tick()

    async def accompany(self, place: Place, world: World) -> None:
        await connected(world)
        while self._steps:
            if await self._steps[0](place, world):
                del self._steps[0]
            await asyncio.sleep(_MINUTE)
        say_enough(place)

    async def check_stopped(self, place: Place, world: World) -> None:
        booked = dict(rows_of(place.database, "SELECT id, paper_id FROM sessions WHERE paper_id IS NOT NULL"))
        come = set(rows_of(place.database, "SELECT session_id, member_id FROM rsvps WHERE answer = 'going'"))
        for what, session, other in place.acknowledged():
            kept = booked.get(session) == other if what == "booked" else (session, other) in come
            require(kept, "acknowledged and lost:", what, session, other)
        require(len(set(booked.values())) == len(booked), "a paper that has two dates:", booked)
        events = [mark_of(event["description"]) for event in world.events.values()]
        sessions = [mark[0] for mark in events if mark is not None]
        require(len(set(sessions)) == len(world.events), "events:", events)

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        acknowledged = {tuple(one) for one in place.acknowledged()}
        require(len(acknowledged) == len(_TITLES) + _COMING, "acknowledged:", acknowledged)
        scheduled = rows_of(place.database, "SELECT count(*) FROM papers WHERE state = 'scheduled'")
        require(scheduled == [(len(_TITLES),)], "papers that are scheduled:", scheduled)
        shown = json.dumps(list(world.events.values()))
        planned = rows_of(place.database, "SELECT id, event_id FROM sessions WHERE paper_id IS NOT NULL")
        require({event for _, event in planned} <= world.events.keys(), "sessions without their event:", planned)
        require(all(title in shown for title in _TITLES), "events that do not show their paper:", shown)
        rsvps = rows_of(place.database, "SELECT count(*) FROM rsvps")
        require(rsvps == [(_COMING,)], "answers:", rsvps)

    async def _schedule(self, session: int, paper: int, title: str, place: Place, world: World) -> bool:
        invoked = await world.command(
            "club schedule",
            option("date", f"#{session}"),
            option("paper", str(paper)),
            guild_id=GUILD,
            member_id=self._somebody(),
        )
        await invoked.answered.wait()
        if title in _said(invoked):
            place.acknowledge("booked", session, paper)
            return True
        # It is so already, by a try whose answer was not heard.
        known = rows_of(place.database, f"SELECT paper_id FROM sessions WHERE id = {session}")
        if known == [(paper,)]:
            place.acknowledge("booked", session, paper)
        return known == [(paper,)]

    async def _come(self, session: int, member: int, place: Place, world: World) -> bool:
        for message in list(world.messages.all.values()):
            for custom_id in _ids(message.sent.get("components")):
                if custom_id.startswith(f"session:{Answer.GOING.value}:{session}:"):
                    invoked = await world.press(message, custom_id, member_id=member)
                    await invoked.answered.wait()
                    place.acknowledge("comes", session, member)
                    return True
        return False  # there is no post yet

    def _somebody(self) -> int:
        """A host who was not seen before, and need not wait."""
        self._tries += 1
        return 1000 + self._tries


def _said(invoked: Invoked) -> str:
    """What a member reads, where it is for everybody; errors are for them alone."""
    messages = [one for one in (invoked.original, *invoked.followups) if one is not None and not one.ephemeral]
    return json.dumps([one.sent for one in messages])


def _ids(components: Any) -> list[str]:
    """The custom_ids among components, however deep."""
    return re.findall(r'"custom_id": "([^"]+)"', json.dumps(components))
