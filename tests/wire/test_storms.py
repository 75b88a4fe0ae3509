"""Discord's rate limits, while many members ask and vote at once."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from companion.bot.rest import HELD_BACK
from companion.cogs.ballot_messages import seed
from companion.cogs.views.layout import Message, text
from companion.community.votes import Votes, VotingRules
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.votes import Tally
from tests.wire.faults import Fault
from tests.wire.interactions import FIRST_ANSWER_WITHIN, Invoked
from tests.wire.limits import REAL
from tests.wire.payloads import option
from tests.wire.running import running, until
from tests.wire.server import CHANNEL_ID, GUILD_ID, WireDiscord

MEMBERS = range(700_000_000_000_000_000, 700_000_000_000_000_030)
THING = Subject("thing", 1)


async def all_ask(wire: WireDiscord) -> list[Invoked]:
    """Every member searches at once, and reads the answer."""
    asked = [await wire.command("search", option("query", "drones"), member_id=member) for member in MEMBERS]
    await asyncio.gather(*(until(one.answered.is_set, 60) for one in asked))
    return asked


def assert_answered(wire: WireDiscord, asked: list[Invoked]) -> None:
    assert wire.interactions.too_late == wire.interactions.repeated == []
    assert max((one.acknowledged_at or 0) - one.began for one in asked) < FIRST_ANSWER_WITHIN
    for one in asked:
        assert one.original is not None
        assert "drones" in str(one.original.sent["components"]).casefold()
        assert one.followups == []


@pytest.mark.usefixtures("bees")
class TestSearches:
    async def test_they_are_answered_within_discords_usual_limits(self, wire: WireDiscord, database: Database) -> None:
        wire.limits.buckets = REAL
        async with running(database):
            assert_answered(wire, await all_ask(wire))
        assert wire.limits.refused == []

    @pytest.mark.parametrize("times", [2, 7])
    async def test_they_are_answered_though_every_answer_is_refused_again_and_again_by_its_bucket(
        self, wire: WireDiscord, database: Database, times: int
    ) -> None:
        refused = wire.faults.plan(Fault(r"PATCH /webhooks/.*", 429, times=times, each=True, retry_after=0.1))
        async with running(database):
            assert_answered(wire, await all_ask(wire))
        assert refused.met == times * len(MEMBERS)

    async def test_they_are_acknowledged_while_first_answers_are_refused(
        self, wire: WireDiscord, database: Database
    ) -> None:
        refused = wire.faults.plan(
            Fault(r"POST /interactions/.*", 429, times=len(MEMBERS), retry_after=0.5, everywhere=True)
        )
        async with running(database):
            assert_answered(wire, await all_ask(wire))
        assert refused.met == len(MEMBERS)

    async def test_they_are_answered_at_once_while_all_that_is_not_an_answer_is_limited_globally(
        self, wire: WireDiscord, database: Database
    ) -> None:
        async with running(database) as bot:
            wire.limits.everything = (2, 1.0)
            channel = bot.get_partial_messageable(CHANNEL_ID)
            others = [asyncio.create_task(channel.send(f"Number {nth}.")) for nth in range(12)]
            assert_answered(wire, await all_ask(wire))
            assert any(not one.done() for one in others)
            sent = await asyncio.gather(*others)
        assert len({one.id for one in sent}) == 12
        assert wire.limits.refused != []
        assert len(wire.invalid()) < HELD_BACK / 10


async def test_tallies_of_many_votes_are_shown_within_the_limits_on_edits(
    wire: WireDiscord, database: Database
) -> None:
    wire.limits.buckets = REAL
    async with running(database) as bot:
        shown: list[Tally] = []

        async def show(_ballot: object, tally: Tally) -> Any:
            shown.append(tally)
            return Message(discord.ui.Container(text(f"{tally.up} for it")))

        bot.tallied["thing"] = show
        message = await bot.get_partial_messageable(CHANNEL_ID).send("Is this worth hearing again?")
        await Votes(database).open_ballot(message.id, GUILD_ID, CHANNEL_ID, THING)
        await seed(message, VotingRules())
        for nth in range(300):
            await wire.react(message.id, "👍", MEMBERS[0] + nth)
        await until(lambda: shown[-1:] == [Tally(300)])
        await until(lambda: "300 for it" in str(wire.messages.all[message.id].sent.get("components")))
    assert len(shown) <= 4
    assert wire.limits.refused == []
