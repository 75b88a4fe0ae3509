"""The picture of a topic's way through the archive. It has a ground of its own, so that it reads on any theme.

matplotlib is imported when the first one is drawn: it takes most of a second. Drawing belongs in a thread.
"""

from __future__ import annotations

import io
import unicodedata
from functools import lru_cache
from typing import Any

from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import one_line
from companion.community.periods import Period, Unit
from companion.community.topics import Topic

_GROUND, _INK, _FAINT, _LINES = "#1f2228", "#f2f3f5", "#a9afb9", "#3a3f47"
_SPOKEN, _SHARE = "#2bb3a3", "#e3a13b"
_SIZE = (8.0, 5.6)
"""Inches, at `_DPI` dots each: Discord shows it at half that width on a phone, so text is large."""
_DPI = 120
_TITLE = 36
_MOST_LABELS = 7
_FONTS = ("DejaVu Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans KR", "WenQuanYi Zen Hei")
"""What is looked for, in this order; DejaVu comes with matplotlib."""
_SIMPLE = ("LATIN", "GREEK", "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "ARMENIAN", "GEORGIAN")
"""Scripts whose letters stand side by side: others need shaping, which matplotlib does not do."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def chart(topic: Topic) -> bytes:
    """A PNG: passages that speak of the topic by time, and below it which share of all that was said then they are."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    families = _families()
    figure: Any = Figure(figsize=_SIZE, dpi=_DPI, facecolor=_GROUND)
    canvas: Any = FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
    places = list(range(len(topic.bars)))
    counts = [bar.speaking for bar in topic.bars]
    above.bar(places, counts, width=0.78, color=_SPOKEN)
    below.bar(places, [bar.share for bar in topic.bars], width=0.78, color=_SHARE)
    for axes in (above, below):
        _plain(axes)
    above.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=2))
    above.set_ylim(0, max(*counts, 1) * 1.15)
    below.yaxis.set_major_locator(MaxNLocator(nbins=2))
    below.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    below.set_ylim(0, max(*(bar.share for bar in topic.bars), 0.01) * 1.15)
    if len(places) <= 12:
        for place, count in zip(places, counts, strict=True):
            if count:
                above.text(place, count, str(count), ha="center", va="bottom", color=_INK, fontsize=16)
    step = -(-len(places) // _MOST_LABELS)
    below.set_xticks(places[::step], [label(bar.period) for bar in topic.bars[::step]])
    below.tick_params(axis="x", pad=10)
    # A single bar would be as wide as the picture.
    below.set_xlim(-max(0.6, (5 - len(places)) / 2), len(places) - 1 + max(0.6, (5 - len(places)) / 2))
    figure.suptitle(
        _title(topic, families), x=0.105, y=0.975, ha="left", color=_INK, fontsize=21, weight="bold", family=families
    )
    above.set_title(f"Passages that speak of it, by {unit_name(topic)}", loc="left", color=_FAINT, fontsize=16)
    below.set_title("Share of all that was said then", loc="left", color=_FAINT, fontsize=16)
    figure.subplots_adjust(left=0.105, right=0.975, top=0.82, bottom=0.09, hspace=0.38)
    png = io.BytesIO()
    # By itself the library signs its pictures with its version.
    figure.savefig(png, format="png", facecolor=_GROUND, metadata={"Software": None})
    # Figure, texts and canvas refer to one another, and to the 2.6 MB of pixels: those would wait for the garbage
    # collector's next look at everything.
    figure.clear()
    canvas.renderer = None
    return png.getvalue()


def label(period: Period) -> str:
    """ "Mar 24", "Q1 24" or "2024"."""
    return spelled(period) if period.unit is Unit.YEAR else _in_year(period, f"{period.year % 100:02}")


def spelled(period: Period) -> str:
    """ "March 2024" as "Mar 2024", "Q1 2024" or "2024": for sentences."""
    return _in_year(period, str(period.year))


def _in_year(period: Period, year: str) -> str:
    match period.unit:
        case Unit.MONTH:
            return f"{_MONTHS[period.part - 1]} {year}"
        case Unit.QUARTER:
            return f"Q{period.part} {year}"
        case Unit.YEAR:
            return year


def unit_name(topic: Topic) -> str:
    """ "month", "quarter" or "year"."""
    return topic.bars[0].period.unit.name.lower()


def drawable(text: str, known: frozenset[int]) -> bool:
    """Can the text be drawn letter by letter, left to right, with fonts that have these characters?"""
    return all(
        character.isspace()
        or (
            ord(character) in known
            and unicodedata.bidirectional(character) not in ("R", "AL", "AN")
            and (not character.isalpha() or unicodedata.name(character, "").startswith(_SIMPLE))
        )
        for character in text
    )


def _title(topic: Topic, families: list[str]) -> str:
    """The topic, where its letters can be drawn; it stands above the picture in any case."""
    words = one_line(topic.text)
    # A dollar sign begins a formula, an escaped one does not.
    shown = cut(words, _TITLE).replace("$", r"\$")
    return f"“{shown}”" if drawable(words, _characters(tuple(families))) else "Over time"


def _plain(axes: Any) -> None:
    axes.set_facecolor(_GROUND)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=_LINES, linewidth=1)
    axes.tick_params(colors=_FAINT, labelsize=16, length=0, pad=5)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_LINES)


@lru_cache(maxsize=1)
def _families() -> list[str]:
    """Those of the fonts that are on this machine."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in there]


@lru_cache(maxsize=1)
def _characters(families: tuple[str, ...]) -> frozenset[int]:
    """The characters that one of the fonts has."""
    from matplotlib import font_manager

    fonts: Any = font_manager
    known: set[int] = set()
    for family in families:
        known.update(fonts.get_font(fonts.findfont(family)).get_charmap())
    return frozenset(known)
