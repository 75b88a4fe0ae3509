"""What is a label and what is speech: names of any kind, and words that only look like one."""

from __future__ import annotations

import pytest

from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.written import SPOKEN, clock, told


@pytest.mark.parametrize(
    "cast",
    [
        ("王小明", "李雷"),
        ("Анна Петрова", "Иван"),
        ("Dr. Ada King", "Mr. O'Neil"),
        ("Prof. J. R. O'Neil, Jr.", "Ann"),
        ("Ann Lee (host)", "Bob Lee"),
        ("Q", "A"),
    ],
)
@pytest.mark.parametrize("mark", ["", "[00:0{}:00] "])
def test_names_of_any_kind_are_labels(cast: tuple[str, str], mark: str) -> None:
    lines = [f"{mark.format(nth)}{cast[nth % 2]}: So we talk a while, and then we stop." for nth in range(6)]
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in turns] == [*cast] * 3


@pytest.mark.parametrize("mark", ["", "[00:59:00] "])
def test_names_joined_by_and_are_a_label(mark: str) -> None:
    names = ["Ann Lee", "Bob Moor", "Ann Lee", "Bob Moor", "Ann Lee and Bob Moor"]
    lines = [f"{mark}{name}: So we talk a while, and then we stop." for name in names]
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in turns] == names


@pytest.mark.parametrize("heading", ["Transcript", "Transcripts", "Transcription"])
@pytest.mark.parametrize("name", ["swyx", "ann"])
def test_a_label_in_small_letters_glued_to_the_heading_is_found(heading: str, name: str) -> None:
    lines = [f"{speaker}: So we talk a while, and then we stop." for speaker in (name, "bob") * 3]
    transcript = read_prose(f"Notes on mills.{heading}{''.join(lines)}", among_notes=False)
    assert [turn.speaker for turn in transcript.turns] == [name, "bob"] * 3
    assert transcript.before == "Notes on mills."


def test_lists_of_links_and_repeated_lines_are_no_speakers() -> None:
    links = "\n".join(f"- {name}: a page on mills and the sea" for name in ("Video", "Paper", "Code", "Book") * 2)
    parts = "\n\n".join(f"Read More\nA page on mills and on the sea number {nth}." for nth in range(12))
    for text in (parts, f"Links\n{links}\n\n{parts}"[: len(links)]):
        assert read_prose(text, among_notes=True).turns == ()


def test_a_label_glued_to_a_word_is_found_by_its_repetition() -> None:
    text = "".join(f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN[:-1])
    text += "Bob [00:10:30]: We look atAnn [00:11:00]: two things at once.Bob [00:11:05]: Yes."
    turns = read_prose(text, among_notes=False).turns
    assert told(turns)[-3:] == [
        ("Bob", 630.0, "We look at"),
        ("Ann", 660.0, "two things at once."),
        ("Bob", 665.0, "Yes."),
    ]


def test_two_voices_that_share_a_turn_share_its_label() -> None:
    text = "\n".join(f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN) + "\nAnn / Bob [00:12:00]: Thank you."
    assert read_prose(text, among_notes=False).turns[-1].speaker == "Ann / Bob"


def test_a_label_that_names_nobody_names_nobody() -> None:
    lines = [f"{clock(s.seconds)} {s.speaker}: {s.text}" for s in SPOKEN]
    lines[3:5] = ["[00:03:00] n/a: Noise.", "[00:04:00] n/a: More noise."]
    turns = read_prose("".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in turns[3:5]] == [None, None]


@pytest.mark.parametrize(
    "cast",
    [
        ("Ann Lee, CEO of Mills & Sons", "Bob Moor, Host"),
        ("माया शर्मा", "रोहित"),
        ("สมชาย", "มานี ใจดี"),
        ("أحمد علي", "ليلى"),
        ("Γιώργος", "Μαρία Παππά"),
        ("AL", "BM"),
    ],
)
@pytest.mark.parametrize("mark", ["", "[00:0{}:00] "])
def test_roles_and_scripts_without_capitals_are_labels(cast: tuple[str, str], mark: str) -> None:
    lines = [f"{mark.format(nth)}{cast[nth % 2]}: So we talk a while, and then we stop." for nth in range(6)]
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in turns] == [*cast] * 3


@pytest.mark.parametrize("mark", ["", "{} "])
def test_words_of_speech_before_a_colon_are_no_labels(mark: str) -> None:
    said = [
        "So he says: no. And then at 10:30 we left.",
        "Quote: a wall gives up. End quote. John 3:16 it was.",
        "Note: the ratio is 3:1, and he says: count.",
        "Here is what the log says: nothing.",
    ]
    lines = [f"{mark.format(clock(60 * nth))}{'Ann' if nth % 2 else 'Bob'}: {said[nth % 4]}" for nth in range(8)]
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in turns] == ["Bob", "Ann"] * 4
    assert [turn.text for turn in turns] == said * 2


def test_words_that_repeat_before_colons_name_nobody_in_a_text_of_marks() -> None:
    lines = [f"{clock(5 * nth)} {'He says: ' if nth % 3 == 0 else ''}so we go on number {nth}" for nth in range(30)]
    assert {turn.speaker for turn in read_prose("\n".join(lines), among_notes=False).turns} == {None}


def test_a_full_name_at_first_and_the_surname_afterwards_are_both_labels() -> None:
    names = ["ANN LEE, HOST", "BOB MOOR", "LEE", "MOOR", "LEE", "MOOR"]
    text = "\n\n".join(f"{name}: So we talk a while, and then we stop." for name in names)
    assert [turn.speaker for turn in read_prose(text, among_notes=False).turns] == names


def test_a_voice_that_speaks_once_keeps_its_label() -> None:
    lines = [f"{s.speaker}: {s.text}" for s in SPOKEN]
    lines.insert(5, "Announcer: This show is brought to you by Pebble.")
    assert read_prose("\n\n".join(lines), among_notes=False).turns[5].speaker == "Announcer"


def test_sounds_in_brackets_are_no_speakers() -> None:
    lines = [f"{'[Music] ' if nth % 2 else '[Laughter] '}So we go on number {nth}." for nth in range(8)]
    assert {turn.speaker for turn in read_prose("\n\n".join(lines), among_notes=False).turns} == {None}


def test_a_turn_whose_mark_stands_before_its_label_for_once_is_of_whom_it_names() -> None:
    lines = [
        f"{'Ana' if nth % 2 else 'Ben'} [00:0{nth}:00]: We walked to the mill and back, number {nth} of the year."
        for nth in range(6)
    ]

    transcript = read_prose("\n".join([*lines, "[00:07:00] Ana: Then it rained for a week."]), among_notes=False)

    assert [turn.speaker for turn in transcript.turns] == ["Ben", "Ana"] * 3 + ["Ana"]
    assert (transcript.turns[-1].start, transcript.turns[-1].text) == (420.0, "Then it rained for a week.")
