"""The colours of quote cards as managers give them: read, and compared, so that a card can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import Wishes

READABLE = 4.5
"""The contrast that small text needs: WCAG 2.2, success criterion 1.4.3."""
VISIBLE = 1.5
"""And what marks and edges need here, which say nothing by themselves."""
_HEX = re.compile(r"#?(?P<short>[0-9a-fA-F]{3})|#?(?P<long>[0-9a-fA-F]{6})")
_USUAL = ("usual", "default", "none", "reset")


@dataclass(frozen=True, slots=True)
class Colours:
    """Of a card, as 0xRRGGBB: its ground, its text, and its edge and marks."""

    background: int = 0x1F2228
    text: int = 0xF2F3F5
    accent: int = 0x2BB3A3


USUAL = Colours()


class NotAColourError(CompanionError):
    """Nothing that names a colour."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:20]}” is no colour: write it as #1f2228, or `usual` for the one that cards usually have."
        )


class FaintColoursError(CompanionError):
    """Colours that differ too little. ``what`` is told from the ground by a contrast that is below ``needed``."""

    def __init__(self, what: str, colour: int, background: int, needed: float) -> None:
        super().__init__(
            f"Nobody could make out {what} of {written(colour)} on {written(background)}: their contrast is"
            f" {contrast(colour, background):.1f}, and it takes {needed:g}. Make one of the two lighter or darker."
        )


def colour_of(typed: str) -> int | None:
    """A colour as it is typed; None for the usual one. Raises `NotAColourError`."""
    text = typed.strip()
    if text.casefold() in _USUAL:
        return None
    match = _HEX.fullmatch(text)
    if match is None:
        raise NotAColourError(typed)
    digits = match["long"] or "".join(digit * 2 for digit in match["short"])
    return int(digits, 16)


def written(colour: int) -> str:
    """The colour as #rrggbb."""
    return f"#{colour & 0xFFFFFF:06x}"


def colours_of(wishes: Wishes) -> Colours:
    """The colours that a server's cards have."""

    def chosen(colour: int | None, usual: int) -> int:
        return usual if colour is None else colour

    return Colours(
        chosen(wishes.card_background, USUAL.background),
        chosen(wishes.card_text, USUAL.text),
        chosen(wishes.card_accent, USUAL.accent),
    )


def require_readable(colours: Colours) -> None:
    """Raises `FaintColoursError`."""
    if contrast(colours.text, colours.background) < READABLE:
        raise FaintColoursError("words", colours.text, colours.background, READABLE)
    if contrast(colours.accent, colours.background) < VISIBLE:
        raise FaintColoursError("marks", colours.accent, colours.background, VISIBLE)


def contrast(one: int, other: int) -> float:
    """The contrast ratio of two colours, from 1 for the same to 21 for black and white: WCAG 2.2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: int) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour >> shift & 0xFF) for shift in (16, 8, 0))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
