from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.results import Hit
from companion.cogs.views.saved import list_message, removed_message, saved_message
from companion.community.places import Quoted
from companion.community.saved import PER_PAGE, Bookmark, SavedPage
from tests.cogs.views.test_results import assert_within_limits, hits
from tests.examples import examples


@st.composite
def bookmarks(draw: st.DrawFn) -> Bookmark:
    hit: Hit = draw(hits())
    there = draw(st.booleans())
    turns = (hit.snippet, *(one.snippet for one in draw(st.lists(hits(), max_size=2))))
    place = Quoted(hit.passage, turns, hit.url) if there else None
    return Bookmark(draw(st.integers(1, 10**15 - 1)), hit.episode, place)


@examples(60)
@given(
    st.lists(bookmarks(), max_size=PER_PAGE, unique_by=lambda bookmark: bookmark.id),
    st.integers(0, 2),
    st.integers(0, 9),
    st.booleans(),
)
def test_a_list_keeps_to_every_limit_of_discord(some: list[Bookmark], page: int, hidden: int, removed: bool) -> None:
    assert_within_limits(list_message(SavedPage(tuple(some), page, 3, 15, hidden), removed=removed))


@examples(30)
@given(bookmarks(), st.booleans())
def test_what_is_told_of_one_keeps_to_every_limit_of_discord(bookmark: Bookmark, new: bool) -> None:
    assert_within_limits(saved_message(bookmark, new=new))


def test_that_one_is_removed_keeps_to_every_limit_of_discord() -> None:
    assert_within_limits(removed_message())
