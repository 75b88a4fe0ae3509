"""Colours of quote cards as managers type them, and whether a card in them can be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views.quote_card import DARK
from companion.community.card_colours import (
    USUAL,
    Colours,
    FaintColoursError,
    NotAColourError,
    colour_of,
    colours_of,
    contrast,
    require_readable,
    written,
)
from companion.storage.highlight_rules import Wishes

colours = st.integers(0, 0xFFFFFF)


@given(colours)
def test_a_colour_is_read_as_it_is_written(colour: int) -> None:
    assert colour_of(written(colour)) == colour_of(written(colour).lstrip("#").upper()) == colour


@pytest.mark.parametrize(("typed", "colour"), [(" #fa0 ", 0xFFAA00), ("usual", None), ("Default", None)])
def test_short_forms_and_the_usual_one_are_understood(typed: str, colour: int | None) -> None:
    assert colour_of(typed) == colour


@pytest.mark.parametrize("typed", ["", "red", "#12345", "#12345g", "0x1f2228", "#" + "1" * 400])
def test_what_is_no_colour_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(NotAColourError, match="write it as #1f2228"):
        colour_of(typed)


@given(colours, colours)
def test_contrast_is_symmetric_and_between_that_of_the_same_and_that_of_black_and_white(one: int, other: int) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21
    assert contrast(one, one) == 1


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert contrast(0x000000, 0xFFFFFF) == pytest.approx(21)
    # The lightest grey that small text may have on white.
    assert contrast(0x767676, 0xFFFFFF) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"text": 0x222222}, r"make out words of #222222 on #1f2228: their contrast is 1\.0, and it takes 4\.5"),
        ({"accent": 0x222222}, "make out marks of #222222"),
    ],
)
def test_colours_that_cannot_be_told_apart_are_refused_with_how_much_is_missing(
    chosen: dict[str, Any], told: str
) -> None:
    with pytest.raises(FaintColoursError, match=told):
        require_readable(Colours(**chosen))


def test_the_usual_colours_are_those_that_cards_are_drawn_in_and_can_be_read() -> None:
    require_readable(USUAL)
    assert colours_of(Wishes()) == USUAL
    assert (written(USUAL.background), written(USUAL.text), written(USUAL.accent)) == (
        DARK.ground,
        DARK.ink,
        DARK.accent,
    )
