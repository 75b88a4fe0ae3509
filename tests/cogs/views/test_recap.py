"""A recap in words: whatever its lists hold, it fits into a message, and each list keeps what comes first in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views.fitting import Listed, all_within
from companion.cogs.views.limits import LAYOUT_COMPONENTS, LAYOUT_TEXT
from companion.cogs.views.recap import Written, changed, preview_message, recap_box
from companion.community.asked_most import AskedMost, SameQuestion
from companion.community.club_sessions import Meeting
from companion.community.recap_clubs import ClubNews
from companion.community.recaps import LikedClip, NewEpisode, Recap
from companion.community.spans import Span
from companion.community.standings import Ranking, Standing
from companion.storage.asked import AskedOnce
from companion.storage.duels import Duel
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from companion.storage.highlight_rules import Recap as Often
from companion.storage.papers import Paper, State
from companion.storage.recaps import ClipsMade
from companion.storage.searches import Filters
from tests.cogs.views.test_clip import clip_of, text_in
from tests.storage import sample_clubs

NOW = datetime(2026, 3, 16, tzinfo=UTC)
GUILD, CHANNEL, MESSAGE = 10**19, 2 * 10**19, 3 * 10**19
LONG = "_Wax_ *and* [honey](x) " * 40
TITLES = ("Liked best", "Asked most", "New episodes", "Read together", "Clips", "Coming up")


def standing(up: int = 5, down: int = 1, rank: int = 1, *, tied: bool = False, too_few: bool = False) -> Standing:
    return Standing(clip_of(("Tomas", "It hums.")).clip, 0.5, 0.2, 0.8, up + down, too_few, tied, rank, up, down)


def recap(long: str, address: str, *standings: Standing) -> Recap:
    """One in which all happened that can, with names and addresses of that length."""
    shown = clip_of((long[:60], long), title=long, episode=long)
    shown = replace(shown, url=address, clip=replace(shown.clip, guild_id=GUILD))
    asked = AskedOnce(1, long, Filters(), 1, CHANNEL, MESSAGE, NOW, answerable=False, right=False)
    facts = replace(shown.episode.facts, link=address)
    new = NewEpisode(replace(shown.episode, facts=facts), replace(shown.podcast, title=long))
    club = replace(sample_clubs.a_club(long), channel_id=CHANNEL)
    session = replace(sample_clubs.a_session(1), presented_by=MESSAGE, recording_url=address)
    paper = Paper(1, 1, "arxiv:1", None, long, (), None, date(2026, 3, 1), 1, NOW, State.COVERED, NOW)
    meeting = Meeting(club, session, paper)
    return Recap(
        guild_id=GUILD,
        span=Span.MONTH,
        since=NOW - timedelta(days=30),
        until=NOW,
        ranking=Ranking(standings, 9999, None),
        best=tuple(LikedClip(one, shown, (CHANNEL, MESSAGE)) for one in standings),
        asked=AskedMost((SameQuestion(asked, 999),) * 5, 2000, 999),
        episodes=(new,) * 8,
        more_episodes=90,
        made=ClipsMade(999, 999, 31),
        duels=(Duel(1, GUILD, CHANNEL, 1, 2, 3, NOW, NOW, MESSAGE),) * 2,
        next_highlight=NOW,
        clubs=ClubNews((meeting,) * 3, 90, (meeting,) * 2),
    )


def previewed(found: Recap, prose: str = "") -> str:
    """What a manager reads who lets it come every month."""
    zone = "America/Argentina/ComodRivadavia"
    rule = HighlightRule(
        GUILD, CHANNEL, zone, 1439, EVERY_DAY, Approval.NONE, None, 5, NOW, Wishes(recap=Often.MONTHLY), NOW
    )
    message = preview_message(recap_box(found, Written(prose, LONG)), rule, NOW, changed(Often.MONTHLY, rule))
    assert message.total_children_count <= LAYOUT_COMPONENTS
    return text_in(message)


def test_the_longest_fits_and_has_something_of_everything() -> None:
    said = previewed(recap(LONG, "https://bees.example/" + "a" * 130, *(standing(rank=n) for n in (1, 2, 3))), LONG)
    assert len(said) <= LAYOUT_TEXT
    for title in TITLES:
        assert f"{title}**\n" in said


def test_where_there_is_room_nothing_is_left_out() -> None:
    said = previewed(recap("Winter", "https://bees.example/1", *(standing(rank=n) for n in (1, 2, 3))))
    assert said.count("for, 1 against") == 3
    assert said.count("“Winter” · 999 members") == 5
    assert said.count("- [Winter](https://bees.example/1)") == 8
    assert "-# and 90 more: `/episodes`" in said


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (standing(), "9,999 members voted\n"),
        (standing(tied=True), "no winner: the first are tied"),
        (standing(1, 1, too_few=True), "too few votes for a winner"),
        (standing(2, 3), "no winner: as many are against the first"),
    ],
)
def test_why_there_is_no_winner_is_said(first: Standing, told: str) -> None:
    assert told in previewed(recap("Winter", "https://bees.example/1", first))


@given(st.lists(st.lists(st.text("ab", min_size=1, max_size=40), min_size=1, max_size=6), max_size=5), st.integers(0))
def test_lists_keep_their_first_lines_as_far_as_there_is_room(lines: list[list[str]], limit: int) -> None:
    lists = [Listed("title", tuple(some), lambda left: f"{left} more" if left else "") for some in lines]
    shown = all_within(lists, limit)
    least = [one.first(1) for one in lists]
    assert sum(map(len, shown)) <= limit or shown == least
    for some, said in zip(lines, shown, strict=True):
        title, first, *others = said.split("\n")
        assert (title, first) == ("title", some[0])
        left = len(some) - 1 - len([one for one in others if not one.endswith(" more")])
        assert others == [*some[1 : len(some) - left], *([f"{left} more"] if left else [])]
    if sum(len(one.first(6)) for one in lists) <= limit:
        assert not any(said.endswith(" more") for said in shown)
