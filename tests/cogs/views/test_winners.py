"""Winners in words: dates as a calendar has them, how much hangs on two votes, and messages that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views import limits
from companion.cogs.views.clip import clip_message
from companion.cogs.views.leaderboard import SHOWN, leaderboard_message, stability_in_words
from companion.cogs.views.winners import (
    after_winner,
    dates_of,
    heading_of,
    no_winner_message,
    ways_of,
)
from companion.community.spans import Span
from companion.community.standings import Ranking, Standing
from companion.community.winners import Results
from companion.storage.votes import Tally
from tests.cogs.views.test_clip import clip_of, text_in

NOW = datetime(2026, 3, 16, tzinfo=UTC)
LONG = "_Wax_ *and* [honey](x) " * 40


def results(tied: bool, address: int = 320) -> Results:
    """Ten clips of which all is as long as can be, and with addresses of that length."""
    best: list[tuple[Standing, object]] = []
    for number in range(SHOWN):
        shown = clip_of((LONG[:60], LONG * 3), title=LONG, episode=LONG)
        shown = replace(shown, url="https://bees.example/".ljust(address, "a"))
        first = number == 0 or tied
        standing = Standing(
            shown.clip, 0.5, 0.25, 0.75, 1998, False, tied, 1 if first else number + 1, 999, 998, 999, 999
        )
        best.append((standing, shown))
    ranking = Ranking(tuple(one for one, _ in best), 9999, None if tied else 0.5)
    return Results(Span.MONTH, date(2026, 2, 1), ranking, tuple(best))  # pyright: ignore[reportArgumentType]


ADDRESSES = pytest.mark.parametrize("address", [30, 320, 512, 2000])
"""Those of more than 512 characters are not linked."""


@ADDRESSES
def test_whatever_clips_are_called_a_winner_fits(address: int) -> None:
    some = results(tied=False, address=address)
    winner = some.winner
    assert winner is not None
    message = clip_message(
        winner[1],
        Tally(999, 999),
        heading=heading_of(some, NOW, late=True),
        below=after_winner(some),
        ways=ways_of(some),
        card="Quote card",
        audio=True,
    )
    assert len(text_in(message)) <= limits.LAYOUT_TEXT
    assert "**After it**" in text_in(message)
    assert "> " in text_in(message)


@ADDRESSES
def test_a_tie_of_many_fits(address: int) -> None:
    some = results(tied=True, address=address)
    assert some.winner is None
    text = text_in(no_winner_message(some, NOW, late=True))
    assert len(text) <= limits.LAYOUT_TEXT
    assert "**A tie:** 10 clips share the first place" in text


def test_the_list_of_all_fits_where_all_are_in_the_hall_of_fame() -> None:
    some = results(tied=False)
    text = text_in(leaderboard_message(some.ranking, some.best, "of February 2026", "", {7}))
    assert len(text) <= limits.LAYOUT_TEXT
    assert "](https" not in text, "there is no room for links"
    assert "\n10. “" in text


@pytest.mark.parametrize(
    ("span", "first", "told"),
    [
        (Span.WEEK, date(2026, 3, 9), "9 to 15 March 2026"),
        (Span.WEEK, date(2026, 3, 30), "30 March to 5 April 2026"),
        (Span.WEEK, date(2025, 12, 29), "29 December 2025 to 4 January 2026"),
        (Span.MONTH, date(2026, 2, 1), "February 2026"),
    ],
)
def test_a_span_is_told_as_a_calendar_has_it(span: Span, first: date, told: str) -> None:
    assert dates_of(span, first) == told


@given(st.floats(0, 1))
def test_only_what_holds_in_all_ways_is_said_to(share: float) -> None:
    said = stability_in_words(share)
    assert ("Whichever two votes" in said) == (share == 1)
    assert "100%" not in said
