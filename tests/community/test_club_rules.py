"""When a club meets: on every date of its rule once, at the minute that the clocks of its zone show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community import club_rules
from companion.community.club_rules import (
    LAST,
    LEFT_ALONE,
    NotAFrequencyError,
    NotAWeekdayError,
    Shift,
    ahead,
    assignable,
    first_slot,
    frequency_of,
    in_words,
    missing,
    session_of,
    shifted,
    slots,
    starts_at,
    weekday_of,
)
from companion.storage.series import Frequency, Rule, Series
from companion.storage.sessions import Session, State
from tests.examples import examples
from tests.storage.sample_clubs import a_club

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Singapore", "Australia/Sydney", "Australia/Lord_Howe", "UTC")
DAY = timedelta(days=1)
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
"""A Saturday."""
NOON = 12 * 60


def weekly(zone: str = "Europe/Berlin", weekday: int = 4, minute: int = NOON) -> Rule:
    return Rule(Frequency.WEEKLY, weekday, None, date(2026, 1, 5), minute, zone)


def club_of(rule: Rule) -> Series:
    return replace(a_club(), id=3, rule=rule, since=NOW)


def kept(club: Series, now: datetime = NOW) -> list[Session]:
    """The club's coming sessions, as if they were stored."""
    return [replace(session, id=nth) for nth, session in enumerate(missing(now, club, []), 1)]


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    frequency = draw(st.sampled_from(list(Frequency)))
    nth = draw(st.sampled_from([1, 2, 3, 4, 5, LAST])) if frequency is Frequency.MONTHLY else None
    return Rule(
        frequency,
        draw(st.integers(0, 6)),
        nth,
        draw(st.dates(date(2026, 1, 1), date(2026, 3, 31))),
        draw(st.integers(0, 24 * 60 - 1)),
        draw(st.sampled_from(ZONES)),
    )


instants = st.integers(0, 60 * 24 * 600).map(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def by_hand(rule: Rule, first: date, last: date) -> list[date]:
    """The dates of a rule, found by asking of every day whether it is one."""
    found: list[date] = []
    day = first
    while day <= last:
        if day.weekday() == rule.weekday and day >= rule.anchor:
            weeks = ((day - timedelta(days=day.weekday())) - (rule.anchor - timedelta(days=rule.anchor.weekday()))).days
            counted = (day.day - 1) // 7 + 1
            is_last = (day + timedelta(days=7)).month != day.month
            fits = {
                Frequency.WEEKLY: True,
                Frequency.FORTNIGHTLY: weeks % 14 == 0,
                Frequency.MONTHLY: is_last if rule.nth == LAST else counted == rule.nth,
            }
            if fits[rule.frequency]:
                found.append(day)
        day += DAY
    return found


@given(rules(), st.dates(date(2025, 12, 1), date(2027, 6, 1)), st.integers(0, 500))
def test_the_dates_of_a_rule_are_those_that_looking_at_every_day_finds(rule: Rule, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assert list(slots(rule, first, last)) == by_hand(rule, first, last)


@given(rules(), instants)
def test_no_session_is_off_its_wall_clock_time(rule: Rule, now: datetime) -> None:
    for session in missing(now, club_of(rule), []):
        shown = session.starts_at.astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None)
        meant = datetime.combine(session.slot, time()) + timedelta(minutes=rule.minute)
        if shown != meant:
            # The clocks jump over it: it is the first minute after.
            before = (session.starts_at - timedelta(minutes=1)).astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None)
            assert before < meant < shown
        else:
            earlier = session.starts_at - timedelta(hours=1)
            assert earlier.astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None) != meant


@examples(60)
@given(rules(), instants, st.lists(st.integers(1, 60 * 24 * 30), max_size=12))
def test_no_session_is_doubled_or_missing_however_seldom_the_bot_looks(
    rule: Rule, now: datetime, steps: list[int]
) -> None:
    club, known, first = replace(club_of(rule), since=now), list[Session](), now
    for step in [0, *steps]:
        now += timedelta(minutes=step)
        known += missing(now, club, known)
        assert missing(now, club, known) == []
        until = now.astimezone(ZoneInfo(rule.zone)).date() + ahead(rule)
        due = [day for day in slots(rule, first.date() - DAY, until) if starts_at(rule, day) > now]
        assert [session.slot for session in known if session.starts_at > now] == due
    assert len({session.slot for session in known}) == len(known)


@pytest.mark.parametrize(
    ("zone", "before", "spring", "autumn"),
    [
        ("America/New_York", 17, date(2026, 3, 13), date(2026, 11, 6)),
        ("Europe/Berlin", 11, date(2026, 4, 3), date(2026, 10, 30)),
        ("Asia/Singapore", 4, None, None),
        ("Australia/Sydney", 1, date(2026, 10, 9), date(2026, 4, 10)),
    ],
)
def test_a_club_keeps_its_noon_over_both_changes_of_clocks(
    zone: str, before: int, spring: date | None, autumn: date | None
) -> None:
    rule = weekly(zone)
    noons = {slot: starts_at(rule, slot) for slot in slots(rule, date(2026, 1, 9), date(2026, 12, 25))}
    assert len(noons) == 51
    assert all(at.astimezone(ZoneInfo(zone)).time() == time(12) for at in noons.values())
    assert noons[date(2026, 1, 9)].hour == before
    jumps = {slot: at - noons[slot - timedelta(weeks=1)] - timedelta(weeks=1) for slot, at in list(noons.items())[1:]}
    changed = {slot: jump for slot, jump in jumps.items() if jump}
    hour = timedelta(hours=1)
    expected = {} if spring is None or autumn is None else {spring: -hour, autumn: hour}
    assert changed == expected


def test_a_minute_that_the_clocks_jump_over_stands_for_the_first_one_after() -> None:
    rule = weekly(weekday=6, minute=150)
    assert starts_at(rule, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert starts_at(rule, date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_that_a_zone_left_out_has_no_session() -> None:
    rule = Rule(Frequency.WEEKLY, 4, None, date(2011, 12, 1), NOON, "Pacific/Apia")
    assert list(slots(rule, date(2011, 12, 22), date(2012, 1, 7))) == [date(2011, 12, 23), date(2012, 1, 6)]


def test_nothing_comes_of_a_club_that_is_paused_or_ended_or_before_it_began() -> None:
    club = club_of(weekly())
    assert [one.slot for one in missing(NOW, club, [])][:2] == [date(2026, 3, 20), date(2026, 3, 27)]
    assert missing(NOW, replace(club, paused_at=NOW), []) == []
    assert missing(NOW, replace(club, ended_at=NOW), []) == []
    later = replace(club, since=datetime(2026, 3, 27, 11, 0, tzinfo=UTC))
    assert missing(NOW, later, [])[0].slot == date(2026, 4, 3)


def test_the_first_date_is_the_next_whose_time_has_not_passed() -> None:
    rule = weekly()
    friday = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
    assert first_slot(rule, friday - timedelta(seconds=1)) == date(2026, 3, 20)
    assert first_slot(rule, friday) == date(2026, 3, 27)
    fifth = replace(rule, frequency=Frequency.MONTHLY, nth=5)
    assert first_slot(fifth, datetime(2026, 2, 1, tzinfo=UTC)) == date(2026, 5, 29)


class TestNewRules:
    """What becomes of the coming sessions when their rule changes."""

    def test_another_time_moves_all_that_were_not_moved_by_hand(self) -> None:
        club = club_of(weekly())
        first, second, *rest = kept(club)
        moved = replace(second, day=second.day + DAY, starts_at=second.starts_at + DAY)
        later = replace(club, rule=replace(club.rule, minute=13 * 60, zone="Europe/London"))
        shifts = shifted(NOW, club.rule, later, [first, moved, *rest])
        assert [shift.before.id for shift in shifts] == [one.id for one in (first, *rest)]
        for shift in shifts:
            after = shift.session
            assert (after.slot, after.day, after.minute) == (shift.before.slot, shift.before.slot, 13 * 60)
            assert after.starts_at == starts_at(later.rule, after.slot)

    def test_another_weekday_moves_sessions_with_their_papers_within_their_weeks(self) -> None:
        club = club_of(weekly())
        first, second, *rest = kept(club)
        known = [first, replace(second, paper_id=8), *rest]
        wednesdays = replace(club, rule=replace(club.rule, weekday=2))
        shifts = shifted(NOW, club.rule, wednesdays, known)
        assert [shift.session.day for shift in shifts] == [one.slot - 2 * DAY for one in known]
        assert shifts[1].session.paper_id == 8
        assert missing(NOW, wednesdays, [shift.session for shift in shifts]) == []

    def test_what_was_moved_by_hand_stays_and_its_week_gets_no_second_session(self) -> None:
        club = club_of(weekly())
        first, *rest = kept(club)
        moved = replace(first, day=first.day + DAY, starts_at=first.starts_at + DAY)
        skipped = replace(rest[0], state=State.SKIPPED)
        wednesdays = replace(club, rule=replace(club.rule, weekday=2))
        shifts = shifted(NOW, club.rule, wednesdays, [moved, skipped, *rest[1:]])
        assert shifts[0].session == replace(moved, slot=first.slot - 2 * DAY)
        assert shifts[1].session.state is State.SKIPPED
        assert missing(NOW, wednesdays, [shift.session for shift in shifts]) == []

    def test_sessions_without_a_date_are_skipped_unless_they_have_a_paper(self) -> None:
        club = club_of(weekly())
        known = kept(club)
        with_paper = replace(known[3], paper_id=8)
        monthly = replace(club, rule=replace(club.rule, frequency=Frequency.MONTHLY, nth=LAST))
        shifts = shifted(NOW, club.rule, monthly, [*known[:3], with_paper, *known[4:]])
        assert [one.slot for one in known] == [date(2026, 3, 20) + timedelta(weeks=week) for week in range(5)]
        # The last Friday of March is the second of them, and that of April is still to be made.
        assert [(one.before.id, one.session.state) for one in shifts if one.before.id in (1, 3)] == [
            (1, State.SKIPPED),
            (3, State.PLANNED),
        ]
        moved = next(one.session for one in shifts if one.before.id == 3)
        assert moved.day == date(2026, 4, 24)
        assert with_paper.id not in [one.before.id for one in shifts]

    @examples(150)
    @given(rules(), rules(), st.sets(st.integers(0, 12)), st.sets(st.integers(0, 12)))
    def test_no_slot_is_anybody_elses_and_no_paper_is_lost(
        self, before: Rule, after: Rule, papers: set[int], moved: set[int]
    ) -> None:
        known = [
            replace(
                session,
                paper_id=nth + 1 if nth in papers else None,
                starts_at=session.starts_at + (DAY if nth in moved else timedelta()),
                day=session.day + (DAY if nth in moved else timedelta()),
            )
            for nth, session in enumerate(kept(club_of(before)))
        ]
        shifts = {one.before.id: one.session for one in shifted(NOW, before, club_of(after), known)}
        now_known = [shifts.get(one.id, one) for one in known]
        assert len({one.slot for one in now_known}) == len(known)
        assert not {one.slot for one in shifts.values() if one.slot not in {k.slot for k in known}} & {
            one.slot for one in known
        }
        for was, now in zip(known, now_known, strict=True):
            assert now.paper_id == was.paper_id
            assert now.paper_id is None or now.state is State.PLANNED
            assert now.starts_at > NOW

    def test_what_a_rule_had_skipped_comes_back_with_the_rule_before_it(self) -> None:
        club = club_of(weekly())
        known = kept(club)
        monthly = replace(club, rule=replace(club.rule, frequency=Frequency.MONTHLY, nth=LAST))
        fewer = changed(known, shifted(NOW, club.rule, monthly, known))
        assert [one.state for one in fewer] != [one.state for one in known]
        back = changed(fewer, shifted(NOW, monthly.rule, club, fewer))
        assert {one.state for one in back} == {State.PLANNED}
        coming = {one.slot for one in (*back, *missing(NOW, club, back))}
        assert coming == {one.slot for one in known} | {date(2026, 4, 24)}

    def test_what_was_skipped_by_hand_stays_so_with_another_time(self) -> None:
        club = club_of(weekly())
        first, *rest = kept(club)
        later = replace(club, rule=replace(club.rule, minute=13 * 60))
        shifts = shifted(NOW, club.rule, later, [replace(first, state=State.SKIPPED), *rest])
        assert [one.session.state for one in shifts] == [State.SKIPPED, *[State.PLANNED] * 4]

    @given(st.lists(st.tuples(rules(), st.integers(0, 60 * 24 * 10)), min_size=1, max_size=5))
    def test_however_often_the_rule_changes_no_date_of_it_is_missing_doubled_or_off_its_time(
        self, steps: list[tuple[Rule, int]]
    ) -> None:
        club, now, known = club_of(steps[0][0]), NOW, list[Session]()
        for rule, minutes in steps:
            now += timedelta(minutes=minutes)
            before, club = club.rule, replace(club, rule=rule)
            known = changed(known, shifted(now, before, club, known))
            known += [replace(one, id=len(known) + nth) for nth, one in enumerate(missing(now, club, known))]
            assert len({one.slot for one in known}) == len(known)
            until = now.astimezone(ZoneInfo(rule.zone)).date() + ahead(rule)
            due = [day for day in slots(rule, now.date() - DAY, until) if starts_at(rule, day) > now]
            by_slot = {one.slot: one for one in known}
            for slot in due:
                assert by_slot[slot].state is State.PLANNED
                # By the rule before it may have begun today already.
                assert by_slot[slot].starts_at in (starts_at(rule, slot), min(now, by_slot[slot].starts_at))
            planned = [one for one in known if one.state is State.PLANNED and one.starts_at > now]
            assert all(club_rules.is_slot(rule, one.slot) for one in planned)


def changed(known: list[Session], shifts: list[Shift]) -> list[Session]:
    """The sessions once that became of them."""
    after = {one.before.id: one.session for one in shifts}
    return [after.get(one.id, one) for one in known]


class TestAssigning:
    """When the top of the vote is assigned by itself."""

    def test_it_is_at_the_stated_lead_time_and_only_to_sessions_without_a_paper(self) -> None:
        club = replace(club_of(weekly()), assign_days=7)
        session = session_of(club, date(2026, 3, 27), NOW)
        lead = session.starts_at - timedelta(days=7)
        assert not assignable(lead - timedelta(seconds=1), club, session)
        assert assignable(lead, club, session)
        assert not assignable(session.starts_at, club, session)
        assert not assignable(lead, replace(club, assign_days=None), session)
        assert not assignable(lead, replace(club, paused_at=NOW), session)
        assert not assignable(lead, club, replace(session, paper_id=1))
        assert not assignable(lead, club, replace(session, state=State.SKIPPED))

    def test_a_session_that_was_just_cleared_is_left_alone_for_a_day(self) -> None:
        club = replace(club_of(weekly()), assign_days=7)
        session = session_of(club, date(2026, 3, 20), NOW)
        cleared = replace(session, sequence=2, changed_at=NOW)
        assert not assignable(NOW + LEFT_ALONE - timedelta(seconds=1), club, cleared)
        assert assignable(NOW + LEFT_ALONE, club, cleared)


class TestWords:
    """How rules are typed, and told."""

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            (None, (Frequency.WEEKLY, None)),
            ("every week", (Frequency.WEEKLY, None)),
            ("Two weeks", (Frequency.FORTNIGHTLY, None)),
            ("every other week", (Frequency.FORTNIGHTLY, None)),
            ("bi-weekly", None),
            ("first", (Frequency.MONTHLY, 1)),
            ("the 3rd of the month", (Frequency.MONTHLY, 3)),
            ("last Friday of every month", (Frequency.MONTHLY, LAST)),
            ("second of the month", (Frequency.MONTHLY, 2)),
            ("every second", None),
            ("month", None),
            ("sixth", None),
            ("first blood", None),
        ],
    )
    def test_how_often_is_understood_or_asked_for(
        self, typed: str | None, meant: tuple[Frequency, int | None] | None
    ) -> None:
        if meant is None:
            with pytest.raises(NotAFrequencyError, match="two weeks"):
                frequency_of(typed)
        else:
            assert frequency_of(typed) == meant

    @pytest.mark.parametrize(("typed", "weekday"), [("Friday", 4), ("fri", 4), ("Sundays", 6), ("tu", 1), ("we.", 2)])
    def test_weekdays_are_understood(self, typed: str, weekday: int) -> None:
        assert weekday_of(typed) == weekday

    @pytest.mark.parametrize("typed", ["", "t", "s", "Freitag", "fridays and mondays"])
    def test_what_is_no_weekday_is_refused(self, typed: str) -> None:
        with pytest.raises(NotAWeekdayError):
            weekday_of(typed)

    def test_rules_are_told_in_words(self) -> None:
        rule = weekly()
        assert in_words(rule) == "every Friday"
        assert in_words(replace(rule, frequency=Frequency.FORTNIGHTLY)) == "every second Friday"
        monthly = replace(rule, frequency=Frequency.MONTHLY, nth=LAST)
        assert in_words(monthly) == "the last Friday of every month"
        assert club_rules.clock_in_words(9 * 60 + 5) == "09:05"
