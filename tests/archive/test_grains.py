from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.grains import WINDOW_WORDS, embedded_texts, windows
from tests.snapshots import spoken

sentences = st.lists(st.integers(1, 50).map(lambda n: "Some " + " ".join(["word"] * n) + "."), min_size=1, max_size=12)


@given(sentences)
def test_windows_hold_every_word_once_and_stay_short(parts: list[str]) -> None:
    text = " ".join(parts)
    spans = windows(text)

    assert [word for start, end in spans for word in text[start:end].split()] == text.split()
    assert all(len(text[start:end].split()) <= WINDOW_WORDS for start, end in spans)


def test_a_short_passage_is_embedded_once_with_its_speakers() -> None:
    passage = spoken(0, ("Mara", "Is wool any good?"), ("Tomas", "No."), (None, "Oh."))

    assert embedded_texts(passage) == ("Mara: Is wool any good?\nTomas: No.\nOh.",)


def test_a_long_passage_is_embedded_whole_and_in_windows() -> None:
    long = " ".join(f"Sentence number {n} says a little more than the one before it did." for n in range(14))
    whole, *parts = embedded_texts(spoken(0, ("Mara", long)))

    assert whole == f"Mara: {long}"
    assert len(parts) == 4
    assert " ".join(parts) == long


def test_a_text_without_words_has_one_window() -> None:
    assert windows("") == ((0, 0),)
