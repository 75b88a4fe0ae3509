"""Recaps by themselves over a whole year of restarts, failures and two processes: each week and month once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from companion.community.daily import CLAIM_LASTS
from companion.community.highlight_rules import NoRuleError
from companion.community.recap_posts import NOTHING_HAPPENED, RecapPosts, let_come
from companion.community.recaps import KIND_OF, Recaps
from companion.community.slot_posts import NOT_WISHED, UnsureError
from companion.community.spans import Span, told_at
from companion.storage import highlight_rules, highlight_slots
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Recap, Wishes
from companion.storage.highlight_slots import Slot, State
from tests.clocks import StoppedClock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
WEEKLY = HighlightRule(
    10, 11, "Europe/Berlin", 150, EVERY_DAY, Approval.NONE, None, 5, NEW_YEAR, Wishes(recap=Recap.WEEKLY)
)  # fmt: skip
MONTHLY = replace(WEEKLY, guild_id=20, zone="America/New_York", wishes=Wishes(recap=Recap.MONTHLY))
NEVER = replace(WEEKLY, guild_id=30, wishes=Wishes(winners_weekly=False))


class Stopped(BaseException):
    """The process is killed."""


@dataclass
class Channels:
    """Discord's side: what stands in the channels, and how sending goes wrong."""

    sent: list[tuple[datetime, Slot, datetime]] = field(default_factory=list[tuple[datetime, Slot, datetime]])
    now: datetime = NEW_YEAR
    trouble: BaseException | None = None
    after: bool = False

    def knows(self, guild_id: int) -> bool:
        return guild_id > 0

    def closed(self, guild_id: int, channel_id: int) -> str | None:
        return None if guild_id and channel_id else "it is closed"

    async def sent_before(self, slot: Slot) -> int | None:
        same = (one for one, (_, was, _) in enumerate(self.sent) if (was.guild_id, was.kind, was.day) == key(slot))
        return next(same, None)

    async def post(self, slot: Slot, at: datetime) -> int:
        if self.trouble is not None and not self.after:
            raise self.trouble
        self.sent.append((self.now, slot, at))
        if self.trouble is not None:
            raise self.trouble
        return len(self.sent) - 1

    async def tell_paused(self, guild_id: int, reason: str) -> None:
        raise AssertionError(guild_id, reason)


def key(slot: Slot) -> tuple[int, str, date]:
    return slot.guild_id, slot.kind, slot.day


class Told:
    """Recaps in which something happened, or nothing did."""

    def __init__(self, *, eventful: bool = True) -> None:
        self.eventful = eventful

    async def of_slot(self, *_: object) -> Any:
        return SimpleNamespace(eventful=self.eventful)


def process(database: Database, *, eventful: bool = True) -> RecapPosts:
    return RecapPosts(database, cast("Recaps", Told(eventful=eventful)), lambda _guild, _channel: bool)


async def setup(database: Database, *rules: HighlightRule) -> None:
    async with database.write() as connection:
        for rule in rules:
            await highlight_rules.put(connection, rule)


def firsts(rule: HighlightRule, span: Span) -> dict[date, datetime]:
    """The first dates of the spans of the year that are told of in it, and when."""
    days = [date(2025, 12, 1) + DAY * number for number in range(380)]
    starts = [day for day in days if (day.weekday() == 0 if span is Span.WEEK else day.day == 1)]
    meant = {day: told_at(day, span, rule) for day in starts}
    return {day: at for day, at in meant.items() if NEW_YEAR <= at < datetime(2026, 12, 20, tzinfo=UTC)}


async def test_a_year_of_restarts_failures_and_two_processes(database: Database) -> None:
    dice, channels = random.Random(3), Channels()
    processes = [process(database), process(database)]
    await setup(database, WEEKLY, MONTHLY, NEVER)
    meant = {
        **{(10, KIND_OF[Span.WEEK], day): at for day, at in firsts(WEEKLY, Span.WEEK).items()},
        **{(20, KIND_OF[Span.MONTH], day): at for day, at in firsts(MONTHLY, Span.MONTH).items()},
    }
    # Around each minute that counts, and until claims of stopped senders have expired.
    steps = (-1, 0, 1, 12, 24, 36, 48, 60, 72)
    for now in sorted({at + MINUTE * step for at in meant.values() for step in steps}):
        channels.now, channels.trouble = now, None
        if dice.random() < 0.35:
            channels.trouble, channels.after = dice.choice([Stopped(), UnsureError()]), dice.random() < 0.5
        for one in dice.sample(processes, dice.choice([1, 2])):
            try:
                await one.run_due(now, channels)
            except Stopped:
                processes[processes.index(one)] = process(database)

    posted = {key(slot): (sent, at) for sent, slot, at in channels.sent}
    assert len(posted) == len(channels.sent), "one was posted twice"
    assert posted.keys() == meant.keys()
    for one, (sent, at) in posted.items():
        assert at == meant[one]
        assert at <= sent <= at + timedelta(minutes=72)


async def test_a_time_in_which_nothing_happened_is_not_told_of_and_not_asked_about_again(database: Database) -> None:
    channels = Channels()
    await setup(database, WEEKLY)
    day, at = next(iter(firsts(WEEKLY, Span.WEEK).items()))
    await process(database, eventful=False).run_due(at, channels)
    await process(database).run_due(at + CLAIM_LASTS * 2, channels)

    async with database.read() as connection:
        kept = await highlight_slots.get(connection, 10, KIND_OF[Span.WEEK], day)
    assert kept is not None
    assert (kept.state, kept.reason) == (State.SKIPPED, NOTHING_HAPPENED)
    assert channels.sent == []


@pytest.mark.parametrize(("often", "span"), [(Recap.WEEKLY, Span.WEEK), (Recap.MONTHLY, Span.MONTH)])
async def test_what_ended_before_it_was_wished_for_is_not_told_of_afterwards(
    database: Database, clock: StoppedClock, often: Recap, span: Span
) -> None:
    channels = Channels()
    await setup(database, replace(NEVER, guild_id=10, since=clock.now() - 300 * DAY))

    rule = await let_come(database, 10, often)
    for hours in range(0, 24 * 50, 7):
        await process(database).run_due(clock.now() + timedelta(hours=hours), channels)

    assert rule.wishes == Wishes(winners_weekly=False, recap=often)
    assert {slot.kind for _, slot, _ in channels.sent} == {KIND_OF[span]}
    assert all(at > clock.now() for _, _, at in channels.sent)
    async with database.read() as connection:
        slots = await highlight_slots.of_servers(connection, [10], date(2020, 1, 1))
    assert NOT_WISHED in [slot.reason for slot in slots]


async def test_switching_between_weeks_and_months_loses_none_of_either(database: Database, clock: StoppedClock) -> None:
    """A week and a month may begin with the same date."""
    channels = Channels()
    clock.advance(datetime(2026, 6, 1, tzinfo=UTC) - clock.now())
    await setup(database, replace(WEEKLY, since=clock.now()))
    for number in range(70):
        if number == 9:
            await let_come(database, 10, Recap.MONTHLY)
        await process(database).run_due(clock.now(), channels)
        clock.advance(DAY)

    assert [(slot.kind, slot.day) for _, slot, _ in channels.sent] == [
        (KIND_OF[Span.WEEK], date(2026, 5, 25)),
        (KIND_OF[Span.WEEK], date(2026, 6, 1)),
        (KIND_OF[Span.MONTH], date(2026, 6, 1)),
        (KIND_OF[Span.MONTH], date(2026, 7, 1)),
    ]


async def test_without_a_rule_there_is_no_time_at_which_it_could_come(database: Database) -> None:
    with pytest.raises(NoRuleError):
        await let_come(database, 10, Recap.WEEKLY)
