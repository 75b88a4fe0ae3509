"""What quote cards are written with: DejaVu, which comes with matplotlib, and the machine's emoji, if it has any.

A text that these cannot write rightly (other scripts, or emoji that neither has) is not drawn at all.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_EMOJI_FONTS = (
    "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/noto/NotoColorEmoji.ttf",
    "/usr/share/fonts/google-noto-color-emoji-fonts/NotoColorEmoji.ttf",
)
_BITMAPS = 109
"""The size of the pictures in that font, the only one it has."""
_PICTURE = (
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    "|[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297"
    "\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)"
)
_EMOJI = re.compile(f"{_PICTURE}(?:\u200d{_PICTURE})*")


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters of a text that are drawn in one go: letters, or one emoji."""

    text: str
    emoji: bool


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface of DejaVu, by its file."""

    file: str = "DejaVuSans.ttf"

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The face, that many pixels high."""
        return _font(str(_folder() / self.file), size)


SANS, BOLD, SERIF = Face(), Face("DejaVuSans-Bold.ttf"), Face("DejaVuSerif.ttf")


def runs(text: str) -> list[Run]:
    """A text parted into what is drawn in one go, in order."""
    found: list[Run] = []
    at = 0
    for match in _EMOJI.finditer(text):
        if match.start() > at:
            found.append(Run(text[at : match.start()], emoji=False))
        found.append(Run(match[0], emoji=True))
        at = match.end()
    if at < len(text):
        found.append(Run(text[at:], emoji=False))
    return found


def writable(text: str) -> bool:
    """Can all of it be drawn rightly?"""
    return all(_has_emoji(run.text) if run.emoji else all(map(_has_letter, run.text)) for run in runs(text))


def width(text: str, face: Face, size: int) -> float:
    """How wide a line is, in pixels."""
    font = face.at(size)
    return sum(_emoji_width(run.text, size) if run.emoji else font.getlength(run.text) for run in runs(text))


def write(image: Image.Image, place: tuple[float, float], text: str, face: Face, size: int, colour: str) -> None:
    """Draws a line, its baseline at the place's height."""
    x, y = place
    draw, font = ImageDraw.Draw(image), face.at(size)
    for run in runs(text):
        if not run.emoji:
            draw.text((x, y), run.text, font=font, fill=colour, anchor="ls")
            x += font.getlength(run.text)
        elif picture := _emoji(run.text, size):
            image.paste(picture, (round(x), round(y - 0.85 * picture.height)), picture)
            x += _emoji_width(run.text, size)
        else:
            draw.text((x, y), _plain(run.text), font=SANS.at(size), fill=colour, anchor="ls")
            x += _emoji_width(run.text, size)


def _emoji_width(text: str, size: int) -> float:
    picture = _emoji(text, size)
    return picture.width + size * 0.08 if picture else SANS.at(size).getlength(_plain(text))


def _plain(text: str) -> str:
    return text.replace("\ufe0f", "")


def _has_emoji(text: str) -> bool:
    plain = _plain(text)
    return _emoji(text, _BITMAPS) is not None or (len(plain) == 1 and ord(plain) in _letters(SANS.file))


def _has_letter(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind.startswith(("L", "M")) and not unicodedata.name(character, "").startswith((*_SCRIPTS, "COMBINING")):
        return False
    return character.isspace() or all(ord(character) in _letters(face.file) for face in (SANS, BOLD, SERIF))


@lru_cache(maxsize=256)
def _emoji(text: str, size: int) -> Image.Image | None:
    """The picture of an emoji, as high as letters of that size; None where there is none."""
    font = _emoji_font()
    if font is None:
        return None
    canvas = Image.new("RGBA", (4 * _BITMAPS, 2 * _BITMAPS))
    ImageDraw.Draw(canvas).text((0, 0), text, font=font, embedded_color=True)
    bounds = canvas.getbbox()
    # A sequence that the font does not know is drawn as its parts, side by side.
    if bounds is None or bounds[2] > 1.6 * _BITMAPS:
        return None
    picture = canvas.crop(bounds)
    high = round(size * 1.12)
    return picture.resize((max(1, round(picture.width * high / picture.height)), high), Image.Resampling.LANCZOS)


@lru_cache(maxsize=1)
def _emoji_font() -> ImageFont.FreeTypeFont | None:
    path = next((one for one in _EMOJI_FONTS if sys.platform == "linux" and Path(one).is_file()), None)
    try:
        return ImageFont.truetype(path, _BITMAPS) if path else None
    except OSError:
        return None  # of another kind, such as one of outlines, which Pillow does not draw


@lru_cache(maxsize=32)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=4)
def _letters(file: str) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_folder() / file)).get_charmap())


@lru_cache(maxsize=1)
def _folder() -> Path:
    # By its place: importing all of matplotlib takes most of a second.
    spec = find_spec("matplotlib")
    assert spec is not None  # noqa: S101  a dependency
    assert spec.submodule_search_locations is not None  # noqa: S101  a package
    return Path(spec.submodule_search_locations[0]) / "mpl-data/fonts/ttf"
