"""When weeks and months that ended are told of: each once, at the rule's minute of the first date after them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.daily import CLAIM_LASTS, LATE, Due, Task, instant, local_day
from companion.community.spans import LOOKED_BACK, Span, due, first_date, last_ended, next_first, told_at
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule
from companion.storage.highlight_slots import DAILY, MONTHLY, WEEKLY, Slot, State
from tests.community.test_daily import ZONES
from tests.examples import examples

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BERLIN = HighlightRule(10, 11, "Europe/Berlin", 9 * 60, EVERY_DAY, Approval.NONE, None, 5, LONG_AGO)
MONDAY = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
"""Nine o'clock in Berlin."""
WEEK_BEFORE = date(2026, 3, 9)
KINDS = {Span.WEEK: WEEKLY, Span.MONTH: MONTHLY}

dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
spans = st.sampled_from(list(Span))


def found(now: datetime, rule: HighlightRule, *slots: Slot, span: Span = Span.WEEK, wished: bool = True) -> list[Due]:
    return due(now, rule, span, KINDS[span], slots, wished=wished)


@given(dates, spans)
def test_every_date_is_in_one_span_and_spans_follow_each_other_without_a_gap(day: date, span: Span) -> None:
    first = first_date(day, span)
    following = next_first(first, span)
    assert first <= day < following
    assert first_date(following - DAY, span) == first
    assert first_date(following, span) == following
    assert first.weekday() == 0 if span is Span.WEEK else first.day == 1


@examples(40)
@given(st.integers(0, 365 * 1440), spans, st.sampled_from(ZONES), st.integers(0, 1439))
def test_ticking_on_tells_each_span_once_at_the_minute_of_the_rule(
    started: int, span: Span, zone: str, minute: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + MINUTE * started
    rule = replace(BERLIN, zone=zone, minute=minute, since=start)
    posted: dict[date, Slot] = {}
    when: dict[date, datetime] = {}
    moments = [told_at(first_date(start.date() + DAY * n, span), span, rule) for n in range(-40, 90)]
    for now in sorted({at + MINUTE * step for at in moments for step in (-1, 0, 1, 60)}):
        for one in due(now, rule, span, KINDS[span], posted.values(), wished=True):
            assert one.task is Task.POST
            assert one.day not in posted
            posted[one.day], when[one.day] = Slot(10, one.kind, one.day, State.POSTED, claimed_at=now), now
    assert when
    for first, now in when.items():
        assert now == told_at(first, span, rule) == instant(next_first(first, span), minute, zone)
        assert now >= start
    firsts = sorted(when)
    assert firsts[1:] == [next_first(one, span) for one in firsts[:-1]]


@given(dates, st.sampled_from(ZONES), st.integers(0, 1439), spans)
def test_what_is_due_does_not_depend_on_slots_before_those_that_are_looked_at(
    day: date, zone: str, minute: int, span: Span
) -> None:
    now = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rule = replace(BERLIN, zone=zone, minute=minute, since=now - DAY * 1000)
    assert all(one.day >= (now - LOOKED_BACK).date() for one in found(now, rule, span=span))


def test_a_week_is_told_of_on_monday_and_a_month_on_the_first() -> None:
    assert found(MONDAY - MINUTE, replace(BERLIN, since=MONDAY - DAY)) == []
    assert found(MONDAY, replace(BERLIN, since=MONDAY - DAY)) == [Due(WEEK_BEFORE, MONDAY, Task.POST, kind=WEEKLY)]
    (month,) = found(datetime(2026, 4, 1, 7, tzinfo=UTC), replace(BERLIN, since=MONDAY), span=Span.MONTH)
    assert (month.day, month.kind, month.late) == (date(2026, 3, 1), MONTHLY, False)
    assert last_ended(MONDAY, Span.WEEK, BERLIN) == WEEK_BEFORE
    assert last_ended(MONDAY - MINUTE, Span.WEEK, BERLIN) == WEEK_BEFORE - DAY * 7


def test_a_first_date_that_a_zone_left_out_is_told_of_on_the_next() -> None:
    rule = replace(BERLIN, zone="Pacific/Kiritimati")
    # The last day of 1994 was never there.
    assert instant(date(1994, 12, 31), 0, rule.zone) is None
    at = told_at(date(1994, 12, 1), Span.MONTH, rule)
    assert local_day(at, rule.zone) == date(1995, 1, 1)


@given(st.timedeltas(timedelta(0), DAY * 60), spans)
def test_after_downtime_the_latest_comes_late_and_those_before_are_given_up(away: timedelta, span: Span) -> None:
    rule = replace(BERLIN, since=MONDAY - DAY * 7)
    all_due = found(MONDAY + away, rule, span=span)
    if not all_due:
        assert span is Span.MONTH
        return
    *older, latest = all_due
    assert latest.task is Task.POST
    assert latest.late == (MONDAY + away - latest.at > LATE)
    assert next_first(latest.day, span) <= local_day(MONDAY + away, rule.zone)
    assert all(one.task is Task.GIVE_UP for one in older)
    assert len(all_due) <= 3


def test_nothing_is_due_that_is_paused_not_wished_for_done_or_in_other_hands() -> None:
    rule = replace(BERLIN, since=MONDAY - DAY)
    assert found(MONDAY, replace(rule, paused_at=MONDAY - DAY)) == []
    assert found(MONDAY, rule, wished=False) == []
    for state in (State.POSTED, State.SKIPPED):
        assert found(MONDAY, rule, Slot(10, WEEKLY, WEEK_BEFORE, state)) == []
    claimed = Slot(10, WEEKLY, WEEK_BEFORE, State.CLAIMED, claimed_at=MONDAY)
    assert found(MONDAY + CLAIM_LASTS, rule, claimed) == []
    assert found(MONDAY, rule, Slot(10, DAILY, WEEK_BEFORE, State.POSTED)) != []


@pytest.mark.parametrize("wished", [True, False])
def test_what_was_begun_is_brought_to_its_end_also_where_it_is_no_longer_wished_for(wished: bool) -> None:
    rule = replace(BERLIN, since=MONDAY + DAY, minute=8 * 60)
    claimed = Slot(10, WEEKLY, WEEK_BEFORE, State.CLAIMED, claimed_at=MONDAY)
    (again,) = found(MONDAY + CLAIM_LASTS + MINUTE, rule, claimed, wished=wished)
    assert (again.day, again.task) == (WEEK_BEFORE, Task.POST)
