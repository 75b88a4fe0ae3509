"""Transcripts as tools export them, each in its own way to write times and names."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.transcript import Transcript
from tests.archive.transcripts.written import Said

_ANA, _OWEN = "Ana Whitlock", "Owen Tregear"
_LINES = (
    "Welcome back to Lamp Room, the show about lighthouses and who keeps them lit.",
    "Thanks. I keep the light at Skerry Point, which has stood since 1841.",
    "Who built it?",
    "A family of masons. They rowed every stone across, and three boats were lost: one in May, two in June.",
    "Wow.",
    "The lens came later. It is 920 millimetres across, and it floats on mercury.",
    "Right. Let us talk about fog.",
    "Fog is the whole job. When you can see, nobody needs you.",
)


def _talk(*names: str) -> list[Said]:
    return [Said(names[nth % len(names)], 2 + 11 * nth, line) for nth, line in enumerate(_LINES)]


def _turns(transcript: Transcript) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in transcript.turns]


def _clock(said: Said) -> str:
    return f"00:{said.seconds // 60:02}:{said.seconds % 60:02}"


def _short(said: Said) -> str:
    return _clock(said)[3:]


def _in(digits: str, clock: str) -> str:
    return clock.translate(str.maketrans("0123456789:", digits))


_TIMED: dict[str, Callable[[Said], str]] = {
    "seconds from - to": lambda s: f"{s.speaker} {s.seconds}.0 - {s.seconds + 9}.5: {s.text}",
    "seconds from to": lambda s: f"{s.speaker} {s.seconds}.75 {s.seconds + 9}.50: {s.text}",
    "seconds in front": lambda s: f"{s.seconds}s {s.speaker}: {s.text}",
    "seconds and a colon": lambda s: f"{s.seconds}s: {s.speaker}: {s.text}",
    "three dashes": lambda s: f"{_clock(s)} --- {s.speaker}\n{s.text}",
    "a dash in brackets": lambda s: f"[{_short(s)} - {s.speaker}] {s.text}",
    "a heading": lambda s: f"## {_short(s)} — {s.speaker}\n\n{s.text}",
    "as code": lambda s: f"`{_clock(s)}` **{s.speaker}**: {s.text}",
    "as code behind the name": lambda s: f"1. **{s.speaker}** `{_short(s)}` {s.text}",
    "emphasis in a quotation": lambda s: f"> **{s.speaker}** *({_short(s)})*\n>\n> {s.text}",
    "clock behind the colon": lambda s: f"{s.speaker}: {_short(s)} {s.text}",
    "doubled brackets": lambda s: f"[[{_clock(s)}]] {s.speaker}: {s.text}",
    "name in brackets of its own": lambda s: f"({s.speaker}) {_short(s)}\n{s.text}",
    "linked moment": lambda s: f"[@{_short(s)}](https://example.org/x?t={s.seconds}) - **{s.speaker}**\n{s.text}",
    "wide digits": lambda s: f"【{_in('０１２３４５６７８９：', _clock(s))}】{s.speaker}：{s.text}",
    "Arabic digits": lambda s: f"[{_in('٠١٢٣٤٥٦٧٨٩:', _short(s))}] {s.speaker}: {s.text}",
    "STM": lambda s: f"show 1 {s.speaker.replace(' ', '_')} {s.seconds}.00 {s.seconds + 9}.00 <o,f0> {s.text}",
}
_NAMES = [(_ANA, _OWEN), ("will.i.am", "bell hooks"), ("@ana_w", "@owen.t")]


@pytest.mark.parametrize("write", _TIMED.values(), ids=_TIMED)
def test_who_says_what_and_when_is_told(write: Callable[[Said], str]) -> None:
    said = _talk(_ANA, _OWEN)
    read = _turns(read_transcript("\n\n".join(map(write, said))))
    assert [((who or "").replace("_", " "), int(at or 0), text) for who, at, text in read] == [
        (s.speaker, s.seconds, s.text) for s in said
    ]


@pytest.mark.parametrize("names", _NAMES, ids=["names", "names with stops", "handles"])
@pytest.mark.parametrize("timed", [False, True], ids=["colon", "time"])
def test_names_with_stops_in_them_are_whole(names: tuple[str, ...], timed: bool) -> None:
    said = _talk(*names)
    text = "\n\n".join(f"{s.speaker} ({_short(s)})\n{s.text}" if timed else f"{s.speaker}: {s.text}" for s in said)
    read = _turns(read_transcript(text))
    assert [(who, text) for who, _, text in read] == [(s.speaker.lstrip("@"), s.text) for s in said]


_SIGNS: dict[str, Callable[[Said], str]] = {
    "two colons": lambda s: f"{s.speaker}:: {s.text}",
    "a colon on each side": lambda s: f":{s.speaker}: {s.text}",
    "braces": lambda s: f"{{{s.speaker}}}: {s.text}",
    "a bracket": lambda s: f"{s.speaker}) {s.text}",
    "a dash without blanks": lambda s: f"{s.speaker}—{s.text}",
    "an equals sign": lambda s: f"{s.speaker} = {s.text}",
}


@pytest.mark.parametrize("write", _SIGNS.values(), ids=_SIGNS)
def test_any_sign_behind_all_names_parts_them_from_words(write: Callable[[Said], str]) -> None:
    said = _talk(_ANA, _OWEN)
    read = _turns(read_transcript("\n\n".join(map(write, said))))
    assert [(who, text) for who, _, text in read] == [(s.speaker, s.text) for s in said]


def test_who_is_labelled_by_initials_after_the_first_time_is_one_speaker() -> None:
    said = _talk("ANA WHITLOCK (AW)", "OWEN TREGEAR (OT)")[:2] + _talk("AW", "OT")[2:]
    read = _turns(read_transcript("\n\n".join(f"{s.speaker}: {s.text}" for s in said)))
    assert {who for who, _, _ in read} == {"ANA WHITLOCK", "OWEN TREGEAR"}


def test_initials_that_two_share_are_nobodys() -> None:
    labels = ("ANA LEE (AL)", "AMOS LOW (AL)", "AL", "AMOS LOW (AL)", "AL")
    transcript = read_transcript(
        "\n\n".join(f"{label}: {s.text}" for label, s in zip(labels, _talk(_ANA), strict=False))
    )
    assert tuple(turn.speaker for turn in transcript.turns) == labels


@pytest.mark.parametrize("opening", ["{word}—{text}", "{letter}) {text}"])
def test_interjections_and_letters_of_items_are_nobodys_names(opening: str) -> None:
    said = [
        opening.format(word=("Yes", "No", "Well")[nth % 3], letter="ab"[nth % 2], text=s.text)
        for nth, s in enumerate(_talk(_ANA))
    ]
    assert [(turn.speaker, turn.text) for turn in read_transcript("\n\n".join(said)).turns] == [
        (None, text) for text in said
    ]


def test_a_name_in_a_list_of_times_makes_it_no_list_of_chapters() -> None:
    said = _talk(_ANA, _OWEN)
    transcript = read_transcript("\n".join(f"* {_short(s)} **{s.speaker}**\n    * {s.text}" for s in said))
    assert [(who, at, text.lstrip("* ")) for who, at, text in _turns(transcript)] == [
        (s.speaker, s.seconds, s.text) for s in said
    ]
    assert not transcript.chapters


def test_headings_with_times_between_turns_without_are_chapters_and_time_the_turns() -> None:
    said = _talk(_ANA, _OWEN)
    heads = {0: "## [0:02] How the stones came\n\n", 5: "## [1:00] What fog is\n\n"}
    transcript = read_transcript(
        "\n\n".join(f"{heads.get(nth, '')}**{s.speaker}:** {s.text}" for nth, s in enumerate(said))
    )
    assert [(chapter.title, chapter.start) for chapter in transcript.chapters] == [
        ("How the stones came", 2),
        ("What fog is", 60),
    ]
    read = _turns(transcript)
    assert [(who, text) for who, _, text in read] == [(s.speaker, s.text) for s in said]
    assert (read[0][1], read[5][1]) == (2, 60)


def test_a_break_that_a_line_in_brackets_announces_is_not_said() -> None:
    said = _talk(_ANA, _OWEN)
    text = "\n\n".join(
        f"{s.speaker} ({_short(s)}): {s.text}" + "\n\n[AD BREAK]" * (nth == 3) for nth, s in enumerate(said)
    )
    transcript = read_transcript(text)
    assert _turns(transcript) == [(s.speaker, s.seconds, s.text) for s in said]
    assert [(chapter.title, chapter.start) for chapter in transcript.chapters] == [("AD BREAK", said[4].seconds)]


@pytest.mark.parametrize("title", ["INTERVIEW", "Interview continued", "Part 2", "Introduction"])
def test_a_part_announced_in_brackets_between_turns_is_a_chapter(title: str) -> None:
    said = _talk(_ANA, _OWEN)
    text = "\n\n".join(
        f"[{_clock(s)}] {s.speaker}: {s.text}" + f"\n\n[{title}]" * (nth == 3) for nth, s in enumerate(said)
    )
    transcript = read_transcript(f"{text}\n\n[END OF INTERVIEW]")
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]
    assert [(chapter.title, chapter.start) for chapter in transcript.chapters] == [(title, said[4].seconds)]
    assert "END OF INTERVIEW" in transcript.after


@pytest.mark.parametrize("sound", ["[pub chatter]", "[ad lib]", "[laughter at the ad]"])
def test_a_sound_in_brackets_is_no_break(sound: str) -> None:
    said = _talk(_ANA, _OWEN)
    text = "\n\n".join(
        f"{s.speaker} ({_short(s)}): {s.text}" + f"\n\n{sound}" * (nth == 3) for nth, s in enumerate(said)
    )
    assert not read_transcript(text).chapters


def test_questions_in_bold_have_no_stars() -> None:
    said = _talk(_ANA)
    text = "\n\n".join(f"**{s.text}**" if s.text.endswith("?") else s.text for s in said)
    assert [words for _, _, words in _turns(read_transcript(text))] == [s.text for s in said]


@pytest.mark.parametrize(
    "below", ["Kommentare", "## Suscríbete", "Laissez un commentaire", "LRR transcripts are produced by a contractor."]
)
def test_what_stands_below_is_told_in_several_languages(below: str) -> None:
    said = _talk(_ANA, _OWEN)
    text = "\n\n".join(f"{s.speaker}: {s.text}" for s in said) + f"\n\n{below}\n\nAnything may stand here, too."
    transcript = read_transcript(text)
    assert [words for _, _, words in _turns(transcript)] == [s.text for s in said]
    assert transcript.after.endswith("Anything may stand here, too.")


def test_initials_keep_their_stops() -> None:
    said = _talk("A.W.", "O.T.")
    read = _turns(read_transcript("\n\n".join(f"{s.speaker} {s.text}" for s in said)))
    assert [(who, text) for who, _, text in read] == [(s.speaker, s.text) for s in said]


def test_a_company_behind_a_name_is_part_of_the_label() -> None:
    said = _talk(f"{_ANA} (Lamp Room Media House)", f"{_OWEN} (Northern Lights Trust)")
    read = _turns(read_transcript("\n\n".join(f"0:{s.seconds:02} - {s.speaker}\n  {s.text}" for s in said[:5])))
    assert read == [(s.speaker, s.seconds, s.text) for s in said[:5]]


_FRAMES: dict[str, Callable[[Said], str]] = {
    "Avid": lambda s: f"{_clock(s)}:12 00:02:00:03\n{s.text}\n\n",
    "STL": lambda s: f"{_clock(s)}:12 , 00:02:00:03 , {s.text}\n",
}


@pytest.mark.parametrize("write", _FRAMES.values(), ids=_FRAMES)
def test_a_blank_or_a_comma_parts_times_with_frames(write: Callable[[Said], str]) -> None:
    said = _talk(_ANA)
    read = _turns(read_transcript("".join(map(write, said))))
    assert (read[0][1], " ".join(text for _, _, text in read)) == (2, " ".join(s.text for s in said))


def test_where_only_the_audience_is_labelled_the_talk_is_nobodys_that_is_named() -> None:
    said = _talk("talk", "talk", "Audience", "talk")
    text = "\n\n".join(s.text if s.speaker == "talk" else f"{s.speaker}: {s.text}" for s in said)
    read = _turns(read_transcript(text))
    assert [(who, text) for who, _, text in read] == [
        (s.speaker if s.speaker != "talk" else None, s.text) for s in said
    ]


def test_a_long_talk_above_a_longer_discussion_is_speech() -> None:
    talk = "\n\n".join(["The light is older than the harbour, and it has seen more storms than ships."] * 80)
    answers = "\n\n".join([f"Q: {_LINES[2]}\n\nA: {' '.join([_LINES[3]] * 4)}"] * 40)
    transcript = read_transcript(f"{talk}\n\n{answers}")
    assert [turn.speaker for turn in transcript.turns] == [None] * 80 + ["Q", "A"] * 40


def test_numbered_chapters_and_headings_with_times_between_captions_are_chapters() -> None:
    said = _talk(_ANA)
    titles = {
        3: "Chapter 2: Stones\n",
        6: "\n# Timeline - 01:08 - The fog and the horn\n\n[Transcript]\n\n",
    }
    text = "\n".join(f"{titles.get(nth, '')}{_short(s)}\n{s.text}" for nth, s in enumerate(said))
    transcript = read_transcript(text)
    assert _turns(transcript) == [(None, s.seconds, s.text) for s in said]
    assert [(chapter.title, chapter.start) for chapter in transcript.chapters] == [
        ("Chapter 2: Stones", said[3].seconds),
        ("The fog and the horn", said[6].seconds),
    ]


def test_what_a_service_says_of_itself_below_is_no_speech() -> None:
    said = _talk(_ANA, _OWEN)
    below = "Sonix is the world's most advanced automated transcription, translation, and subtitling platform."
    text = "\n\n".join(f"{s.speaker}: [{_clock(s)}] {s.text}" for s in said)
    transcript = read_transcript(f"{text}\n\n{below}")
    assert (_turns(transcript)[-1][2], transcript.after) == (_LINES[-1], below)


def test_signs_that_somebody_else_speaks_are_not_said() -> None:
    said = _talk(_ANA)
    text = "\n".join(f"[{_clock(s)}.000 --> 00:03:00.000]   {s.text} [SPEAKER_TURN]" for s in said)
    assert _turns(read_transcript(text)) == [(None, s.seconds, s.text) for s in said]


def test_titles_that_are_roles_name_who_speaks_from_there() -> None:
    said = _talk("Speaker 1", "Speaker 2")
    section = [
        part
        for s in said
        for part in (
            {"startMs": s.seconds * 1000, "title": {"title": s.speaker}},
            {"startMs": s.seconds * 1000, "text": {"sentence": {"startMs": s.seconds * 1000, "text": s.text}}},
        )
    ]
    read = _turns(read_transcript(json.dumps({"episodeName": "The light", "section": section})))
    assert read == [(s.speaker, s.seconds, s.text) for s in said]


def test_titles_of_parts_name_nobody() -> None:
    parts = [{"title": "The light", "start": s.seconds, "text": s.text} for s in _talk(_ANA)]
    assert {turn.speaker for turn in read_transcript(json.dumps(parts)).turns} == {None}


def test_tracks_are_called_by_their_names() -> None:
    said = _talk(_ANA, _OWEN)
    tracks = [
        {
            "name": who,
            "segments": [
                {"start": float(s.seconds), "end": s.seconds + 9.0, "text": s.text} for s in said if s.speaker == who
            ],
        }
        for who in (_ANA, _OWEN)
    ]
    read = _turns(read_transcript(json.dumps({"tracks": tracks})))
    assert read == [(s.speaker, s.seconds, s.text) for s in said]


def test_pairs_of_numbers_that_grow_are_times() -> None:
    said = _talk(_ANA)
    text = "\n".join(f"({s.seconds}.0, {s.seconds + 9}.5) {s.text}" for s in said)
    assert _turns(read_transcript(text)) == [(None, s.seconds, s.text) for s in said]


@pytest.mark.parametrize("role", ["Intervenant", "Hablante", "Sprecherin", "Спикер", "화자"])
def test_numbered_roles_are_speakers_in_other_languages(role: str) -> None:
    said = _talk(f"{role} 1", f"{role} 2")
    read = _turns(read_transcript("\n\n".join(f"{s.speaker} : {s.text}" for s in said)))
    assert [(who, text) for who, _, text in read] == [(s.speaker, s.text) for s in said]


def test_names_beside_the_number_of_a_caption_are_speakers() -> None:
    said = _talk(_ANA, _OWEN)
    cues = (f'{n} "{s.speaker}" (302114)\n{_clock(s)}.000 --> 00:03:00.000\n{s.text}' for n, s in enumerate(said, 1))
    assert _turns(read_transcript("WEBVTT\n\n" + "\n\n".join(cues))) == [(s.speaker, s.seconds, s.text) for s in said]


def test_headings_with_colons_name_nobody() -> None:
    parts = [
        "## Fuzz: how it began",
        *_LINES[:2],
        "## Fuzz: who keeps it",
        *_LINES[3:6],
        "## Fuzz: what is next",
        *_LINES[6:],
    ]
    transcript = read_transcript("\n\n".join(parts))
    assert {turn.speaker for turn in transcript.turns} == {None}


def test_the_end_of_a_links_address_names_nobody() -> None:
    items = (
        f"- [{line}](../episodes/2024-01-{nth:02}-the-light-at-the-harbour-and-more/summary.md): {line}"
        for nth, line in enumerate(_LINES)
    )
    assert {turn.speaker for turn in read_transcript("\n".join(items)).turns} == {None}
