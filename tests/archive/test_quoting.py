from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.quoting import narrowed, quotations_of, words_of
from companion.archive.snippets import LONGEST
from companion.storage.episodes import Kind, Passage, Piece, Reference

TEXT = "Bees heat the hive. They shiver.\nSo I wrap it in wool? Wool keeps the damp in."
"""Words 100 to 116: Tomas until word 105, then Mara."""
PASSAGE = Passage(
    ordinal=0,
    kind=Kind.SPEECH,
    speaker="Tomas",
    start=10.0,
    end=40.0,
    approximate=False,
    first_word=100,
    last_word=116,
    chapter=None,
    text=TEXT,
    pieces=(Piece(0, 0, "Tomas", 10.0, 20.0, False), Piece(33, 1, "Mara", 20.0, 40.0, False, uncertain=True)),
)
WHOLE = Reference(7, Kind.SPEECH, 10.0, 40.0, 100, 116)


def test_words_are_quoted_with_who_said_them_and_when() -> None:
    (quote,) = quotations_of([PASSAGE], narrowed(PASSAGE, WHOLE, 112, 117))

    assert quote.text == "Wool keeps the damp in."
    assert (quote.speaker, quote.uncertain) == ("Mara", True)
    assert quote.start is not None
    assert 20.0 < quote.start < 40.0
    assert quote.approximate


def test_the_beginning_of_a_turn_has_its_exact_time() -> None:
    (quote,) = quotations_of([PASSAGE], narrowed(PASSAGE, WHOLE, 106, 111))

    assert (quote.text, quote.start, quote.approximate) == ("So I wrap it in", 20.0, False)


def test_a_reference_is_narrowed_to_the_times_of_its_words() -> None:
    reference = narrowed(PASSAGE, WHOLE, 100, 104)

    assert (reference.first_word, reference.last_word, reference.start) == (100, 103, 10.0)
    assert reference.end is not None
    assert 10.0 < reference.end < 20.0


def test_words_that_are_not_in_the_passage_narrow_nothing() -> None:
    assert narrowed(PASSAGE, WHOLE, 98, 104) == WHOLE
    assert narrowed(PASSAGE, WHOLE, 110, 118) == WHOLE
    assert narrowed(PASSAGE, WHOLE, 104, 104) == WHOLE


def test_where_the_words_moved_away_what_was_said_at_that_time_is_quoted_from_its_turn_on() -> None:
    (quote,) = quotations_of([PASSAGE], Reference(7, Kind.SPEECH, 25.0, 30.0, 900, 905))

    assert quote.text == "So I wrap it in wool? Wool keeps the damp in."
    assert quote.start == 20.0


def test_without_times_or_words_the_passage_is_quoted_from_its_beginning_by_turn() -> None:
    quotes = quotations_of([PASSAGE], Reference(7, Kind.SPEECH, None, None, 900, 905))

    assert [(quote.speaker, quote.text) for quote in quotes] == [
        ("Tomas", "Bees heat the hive. They shiver."),
        ("Mara", "So I wrap it in wool? Wool keeps the damp in."),
    ]


def test_each_turn_is_quoted_for_itself_over_the_passages_that_have_it() -> None:
    then = Passage(
        ordinal=1,
        kind=Kind.SPEECH,
        speaker="Mara",
        start=40.0,
        end=60.0,
        approximate=False,
        first_word=117,
        last_word=122,
        chapter=None,
        text="And in spring?\nThen it goes.",
        pieces=(Piece(0, 1, "Mara", 40.0, 50.0, False), Piece(15, 2, "Tomas", 50.0, 60.0, False)),
    )

    quotes = quotations_of([then, PASSAGE], Reference(7, Kind.SPEECH, 11.0, 55.0, 104, 120))

    assert [(quote.speaker, quote.text) for quote in quotes] == [
        ("Tomas", "They shiver."),
        ("Mara", "So I wrap it in wool? Wool keeps the damp in."),
        ("Mara", "And in spring?"),
        ("Tomas", "Then"),
    ]


@given(st.integers(90, 125), st.integers(90, 125), st.none() | st.floats(0, 60))
def test_a_quotation_is_always_words_of_the_passage(first: int, last: int, start: float | None) -> None:
    quotes = quotations_of([PASSAGE], Reference(7, Kind.SPEECH, start, None, first, last))

    assert quotes
    assert all(quote.text.strip() and quote.text in TEXT for quote in quotes)
    assert sum(len(quote.text) for quote in quotes) <= max(LONGEST, len(TEXT))
    inside = 100 <= first <= last <= 116
    assert (words_of(PASSAGE, first, last + 1) is not None) == inside
    if inside:
        assert " ".join(quote.text for quote in quotes).split() == TEXT.split()[first - 100 : last - 99]
