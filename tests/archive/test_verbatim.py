from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.verbatim import as_said, is_closed, quoted_spans, single_is_closed

SAID = "It can't be non-trivial, e.g. GPT 4. 5 —\nthe US asked us: why?"


@pytest.mark.parametrize(
    ("quotation", "words"),
    [
        ("GPT-4.5", "GPT 4. 5"),
        ("gpt 4.5", None),
        ("it can’t be", "It can't be"),
        ("can", None),
        ("can't", "can't"),
        ("trivial", None),
        ("non trivial,", "non-trivial,"),
        ("be non trivial e.g. GPT", "be non-trivial, e.g. GPT"),
        ("the us asked", None),
        ("asked us: why?", "asked us: why?"),
        ("asked us: why!", "asked us: why"),
        ("5, the US", "5 — the US"),
        ("the US asked them", None),
        ("…", None),
        ("", None),
    ],
)
def test_words_are_found_by_letters_and_digits_and_given_back_as_said(quotation: str, words: str | None) -> None:
    assert as_said(quotation, SAID) == words


@given(st.text(st.sampled_from("abAB1 .,'-\n"), max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_what_is_given_back_stands_there(said: str, start: int, end: int) -> None:
    words = as_said(said[start:end], said)

    assert words is None or words in " ".join(said.split())


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“a b” and “c”", ["a b", "c"]),
        ('"a" „b“ «c» »d« ”e” 「f」', ["a", "b", "c", "d", "e", "f"]),
        ("«a “b” c»", ["a “b” c", "b"]),
        ("he says ‘two words’ and 'three more words'", ["two words", "three more words"]),
        ("the bees' honey, the keepers' hut, rock 'n' roll, don't, it's", []),
        ('“”, "…"', []),
    ],
)
def test_quotations_stand_between_marks_of_any_kind(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quoted_spans(text)] == quoted


@pytest.mark.parametrize(
    ("text", "closed"), [("“a”", True), ("“a", False), ('"a" "', False), ("it's", True), ("„a“", True)]
)
def test_marks_come_in_pairs(text: str, closed: bool) -> None:
    assert is_closed(text) is closed


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("he says ‘so", False),
        ("he says 'so", False),
        ("he says ‘so’ and 'no'", True),
        ("the bees' honey, rock 'n' roll, get 'em in the '90s, don’t", True),
        ("'cause it's ‘don't stop’", True),
    ],
)
def test_so_do_single_ones_apart_from_apostrophes(text: str, closed: bool) -> None:
    assert single_is_closed(text) is closed
