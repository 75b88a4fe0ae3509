from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.lexical import terms
from companion.archive.sentences import sentence_spans
from companion.archive.snippets import LONGEST, snippet
from tests.snapshots import spoken

WORDS = ["honey", "bees", "winter", "gate", "rust", "the", "of", "a"]
said = st.lists(st.sampled_from(WORDS), min_size=1, max_size=90).map(lambda words: " ".join(words) + ".")
conversation = st.lists(st.tuples(st.sampled_from(["Ann", "Bob"]), said), min_size=1, max_size=4)


@given(conversation, st.sets(st.sampled_from(WORDS), max_size=3), st.integers(0, 400))
def test_a_snippet_is_verbatim_from_one_turn_with_the_words_marked(
    turns: list[tuple[str, str]], wanted: set[str], focus: int
) -> None:
    passage = spoken(0, *turns)
    weights = {term: 1.0 for word in wanted for term in terms(word)}
    found = snippet(passage, weights, (focus, focus + 50))

    assert 0 < len(found.text) <= LONGEST
    assert any(found.speaker == speaker and found.text in text for speaker, text in turns)
    marked = {found.text[start:end].lower() for start, end in found.matches}
    assert marked == {word for word in found.text.rstrip(".").split() if set(terms(word)) & weights.keys()}


def test_the_sentence_with_the_rarer_word_is_shown() -> None:
    passage = spoken(0, ("Ann", "Bees are nice. I like them. We all do, every day. A bee eats honey. The end of it."))
    found = snippet(passage, {"bee": 0.5, "honey": 3.0}, (0, 1))

    assert "A bee eats honey." in found.text
    assert [found.text[start:end] for start, end in found.matches][-2:] == ["bee", "honey"]


def test_without_a_matching_word_the_focus_is_shown() -> None:
    passage = spoken(0, ("Ann", "First comes this. " * 12), ("Bob", "Then comes that."))
    start = passage.text.index("Then")
    found = snippet(passage, {"zebra": 1.0}, (start, len(passage.text)))

    assert (found.text, found.speaker, found.start, found.approximate, found.matches) == (
        "Then comes that.", "Bob", 10.0, False, ()
    )  # fmt: skip


def test_without_a_matching_word_or_a_focus_the_longest_part_is_shown() -> None:
    passage = spoken(
        0, ("Ann", "Thanks."), ("Bob", "We keep a gate. It shuts at nine. Nobody minds."), ("Ann", "Sure.")
    )

    assert snippet(passage, {"zebra": 1.0}, (0, 0)).text == "We keep a gate. It shuts at nine. Nobody minds."


def test_a_snippet_from_the_middle_of_a_turn_has_an_approximate_time() -> None:
    passage = spoken(0, ("Ann", "Nothing to see here, move along. " * 9 + "Honey at last."))
    found = snippet(passage, {"honey": 1.0}, (0, 1))

    assert found.approximate
    assert found.start is not None
    assert found.start > 7


def test_stems_are_marked_as_the_words_they_stand_for() -> None:
    passage = spoken(0, ("Ann", "They were fighting, and they fought, and it was a fight."))
    found = snippet(passage, dict.fromkeys(terms("fights"), 1.0), (0, 1))

    assert [found.text[start:end] for start, end in found.matches] == ["fighting", "fight"]


def test_only_the_speakers_that_were_asked_for_are_quoted() -> None:
    passage = spoken(0, ("Ann", "Honey, honey, honey and bees."), ("Bob", "I keep the gate."))

    assert snippet(passage, {"honey": 1.0}, (0, 1), {"Bob"}).speaker == "Bob"
    assert snippet(passage, {"honey": 1.0}, (0, 1), {"Zoe"}).speaker == "Ann", "nobody of that name: the best there is"


sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(lambda words: " ".join(words).capitalize())
monologues = st.lists(sentences, min_size=1, max_size=7).map(lambda several: ". ".join(several) + ".")


@given(
    st.lists(st.tuples(st.sampled_from(["Ann", "Bob"]), monologues), min_size=1, max_size=4),
    st.dictionaries(st.sampled_from(WORDS), st.floats(0.1, 9), min_size=1),
    st.integers(0, 400),
)
def test_no_run_of_up_to_three_sentences_has_words_that_weigh_more(
    turns: list[tuple[str, str]], wanted: dict[str, float], focus: int
) -> None:
    passage = spoken(0, *turns)
    weights = {term: weight for word, weight in wanted.items() for term in terms(word)}

    def weight_of(text: str) -> float:
        return sum(weights[term] for term in weights.keys() & set(terms(text)))

    runs = [
        text[begin:end]
        for _, text in turns
        for begins, ends in [zip(*sentence_spans(text), strict=True)]
        for place, begin in enumerate(begins)
        for end in ends[place : place + 3]
        if end - begin <= LONGEST
    ]
    found = snippet(passage, weights, (focus, focus + 50))
    assert weight_of(found.text) >= max(map(weight_of, runs), default=0.0) - 2e-3  # being in focus may outweigh that
