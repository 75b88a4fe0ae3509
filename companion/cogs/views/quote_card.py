"""The quote card: a picture of a clip's words, who says them, where and when. Drawing belongs in a thread.

It has a ground of its own, so that it reads on any theme of Discord, and letters that can be read on a phone, where
it is shown at a third of its width.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from PIL import Image, ImageChops, ImageDraw, ImageOps

from companion.archive.sentences import sentence_spans
from companion.cogs.views.card_fonts import BOLD, SANS, SERIF, Face, width, writable, write
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.times import clock_time
from companion.community.clips import ShownClip

WIDTH = 1200
_EDGE, _LEFT = 16, 84
_TOP, _BOTTOM = 110, 226
_LOWEST, _HIGHEST = 630, 1000
"""Pixels that a card is high."""
_SIZES = (66, 58, 50, 44)
"""Pixels of the quotation's letters, the largest that fits being taken."""
_LEADING = 1.36
_ROOM = WIDTH - 2 * _LEFT
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LEFT_OUT = "…"
_ALT = 1000
_LOGO, _LOGO_APART = 124, 32
"""Pixels that the logo is wide and high, and that are free beside it."""
_LOGO_LARGEST = 1024
"""Pixels of a logo's longer side, as it is given."""
_LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Theme:
    """A card's colours, as ``#rrggbb``: of the ground, the quotation, the small print, and the edge and marks."""

    ground: str = "#1f2228"
    ink: str = "#f2f3f5"
    faint: str = "#a9afb9"
    accent: str = "#2bb3a3"

    def __post_init__(self) -> None:
        for colour in (self.ground, self.ink, self.faint, self.accent):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"{colour} is no colour of the kind #rrggbb")


DARK = Theme()


def quote_card(shown: ShownClip, theme: Theme = DARK, logo: bytes | None = None) -> bytes | None:
    """A PNG; None where the words are in a script that cannot be drawn rightly.

    ``logo`` is a picture for its corner; one that cannot be read is left out. Long words are written smaller, and cut
    at the end of a sentence where they still don't fit.
    """
    turns = _turns(shown)
    time = "" if shown.clip.start is None else clock_time(shown.clip.start, shown.clip.approximate)
    footer = [one_line(shown.episode.title), " · ".join(filter(None, (one_line(shown.podcast.title), time)))]
    if not all(map(writable, (*chain.from_iterable(turns), *footer))):
        return None
    fitted = _fitted(turns, shown.clip.title)
    size, lines, who = fitted.size, fitted.lines, fitted.who
    high = min(max(round(_TOP + len(lines) * size * _LEADING + _BOTTOM), _LOWEST), _HIGHEST)
    image = Image.new("RGB", (WIDTH, high), theme.ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _EDGE - 1, high), fill=theme.accent)
    write(image, (_LEFT - 6, 136), "“", SERIF, 150, theme.accent)
    free = high - _TOP - _BOTTOM - len(lines) * size * _LEADING
    for place, text in enumerate(lines):
        write(image, (_LEFT, _TOP + max(free, 0) / 2 + (place + 0.8) * size * _LEADING), text, SERIF, size, theme.ink)
    room = _ROOM
    if logo is not None and (badge := _badge(logo)) is not None:
        image.paste(badge, (WIDTH - _LEFT - _LOGO, high - 42 - _LOGO), badge)
        room -= _LOGO + _LOGO_APART
    if who:
        write(image, (_LEFT, high - 142), _within(who, BOLD, 40, room), BOLD, 40, theme.ink)
    write(image, (_LEFT, high - 90), _within(footer[0], SANS, 34, room), SANS, 34, theme.faint)
    write(image, (_LEFT, high - 42), _within(footer[1], SANS, 34, room), SANS, 34, theme.faint)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


def alt(shown: ShownClip) -> str:
    """What the card shows, in words, for those who cannot see it. It measures letters as the card does."""
    clip = shown.clip
    fitted = _fitted(_turns(shown), clip.title)
    at = "" if clip.start is None else f" at {clock_time(clip.start, clip.approximate)}"
    longer = "" if fitted.whole else " It is from a longer clip."
    told = f"Quote card: {fitted.who or 'somebody'} in “{one_line(shown.episode.title)}”{at}: “{fitted.words}”{longer}"
    return cut(told, _ALT)


def _turns(shown: ShownClip) -> list[tuple[str, str]]:
    """Who says what; nobody known is an empty name."""
    return [(one_line(turn.speaker or ""), one_line(turn.text)) for turn in shown.clip.turns]


def _badge(logo: bytes) -> Image.Image | None:
    """The picture in a circle; None where it is none, or one that would fill the memory."""
    try:
        with Image.open(io.BytesIO(logo), formats=_LOGO_FORMATS) as read:
            if max(read.size) > _LOGO_LARGEST:
                return None
            picture = ImageOps.fit(read.convert("RGBA"), (_LOGO, _LOGO), Image.Resampling.LANCZOS)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow raises at bad pictures
        return None
    # Drawn four times as large, for a smooth edge.
    circle = Image.new("L", (4 * _LOGO, 4 * _LOGO))
    ImageDraw.Draw(circle).ellipse((0, 0, 4 * _LOGO - 1, 4 * _LOGO - 1), fill=255)
    mask = circle.resize((_LOGO, _LOGO), Image.Resampling.LANCZOS)
    picture.putalpha(ImageChops.multiply(picture.getchannel("A"), mask))
    return picture


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The size of a card's letters, its lines, who says them, and their words; ``whole`` where they are all of the
    clip's."""

    size: int
    lines: list[str]
    who: str
    words: str
    whole: bool


def _fitted(turns: Sequence[tuple[str, str]], title: str) -> _Fitted:
    """What a card shows of turns with their speakers: all of the words, or as many sentences of one turn, from the one
    on that is the title, as fit."""
    telling = one_line(title).removesuffix("…")
    speakers = list(dict.fromkeys(speaker for speaker, _ in turns if speaker))
    paragraphs = [f"{speaker}: {words}" if speaker and len(speakers) > 1 else words for speaker, words in turns]
    for size in _SIZES:
        lines = [line for paragraph in paragraphs for line in broken(paragraph, SERIF, size, _ROOM)]
        if len(lines) <= _most_lines(size):
            return _Fitted(size, lines, ", ".join(speakers), " ".join(paragraphs), whole=True)
    size = _SIZES[-1]
    place = next((place for place, (_, words) in enumerate(turns) if telling in words), 0)
    who, chosen = turns[place]
    at = max(chosen.find(telling), 0)
    chosen = chosen[at:]
    sentences = [chosen[start:end] for start, end in sentence_spans(chosen)]
    kept: list[str] = []
    for sentence in sentences:
        lines = broken(" ".join([*kept, sentence, _LEFT_OUT]), SERIF, size, _ROOM)
        if kept and len(lines) > _most_lines(size):
            break
        kept.append(sentence)
    before = f"{_LEFT_OUT} " if at or place else ""
    words = f"{before}{' '.join(kept)} {_LEFT_OUT}"
    lines = broken(words, SERIF, size, _ROOM)
    most = _most_lines(size)
    if len(lines) > most:
        # One sentence that is longer than a card: there is nothing to cut at but its words.
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" ,;:–—-") + _LEFT_OUT]
        words = " ".join(lines)
    return _Fitted(size, lines, who, words, whole=False)


def _most_lines(size: int) -> int:
    return int((_HIGHEST - _TOP - _BOTTOM) / (size * _LEADING))


def broken(text: str, face: Face, size: int, room: float) -> list[str]:
    """The text in lines of at most ``room`` pixels, broken between words, and within those that are wider."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, face, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word, face, size) > room:
            fits = max(bisect_right(range(len(word)), room, key=lambda n, of=word: width(of[:n], face, size)) - 1, 1)
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines


def _within(text: str, face: Face, size: int, room: float) -> str:
    """The text on one line of so many pixels, cut after a word where it is longer."""
    shown = text
    while width(shown, face, size) > room:
        shown = cut(text, min(len(shown), len(text)) - 1)
    return shown
