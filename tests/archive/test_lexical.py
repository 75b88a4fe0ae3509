from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.lexical import terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("running", "runs"),
        ("Bees", "bee"),
        ("GPT-2", "gpt2"),
        ("gpt 4", "GPT-4"),
        ("3, 000 plus", "3000"),
        ("GPT 4. 5", "gpt 4.5"),
        ("swyx's joke", "swyx’s joke"),
        ("don't", "dont"),
        ("self-driving", "self driving"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_a_word_find_each_other(one: str, other: str) -> None:
    assert set(terms(one)) & set(terms(other))


@given(st.text(max_size=80))
def test_words_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    last = 0
    for word in words(text):
        assert last <= word.start < word.end <= len(text)
        assert set(word.terms) <= set(terms(text[word.start : word.end]))
        last = word.end
