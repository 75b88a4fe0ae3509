"""Transcripts as sites, repositories and tools publish them: what is around names, times and words is none of them."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from companion.archive.transcripts.reader import TranscriptError, read_transcript
from tests.archive.transcripts.written import Said

_NADIA, _EMILE = "Nadia Brandt", "Émile Roux"
_LINES = (
    "Welcome to the kitchen hour, where we burn things so that you don't have to.",
    "Thank you. I brought the sourdough that failed, because everybody brings the one that worked.",
    "What went wrong with it?",
    "I believed the dial. Note: never believe a dial. It was forty degrees too cold.",
    "How do you measure it, then?",
    "With a probe on the stone. Step one is patience: wait an hour. Step two is flour.",
    "And the salt?",
    "Two percent. Dr. Okafor told me that in 1998, at 4:30 in the morning, and she was right.",
)
_TALK = [Said(_EMILE if nth % 2 else _NADIA, 2 + 47 * nth + nth * nth, line) for nth, line in enumerate(_LINES)]


def _named(*names: str) -> list[Said]:
    return [replace(said, speaker=names[nth % len(names)]) for nth, said in enumerate(_TALK)]


def _clock(said: Said) -> str:
    return f"{said.seconds // 60:02}:{said.seconds % 60:02}"


def _told(text: str) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in read_transcript(text).turns]


def _starts(text: str) -> list[int | None]:
    return [None if turn.start is None else int(turn.start) for turn in read_transcript(text).turns]


UNTIMED: dict[str, tuple[list[Said], Callable[[Said], str]]] = {
    "a recogniser's number": (_named("Speaker:0", "Speaker:1"), lambda s: f"[{s.speaker}] {s.text}"),
    "a doctorate": (_named("Mira B. Reed, Psy.D", "Adam Stone"), lambda s: f"**{s.speaker}:** {s.text}"),
    "a Spanish dash": (_named("Inés", "Rodrigo"), lambda s: f"—{s.speaker}: {s.text}"),
    "marks of direction": (_named("أحمد", "ليلى"), lambda s: f"\u200f{s.speaker}\u200f: {s.text}"),
}
TIMED: dict[str, Callable[[Said], str]] = {
    "escaped brackets": lambda s: f"**{s.speaker}:** \\[{_clock(s)}\\] {s.text}",
    "pictures before time and name": lambda s: f"🕐 00:{_clock(s)} 🎙️ {s.speaker}: {s.text}",
    "a link that plays": lambda s: (
        f"<p><b>{s.speaker}</b> <a href='#' onclick='p.seekTo({s.seconds})'>▶</a> {s.text}</p>"
    ),
    "a link that calls": lambda s: (
        f"<p><a href=\"javascript:playAt('0:{_clock(s)}')\">▶</a> <b>{s.speaker}:</b> {s.text}</p>"
    ),
    "a row of a table": lambda s: f"{s.speaker}\t{s.seconds}\t{s.seconds + 9}\t{s.text}",
}


@pytest.mark.parametrize("shape", UNTIMED)
def test_who_says_what_is_told_without_times(shape: str) -> None:
    said, write = UNTIMED[shape]
    assert _told("\n\n".join(map(write, said))) == [(s.speaker, s.text) for s in said]


@pytest.mark.parametrize("shape", TIMED)
def test_who_says_what_is_told_with_times(shape: str) -> None:
    text = "\n".join(map(TIMED[shape], _TALK))
    assert _told(text) == [(s.speaker, s.text) for s in _TALK]
    assert _starts(text) == [s.seconds for s in _TALK]


def test_turns_above_the_first_time_are_no_notes() -> None:
    said = [replace(s, text="Well, the dial--") if nth == 2 else s for nth, s in enumerate(_TALK)]
    lines = [f"{s.speaker}: {f'[{_clock(s)}] ' * (nth > 3)}{s.text}" for nth, s in enumerate(said)]
    read = read_transcript("\n\n".join([f"Host: {_NADIA}", f"Guest: {_EMILE}", *lines]))
    assert [turn.text for turn in read.turns] == [s.text for s in said]
    assert [turn.start for turn in read.turns[:4]] == [None] * 4


def test_quotations_behind_times_are_no_list_of_chapters() -> None:
    said = [replace(s, text=s.text.rstrip(".?")) for s in _named("田中", "佐藤")]
    text = "\n".join(f"（{_clock(s)}）{s.speaker}「{s.text}」" for s in said)
    assert [(turn.speaker, turn.text.strip("「」")) for turn in read_transcript(text).turns] == [
        (s.speaker, s.text) for s in said
    ]


def test_words_cut_off_by_a_hyphen_begin_no_list_of_chapters() -> None:
    cut = [replace(s, text="It was a-") if nth in (3, 4, 5) else s for nth, s in enumerate(_TALK)]
    read = read_transcript("\n\n".join(f"**{_clock(s)}** · {s.speaker}: {s.text}" for s in cut))
    assert [turn.text for turn in read.turns] == [s.text for s in cut]


def test_a_sentence_with_a_comma_and_a_colon_names_nobody() -> None:
    farewell = "Well, that is it for this season of “Bread: The Podcast” with me."
    lines = [f"[{_clock(s)}] {s.speaker}: {s.text}" for s in _TALK] + [f"[09:10] {farewell}", "[09:15] See you soon."]
    assert {turn.speaker for turn in read_transcript("\n\n".join(lines)).turns} <= {_NADIA, _EMILE, None}


def test_openings_of_sentences_are_no_names() -> None:
    months = ("January", "March", "May")
    lines = [f"**{_NADIA}:**\n\nIn {month}: the flour ran out.\n\nand one more thing: salt." for month in months]
    assert {turn.speaker for turn in read_transcript("\n\n".join(lines)).turns} == {_NADIA}


def test_headings_of_parts_are_no_speakers() -> None:
    parts = [
        f"# {title}\n\n[Transcript]\n\n" + "\n\n".join(f"{_clock(s)} - {s.text}" for s in _TALK[nth : nth + 2])
        for nth, title in zip((0, 2, 4, 6), ("Flour", "Stone", "Water", "Salt"), strict=True)
    ]
    assert {turn.speaker for turn in read_transcript("\n\n\n".join(parts)).turns} == {None}


def test_a_list_of_addresses_is_no_transcript() -> None:
    addresses = [f"http{'s' * (nth % 2)}://feeds.example/show-{nth}.xml" for nth in range(40)]
    with pytest.raises(TranscriptError):
        read_transcript("\n".join(addresses))


def test_a_talk_above_the_questions_that_follow_it_is_speech() -> None:
    talk = [f"{' '.join(_LINES)} That was part {nth} of it." for nth in range(6)]
    questions = [f"{'Q' if nth % 2 == 0 else 'A'} - {s.text}" for nth, s in enumerate(_TALK)]
    read = read_transcript("\n\n".join(["# On bread", *talk[:3], "# Rye", *talk[3:], *questions]))
    assert [turn.text for turn in read.turns] == [*talk, *(s.text for s in _TALK)]
    assert [turn.speaker for turn in read.turns] == [None] * 6 + ["Q", "A"] * 4
    assert "Rye" in [chapter.title for chapter in read.chapters]


def test_short_notes_above_the_first_label_stay_notes() -> None:
    notes = "In this episode we bake bread with somebody who failed at it for a long time."
    read = read_transcript("\n\n".join([notes, *(f"{s.speaker}: {s.text}" for s in _TALK)]))
    assert (read.before, len(read.turns)) == (notes, len(_TALK))


def test_links_in_a_text_leave_its_paragraphs() -> None:
    text = "\n\n".join(f'{s.text} See <a href="https://bread.example/{nth}">this</a>.' for nth, s in enumerate(_TALK))
    assert [turn.text for turn in read_transcript(text).turns] == [f"{s.text} See this." for s in _TALK]


def test_a_dash_in_a_sentence_opens_no_turn() -> None:
    paragraphs = [s.text for s in _TALK]
    paragraphs[4] += " It depends, - and this is important - on the stone."
    assert len(read_transcript("\n\n".join(paragraphs)).turns) == len(paragraphs)


def test_entities_that_were_escaped_twice_are_signs() -> None:
    text = "".join(f"<p>{html.escape(html.escape(f'{s.speaker}: {s.text}'))}</p>" for s in _TALK)
    assert _told(text) == [(s.speaker, s.text) for s in _TALK]


def test_a_page_with_scripts_is_no_program_code() -> None:
    style = "\n".join(f".speaker-{nth} {{\n  color: #{nth}{nth}{nth};\n}}" for nth in range(9))
    script = "function play(time) {\n  alert(time);\n}"
    said = "\n".join(f"<p>{s.text}</p>" for s in _TALK)
    page = f"<html><head><style>\n{style}\n</style><script>\n{script}\n</script></head><body>{said}</body></html>"
    assert [turn.text for turn in read_transcript(page).turns] == [s.text for s in _TALK]


def test_the_rule_below_a_tables_heading_is_no_row() -> None:
    rows = [f"| 00:{_clock(s)} | {s.speaker} | {s.text} |" for s in _TALK]
    assert _told("\n".join(["| Time | Speaker | Transcript |", "|---|---|---|", *rows])) == [
        (s.speaker, s.text) for s in _TALK
    ]


def test_styles_that_are_called_as_speakers_are_who_speaks() -> None:
    lines = [
        f"Dialogue: 0,0:{_clock(s)}.00,0:{_clock(s)}.90,{s.speaker},,0,0,0,,{s.text}"
        for s in _named("Speaker00", "Speaker01")
    ]
    events = "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    assert {turn.speaker for turn in read_transcript(events + "\n".join(lines)).turns} == {"Speaker00", "Speaker01"}
    plain = read_transcript(events + "\n".join(line.replace("Speaker0", "Default") for line in lines))
    assert {turn.speaker for turn in plain.turns} == {None}


def test_speakers_of_xml_are_called_by_their_names() -> None:
    ids = {_NADIA: "spk1", _EMILE: "spk2"}
    speakers = "".join(f'<Speaker id="{label}" name="{name}"/>' for name, label in ids.items())
    turns = "".join(
        f'<Turn startTime="{s.seconds}" endTime="{s.seconds + 9}" speaker="{ids[s.speaker]}">'
        f'<Sync time="{s.seconds}"/>\n{s.text}\n</Turn>'
        for s in _TALK
    )
    text = f'<Trans version="3"><Speakers>{speakers}</Speakers><Episode><Section>{turns}</Section></Episode></Trans>'
    assert _told(text) == [(s.speaker, s.text) for s in _TALK]
    assert _starts(text) == [s.seconds for s in _TALK]


def test_times_of_words_count_from_the_beginning_in_the_first_paragraph_too() -> None:
    paragraphs = [
        f'<p begin="{s.seconds}" end="{s.seconds + 20}" ttm:agent="{s.speaker}">'
        + " ".join(
            f'<span begin="{s.seconds + nth / 4}" end="{s.seconds + nth / 4 + 0.2}">{html.escape(word)}</span>'
            for nth, word in enumerate(s.text.split())
        )
        + "</p>"
        for s in _named("SPEAKER_1", "SPEAKER_2")
    ]
    names = 'xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"'
    text = f"<tt {names}><body><div>{''.join(paragraphs)}</div></body></tt>"
    assert _starts(text) == [s.seconds for s in _TALK]


def test_captions_of_the_same_second_are_no_titles() -> None:
    said = [
        "我覺得小朋友",
        "怎麼說",
        "當然一樣",
        "你要自己去走",
        "變指揮官",
        "就是有時候",
        "直接把他接起來",
        "就類似說",
    ] * 6
    lines = [
        f"[00:{nth // 60:02}:{nth % 60:02}] {line}"
        for nth, line in zip(sorted([*range(40), *range(0, 40, 5)]), said, strict=True)
    ]
    read = read_transcript("\n".join(lines))
    assert read.chapters == ()
    assert len(" ".join(turn.text for turn in read.turns).split()) == len(said)


def test_times_of_records_have_tenths() -> None:
    records = [{"timestamp": f"0:{_clock(s)}.3", "speaker": s.speaker, "text": s.text} for s in _TALK]
    assert _starts(json.dumps({"podcast": "Bread", "transcript": records})) == [s.seconds for s in _TALK]
