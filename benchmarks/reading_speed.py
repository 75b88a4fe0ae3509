"""How long it takes to read an invented transcript of 90 minutes: by convention, as plain text and as HTML, and as
recognisers, hosts and players write it (those formats are the ones of `tests/archive/transcripts/recorded.py`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from time import process_time

from companion.archive.transcripts.reader import read_transcript
from tests.archive.transcripts.recorded import FORMATS, Utterance, Word

_MINUTES = 90
_WORDS = 15_000
_REPEATED = 3
_HEAD = "| convention or format | text, s | as HTML, s |\n|---|---:|---:|\n"
_SPEAKERS = ("Ann Lee", "Bob Moor", "Zoë")
_VOCABULARY = (
    "so we think that models learn from data and people build them slowly with care yes when the tide comes in at "
    "night you count stones because a wall is for slowing things down not stopping what do they say about it then"
).split()


@dataclass(frozen=True, slots=True)
class _Said:
    speaker: str
    seconds: int
    text: str

    @property
    def clock(self) -> str:
        return f"{self.seconds // 3600:02}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"


_Writer = Callable[[_Said], str]
_WRITERS: dict[str, _Writer] = {
    "Name [time]: text": lambda said: f"{said.speaker} [{said.clock}]: {said.text}",
    "[time] Name: text": lambda said: f"[{said.clock}] {said.speaker}: {said.text}",
    "[time] Name - text": lambda said: f"({said.clock}) {said.speaker} - {said.text}",
    "[time] [Name] text": lambda said: f"[{said.clock}] [{said.speaker}] {said.text}",
    "[time] Name / text": lambda said: f"{said.clock}\n{said.speaker}\n{said.text}",
    "Name / [time] text": lambda said: f"{said.speaker}\n[{said.clock}] {said.text}",
    "[time] text": lambda said: f"[{said.clock}] {said.text}",
    "Name: text": lambda said: f"{said.speaker}: {said.text}",
    "Name / text": lambda said: f"{said.speaker}\n{said.text}",
    "Name - text": lambda said: f"{said.speaker} – {said.text}",
    "- text": lambda said: f"- {said.text}",
    "paragraphs": lambda said: said.text,
    "columns": lambda said: f"{said.clock}\t{said.speaker}\t{said.text}",
}


def table() -> str:
    """The table of all conventions and formats, in Markdown; seconds of processor time, the best of three."""
    conversation = list(_conversation())
    captions = list(_captions(conversation))
    rows = [_row(name, [write(said) for said in conversation]) for name, write in _WRITERS.items()]
    lines = [f"{said.clock}\n{said.text}" for said in captions]
    rows.append(_row("[time] text", lines, remark=f", {len(lines):,} captions of seven words"))
    spoken = _spoken(conversation)
    rows += (f"| {written} | {_seconds(None, written.write(spoken))} | |\n" for written in FORMATS)
    return _HEAD + "".join(rows)


def _row(name: str, turns: list[str], remark: str = "") -> str:
    plain = "\n\n".join(turns)
    html = "".join(f"<p>{escape(turn).replace(chr(10), '<br>')}</p>" for turn in turns)
    return f"| `{name}`{remark} | {_seconds(name, plain)} | {_seconds(name, html)} |\n"


def _seconds(convention: str | None, text: str) -> str:
    best = min(_timed(convention, text) for _ in range(_REPEATED))
    return f"{best:.2f}"


def _timed(convention: str | None, text: str) -> float:
    began = process_time()
    transcript = read_transcript(text)
    taken = process_time() - began
    if convention and transcript.convention not in (convention, "table of captions") and "\t" not in text:
        raise ValueError(f"read as {transcript.convention}, not as {convention}")
    return taken


def _conversation() -> Iterator[_Said]:
    """Three speakers, each with one to twelve sentences at a time."""
    chance = random.Random(0)
    spoken = 0
    last = _SPEAKERS[0]
    while spoken < _WORDS:
        last = chance.choice([name for name in _SPEAKERS if name != last])
        text = " ".join(_sentence(chance) for _ in range(chance.randint(1, 12)))
        yield _Said(last, 60 * _MINUTES * spoken // _WORDS, text)
        spoken += len(text.split())


def _sentence(chance: random.Random) -> str:
    words = chance.choices(_VOCABULARY, k=chance.randint(4, 18))
    return " ".join(words).capitalize() + chance.choice("...?")


def _captions(conversation: list[_Said]) -> Iterator[_Said]:
    words = " ".join(said.text for said in conversation).split()
    for nth in range(0, len(words), 7):
        yield _Said("", 60 * _MINUTES * nth // len(words), " ".join(words[nth : nth + 7]))


def _spoken(conversation: list[_Said]) -> list[Utterance]:
    """The conversation with a time for every word."""
    utterances: list[Utterance] = []
    clock = 0
    for said in conversation:
        words: list[Word] = []
        for text in said.text.split():
            words.append(Word(text, clock, clock + 300))
            clock += 350
        utterances.append(Utterance(_SPEAKERS.index(said.speaker), tuple(words)))
    return utterances
