"""Labels that are written as fields or messages, names that nothing sets off from words, and what is beside both."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from companion.archive.transcripts.bare_labels import with_labels_apart
from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.turn_lengths import without_turn_lengths
from companion.archive.transcripts.unusual_labels import with_usual_labels
from tests.archive.transcripts.written import Said

_LINES = (
    "Welcome to Ferry House, where we talk, um, about people who cross rivers for a living.",
    "Thanks. I have taken the rope ferry across since 2008, some 9,000 times.",
    "Nine thousand?",
    "Give or take. I stopped counting when the book got wet.",
    "What do people carry? I mean, apart from bicycles.",
    "Oh, everything. A piano, once. It was 3:15 in the afternoon, and it rained. He played all the way over.",
    "Right.",
    "He was good, too. We went back and forth twice until he had finished.",
)
_SAID = [Said(("Ana Whitlock", "Owen Tregear")[nth % 2], 3 + 13 * nth, line) for nth, line in enumerate(_LINES)]


def _clock(said: Said) -> str:
    return f"00:{said.seconds // 60:02}:{said.seconds % 60:02}"


def _read(text: str) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns]


_TIMED: dict[str, Callable[[Said], str]] = {
    "speaker and time as fields": lambda s: f"Speaker: {s.speaker}\nTime: {_clock(s)}\n{s.text}",
    "fields with equals signs": lambda s: f"Speaker = {s.speaker}\nStart = {_clock(s)}\nText = {s.text}",
    "time and speaker as fields": lambda s: f"Time: {_clock(s)}\nSpeaker: {s.speaker}\n{s.text}",
    "fields in bold": lambda s: f"**Speaker:** {s.speaker}\n**Time:** {_clock(s)}\n{s.text}",
    "a label that nothing sets off": lambda s: f"[{_clock(s)}] {s.speaker} {s.text}",
    "a turn's length": lambda s: f"[{_clock(s)}] {s.speaker}: {s.text} [{len(s.text) / 7:.1f}s]",
    "a length without its unit": lambda s: f"{s.speaker}: [{_clock(s)}] {s.text} [{len(s.text) / 7:.1f}]",
    "a message": lambda s: f"{_clock(s)}\t From  {s.speaker}  to  Everyone:\n\t{s.text}",
    "an older message": lambda s: f"{_clock(s)} From {s.speaker} : {s.text}",
    "a wiki's bold name, indented": lambda s: f":'''{s.speaker}''' [{_clock(s)}]: {s.text}",
    "a wiki's term": lambda s: f"; {s.speaker} <small>({_clock(s)})</small>\n: {s.text}",
    "words as a quotation below": lambda s: f"**{s.speaker}** ({_clock(s)})\n> {s.text}",
    "who they work for behind the name": lambda s: f"@{_clock(s)} - **{s.speaker}** (example.org)\n{s.text}",
    "a long dash before the time": lambda s: f"{s.speaker} — [{_clock(s)}]\n{s.text}",
}


@pytest.mark.parametrize("write", _TIMED.values(), ids=_TIMED)
def test_who_speaks_and_when_is_read(write: Callable[[Said], str]) -> None:
    read = _read("\n\n".join(map(write, _SAID)))
    assert read == [(s.speaker, s.seconds, s.text) for s in _SAID]


_UNTIMED: dict[str, Callable[[Said], str]] = {
    "a field above": lambda s: f"SPEAKER: {s.speaker}\n{s.text}",
    "another language's field": lambda s: f"Sprecherin: {s.speaker}\n{s.text}",
    "pronouns in brackets": lambda s: f"{s.speaker} [they/them]: {s.text}",
    "a Japanese name's brackets": lambda s: f"【{s.speaker}】{s.text}",
    "a term's two colons behind bold": lambda s: f"*{s.speaker}*:: {s.text}",
    "a program's quotation": lambda s: f"  - {s.speaker}: {json.dumps(s.text)}",
}


@pytest.mark.parametrize("write", _UNTIMED.values(), ids=_UNTIMED)
def test_who_speaks_is_read(write: Callable[[Said], str]) -> None:
    read = _read("\n\n".join(map(write, _SAID)))
    assert [((who or "").removesuffix(" (they/them)"), text) for who, _, text in read] == [
        (s.speaker, s.text) for s in _SAID
    ]


@pytest.mark.parametrize("names", [("S1", "S2"), ("SPEAKER_00", "SPEAKER_01"), ("Voce 1", "Voce 2")])
def test_numbered_speakers_on_a_line_above_are_read(names: tuple[str, str]) -> None:
    text = "\n\n".join(f"SPEAKER: {names[nth % 2]}\n{s.text}" for nth, s in enumerate(_SAID))
    assert [(who, said) for who, _, said in _read(text)] == [(names[nth % 2], s.text) for nth, s in enumerate(_SAID)]


_SPANS: dict[str, Callable[[Said, str], str]] = {
    "blanks": lambda s, who: f"{s.seconds}.00 {s.seconds + 9}.50 {who} {s.text}",
    "a dash": lambda s, who: f"{s.seconds}.0s-{s.seconds + 9}.5s {who}: {s.text}",
    "columns": lambda s, who: f"{s.seconds}.0-{s.seconds + 9}.5 | {who} | {s.text}",
}


@pytest.mark.parametrize("write", _SPANS.values(), ids=_SPANS)
def test_seconds_from_and_to_without_brackets_are_times(write: Callable[[Said, str], str]) -> None:
    names = ("SPEAKER_00", "SPEAKER_01")
    text = "\n".join(write(s, names[nth % 2]) for nth, s in enumerate(_SAID))
    assert _read(text) == [(names[nth % 2], s.seconds, s.text) for nth, s in enumerate(_SAID)]


@pytest.mark.parametrize("names", [("Dr. Ana Whitlock", "Prof. Owen Tregear"), ("Mary Ann Lee", "Owen Tregear")])
def test_names_of_three_words_that_nothing_sets_off_are_whole(names: tuple[str, str]) -> None:
    text = "\n".join(f"{_clock(s)} {names[nth % 2]} {s.text}" for nth, s in enumerate(_SAID))
    assert _read(text) == [(names[nth % 2], s.seconds, s.text) for nth, s in enumerate(_SAID)]


def test_several_speakers_in_a_paragraph_with_one_time_have_turns_of_their_own() -> None:
    paragraphs = [
        f"{_SAID[nth].seconds // 60}:{_SAID[nth].seconds % 60:02}\n"
        + " ".join(f"{s.speaker}: {s.text}" for s in _SAID[nth : nth + 4])
        for nth in (0, 4)
    ]
    said = [(s.speaker, s.text) for s in _SAID]
    read = _read("\n\n".join(paragraphs))
    assert [(who, text) for who, _, text in read] == said
    assert [read[0][1], read[4][1]] == [_SAID[0].seconds, _SAID[4].seconds]


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ferry House\nDate: Monday\nSpeaker: Ana Whitlock\nHost: Owen Tregear\n\nSo it goes on, and on.",
        "Speaker: Ana Whitlock\nSpeaker: Owen Tregear\nSpeaker: Zoe Farr\nSpeaker: Ito Kahn\n\nSo it goes.",
        "Name: Ana\nName: Ana\nName: Ana\nName: Ana\nSo it goes.",
        "From Ana to Everyone: a poem. From Owen: another one.",
    ],
    ids=["facts", "a list of guests", "one name", "a sentence"],
)
def test_facts_stay_as_they_are(text: str) -> None:
    assert with_usual_labels(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"[00:00:{nth:02}] So it goes. [{nth}.5]" for nth in range(10, 20)),
        "So we read it [4.2]\nand then again [1.5]\nand a third time [3.0]\nand stopped [2.2]",
        "\n".join(f"[00:00:{nth:02}] So it goes." for nth in range(10, 20)) + "\nIt lasted [9.5s]",
    ],
    ids=["they grow", "no clocks", "one"],
)
def test_other_numbers_behind_words_stay(text: str) -> None:
    assert without_turn_lengths(text) == text


def test_words_that_often_begin_lines_are_no_names() -> None:
    lines = [
        f"[00:00:{nth:02}] {'New York' if nth % 2 else 'So'} was where it began, they say." for nth in range(10, 30)
    ]
    assert {turn.speaker for turn in read_transcript("\n".join(lines)).turns} == {None}


def test_labels_that_a_colon_sets_off_are_whole() -> None:
    text = "\n".join(f"[{_clock(s)}] {('Host', 'Guest 2')[nth % 2]}: {s.text}" for nth, s in enumerate(_SAID))
    assert with_labels_apart(text) == text


def test_a_time_of_day_at_the_end_of_a_wrapped_line_is_said() -> None:
    text = (
        "Ana (00:03):\nWe light it at night, and then it\nfalls until at 3:15\nit is cool enough for bread.\n"
        "Owen (00:14):\nThat is early.\nAna (00:17):\nIt is. You get used to it, after\na winter or so.\n"
        "Owen (00:25):\nI would not."
    )
    assert _read(text)[0] == (
        "Ana",
        3,
        "We light it at night, and then it falls until at 3:15 it is cool enough for bread.",
    )


def test_a_word_of_speech_above_a_time_is_no_label() -> None:
    lines: list[str] = []
    for nth in range(12):
        lines += [f"{('Ana', 'Owen')[nth % 2]} (00:{4 * nth + 1:02}):", "we fed it at noon and at night."]
        if not nth % 4:
            lines += ["Rye", f"(00:{4 * nth + 3:02}):", "was what it liked best of all."]
    assert {turn.speaker for turn in read_transcript("\n".join(lines)).turns} == {"Ana", "Owen"}
