from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.archive.paper_references import PaperReference, paper_reference
from companion.archive.results import Hit
from companion.cogs.views.paper import FILL, abstract_within, fill, paper_message, unknown_message
from companion.cogs.views.paper_queue import PER_PAGE, queue_message
from companion.community.club_sessions import Meeting
from companion.community.paper_queue import Queue, Queued
from companion.community.papers import Came, ShownPaper
from companion.community.pre_reading import MENTIONS, PASSAGES, Mention, PreReading
from companion.storage.papers import Paper, State, Voice
from companion.storage.sessions import State as Held
from companion.storage.votes import Tally
from tests.cogs.views.test_clip import text_in
from tests.cogs.views.test_results import HOSTILE, assert_within_limits, hits
from tests.storage import sample_clubs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG = st.sampled_from(["*" * 4000, "@everyone " * 400, "word. " * 800, "[a](b)" * 600]) | HOSTILE


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    authors = tuple(draw(st.lists(LONG, max_size=9)))
    abstract = draw(st.none() | LONG)
    day = draw(st.none() | st.just(NOON.date()))
    canonical = draw(
        st.sampled_from(["arxiv:2603.00001", "doi:10.1234/hives", f"url:https://buoys.example/{'x' * 400}.pdf"])
    )
    state = draw(st.sampled_from(State))
    return Paper(
        1, 10, canonical, draw(st.none() | st.just(2)), draw(LONG), authors, abstract, day, 7, NOON, state, NOON
    )


@st.composite
def shown_papers(draw: st.DrawFn) -> ShownPaper:
    voices = tuple(Voice(number, draw(LONG), NOON) for number in range(draw(st.integers(0, 9))))
    session = replace(
        sample_clubs.a_session(1),
        state=draw(st.sampled_from([Held.PLANNED, Held.HELD])),
        presented_by=7,
        author=draw(st.none() | LONG),
        recording_url=draw(st.none() | st.just(f"https://buoys.example/{'y' * 400}")),
    )
    meetings = (Meeting(sample_clubs.a_club(draw(LONG)), session),) * draw(st.integers(0, 2))
    return ShownPaper(draw(papers()), voices, Tally(draw(st.integers(0, 9)), 0), meetings)


@settings(max_examples=25, deadline=None)
@given(shown_papers(), st.none() | st.sampled_from(Came), st.lists(hits(), max_size=PASSAGES), st.integers(0, MENTIONS))
def test_a_card_keeps_to_every_limit_of_discord(
    shown: ShownPaper, came: Came | None, found: Sequence[Hit], linking: int
) -> None:
    mentions = tuple(Mention(hit.episode, hit.podcast) for hit in found[:linking])
    message = paper_message(shown, came, PreReading(tuple(found), mentions))

    assert_within_limits(message)
    assert not re.search(r"(?<!\\)@everyone", text_in(message))


@settings(max_examples=15, deadline=None)
@given(st.lists(papers(), max_size=PER_PAGE * 2 + 1), st.lists(shown_papers(), max_size=4), st.integers(0, 5))
def test_a_page_of_the_queue_keeps_to_every_limit_of_discord(
    waiting: list[Paper], scheduled: list[ShownPaper], page: int
) -> None:
    entries = tuple(
        Queued(paper, (Voice(1, "", NOON),) * 3, Tally(99, 99), 0.5, place, True, True)
        for place, paper in enumerate(waiting, 1)
    )
    message = queue_message(Queue(entries, 120, tuple(scheduled), 12, {1: (2**63, 2**63)}), 2**63, page)

    assert_within_limits(message)
    assert not re.search(r"(?<!\\)@everyone", text_in(message))


BIG = 10**19 - 1


def longest_paper(state: State) -> Paper:
    address = f"url:https://buoys.example/{'x' * 470}"
    return Paper(
        BIG, BIG, address, None, "*" * 500, ("_" * 100,) * 500, "word. " * 1500, NOON.date(), BIG, NOON, state, NOON
    )


def longest(state: State, held: Held) -> ShownPaper:
    """A paper of which everything is as long as it can be."""
    session = replace(
        sample_clubs.a_session(1, 0, BIG),
        state=held,
        presented_by=BIG,
        author="*" * 80,
        recording_url=f"https://buoys.example/{'y' * 470}",
    )
    voices = tuple(Voice(BIG - number, "*" * 300, NOON) for number in range(1, 200))
    meetings = (Meeting(sample_clubs.a_club("*" * 60, BIG), session),) * 5
    return ShownPaper(longest_paper(state), voices, Tally(), meetings)


@settings(max_examples=5, deadline=None)
@given(st.lists(hits(), min_size=PASSAGES, max_size=PASSAGES))
def test_the_longest_card_there_can_be_fits(found: Sequence[Hit]) -> None:
    mentions = tuple(Mention(hit.episode, hit.podcast) for hit in found[:MENTIONS])
    for state, held in ((State.PROPOSED, Held.HELD), (State.COVERED, Held.HELD), (State.SCHEDULED, Held.PLANNED)):
        assert_within_limits(paper_message(longest(state, held), Came.NEW, PreReading(tuple(found), mentions)))


def test_the_longest_page_of_the_queue_there_can_be_fits() -> None:
    voices = longest(State.PROPOSED, Held.PLANNED).voices
    entries = tuple(
        Queued(replace(longest_paper(State.PROPOSED), id=place), voices, Tally(99999, 99999), 0.5, 1, True, True)
        for place in range(1, PER_PAGE + 1)
    )
    scheduled = (longest(State.SCHEDULED, Held.PLANNED),) * 5
    posted = {one.paper.id: (BIG, BIG) for one in entries}

    message = queue_message(Queue(entries, 99999, scheduled, 99999, posted), BIG)

    assert_within_limits(message)
    assert text_in(message).count("](https://discord.com/") == PER_PAGE


def test_an_abstract_is_cut_after_a_sentence_and_within_a_word_only_where_there_is_none() -> None:
    assert abstract_within("Buoys drift. They remember.", 100) == "Buoys drift. They remember."
    assert abstract_within("Buoys drift. They remember where they were.", 30) == "Buoys drift. …"
    assert abstract_within("They remember where they were and when", 20) == "They remember where…"


@pytest.mark.parametrize(
    "typed", ["2603.00001", "2603.00001v12", "hep-th/9901001", "10.1234/a:b(c)", "https://buoys.example/a?b=c"]
)
def test_the_button_carries_the_paper(typed: str) -> None:
    reference = paper_reference(typed)

    match = FILL.fullmatch(fill(reference) or "")

    assert match is not None
    version = int(match["version"]) if match["version"] else None
    assert (match["canonical"], version) == (reference.canonical, reference.version)


def test_a_paper_that_no_button_can_carry_is_asked_for_otherwise() -> None:
    reference: PaperReference = paper_reference(f"10.1234/{'x' * 120}")

    assert fill(reference) is None
    assert "address of a page about it" in text_in(unknown_message(reference, "It is unknown."))
