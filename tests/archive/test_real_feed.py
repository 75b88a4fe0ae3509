"""What must hold of a real podcast's feed, and of real transcripts of every format; skipped where they are not."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

import pytest

from companion.archive.feeds import read_feed
from companion.archive.fetch import Fetcher
from companion.archive.transcripts.reader import read_transcript
from companion.storage.episodes import Kind
from companion.storage.readings import Reading
from tests.sources import read_source

pytestmark = pytest.mark.slow

WITHOUT_TRANSCRIPT = {8, 9, 12, 13}
SPEAKERS = {
    0: {"Alessio", "Swyx", "David"},
    1: {"Alessio", "Swyx", "Mikey"},
    3: {"Alessio", "Swyx", "Soumith"},
    4: {"Alessio", "Swyx", "Ben"},
    5: {"Alessio", "Swyx", "Erik"},
    6: {"Alessio", "Swyx", "Ce", "Vipul", "Ce / Vipul"},
    7: {"Alessio", "Swyx", "David"},
    10: {"Alessio", "Swyx", "Nathan"},
    11: {"Swyx", "Steve"},
    14: {"Alessio", "Swyx", "Suhail"},
}
CONVENTIONS = {2: "[time] Name: text", 11: "Name: text [time]", 14: "Name: text [time]"}


@pytest.fixture(scope="module")
def readings(real_feed: Path) -> list[Reading]:
    return asyncio.run(read_source(str(real_feed), Fetcher())).readings


def letters(text: str) -> list[str]:
    return re.findall(r"\w+", text)


async def test_its_transcripts_are_in_turns_and_its_other_episodes_have_none(readings: list[Reading]) -> None:
    assert {nth for nth, reading in enumerate(readings) if not reading.turns} == WITHOUT_TRANSCRIPT
    for nth in WITHOUT_TRANSCRIPT:
        assert readings[nth].convention is None
        assert all(passage.kind is Kind.NOTES for passage in readings[nth].passages)


def test_almost_every_word_of_its_transcripts_is_in_a_turn(readings: list[Reading], real_feed: Path) -> None:
    for reading, item in zip(readings, read_feed(real_feed.read_bytes()).items, strict=True):
        if not reading.turns:
            continue
        heading = re.search(r"Transcript(?:s|ion)?(?=\[|[A-Z])", item.body)
        assert heading
        speech = re.sub(r"\[[\d:]+\]", " ", item.body[heading.end() :])
        spoken = letters(" ".join(f"{turn.speaker or ''} {turn.text}" for turn in reading.turns))
        lost = Counter(letters(speech)) - Counter(spoken)
        assert lost.total() <= 0.01 * len(letters(speech)), reading.facts.title


def test_no_letter_of_an_item_is_lost(readings: list[Reading], real_feed: Path) -> None:
    for reading, item in zip(readings, read_feed(real_feed.read_bytes()).items, strict=True):
        kept = [turn.text + (turn.speaker or "") for turn in reading.turns] + [c.title for c in reading.chapters]
        have = Counter("".join([reading.notes, *kept]))
        want = Counter(re.sub(r"\[[\d:]+\]|n/a|Transcript(?:s|ion)?(?=\[|[A-Z])", "", item.body))
        missing = want - have
        assert not {letter: count for letter, count in missing.items() if letter.isalpha()}, reading.facts.title


async def test_times_never_run_backwards(readings: list[Reading]) -> None:
    for reading in readings:
        starts = [turn.start for turn in reading.turns]
        assert None not in starts
        assert starts == sorted(start for start in starts if start is not None)
        assert all(turn.end is None or turn.start is None or turn.end >= turn.start for turn in reading.turns)
        times = [passage.start for passage in reading.passages if passage.start is not None]
        assert times == sorted(times)


async def test_speakers_are_as_labelled(readings: list[Reading]) -> None:
    for nth, speakers in SPEAKERS.items():
        assert {turn.speaker for turn in readings[nth].turns} == speakers
    recap = Counter(turn.speaker for turn in readings[2].turns)
    assert (recap["swyx"], recap["Alessio"], recap["Rahul Sonwalkar"], recap["Guest 4"]) == (237, 86, 23, 19)
    assert not any(speaker and speaker.startswith(("Direction", "Wildcard", "n/a")) for speaker in recap)


async def test_each_convention_is_told_with_a_clear_margin(readings: list[Reading]) -> None:
    for nth, reading in enumerate(readings):
        if reading.turns:
            name, _, margin = (reading.convention or "").partition(", ")
            assert name == CONVENTIONS.get(nth, "Name [time]: text")
            assert float(margin.split()[0]) > 0.25


async def test_notes_end_where_the_transcript_begins(readings: list[Reading]) -> None:
    for reading in readings:
        assert "welcome to the Latent Space" not in reading.notes
        assert reading.notes.endswith("Get full access to Latent.Space at www.latent.space/subscribe")
        assert not any("Get full access" in turn.text for turn in reading.turns)


async def test_chapters_have_their_titles(readings: list[Reading]) -> None:
    assert [chapter.title for chapter in readings[0].chapters][::8] == [
        "Introductions",
        "Core research questions and reasons to work at Adept",
    ]
    titles = [chapter.title for chapter in readings[2].chapters]
    assert "Direction 2: Synthetic Data (WRAP, SPIN)" in titles
    assert len(titles) == len(set(titles)) == 27
    assert [chapter.title for chapter in readings[4].chapters][-1] == "Hiring at Replicate"


async def test_passages_are_of_a_length_to_be_quoted(readings: list[Reading]) -> None:
    for reading in readings:
        lengths = [len(passage.text.split()) for passage in reading.passages]
        assert all(60 <= length <= 180 for length in lengths)


def shared(real_feed: Path, name: str) -> str:
    return (real_feed.parent.parent / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "convention", "speakers", "turns"),
    [
        ("feeds/namespace_transcript.html", "Name [time]: text", {"Travis": 5, "Gilon": 3, "Sarah": 2}, 10),
        ("feeds/namespace_transcript.srt", "SubRip captions", {"Travis", "Gilon", "Sarah"}, 42),
        ("feeds/namespace_transcript.vtt", "WebVTT captions", {"Sarah", "Gillian"}, 2),
        ("feeds/namespace_transcript.json", "JSON words", {"Darth Vader", "Luke"}, 2),
        ("feeds/smol_podcaster_tq.md", "Name: text [time]", {"Tianqi": 44, "Alessio": 37, "Swyx": 30}, 111),
    ],
)
def test_real_transcripts_of_other_formats_are_read(
    real_feed: Path, name: str, convention: str, speakers: set[str] | dict[str, int], turns: int
) -> None:
    transcript = read_transcript(shared(real_feed, name))
    counted = Counter(turn.speaker for turn in transcript.turns)
    assert transcript.convention == convention
    assert (counted == speakers) if isinstance(speakers, dict) else (set(counted) == speakers)
    assert len(transcript.turns) == turns
    starts = [turn.start for turn in transcript.turns if turn.start is not None]
    assert len(starts) == turns
    assert starts == sorted(starts)


def test_a_page_of_dash_marked_turns_is_read_without_what_is_around(real_feed: Path) -> None:
    transcript = read_transcript(shared(real_feed, "archive/playground_page.txt"))
    assert transcript.convention == "- text"
    assert transcript.before.startswith("Back to Index")
    assert transcript.turns[0].text.startswith("Hey, everyone. Welcome to")
    assert [chapter.title for chapter in transcript.chapters][-1] == "Lightning Round"
    assert len(transcript.turns) > 200
