"""Transcripts as tools, hosts and people write them down: who speaks, what they say, and when they begin."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from companion.archive.transcripts.reader import read_transcript
from tests.archive.transcripts.written import Said

_MAYA, _TOMAS = "Maya Lindqvist", "Tomás Ruiz"
_LINES = (
    "Welcome back to the show about slow machines. How did you first hear about the mill?",
    "Well, it started with a letter from my grandmother, who had kept the books since 1974.",
    "And who pays for all of that stone?",
    "Here's the thing: water does not care about your schedule. We lost a wall in two winters.",
    "Was it really 10:30 in the evening, or is that a legend?",
    "Exactly. It was cold, it was dark, and the pump had given up around midnight.",
    "Which of the three gates failed first?",
    'Dr. Petersen called and said, "Come down here." So I went, and there was no gate at all.',
    "I see. What would you tell somebody who wants to start now?",
    "Somebody has to grease the bearing, and on Sundays that somebody is me.",
)
_TALK = [Said(_TOMAS if nth % 2 else _MAYA, 3 + 41 * nth + nth * nth, line) for nth, line in enumerate(_LINES)]

Writer = Callable[[Sequence[Said]], str]


def _named(*names: str) -> list[Said]:
    return [replace(said, speaker=names[nth % len(names)]) for nth, said in enumerate(_TALK)]


def _clock(said: Said, sign: str = ":") -> str:
    return f"{said.seconds // 60:02}{sign}{said.seconds % 60:02}"


def _joined(form: Callable[[Said], str], between: str = "\n\n") -> Writer:
    return lambda said: between.join(map(form, said))


def _meeting(said: Sequence[Said]) -> str:
    """A mark on a line of its own every four turns."""
    blocks = [f"{s.speaker}: {s.text}" for s in said]
    for nth in (8, 4, 0):
        blocks.insert(nth, f"00:{5 * nth // 4:02}:00")
    return "Mill talk – Transcript\n\nAttendees\nMaya Lindqvist, Tomás Ruiz\n\nTranscript\n\n" + "\n\n".join(blocks)


UNTIMED: dict[str, tuple[Sequence[Said], Writer]] = {
    "a meeting with few marks": (_TALK, _meeting),
    "questions and answers, by stops": (_named("Q", "A"), _joined(lambda s: f"{s.speaker}. {s.text}")),
    "first by colons, then by stops": (
        _named("Q", "A"),
        lambda said: "\n\n".join(f"{s.speaker}{':' if nth < 2 else '.'} {s.text}" for nth, s in enumerate(said)),
    ),
    "abbreviated roles": (_named("Int.", "Resp."), _joined(lambda s: f"{s.speaker}: {s.text}")),
    "a name behind the text": (_TALK, _joined(lambda s: f"{s.text} — {s.speaker}")),
    "a name below the text": (_TALK, _joined(lambda s: f"{s.text}\n— {s.speaker}")),
    "a name alone below the text": (_TALK, _joined(lambda s: f"{s.text}\n**{s.speaker}**")),
    "a name in brackets behind a quotation": (_TALK, _joined(lambda s: f"{s.text} ({s.speaker})")),
    "a screenplay": (
        _named("MAYA", "TOMÁS"),
        _joined(lambda s: f"{' ' * 20}{s.speaker}\n" + textwrap.indent(textwrap.fill(s.text, 38), " " * 10)),
    ),
    "lines with numbers": (_TALK, lambda said: "\n".join(f"{n:03}  {s.speaker}: {s.text}" for n, s in enumerate(said))),
    "one line": (_named("LINDQVIST", "RUIZ"), _joined(lambda s: f"{s.speaker}: {s.text}", " ")),
    "Japanese quotation marks": (_named("佐藤", "田中"), _joined(lambda s: f"{s.speaker}「{s.text}」", "\n")),
    "small words in names": (_named("Zoë d’Arcy", "Nadia al-Amin"), _joined(lambda s: f"{s.speaker} : {s.text}")),
    "a rule and a page's farewell": (
        _TALK,
        lambda said: _joined(lambda s: f"**{s.speaker}**: {s.text}")(said) + "\n\n---\n\nTell a friend about the show.",
    ),
    "a tool's praise of itself": (
        _TALK,
        lambda said: (
            _joined(lambda s: f"{s.speaker}: {s.text}")(said)
            + "\n\nClick is the best of tools.\nAutomated transcription by https://click.example"
        ),
    ),
}
TIMED: dict[str, tuple[Sequence[Said], Writer]] = {
    "dots in marks": (_TALK, _joined(lambda s: f"[00.{_clock(s, '.')}] {s.speaker}: {s.text}")),
    "bare marks with dots": (_TALK, _joined(lambda s: f"{_clock(s, '.')} {s.speaker}: {s.text}")),
    "bare seconds": (_TALK, _joined(lambda s: f"{s.seconds}.70s {s.speaker}: {s.text}", "\n")),
    "seconds between rules": (
        _named("SPK1", "SPK2"),
        _joined(lambda s: f"== [{s.speaker} / {s.seconds} s] ==\n{s.text}"),
    ),
    "mark and name in bold above the text": (_TALK, _joined(lambda s: f"**{_clock(s)} - {s.speaker}**\n{s.text}")),
    "a role in brackets above the mark": (
        _named("Host", "Guest"),
        _joined(lambda s: f"({s.speaker})\n{_clock(s)} {s.text}"),
    ),
    "a bar in brackets": (_TALK, _joined(lambda s: f"[{s.speaker} | {_clock(s)}]\n{s.text}")),
    "pictures": (_TALK, _joined(lambda s: f"🎙️ {s.speaker} · {_clock(s)}\n{s.text}")),
    "handles of a chat": (_named("maya_l", "tomas"), _joined(lambda s: f"00:{_clock(s)} <{s.speaker}> {s.text}", "\n")),
    "wide brackets and colons": (
        _named("主持人", "林小雨"),
        _joined(lambda s: f"【{_clock(s)}】{s.speaker}：{s.text}"),
    ),
    "doubted names": (_TALK, _joined(lambda s: f"{s.speaker}{'?' * (s.seconds > 300)} [{_clock(s)}]: {s.text}")),
}


@pytest.mark.parametrize("shape", UNTIMED)
def test_who_says_what_is_told_without_times(shape: str) -> None:
    said, write = UNTIMED[shape]
    turns = read_transcript(write(said)).turns
    assert [turn.speaker for turn in turns] == [s.speaker for s in said]
    assert [turn.text.strip("「」") for turn in turns] == [s.text for s in said]


@pytest.mark.parametrize("shape", TIMED)
def test_who_says_what_is_told_with_times(shape: str) -> None:
    said, write = TIMED[shape]
    turns = read_transcript(write(said)).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [(s.speaker, s.text) for s in said]
    assert [int(turn.start or 0.0) for turn in turns] == [s.seconds for s in said]


def test_records_of_named_values_are_turns() -> None:
    records = [f"- speaker: {s.speaker}\n  start: 00:{_clock(s)}\n  text: {s.text}" for s in _TALK]
    turns = read_transcript("\n".join(records)).turns
    assert [(turn.speaker, turn.start, turn.text) for turn in turns] == [(s.speaker, s.seconds, s.text) for s in _TALK]


def test_guides_name_no_speakers() -> None:
    lines = [f"**{('Note', 'Tip')[nth % 2]}:** {s.text}" for nth, s in enumerate(_TALK)]
    assert {turn.speaker for turn in read_transcript("\n\n".join(lines)).turns} == {None}


def test_two_labels_for_a_whole_text_name_nobody() -> None:
    lines = [f"{'Maya: ' * (nth == 0)}{'Tomás: ' * (nth == 1)}{s.text}" for nth, s in enumerate(_TALK)]
    assert {turn.speaker for turn in read_transcript("\n\n".join(lines)).turns} == {None}


def test_minutes_are_marks() -> None:
    turns = read_transcript("\n\n".join(f"{s.speaker} [{s.seconds // 60} min]: {s.text}" for s in _TALK)).turns
    assert [(turn.speaker, turn.start) for turn in turns] == [(s.speaker, s.seconds // 60 * 60) for s in _TALK]


def test_sentences_without_blanks_are_no_names() -> None:
    said = ("พูดตามตรงไม่มีใครรู้คำตอบ", "คืนนั้นหนาวมากและปั๊มก็เสีย", "เราเปิดประตูเล็กวันละสองครั้ง")
    transcript = read_transcript("\n\n".join(said * 5))
    assert {turn.speaker for turn in transcript.turns} == {None}
    assert [turn.text for turn in transcript.turns] == [*said] * 5


def test_labels_with_marks_and_without_stops_are_no_list_of_chapters() -> None:
    lines = [f"[{_clock(s)}] {s.speaker}: {s.text.rstrip('.?')}" for s in _TALK]
    assert [turn.speaker for turn in read_transcript("\n\n".join(lines)).turns] == [s.speaker for s in _TALK]


def test_titles_between_captions_are_chapters() -> None:
    words = "and then the water came in at night and nobody had closed the small gate so we ran down there".split() * 12
    lines = [f"{3 * nth // 60}:{3 * nth % 60:02}\n{' '.join(words[6 * nth : 6 * nth + 6])}" for nth in range(40)]
    lines[24:24] = ["The second wheel"]
    lines[12:12] = ["How it began"]
    transcript = read_transcript("\n".join(lines))
    assert [chapter.title for chapter in transcript.chapters] == ["How it began", "The second wheel"]
    assert " ".join(turn.text for turn in transcript.turns) == " ".join(words[:240])


@pytest.mark.parametrize("mark", ["[3.11]", "(12.05)", "v1.20.3"])
def test_numbers_with_dots_are_no_times_where_they_do_not_grow(mark: str) -> None:
    text = "\n\n".join(f"{s.speaker}: {s.text} We use {mark} of it." for s in _TALK)
    assert {turn.start for turn in read_transcript(text).turns} == {None}
