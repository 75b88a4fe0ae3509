"""Faces for the simulated members: a coloured disc with an initial."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

_SIDE = 128
_SMOOTH = 4
"""Drawn this much larger, then scaled down: Pillow draws without smooth edges."""


def portrait(initial: str, colour: str) -> bytes:
    """A square PNG of 128 pixels, filled with the colour and the letter in white."""
    side = _SIDE * _SMOOTH
    picture = Image.new("RGB", (side, side), colour)
    font = ImageFont.load_default(size=side * 0.55)
    ImageDraw.Draw(picture).text((side / 2, side / 2), initial, font=font, fill="white", anchor="mm")
    png = io.BytesIO()
    picture.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS).save(png, "PNG")
    return png.getvalue()
