"""Winners over a whole year of restarts, failures and two processes: each week and month once, and by its own votes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from companion.community.daily import CLAIM_LASTS, LATE
from companion.community.slot_posts import MISSED, UnsureError
from companion.community.spans import Span, first_date, next_first, told_at
from companion.community.winners import KIND_OF, NO_CLIPS, NO_VOTES, WinnerPosts, Winners
from companion.storage import ballots, highlight_rules, highlight_slots, schema, subscriptions, votes
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from companion.storage.highlight_slots import MONTHLY, WEEKLY, Slot, State
from tests import samples
from tests.community.test_daily_posts import Channels, Stopped

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
RULE = HighlightRule(10, 11, "America/New_York", 9 * 60, EVERY_DAY, Approval.NONE, None, 5, NEW_YEAR)
IN_MARCH = replace(RULE, since=datetime(2026, 3, 10, tzinfo=UTC))
MONDAY = date(2026, 3, 9)
AFTER = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
"""Nine o'clock in New York on the Monday after."""


class Winning(Channels):
    """Channels in which a winner's post is known by its week or month alone."""

    async def sent_before(self, slot: Slot) -> int | None:
        if self.blind:
            raise UnsureError
        same = (n for n, (_, sent, _) in enumerate(self.messages) if (sent.kind, sent.day) == (slot.kind, slot.day))
        return next(same, None)


@pytest.fixture
async def clip_ids(database: Database) -> list[int]:
    """Some clips of a server, as many as weeks in a year."""
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    values: dict[str, Any] = {"episode_id": 1, "approximate": False, "turns": [], "title": "Bees", "made_at": NEW_YEAR}
    async with database.write() as connection:
        await subscriptions.subscribe(connection, RULE.guild_id, podcast.id, NEW_YEAR)
        await highlight_rules.put(connection, IN_MARCH)
        rows = [{"guild_id": 10, "first_word": word, "last_word": word + 40, **values} for word in range(60)]
        found = await connection.scalars(insert(schema.clips).returning(schema.clips.c.id), rows)
        return list(found)


async def voted(database: Database, clip_id: int, at: datetime, up: int, down: int = 0) -> None:
    """The clip is posted then, and so many members vote on it an hour later."""
    subject = Subject(CLIP, clip_id)
    ballot = Ballot(int(at.timestamp()) * 100 + clip_id, RULE.guild_id, 11, subject, at)
    async with database.write() as connection:
        await ballots.add(connection, ballot)
        for member in range(up + down):
            value = 1 if member < up else -1
            await votes.decide(connection, ballot, 500 + member, (value, at + timedelta(hours=1)))


async def slot_of(database: Database, kind: str = WEEKLY, day: date = MONDAY) -> Slot | None:
    async with database.read() as connection:
        return await highlight_slots.get(connection, RULE.guild_id, kind, day)


async def test_a_year_of_restarts_failures_and_two_processes(database: Database, clip_ids: list[int]) -> None:
    dice, channels = random.Random(11), Winning()
    async with database.write() as connection:
        await highlight_rules.put(connection, RULE)
    processes = [WinnerPosts(database) for _ in range(2)]
    weeks = [first_date(date(2026, 1, 1), Span.WEEK) + DAY * 7 * n for n in range(52)]
    months = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
    # In each week another clip is liked best; the one that everybody likes was posted in June.
    best = {week: clip_ids[n] for n, week in enumerate(weeks)}
    for week, clip_id in best.items():
        at = max(told_at(first_date(week - DAY, Span.WEEK), Span.WEEK, RULE), NEW_YEAR) + timedelta(hours=3)
        await voted(database, clip_id, at, 9 if week == date(2026, 6, 8) else 5)
    meant = {(KIND_OF[span], one): told_at(one, span, RULE) for span, some in ((Span.WEEK, weeks), (Span.MONTH, months))
             for one in some}  # fmt: skip
    # Ten minutes around each post and the hours after it, with days in which nothing runs.
    minutes = sorted({at + MINUTE * step for at in meant.values() for step in (-1, 0, 1, 12, 60, 24 * 60, 72 * 60)})
    down = [(at - MINUTE, at + DAY * dice.uniform(0.2, 16)) for at in dice.sample(sorted(meant.values()), 9)]
    for now in minutes:
        if any(start <= now < end for start, end in down):
            continue
        channels.now, channels.before, channels.after = now, None, None
        channels.blind = dice.random() < 0.1
        trouble = dice.random()
        if trouble < 0.15:
            channels.after = Stopped()
        elif trouble < 0.3:
            channels.before = UnsureError()
        for process in dice.sample(processes, 2 if dice.random() < 0.4 else 1):
            try:
                await process.run_due(now, channels)
            except Stopped:
                processes[processes.index(process)] = WinnerPosts(database)

    posted = {(slot.kind, slot.day): (sent, slot, at) for sent, slot, at in channels.messages}
    assert len(posted) == len(channels.messages), "one was posted twice"
    async with database.read() as connection:
        slots = await highlight_slots.of_servers(connection, [10], date(2025, 12, 1))
    given_up = {(slot.kind, slot.day) for slot in slots if slot.state is State.SKIPPED and slot.reason == MISSED}
    assert posted.keys() <= meant.keys()
    assert meant.keys() <= posted.keys() | given_up
    assert not posted.keys() & given_up
    assert given_up
    for key, (sent, slot, at) in posted.items():
        assert at == meant[key]
        assert sent >= at
        assert slot.late == (sent - at > LATE)
        if slot.kind == WEEKLY:
            assert slot.clip_id == best[slot.day]
            assert sent < told_at(next_first(slot.day, Span.WEEK), Span.WEEK, RULE)
    june = posted[MONTHLY, date(2026, 6, 1)][1]
    assert june.clip_id == best[date(2026, 6, 8)]


async def test_a_week_is_of_the_clips_that_were_posted_between_two_posts(
    database: Database, clip_ids: list[int]
) -> None:
    before, last, after, *_ = clip_ids
    await voted(database, before, AFTER - DAY * 7 - MINUTE, 9)
    await voted(database, last, AFTER - timedelta(hours=2), 4)
    await voted(database, after, AFTER + MINUTE, 9)
    results = await Winners(database).results(RULE, Span.WEEK, MONDAY)
    assert [one.clip.id for one, _ in results.best] == [last]
    assert results.winner == results.best[0]


async def test_votes_that_are_learnt_of_after_downtime_count_in_a_late_post(
    database: Database, clip_ids: list[int]
) -> None:
    await voted(database, clip_ids[0], AFTER - timedelta(minutes=30), 4)
    await voted(database, clip_ids[1], AFTER + timedelta(minutes=30), 9)
    posts, channels = WinnerPosts(database), Winning()
    await posts.run_due(AFTER + timedelta(hours=2), channels)
    ((_, slot, _),) = channels.messages
    assert (slot.clip_id, slot.late) == (clip_ids[0], True)


async def test_the_list_of_all_clips_goes_by_the_votes_that_the_post_told_of(
    database: Database, clip_ids: list[int]
) -> None:
    first, second, *_ = clip_ids
    await voted(database, first, AFTER - timedelta(minutes=55), 4)
    await voted(database, second, AFTER - timedelta(minutes=30), 9)
    winners = Winners(database)
    assert (await winners.as_told(RULE, Span.WEEK, MONDAY)).winner is None
    # Learnt of five minutes late, the votes on the first count, and those on the second come after the post.
    await WinnerPosts(database).run_due(AFTER + timedelta(minutes=10), Winning())
    told = (await winners.as_told(RULE, Span.WEEK, MONDAY)).winner
    assert told is not None
    assert told[1].clip.id == first


@pytest.mark.parametrize(("posted", "reason"), [(False, NO_CLIPS), (True, NO_VOTES)])
async def test_nothing_is_posted_of_a_week_without_clips_or_votes(
    database: Database, clip_ids: list[int], posted: bool, reason: str
) -> None:
    if posted:
        await voted(database, clip_ids[0], AFTER - DAY, 0)
    channels = Winning()
    await WinnerPosts(database).run_due(AFTER, channels)
    assert channels.messages == []
    slot = await slot_of(database)
    assert slot is not None
    assert (slot.state, slot.reason) == (State.SKIPPED, reason)


@pytest.mark.parametrize(("first", "second"), [(5, 5), (2, 1)])
async def test_a_tie_and_too_few_votes_have_no_winner_and_are_posted_as_such(
    database: Database, clip_ids: list[int], first: int, second: int
) -> None:
    await voted(database, clip_ids[0], AFTER - DAY, first)
    await voted(database, clip_ids[1], AFTER - DAY, second)
    channels = Winning()
    await WinnerPosts(database).run_due(AFTER, channels)
    ((_, slot, _),) = channels.messages
    assert slot.clip_id is None
    results = await Winners(database).of_slot(RULE, slot)
    assert results.winner is None
    assert len(results.tied) == (2 if first == second else 0)
    assert not results.disliked


async def test_what_more_members_dislike_than_like_is_no_winner_though_it_is_first(
    database: Database, clip_ids: list[int]
) -> None:
    await voted(database, clip_ids[0], AFTER - DAY, 1, 4)
    await WinnerPosts(database).run_due(AFTER, channels := Winning())
    ((_, slot, _),) = channels.messages
    assert slot.clip_id is None
    results = await Winners(database).of_slot(RULE, slot)
    assert (results.winner, results.disliked) == (None, True)


async def test_who_wants_no_winners_gets_none(database: Database, clip_ids: list[int]) -> None:
    await voted(database, clip_ids[0], AFTER - DAY, 5)
    async with database.write() as connection:
        wishes = Wishes(winners_weekly=False, winners_monthly=False)
        await highlight_rules.put(connection, replace(IN_MARCH, wishes=wishes))
    channels = Winning()
    for days in range(40):
        await WinnerPosts(database).run_due(AFTER + DAY * days, channels)
    assert channels.messages == []


async def test_a_post_that_was_sent_before_a_crash_is_found(database: Database, clip_ids: list[int]) -> None:
    await voted(database, clip_ids[0], AFTER - DAY, 5)
    channels, posts = Winning(after=Stopped()), WinnerPosts(database)
    with pytest.raises(Stopped):
        await posts.run_due(AFTER, channels)
    channels.after = None
    await posts.run_due(AFTER + CLAIM_LASTS + MINUTE, channels)
    slot = await slot_of(database)
    assert slot is not None
    assert (slot.state, slot.message_id, len(channels.messages)) == (State.POSTED, 0, 1)
