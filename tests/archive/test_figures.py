from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.figures import figures_known, figures_stated

SAID = {
    "thirty-four degrees": "34",
    "ten thousand of them": "10000",
    "a hundred and twelve": "112",
    "two million three hundred thousand and five": "2300005",
    "five hundred thousand": "500000",
    "nineteen ninety-five": "1995",
    "twenty twenty four": "2024",
    "3, 000 bees": "3000",
    "GPT 4. 5": "4.5",
    "$5M": "5000000",
    "70B": "70000000000",
    "1,234.5 kilos": "1234.5",
    "3,5 kilos": "3.5",
    "version 1.2.3": "2",
    "twenty four seven": "24",
    "ten and twelve": "12",
}


@pytest.mark.parametrize("text", SAID)
def test_a_number_is_known_however_it_is_said(text: str) -> None:
    assert Decimal(SAID[text]) in figures_known(text)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("one of two, or a dozen", []),
        ("nineteen ninety-five", ["1995"]),
        ("$5 million", ["5000000"]),
        ("a thousand", ["1000"]),
        ("12 and 7", ["12", "7"]),
        ("twenty kilos", ["20"]),
        ("the twentieth, hundreds", []),
    ],
)
def test_small_numbers_in_words_are_not_stated(text: str, stated: list[str]) -> None:
    assert [str(value) for value in figures_stated(text)] == stated


@given(st.text(st.sampled_from("0123456789., $kMb-"), max_size=20) | st.text(max_size=30))
def test_whatever_a_text_states_it_is_known_to_hold(text: str) -> None:
    assert set(figures_stated(text)) <= figures_known(text)


@given(
    st.lists(st.sampled_from("one nine twelve twenty ninety hundred thousand million and - , x".split())).map(" ".join)
)
def test_so_it_is_with_numbers_in_words(text: str) -> None:
    assert set(figures_stated(text)) <= figures_known(text)
