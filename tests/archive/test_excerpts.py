from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.excerpts import LONGEST, LONGEST_SENTENCE, MOST_WORDS, runs, sentences_of
from tests.snapshots import spoken

TALK = spoken(
    0,
    ("Host", "What about salt? I hear that it matters."),
    ("Ida", "Salt slows the yeast down. So I add it an hour late. Not before."),
)
TURNS = st.lists(
    st.tuples(
        st.sampled_from(["Host", "Ida", None]), st.text("ab .?!\n,ß字", min_size=1, max_size=400).filter(str.strip)
    ),
    min_size=1,
    max_size=4,
)


def said(*quoted: tuple[int, int]) -> list[str]:
    return [TALK.text[start:end] for start, end in quoted]


def test_sentences_stand_in_order_with_whose_they_are_and_whether_they_ask() -> None:
    found = sentences_of(TALK)

    assert said(*((one.start, one.end) for one in found)) == [
        *("What about salt?", "I hear that it matters."),
        *("Salt slows the yeast down.", "So I add it an hour late.", "Not before."),
    ]
    assert [(one.piece, one.asks, one.opens, one.words) for one in found] == [
        *((0, True, True, 3), (0, False, False, 5)),
        *((1, False, True, 5), (1, False, False, 7), (1, False, False, 2)),
    ]


def test_a_run_never_goes_on_into_another_turn() -> None:
    found = sentences_of(TALK)

    assert [(run.first, run.after) for run in runs(found)] == [
        *((0, 1), (0, 2), (1, 2)),
        *((2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)),
    ]


def test_a_run_never_goes_on_into_another_paragraph() -> None:
    notes = spoken(0, (None, "First the title. Then a line.\n\nAn item of a list."))

    assert {(run.first, run.after) for run in runs(sentences_of(notes))} == {(0, 1), (0, 2), (1, 2), (2, 3)}


def test_a_text_without_stops_is_quoted_in_parts() -> None:
    endless = sentences_of(spoken(0, ("Ida", "and so on " * 60)))

    assert len(endless) > 1
    assert all(one.words <= LONGEST_SENTENCE for one in endless)


def test_a_text_without_blanks_is_quoted_in_parts_too() -> None:
    endless = sentences_of(spoken(0, ("Ida", "字" * 2_000)))

    assert len(endless) > 1
    assert all(one.end - one.start <= LONGEST for one in endless)


@given(TURNS)
def test_whatever_was_said_runs_are_short_and_of_one_turn(turns: list[tuple[str | None, str]]) -> None:
    passage = spoken(0, *turns)
    found = sentences_of(passage)

    assert [(one.start, one.end) for one in found] == sorted((one.start, one.end) for one in found)
    for run in runs(found):
        part = found[run.first : run.after]
        text = passage.text[part[0].start : part[-1].end]
        assert len({one.piece for one in part}) == 1
        assert text == text.strip()
        assert len(text) <= LONGEST
        assert len(part) == 1 or sum(one.words for one in part) <= MOST_WORDS


def test_a_heading_is_no_sentence_and_what_stands_below_it_is() -> None:
    notes = spoken(0, (None, "# Bread, slowly\n\nIda bakes in Oslo.\n\n# Links\nShe writes, too. #bread is her tag."))

    found = [notes.text[one.start : one.end] for one in sentences_of(notes)]

    assert found == ["Ida bakes in Oslo.", "# Links\nShe writes, too.", "#bread is her tag."]
    assert all(
        run.after == run.first + 1 or found[run.first].startswith("# Links") for run in runs(sentences_of(notes))
    )
