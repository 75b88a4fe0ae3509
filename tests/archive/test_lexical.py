from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.lexical import terms, terms_of_parts, words, words_with
from companion.archive.sentences import sentence_spans


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


said = st.lists(st.sampled_from("Bees bee gpt-4 GPT 4. 5 3, 000 swyx's don't 12 crème. bread! why? so".split(" "))).map(
    " ".join
)
wanted = st.sets(st.sampled_from(["bee", "gpt", "4", "5", "4.5", "45", "3000", "12", "swyx", "dont", "bread"]))


@given(said, wanted)
def test_words_with_wanted_terms_are_those_of_all_words_that_have_them(text: str, wanted: set[str]) -> None:
    assert list(words_with(text, frozenset(wanted))) == [
        word for word in words(text) if wanted.intersection(word.terms)
    ]


@given(said, wanted)
def test_each_part_of_a_text_has_the_terms_that_it_has_alone(text: str, wanted: set[str]) -> None:
    parts = sentence_spans(text)

    assert terms_of_parts(text, parts, frozenset(wanted)) == [wanted & set(terms(text[a:b])) for a, b in parts]
