from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.sentences import ends_with_question, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "We moved to GPT 4. 5 last week.",
        "It has 3, 000 stars.",
        "Version 2.5 is 1.2 times faster.",
        "Dr. Lambert met Mr. J. Smith there.",
        "Tools, e.g. Slurm, i.e. schedulers, etc. are old.",
        "I mean... we could try.",
        "She asked why? and left.",
        "Look at tldraw.com or U.S. law.",
    ],
)
def test_a_sentence_is_not_cut_inside(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi there. How are you? Fine!", ["Hi there.", "How are you?", "Fine!"]),
        ("That was 2023. 5 people came.", ["That was 2023.", "5 people came."]),
        ("“Go.” He went.", ["“Go.”", "He went."]),
        ("One thing\n\nAnother thing", ["One thing", "Another thing"]),
        ("It costs money, rent etc. But it works.", ["It costs money, rent etc.", "But it works."]),
        ("Wait… Now.", ["Wait…", "Now."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from('ab AB.?!…,"”) \n\t59。')))
def test_every_visible_character_is_in_one_sentence_and_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@given(st.text(alphabet=st.sampled_from('ab AB.?!…,"”) \n59')))
def test_no_word_is_cut(text: str) -> None:
    assert [word for sentence in sentences(text) for word in sentence.split()] == text.split()


def test_a_question_may_end_in_a_quotation_mark() -> None:
    assert ends_with_question("He said “why?”")
    assert not ends_with_question("Why? Because.")
