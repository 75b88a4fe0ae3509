"""The winners of weeks and months through the real bot: posted once, with what the votes leave open."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import pytest
import simcord

from companion.cogs import outlets
from companion.community.clips import Clips
from companion.community.daily import CLAIM_LASTS
from companion.storage import ballots, episodes, highlight_rules, highlight_slots, votes
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.clips import Clip
from companion.storage.highlight_rules import Approval, HighlightRule, Wishes
from companion.storage.highlight_slots import MONTHLY, WEEKLY, Slot, State
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of
from tests.cogs.messages import only, said_in, shown
from tests.cogs.test_search_buttons import press_forged
from tests.cogs.voting import reacted

MONDAY = date(2026, 3, 9)
AFTER = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
"""The Monday after, at the rule's minute."""
DAY = timedelta(days=1)


@pytest.fixture
def channel(world: World) -> simcord.ChannelHandle:
    return world.guild.create_text_channel("highlights")


async def rule(world: World, channel: simcord.ChannelHandle, since: datetime = AFTER - DAY) -> None:
    """Posts at nine in UTC."""
    made = HighlightRule(world.guild.id, channel.id, "UTC", 540, 127, Approval.NONE, None, 5, since, Wishes())
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)


async def liked(world: World, title: str, up: int, down: int = 0, at: datetime = AFTER - DAY * 2) -> Clip:
    """A clip of that episode that was posted then, with so many votes an hour later."""
    async with world.database.read() as connection:
        episode = await episodes.find(connection, title, frozenset([world.bees.id]))
    clip = await Clips(world.database).create(world.guild.id, None, episode.id, 0, 60)
    # Its message is gone, as those of the simulation were never there.
    ballot = Ballot(9000 + clip.id, world.guild.id, world.channel.id, Subject(CLIP, clip.id), at, open=False)
    async with world.database.write() as connection:
        await ballots.add(connection, ballot)
        for member in range(up + down):
            value = 1 if member < up else -1
            await votes.decide(connection, ballot, 500 + member, (value, at + timedelta(hours=1)))
    return clip


async def minute(world: World, now: datetime) -> None:
    """What the schedule does every minute, of winners."""
    cog: Any = bot_of(world).get_cog("Winners")
    await cog.post_due(now)


async def slot(world: World, kind: str = WEEKLY, day: date = MONDAY) -> Slot | None:
    async with world.database.read() as connection:
        return await highlight_slots.get(connection, world.guild.id, kind, day)


async def test_the_clip_of_the_week_is_posted_once_with_its_score_and_who_came_after(
    world: World, channel: simcord.ChannelHandle
) -> None:
    await rule(world, channel)
    best = await liked(world, "The Winter Cluster", 5, 1)
    await liked(world, "An Egg Fed Better", 2, 1)
    await minute(world, AFTER - timedelta(minutes=1))
    assert said_in(world.env, channel) == []
    await minute(world, AFTER)
    await world.restart()
    await minute(world, AFTER + CLAIM_LASTS * 2)

    (said,) = said_in(world.env, channel)
    assert "Clip of the week\n-# 9 to 15 March 2026 · 6 members voted" in said
    assert best.title[:40] in said
    assert "5 for, 1 against" in said
    assert "certainty between" in said
    assert "2 for, 1 against" in said.partition("After it")[2]
    known = await slot(world)
    (message,) = channel.history()
    assert known is not None
    assert (known.state, known.message_id, known.clip_id) == (State.POSTED, message.id, best.id)


async def test_members_vote_on_it_there_too_and_what_is_told_of_it_stays(
    world: World, channel: simcord.ChannelHandle
) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 5)
    await minute(world, AFTER)
    (message,) = channel.history()
    await world.jonas.react(message, "👍")
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.settled()
    (said,) = said_in(world.env, channel)
    assert "6 👍" in said
    assert "5 for, 0 against" in said


async def test_the_month_says_how_much_hangs_on_two_votes(world: World, channel: simcord.ChannelHandle) -> None:
    april = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    await rule(world, channel, april - timedelta(hours=1))
    await liked(world, "The Winter Cluster", 5, 0, april - DAY * 20)
    await liked(world, "An Egg Fed Better", 4, 0, april - DAY * 3)
    await minute(world, april)
    (said,) = said_in(world.env, channel)
    assert "Clip of the month\n-# March 2026" in said
    assert "Leaving out any two votes, it stays first in" in said
    known = await slot(world, MONTHLY, date(2026, 3, 1))
    assert known is not None
    assert known.state is State.POSTED


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [((4, 0), (4, 0), "**A tie:** 2 clips share the first place"), ((2, 0), (1, 0), "**No winner:** there are too few"),
     ((3, 3), (1, 2), "**No winner:** even the first")],
)  # fmt: skip
async def test_a_tie_too_few_votes_and_votes_against_are_told_as_such(
    world: World, channel: simcord.ChannelHandle, first: tuple[int, int], second: tuple[int, int], told: str
) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", *first)
    await liked(world, "An Egg Fed Better", *second)
    await minute(world, AFTER)
    (said,) = said_in(world.env, channel)
    assert told in said
    for up, down in (first, second):
        assert f"{up} for, {down} against" in said


async def test_a_week_in_which_nobody_voted_is_passed_over_in_silence(
    world: World, channel: simcord.ChannelHandle
) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 0)
    await minute(world, AFTER)
    assert said_in(world.env, channel) == []
    known = await slot(world)
    assert known is not None
    assert known.state is State.SKIPPED


async def test_after_downtime_it_comes_late_and_says_so(world: World, channel: simcord.ChannelHandle) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 4)
    await minute(world, AFTER + DAY * 2)
    (said,) = said_in(world.env, channel)
    assert f"It is late: it was meant for <t:{int(AFTER.timestamp())}:F>" in said


@pytest.mark.parametrize("votes_for_second", [1, 4])
async def test_one_that_was_sent_before_a_crash_is_found_and_not_sent_again(
    world: World, channel: simcord.ChannelHandle, monkeypatch: pytest.MonkeyPatch, votes_for_second: int
) -> None:
    # The simulation dates messages by a clock of its own, which is behind.
    monkeypatch.setattr(outlets, "CLOCKS", DAY * 1000)
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 4)
    await liked(world, "An Egg Fed Better", votes_for_second)
    send: Any = discord.abc.Messageable.send

    async def crash(*args: Any, **options: Any) -> Any:
        await send(*args, **options)
        raise asyncio.CancelledError

    with monkeypatch.context() as crashing:
        crashing.setattr(discord.abc.Messageable, "send", crash)
        with pytest.raises(asyncio.CancelledError):
            await minute(world, AFTER)
    await minute(world, AFTER + CLAIM_LASTS * 2)
    assert len(said_in(world.env, channel)) == 1
    known = await slot(world)
    assert known is not None
    assert known.state is State.POSTED


async def test_it_waits_for_votes_that_were_given_while_the_bot_was_away(
    world: World, channel: simcord.ChannelHandle
) -> None:
    now = world.database.clock.now().replace(second=0, microsecond=0)
    zone_minute = now.hour * 60 + now.minute
    monday = now - DAY * now.weekday()
    made = HighlightRule(
        world.guild.id, channel.id, "UTC", zone_minute, 127, Approval.NONE, None, 5, monday - timedelta(minutes=1)
    )
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)
    sent: Any = bot_of(world).get_channel(world.channel.id)
    message = await sent.send("a clip")
    clip = await liked(world, "The Winter Cluster", 3, at=monday - DAY)
    async with world.database.write() as connection:
        subject = Subject(CLIP, clip.id)
        await ballots.add(connection, Ballot(message.id, world.guild.id, world.channel.id, subject, monday - DAY))
    reacted(world, message, "👍", [world.priya, world.jonas])
    cog: Any = bot_of(world).get_cog("Votes")

    await minute(world, cog._missed_until)
    assert said_in(world.env, channel) == []
    await cog.catch_up(now)
    await minute(world, cog._missed_until + timedelta(minutes=1))
    (said,) = said_in(world.env, channel)
    assert "5 for, 0 against" in said


async def test_all_clips_of_the_week_are_shown_to_who_presses(world: World, channel: simcord.ChannelHandle) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 5)
    await liked(world, "An Egg Fed Better", 1)
    await minute(world, AFTER)
    (message,) = channel.history()
    result = await world.priya.click(message, label="All clips of the week")
    said = shown(result)
    assert "Best clips of 9 to 15 March 2026" in said
    assert "1 for, 0 against" in said
    assert result.response is not None
    assert result.response.ephemeral


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-03-10", "no such week"), ("2026-13-41", "is not a date"), ("0001-01-01", "no such week")],
)
async def test_a_week_that_is_none_is_refused(
    world: World, channel: simcord.ChannelHandle, day: str, told: str
) -> None:
    await rule(world, channel)
    message = only(await world.priya.slash(world.channel, "search", query="winter cluster"))
    assert told in shown(await press_forged(world, world.priya, message, f"winner:all:week:{day}"))


async def test_the_week_of_a_server_is_not_shown_in_another(world: World, channel: simcord.ChannelHandle) -> None:
    await rule(world, channel)
    await liked(world, "The Winter Cluster", 5)
    message = only(await world.lotte.slash(world.cave_channel, "search", query="cave"))
    said = shown(await press_forged(world, world.lotte, message, f"winner:all:week:{MONDAY}"))
    assert "No daily highlight is set up in this server" in said
