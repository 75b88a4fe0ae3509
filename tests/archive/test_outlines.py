from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.grains import windows
from companion.archive.lexical import placed_terms, terms, terms_of_parts, words_with
from companion.archive.outlines import Outline, Outlines, numbered
from companion.archive.sentences import sentence_spans
from companion.archive.stretches import read_on
from companion.storage.episodes import Passage
from tests.snapshots import spoken

WORDS = st.sampled_from(
    [
        "Bees",
        "bee",
        "queen's",
        "GPT-2",
        "gpt2",
        "GPT 2",
        "3, 000",
        "4. 5",
        "end.",
        "(hive)",
        "well-kept",
        "naïve",
        "。",
        "!",
    ]
)
SAID = st.lists(WORDS, max_size=90).map(" ".join)
SPOKEN = st.lists(SAID.filter(bool), min_size=1, max_size=3).map(
    lambda said: spoken(0, *((f"Speaker {number}", text) for number, text in enumerate(said)))
)


def outlines_of(passages: Sequence[Passage]) -> Outlines:
    """Of passages that go on from each other."""
    said = [placed_terms(passage.text) for passage in passages]
    return Outlines.of(passages, said, [row > 0 for row in range(len(passages))])


def outline_of(passage: Passage) -> Outline:
    return outlines_of([passage]).of_row(0, passage.text)


@given(
    SPOKEN, st.sets(st.sampled_from(sorted(set(terms("bees queens gpt 2 gpt2 3000 3 000 4.5 end hive kept zebra")))))
)
def test_what_is_kept_finds_the_words_and_windows_that_reading_finds(passage: Passage, wanted: set[str]) -> None:
    outline, weights = outline_of(passage), {term: 1.1**place for place, term in enumerate(sorted(wanted))}

    found = words_with(passage.text, frozenset(wanted))
    starts = {word.start for word in found}
    numbers, of_terms = (
        set(numbered(weights).numbers.tolist()),
        numbered({term: 1.0 for word in found for term in word.terms}),
    )
    for made in (outline, Outline.of(passage)):
        places: list[tuple[int, int]] = made.places_of(wanted).tolist()
        assert {start for number, start in places if number in numbers} == starts
        assert {number for number, start in places if start in starts} == set(of_terms.numbers.tolist())
        assert [tuple(window) for window in made.windows.tolist()] == list(windows(passage.text))
        held = terms_of_parts(passage.text, windows(passage.text), frozenset(wanted))
        assert made.weights_of_windows(weights).tolist() == [sum(weights[term] for term in sorted(of)) for of in held]


def test_no_sentence_goes_on_in_the_next_turn() -> None:
    passage = spoken(0, ("Ida", "Bees dance. They point"), ("Ole", "to the flowers. Indeed."))
    said = [passage.text[start:end] for start, end in outline_of(passage).sentences.tolist()]

    assert said == ["Bees dance.", "They point", "to the flowers.", "Indeed."]
    assert sentence_spans(passage.text)[1] == (12, 38), "which without turns would be one"


@given(st.lists(SPOKEN, min_size=1, max_size=3), st.lists(SPOKEN, min_size=1, max_size=3), st.data())
def test_outlines_are_cut_and_joined_as_their_passages(
    first: list[Passage], second: list[Passage], data: st.DataObject
) -> None:
    every = [*first, *second]
    begin = data.draw(st.integers(0, len(every)))
    end = data.draw(st.integers(begin, len(every)))
    found = Outlines.joined([outlines_of(first), outlines_of(second)]).part(begin, end)

    wanted = dict.fromkeys(terms("bees gpt2 hive"), 1.0)
    for row, passage in enumerate(every[begin:end]):
        kept, made = found.of_row(row, passage.text), Outline.of(passage)
        assert kept.windows.tolist() == made.windows.tolist()
        assert kept.sentences.tolist() == made.sentences.tolist()
        assert kept.weights_of_windows(wanted).tolist() == made.weights_of_windows(wanted).tolist()
    leads = [0, *(read_on(*pair, sentence_spans(pair[1].text)) for pair in pairwise(every))]
    leads[len(first)] = 0
    assert found.leads.tolist() == leads[begin:end]
