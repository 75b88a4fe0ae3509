"""Sessions as an iCalendar file, opened by three programs of others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.club_calendar import calendar_of, uid
from companion.community.club_rules import session_of, slots
from companion.community.club_sessions import Meeting
from companion.storage.papers import Paper
from companion.storage.papers import State as PaperState
from companion.storage.series import Frequency, Rule, Series, Venue
from companion.storage.sessions import Session, State
from tests.calendars import between, by_icalendar, by_vobject
from tests.examples import examples
from tests.storage.sample_clubs import GUILD, SINCE, VOICE, a_club, a_session

TODAY = SINCE.date()
CLUB = replace(a_club(), id=3)
PAPER = Paper(
    1, GUILD, "arxiv:2005.11401", None, "Bees that count", ("Ada Fern", "Bo"), None, None, 7, SINCE,
    PaperState.SCHEDULED, SINCE,
)  # fmt: skip
OUTSIDE = replace(CLUB, venue=Venue.EXTERNAL, venue_channel_id=None, venue_text="The red room; 2nd floor, left")
HOSTILE = [
    'Comma, semicolon; colon: back\\slash \\n \\N \\, “quotes” "plain"',
    "ends\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:mine\r\nSUMMARY:forged",
    "ends\nEND:VCALENDAR",
    "lone\rreturn, \u2028line, \u2029paragraph, \x85next, \x0bvertical, \x0cform",
    "nul\x00 bell\x07 escape\x1b[31m delete\x7f",
    "unpaired \ud800 half",
    "turned \u202earound\u202c and \u2066isolated\u2069",
    "é" * 300,
    "🐝" * 150,
    "x" * 73 + "é" + "y" * 200,
    "BEGIN:VALARM",
    "%0D%0AEND:VEVENT",
]


def meeting(week: int = 0, club: Series = CLUB, paper: Paper | None = None, **changed: object) -> Meeting:
    session = replace(a_session(club.id, week), id=week + 1)
    return Meeting(club, replace(session, **changed), paper)  # pyright: ignore[reportArgumentType]


def file_of(*meetings: Meeting) -> bytes:
    return calendar_of([meetings[0].series], meetings, TODAY)


def unfolded(content: bytes) -> list[str]:
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def in_zone(zone: str, minute: int = 19 * 60, frequency: Frequency = Frequency.WEEKLY) -> Series:
    nth = 1 if frequency is Frequency.MONTHLY else None
    return replace(CLUB, rule=Rule(frequency, 6, nth, date(2026, 1, 1), minute, zone))


def a_year_of(club: Series) -> list[Meeting]:
    days = slots(club.rule, date(2026, 1, 1), date(2026, 12, 31))
    return [Meeting(club, replace(session_of(club, day, SINCE), id=nth)) for nth, day in enumerate(days, 1)]


class TestAnEntry:
    def test_it_says_what_when_and_where_to_both_readers(self) -> None:
        content = file_of(meeting(presented_by=7, paper=PAPER, author="Ada Fern", sequence=4))
        (entry,) = by_icalendar(content)
        assert by_vobject(content) == [entry]
        assert entry.uid == "session-1@10.companion.invalid"
        assert (entry.start, entry.end) == (
            datetime(2026, 3, 20, 11, tzinfo=UTC),
            datetime(2026, 3, 20, 12, tzinfo=UTC),
        )
        assert entry.summary == "Friday Papers: Bees that count"
        assert entry.description.splitlines() == [
            "With Ada Fern, an author of the paper.",
            "Bees that count",
            "Ada Fern, Bo",
            "https://arxiv.org/abs/2005.11401",
        ]
        assert entry.location == f"https://discord.com/channels/{GUILD}/{VOICE}"
        assert (entry.status, entry.sequence) == ("CONFIRMED", 4)

    def test_what_is_missing_is_asked_for(self) -> None:
        empty, unpresented = by_vobject(file_of(meeting(), meeting(1, paper=PAPER)))
        assert empty.summary == "Friday Papers"
        assert "No paper so far" in empty.description
        assert "No presenter so far" in unpresented.description

    def test_afterwards_it_has_the_recording_and_the_notes(self) -> None:
        held = meeting(
            paper=PAPER, state=State.HELD, recording_url="https://video.example/1?a=b,c;d", notes="One.\nTwo, three."
        )
        content = file_of(held)
        (entry,) = by_vobject(content)
        assert entry.description.splitlines()[-3:] == [
            "Recording: https://video.example/1?a=b,c;d",
            "One.",
            "Two, three.",
        ]
        assert "URL:https://video.example/1?a=b,c;d" in unfolded(content)

    @pytest.mark.parametrize(
        "url",
        ["javascript:alert(1)", "https://x.example/\r\nATTENDEE:mailto:a@b", "https://[broken", "ftp://x.example"],
    )
    def test_only_addresses_of_the_web_are_linked_and_none_ends_its_line(self, url: str) -> None:
        lines = unfolded(file_of(meeting(state=State.HELD, recording_url=url)))
        assert not [
            line for line in lines if line.startswith(("URL:javascript", "URL:ftp", "ATTENDEE", "URL:https://["))
        ]
        assert len([line for line in lines if line.startswith("URL:")]) == ("x.example/" in url)

    @pytest.mark.parametrize("state", [State.SKIPPED, State.CANCELLED])
    def test_what_does_not_take_place_is_cancelled_for_all_readers(self, state: State) -> None:
        content = file_of(meeting(state=state, sequence=2), meeting(1))
        for read in (by_icalendar, by_vobject):
            gone, planned = read(content)
            assert (gone.status, gone.summary, gone.sequence) == ("CANCELLED", "Cancelled: Friday Papers", 2)
            assert planned.status == "CONFIRMED"

    def test_a_calendar_without_sessions_can_be_opened_too(self) -> None:
        content = calendar_of([CLUB], [], TODAY)
        assert by_icalendar(content) == by_vobject(content) == []
        assert "BEGIN:VTIMEZONE" in unfolded(content), "a calendar needs a component"


class TestText:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_whatever_people_write_stays_inside_its_property(self, text: str) -> None:
        club = replace(OUTSIDE, name=text, venue_text=text)
        paper = replace(PAPER, title=text, authors=(text,))
        content = file_of(
            meeting(club=club, paper=paper, author=text, notes=text, state=State.HELD, recording_url=text), meeting(1)
        )
        names = {line.partition(":")[0].partition(";")[0] for line in unfolded(content) if line}
        assert names == {
            "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL",
            "X-PUBLISHED-TTL", "TZID", "DTSTART", "RRULE", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "SUMMARY", "DTEND",
            "DTSTAMP", "UID", "SEQUENCE", "DESCRIPTION", "LAST-MODIFIED", "LOCATION", "STATUS",
        }  # fmt: skip
        assert unfolded(content).count("BEGIN:VEVENT") == 2
        assert [one.uid for one in by_icalendar(content)] == [one.uid for one in by_vobject(content)]
        assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", content)
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)

    @pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[7], HOSTILE[8][:100], HOSTILE[9], HOSTILE[11]])
    def test_both_readers_have_the_words_as_they_were_written(self, text: str) -> None:
        content = file_of(meeting(paper=replace(PAPER, title=text[:200])))
        for read in (by_icalendar, by_vobject):
            assert read(content)[0].summary == f"Friday Papers: {text[:200]}"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_no_line_is_longer_than_75_octets_or_parted_within_a_letter(self, text: str) -> None:
        content = file_of(meeting(paper=replace(PAPER, title=text, authors=(text,)), notes=text))
        for line in content.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()

    @given(text=st.text(max_size=150))
    @examples(100)
    def test_two_readers_agree_on_any_text(self, text: str) -> None:
        content = file_of(meeting(club=OUTSIDE, paper=replace(PAPER, title=f"A{text}B"), notes=text))
        (entry,) = by_icalendar(content)
        assert by_vobject(content) == [entry]
        assert entry.summary.startswith("Friday Papers: A")
        assert entry.summary.endswith("B")


class TestTimes:
    @pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Singapore", "Australia/Sydney"])
    def test_a_year_of_sundays_is_on_time_for_all_readers_over_both_changes(self, zone: str) -> None:
        """Seven in the evening stays that, on the very days of the changes too."""
        year = a_year_of(in_zone(zone))
        content = file_of(*year)
        meant = [(uid(one.session), one.session.starts_at) for one in year]
        assert len(meant) == 52
        assert len({start.astimezone(ZoneInfo(zone)).utcoffset() for _, start in meant}) == (1 if "Asia" in zone else 2)
        for entries in (
            by_icalendar(content),
            by_vobject(content),
            between(content, date(2025, 12, 31), date(2027, 1, 2)),
        ):
            assert sorted((one.uid, one.start) for one in entries) == sorted(meant)
            assert {one.end - one.start for one in entries} == {timedelta(hours=1)}
            assert {one.start.astimezone(ZoneInfo(zone)).hour for one in entries} == {19}

    @pytest.mark.parametrize(
        "zone",
        [
            "Europe/Berlin",
            "Australia/Lord_Howe",
            *(pytest.param(zone, marks=pytest.mark.slow) for zone in ("America/New_York", "Australia/Sydney")),
        ],
    )
    def test_in_the_hours_of_the_change_itself_all_readers_have_the_right_instant(self, zone: str) -> None:
        """Also where the clocks jump over the time, or show it twice."""
        for minute in range(0, 4 * 60, 30):
            club = replace(in_zone(zone, minute), duration=90)
            year = a_year_of(club)
            # The second of the times that clocks show twice, too, to which a session can be moved.
            year += [
                Meeting(club, replace(one.session, id=one.session.id + 100, starts_at=later))
                for one in year
                if (later := one.session.starts_at + timedelta(minutes=30)).astimezone(ZoneInfo(zone)).fold
            ]
            content = file_of(*year)
            meant = [(uid(one.session), one.session.starts_at, timedelta(minutes=90)) for one in year]
            for read in (by_icalendar, by_vobject):
                assert [(one.uid, one.start, one.end - one.start) for one in read(content)] == meant

    def test_times_are_told_on_the_clocks_of_the_club(self) -> None:
        lines = unfolded(file_of(meeting()))
        assert "DTSTART;TZID=Europe/Berlin:20260320T120000" in lines
        assert "DTEND;TZID=Europe/Berlin:20260320T130000" in lines
        assert lines.count("TZID:Europe/Berlin") == 1

    def test_a_session_that_kept_its_old_zone_brings_it_along(self) -> None:
        content = calendar_of([in_zone("Asia/Singapore")], [meeting(zone="America/New_York")], TODAY)
        lines = unfolded(content)
        assert {"TZID:Asia/Singapore", "TZID:America/New_York"} <= set(lines)
        assert by_vobject(content)[0].start == datetime(2026, 3, 20, 11, tzinfo=UTC)

    @given(
        zone=st.sampled_from(["America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
        minutes=st.lists(st.integers(0, 366 * 24 * 60), min_size=1, max_size=4, unique=True),
    )
    @examples(40)
    def test_any_instant_in_any_zone_comes_back_as_it_was(self, zone: str, minutes: list[int]) -> None:
        starts = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=one) for one in minutes]
        club = in_zone(zone)
        kept = [meeting(week, club=club, starts_at=at, zone=zone) for week, at in enumerate(starts)]
        content = file_of(*kept)
        found = between(content, date(2025, 12, 30), date(2027, 1, 4))
        assert sorted(one.start for one in found) == sorted(starts)
        assert [one.start for one in by_vobject(content)] == starts


def refreshed(before: bytes, after: bytes) -> dict[str, tuple[datetime, int]]:
    """What a calendar shows that had ``before`` and was given ``after``: of an entry the one of the higher SEQUENCE."""
    shown = {one.uid: one for one in by_icalendar(before)}
    for one in by_icalendar(after):
        if one.uid not in shown or one.sequence >= shown[one.uid].sequence:
            shown[one.uid] = one
    return {one.uid: (one.start, one.sequence) for one in shown.values() if one.status != "CANCELLED"}


def test_a_calendar_that_is_refreshed_has_a_moved_session_once_and_a_skipped_one_no_more() -> None:
    session: Session = meeting().session
    later = session.starts_at + timedelta(days=1)
    before = file_of(meeting(), meeting(1))
    after = file_of(meeting(starts_at=later, day=session.day + timedelta(days=1), sequence=1), meeting(1))
    assert refreshed(before, after) == {
        uid(session): (later, 1),
        uid(meeting(1).session): (meeting(1).session.starts_at, 0),
    }
    assert refreshed(after, file_of(meeting(state=State.SKIPPED, sequence=2), meeting(1))).keys() == {
        uid(meeting(1).session)
    }
