"""Feeds of an invented podcast, as files."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from random import Random

_SENTENCES = (
    "The first lighthouse of {n} stood on a rock that only seals had visited before.",
    "Its keeper wrote down every ship, every storm and every egg that the hens of number {n} laid.",
    "When the lamp went out in the winter of {n}, they burned butter, and the whole bay smelled of toast.",
    "Nobody drowned that night, which the village still celebrates with {n} slices each.",
    "What I love about the logbook is that page {n} has a recipe for glue between two shipwrecks.",
    "You have to imagine a dozen people in one kitchen, arguing about oil, about God and about {n}.",
)


def speech(number: int, turns: int = 6) -> str:
    """A transcript with a label and a time mark a turn; the same for the same number."""
    speakers = ("Noor", "Emil")
    return "\n".join(
        f"{speakers[turn % 2]} [00:{turn:02}:{number % 60:02}]: "
        + " ".join(sentence.format(n=1800 + 17 * number + turn) for sentence in _SENTENCES)
        for turn in range(turns)
    )


def talk(number: int, turns: int = 12) -> str:
    """A transcript that shares no sentence with that of another number, unlike `speech`."""
    chance = Random(number)
    speakers = ("Noor", "Emil")
    syllables = "ba ce di fo gu ha je ki lo mu na pe qi ro su ta ve wi xo zu".split()
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(400)]
    return "\n".join(
        f"{speakers[turn % 2]} [00:{turn:02}:00]: "
        + " ".join(f"{' '.join(chance.choices(words, k=9)).capitalize()}." for _ in range(6))
        for turn in range(turns)
    )


def item(number: int, body: str | None = None) -> str:
    """An episode of the feed."""
    return f"""
    <item>
      <title>Lighthouse number {number}</title>
      <guid isPermaLink="false">lighthouse-{number}</guid>
      <link>https://lamps.example/{number}</link>
      <pubDate>{1 + number:02} Mar 2024 06:00:00 +0000</pubDate>
      <enclosure url="https://lamps.example/{number}.mp3" type="audio/mpeg" length="1"/>
      <description>{escape(speech(number) if body is None else body)}</description>
    </item>"""


def write_feed(path: Path, items: Sequence[str], title: str = "Lamps and Logbooks") -> Path:
    """A feed with these items, written to the path."""
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{title}</title><link>https://lamps.example</link>{"".join(items)}
</channel></rss>
""",
        encoding="utf-8",
    )
    return path
