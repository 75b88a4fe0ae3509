from __future__ import annotations

import io

import pytest
from PIL import Image

from companion.cogs.views import quote_card as cards
from companion.cogs.views.quote_card import DARK, WIDTH, quote_card
from tests.cogs.views.test_quote_card import said

RED, GROUND = (200, 30, 30), (0x1F, 0x22, 0x28)
CLIP = said("A hive does not freeze from cold, it starves.")


def picture(width: int = 128, height: int = 128, kind: str = "PNG", colour: tuple[int, ...] = RED) -> bytes:
    data = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour).save(data, kind)
    return data.getvalue()


def card_with(logo: bytes | None) -> Image.Image:
    png = quote_card(CLIP, DARK, logo)
    assert png is not None
    return Image.open(io.BytesIO(png)).convert("RGB")


def corner(card: Image.Image) -> Image.Image:
    """The square that a logo's circle fills."""
    left, bottom = WIDTH - 84, card.height - 42
    return card.crop((left - 124, bottom - 124, left, bottom))


@pytest.mark.parametrize(
    "logo", [picture(), picture(256, 64), picture(40, 300), picture(kind="JPEG"), picture(kind="WEBP"), picture(1, 1)]
)
def test_a_logo_of_any_shape_is_a_circle_in_the_corner(logo: bytes) -> None:
    square = corner(card_with(logo))

    middle = square.getpixel((62, 62))
    assert isinstance(middle, tuple)
    assert max(abs(is_ - was) for is_, was in zip(middle, RED, strict=True)) < 12
    for place in ((1, 1), (122, 1), (1, 122), (122, 122)):
        assert square.getpixel(place) == GROUND


def test_what_can_be_seen_through_is_seen_through() -> None:
    assert corner(card_with(picture(colour=(*RED, 0)))).getcolors() == [(124 * 124, GROUND)]


def test_the_rest_of_the_card_is_as_ever() -> None:
    plain, badged = card_with(None), card_with(picture())

    above = (0, 0, WIDTH, plain.height - 42 - 124)
    assert badged.size == plain.size
    assert badged.crop(above).tobytes() == plain.crop(above).tobytes()


def test_small_print_leaves_room_for_the_logo() -> None:
    long = said("It starves.", "Tomas Ek " * 20)
    png = quote_card(long, DARK, picture(colour=(0, 0, 255)))
    assert png is not None
    card = Image.open(io.BytesIO(png)).convert("RGB")

    left = WIDTH - 84 - 124
    assert card.crop((left - 30, card.height - 200, left, card.height)).getcolors() == [(30 * 200, GROUND)]


@pytest.mark.parametrize("logo", [b"", b"no picture", picture()[:60], b"<svg/>"])
def test_what_is_no_picture_is_left_out(logo: bytes) -> None:
    assert card_with(logo).tobytes() == card_with(None).tobytes()


def test_a_picture_that_is_too_large_is_not_even_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_LOGO_LARGEST", 100)

    assert card_with(picture(101, 1)).tobytes() == card_with(None).tobytes()
