"""Daily highlights over a whole year of restarts, failures and two processes: each once, none at another hour."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from companion.community.clips import GoneClipError
from companion.community.daily import ASKED_BEFORE, CLAIM_LASTS, LATE, TOO_LATE, instant, local_day
from companion.community.daily_posts import (
    NO_ANSWER,
    NOT_ASKED,
    NOTHING_GOOD,
    AlreadyPostedError,
    AtThisMomentError,
    Chosen,
    DailyPosts,
    NothingPostedError,
)
from companion.community.slot_posts import DELETED, MISSED, ClosedError, UnsureError
from companion.storage import highlight_rules, highlight_slots, schema
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind
from tests import samples

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
RULES = (
    HighlightRule(10, 11, "Europe/Berlin", 150, EVERY_DAY, Approval.NONE, None, 5, NEW_YEAR),
    HighlightRule(20, 21, "America/New_York", 9 * 60, 0b0011111, Approval.NONE, None, 5, NEW_YEAR),
    HighlightRule(30, 31, "Australia/Lord_Howe", 135, EVERY_DAY, Approval.NONE, None, 5, NEW_YEAR),
)
RULE = RULES[0]
HALF_PAST_TWO = datetime(2026, 3, 14, 1, 30, tzinfo=UTC)
"""In Berlin."""
TODAY = HALF_PAST_TWO.date()


class Stopped(BaseException):
    """The process is killed."""


@dataclass
class Channels:
    """Discord's side: what stands in the channels, and how sending goes wrong."""

    messages: list[tuple[datetime, Slot, datetime]] = field(default_factory=list[tuple[datetime, Slot, datetime]])
    now: datetime = NEW_YEAR
    before: BaseException | None = None
    after: BaseException | None = None
    blind: bool = False
    why_closed: str | None = None
    away: bool = False
    told: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    settled: list[tuple[Slot, Slot]] = field(default_factory=list[tuple[Slot, Slot]])

    def knows(self, guild_id: int) -> bool:
        del guild_id
        return not self.away

    def closed(self, guild_id: int, channel_id: int) -> str | None:
        del guild_id, channel_id
        return self.why_closed

    async def sent_before(self, slot: Slot) -> int | None:
        if self.blind:
            raise UnsureError
        same = (
            number
            for number, (_, sent, _) in enumerate(self.messages)
            if (sent.channel_id, sent.clip_id, sent.day) == (slot.channel_id, slot.clip_id, slot.day)
        )
        return next(same, None)

    async def post(self, slot: Slot, at: datetime) -> int:
        if self.before is not None:
            raise self.before
        self.messages.append((self.now, slot, at))
        if self.after is not None:
            raise self.after
        return len(self.messages) - 1

    async def ask(self, slot: Slot, at: datetime, approval: Approval) -> int:
        assert approval is not Approval.NONE
        return await self.post(slot, at)

    async def settle(self, offer: Slot, daily: Slot, at: datetime) -> None:
        if self.blind:
            raise UnsureError
        assert at == HALF_PAST_TWO
        self.settled.append((offer, daily))

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        self.told.append((guild_id, reason))


@pytest.fixture
async def clip_ids(database: Database) -> list[int]:
    """Some clips, as many as are wanted in one day."""
    await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    values: dict[str, Any] = {"episode_id": 1, "approximate": False, "turns": [], "title": "Bees", "made_at": NEW_YEAR}
    async with database.write() as connection:
        rows: list[dict[str, Any]] = [
            {"guild_id": rule.guild_id, "first_word": word, "last_word": word + 40, **values}
            for rule in RULES
            for word in range(4)
        ]
        found = await connection.scalars(insert(schema.clips).returning(schema.clips.c.id), rows)
        return list(found)


class Picks:
    """Chooses the clips in their turn; none where there is no other."""

    def __init__(self, clip_ids: list[int]) -> None:
        self.clip_ids = clip_ids
        self.chosen = 0

    async def choose(self, guild_id: int, day: date, turned_down: Collection[int]) -> Chosen | None:
        del guild_id, day
        left = [one for one in self.clip_ids if one not in turned_down]
        if not left:
            return None
        self.chosen += 1
        return Chosen(left[self.chosen % len(left)], "because of bees")


@pytest.fixture
async def posts(database: Database, clip_ids: list[int]) -> DailyPosts:
    return DailyPosts(database, Picks(clip_ids).choose)


async def setup(database: Database, *rules: HighlightRule) -> None:
    async with database.write() as connection:
        for rule in rules:
            await highlight_rules.put(connection, rule)


async def slot_of(database: Database, kind: str = DAILY, day: date = TODAY) -> Slot | None:
    async with database.read() as connection:
        return await highlight_slots.get(connection, RULE.guild_id, kind, day)


@pytest.mark.parametrize("days", [100, pytest.param(366, marks=pytest.mark.slow)])
async def test_a_year_of_restarts_failures_and_two_processes(
    database: Database, clip_ids: list[int], days: int
) -> None:
    """The first hundred days have a change of clocks in each of the zones."""
    dice, channels = random.Random(7), Channels()
    processes = [DailyPosts(database, Picks(clip_ids).choose) for _ in range(2)]
    await setup(database, *RULES)
    meant = {
        (rule.guild_id, day): at
        for rule in RULES
        for day in (date(2025, 12, 31) + DAY * number for number in range(days))
        if rule.days >> day.weekday() & 1
        and (at := instant(day, rule.minute, rule.zone)) is not None
        and at >= NEW_YEAR
    }
    # The minutes around each post, with two hours after it; and downtime, of which nobody knows, in between.
    steps = (-60, -1, 1, 13, 60, 75)
    minutes = {at + MINUTE * step for at in meant.values() for step in steps if dice.random() < 0.3}
    minutes = sorted(minutes | set(meant.values()))
    down = [(at, at + DAY * dice.uniform(0.02, 4)) for at in dice.sample(sorted(meant.values()), days // 9)]
    troubled: set[datetime] = set()
    for now in minutes:
        if any(start <= now < end for start, end in down):
            continue
        channels.now, channels.before, channels.after = now, None, None
        channels.blind = dice.random() < 0.1
        trouble = dice.random()
        if trouble < 0.1:
            channels.after = Stopped()
        elif trouble < 0.2:
            channels.before = Stopped()
        elif trouble < 0.3:
            channels.after = UnsureError()
        elif trouble < 0.4:
            channels.before = UnsureError()
        if trouble < 0.4:
            troubled.add(now)
        for process in dice.sample(processes, 2 if dice.random() < 0.3 else 1):
            try:
                await process.run_due(now, channels)
            except Stopped:
                processes[processes.index(process)] = DailyPosts(database, Picks(clip_ids).choose)

    posted = {(slot.guild_id, slot.day): (sent, at) for sent, slot, at in channels.messages}
    assert len(posted) == len(channels.messages), "one was posted twice"
    async with database.read() as connection:
        slots = await highlight_slots.of_servers(connection, [rule.guild_id for rule in RULES], date(2025, 12, 31))
    skipped = {(slot.guild_id, slot.day) for slot in slots if slot.state is State.SKIPPED}
    last = [max(day for guild_id, day in meant if guild_id == rule.guild_id) for rule in RULES]
    open_ended = {(rule.guild_id, day) for rule, day in zip(RULES, last, strict=True)}
    assert posted.keys() | skipped | open_ended >= meant.keys()
    assert posted.keys() <= meant.keys()
    assert not posted.keys() & skipped
    on_time = 0
    for key, (sent, at) in posted.items():
        assert at == meant[key], "meant for another hour"
        assert at <= sent <= at + TOO_LATE
        on_time += sent == at
        if sent - at > LATE:
            excused = [one for one in troubled if at <= one < sent] + [end for _, end in down if at < end <= sent]
            assert excused, "late for no reason"
    for key in skipped:
        until = meant[key] + DAY
        was_down = any(start < until and end > meant[key] for start, end in down)
        assert was_down or any(meant[key] <= one < until for one in troubled), "skipped for no reason"
    assert on_time > len(meant) / 2
    assert len(skipped) > days // 37


async def test_what_is_due_is_posted_once_and_says_when_it_is_late(database: Database, posts: DailyPosts) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO - MINUTE))
    channels = Channels()
    await posts.run_due(HALF_PAST_TWO - MINUTE, channels)
    assert channels.messages == []
    await posts.run_due(HALF_PAST_TWO, channels)
    await posts.run_due(HALF_PAST_TWO + MINUTE, channels)
    ((_, sent, at),) = channels.messages
    assert at == HALF_PAST_TWO
    assert (sent.day, sent.late, sent.reason) == (TODAY, False, "because of bees")
    known = await slot_of(database)
    assert known is not None
    assert (known.state, known.message_id, known.channel_id) == (State.POSTED, 0, RULE.channel_id)

    await posts.run_due(HALF_PAST_TWO + DAY + timedelta(hours=2), channels)
    assert channels.messages[1][1].late


async def test_after_days_of_downtime_one_comes_and_the_others_say_that_they_were_missed(
    database: Database, posts: DailyPosts
) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    channels = Channels()
    await posts.run_due(HALF_PAST_TWO + DAY * 3 + timedelta(hours=1), channels)
    assert [slot.day for _, slot, _ in channels.messages] == [TODAY + DAY * 3]
    missed = await slot_of(database, day=TODAY + DAY)
    assert missed is not None
    assert (missed.state, missed.reason) == (State.SKIPPED, MISSED)

    await posts.run_due(HALF_PAST_TWO + DAY * 4 + TOO_LATE + MINUTE, channels)
    assert len(channels.messages) == 1


async def test_a_closed_channel_pauses_the_rule_and_managers_are_told_once(
    database: Database, posts: DailyPosts
) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    channels = Channels(why_closed="the channel is gone")
    await posts.run_due(HALF_PAST_TWO, channels)
    await posts.run_due(HALF_PAST_TWO + MINUTE, channels)
    assert channels.told == [(RULE.guild_id, "the channel is gone")]
    async with database.read() as connection:
        rule = await highlight_rules.get(connection, RULE.guild_id)
    assert rule is not None
    assert rule.pause_reason == "the channel is gone"
    assert channels.messages == []


async def test_a_channel_that_refuses_at_the_last_moment_pauses_it_too(database: Database, posts: DailyPosts) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    channels = Channels(before=ClosedError("Discord refuses it"))
    await posts.run_due(HALF_PAST_TWO, channels)
    assert channels.told == [(RULE.guild_id, "Discord refuses it")]
    assert await slot_of(database) is None


async def test_one_servers_fault_holds_up_no_other(database: Database, posts: DailyPosts) -> None:
    await setup(
        database, *(replace(rule, zone="UTC", minute=90, days=EVERY_DAY, since=HALF_PAST_TWO) for rule in RULES)
    )

    class Faulty(Channels):
        async def post(self, slot: Slot, at: datetime) -> int:
            if slot.guild_id == 10:
                raise RuntimeError("a fault")
            return await super().post(slot, at)

    channels = Faulty()
    await posts.run_due(HALF_PAST_TWO, channels)
    assert [slot.guild_id for _, slot, _ in channels.messages] == [20, 30]


async def test_a_server_that_the_bot_left_keeps_its_slots_for_when_it_is_back(
    database: Database, posts: DailyPosts
) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    channels = Channels(away=True)
    await posts.run_due(HALF_PAST_TWO, channels)
    assert await slot_of(database) is None
    channels.away = False
    await posts.run_due(HALF_PAST_TWO + timedelta(hours=1), channels)
    assert len(channels.messages) == 1


async def test_where_nothing_is_good_enough_the_day_is_skipped_and_says_so(database: Database) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    await DailyPosts(database, Picks([]).choose).run_due(HALF_PAST_TWO, Channels())
    known = await slot_of(database)
    assert known is not None
    assert (known.state, known.reason) == (State.SKIPPED, NOTHING_GOOD)


async def test_a_clip_that_was_deleted_meanwhile_is_not_posted(database: Database, posts: DailyPosts) -> None:
    await setup(database, replace(RULE, since=HALF_PAST_TWO))
    await posts.run_due(HALF_PAST_TWO, Channels(before=GoneClipError()))
    known = await slot_of(database)
    assert known is not None
    assert (known.state, known.reason) == (State.SKIPPED, DELETED)


async def asked(database: Database, posts: DailyPosts, approval: Approval) -> Channels:
    """Managers were asked in time, in channel 12."""
    rule = replace(RULE, approval=approval, approval_channel_id=12, since=HALF_PAST_TWO - DAY / 2)
    await setup(database, rule)
    channels = Channels()
    await posts.run_due(HALF_PAST_TWO - ASKED_BEFORE, channels)
    await posts.run_due(HALF_PAST_TWO - ASKED_BEFORE + MINUTE, channels)
    ((_, offer, at),) = channels.messages
    assert (offer.channel_id, offer.offer, offer.day, at) == (12, 1, TODAY, HALF_PAST_TWO)
    return channels


async def test_silence_posts_what_was_offered(database: Database, posts: DailyPosts) -> None:
    channels = await asked(database, posts, Approval.POST)
    await posts.run_due(HALF_PAST_TWO, channels)
    (_, offer, _), (_, sent, _) = channels.messages
    assert (sent.channel_id, sent.clip_id, sent.offer) == (RULE.channel_id, offer.clip_id, 0)


async def test_or_silence_skips_it(database: Database, posts: DailyPosts) -> None:
    channels = await asked(database, posts, Approval.SKIP)
    await posts.run_due(HALF_PAST_TWO, channels)
    known = await slot_of(database)
    assert known is not None
    assert (known.state, known.reason, len(channels.messages)) == (State.SKIPPED, NO_ANSWER, 1)


@pytest.mark.parametrize("approval", [Approval.POST, Approval.SKIP])
async def test_what_came_of_an_offer_is_said_on_it_once(
    database: Database, posts: DailyPosts, approval: Approval
) -> None:
    channels = await asked(database, posts, approval)
    await posts.run_due(HALF_PAST_TWO, channels)
    assert channels.settled == []

    channels.blind = True
    await posts.run_due(HALF_PAST_TWO + MINUTE, channels)
    channels.blind = False
    for minute in (2, 3):
        await posts.run_due(HALF_PAST_TWO + minute * MINUTE, channels)

    ((offer, daily),) = channels.settled
    assert (offer.state, offer.offer) == (State.SETTLED, 1)
    assert daily.state is (State.POSTED if approval is Approval.POST else State.SKIPPED)
    assert await slot_of(database, offer_kind(1)) == offer


async def test_what_silence_skipped_is_what_is_then_posted_by_hand(database: Database, posts: DailyPosts) -> None:
    channels = await asked(database, posts, Approval.SKIP)
    for minute in (0, 1):
        await posts.run_due(HALF_PAST_TWO + minute * MINUTE, channels)
    rule = replace(RULE, approval=Approval.SKIP, approval_channel_id=12)

    posted = await posts.post_now(rule, HALF_PAST_TWO + MINUTE, channels)

    assert posted.clip_id == channels.settled[0][0].clip_id


async def test_nobody_who_has_to_approve_is_passed_over(database: Database, posts: DailyPosts) -> None:
    rule = replace(RULE, approval=Approval.SKIP, approval_channel_id=12, since=HALF_PAST_TWO)
    await setup(database, rule)
    await posts.run_due(HALF_PAST_TWO, Channels())
    known = await slot_of(database)
    assert known is not None
    assert known.reason == NOT_ASKED


async def test_an_offer_that_was_sent_before_a_crash_is_found(database: Database, posts: DailyPosts) -> None:
    rule = replace(RULE, approval=Approval.SKIP, approval_channel_id=12, since=HALF_PAST_TWO - DAY / 2)
    await setup(database, rule)
    channels = Channels(after=Stopped())
    with pytest.raises(Stopped):
        await posts.run_due(HALF_PAST_TWO - ASKED_BEFORE, channels)
    channels.after = None
    await posts.run_due(HALF_PAST_TWO - ASKED_BEFORE + CLAIM_LASTS * 2, channels)
    offer = await slot_of(database, offer_kind(1))
    assert offer is not None
    assert (offer.state, offer.message_id, len(channels.messages)) == (State.PROPOSED, 0, 1)


async def test_posting_now_takes_the_place_of_todays(database: Database, posts: DailyPosts) -> None:
    rule = replace(RULE, since=HALF_PAST_TWO - DAY / 2)
    await setup(database, rule)
    channels, early = Channels(), HALF_PAST_TWO - timedelta(hours=1)
    posted = await posts.post_now(rule, early, channels)
    assert (posted.state, posted.day, posted.late) == (State.POSTED, local_day(early, rule.zone), False)
    with pytest.raises(AlreadyPostedError, match="10/11/0"):
        await posts.post_now(rule, early + MINUTE, channels)
    await posts.run_due(HALF_PAST_TWO, channels)
    assert len(channels.messages) == 1


async def test_posting_now_brings_back_what_was_skipped(database: Database, posts: DailyPosts) -> None:
    await setup(database, RULE)
    async with database.write() as connection:
        await highlight_slots.put(connection, Slot(RULE.guild_id, DAILY, TODAY, State.SKIPPED, reason=NOTHING_GOOD))
    assert (await posts.post_now(RULE, HALF_PAST_TWO, Channels())).state is State.POSTED


async def test_posting_now_says_why_it_cannot(database: Database, posts: DailyPosts) -> None:
    await setup(database, RULE)
    with pytest.raises(NothingPostedError, match="because the channel is gone"):
        await posts.post_now(RULE, HALF_PAST_TWO, Channels(why_closed="the channel is gone"))
    with pytest.raises(NothingPostedError, match="look in ten minutes"):
        await posts.post_now(RULE, HALF_PAST_TWO, Channels(before=UnsureError()))
    with pytest.raises(AtThisMomentError):
        await posts.post_now(RULE, HALF_PAST_TWO + MINUTE, Channels())
    with pytest.raises(NothingPostedError, match="good enough"):
        await DailyPosts(database, Picks([]).choose).post_now(RULE, HALF_PAST_TWO + DAY, Channels())
