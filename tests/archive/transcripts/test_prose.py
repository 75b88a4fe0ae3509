"""Every convention, with every optional element around it, is told from the text and read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from companion.archive.transcripts.prose import read_prose
from companion.storage.episodes import Turn


@dataclass(frozen=True)
class Said:
    speaker: str
    seconds: int
    text: str


Writer = Callable[[Sequence[Said]], list[str]]


def clock(seconds: int) -> str:
    return f"[{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}]"


def closing(said: Sequence[Said]) -> list[str]:
    return [clock(following.seconds) for following in said[1:]] + [clock(said[-1].seconds + 9)]


NAME_MARK = "Name [time]: text"
MARK_NAME = "[time] Name: text"
TEXT_MARK = "Name: text [time]"

WRITERS: dict[str, tuple[str, Writer]] = {
    "label before the mark": (NAME_MARK, lambda said: [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in said]),
    "bold label before the mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** {clock(s.seconds)}: {s.text}" for s in said],
    ),
    "label after the mark": (MARK_NAME, lambda said: [f"{clock(s.seconds)} {s.speaker}: {s.text}" for s in said]),
    "label glued after the mark": (MARK_NAME, lambda said: [f"{clock(s.seconds)}{s.speaker}: {s.text}" for s in said]),
    "mark at the end": (
        TEXT_MARK,
        lambda said: [f"{s.speaker}: {s.text} {mark}" for s, mark in zip(said, closing(said), strict=True)],
    ),
    "bold label and mark at the end": (
        TEXT_MARK,
        lambda said: [f"**{s.speaker}**: {s.text} {mark}" for s, mark in zip(said, closing(said), strict=True)],
    ),
}
DECORATED: dict[str, tuple[str, Writer]] = {
    "label and mark in bold": (MARK_NAME, lambda said: [f"**{clock(s.seconds)} {s.speaker}:** {s.text}" for s in said]),
    "mark that is a link": (
        MARK_NAME,
        lambda said: [f"{clock(s.seconds)}(https://v.example/?t={s.seconds}) **{s.speaker}:** {s.text}" for s in said],
    ),
    "label and linked mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** {clock(s.seconds)}(https://v.example/{s.seconds})\n{s.text}" for s in said],
    ),
    "heading": (NAME_MARK, lambda said: [f"### {s.speaker} {clock(s.seconds)}\n\n{s.text}" for s in said]),
    "slanted mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** *{clock(s.seconds)[1:-1]}*\n{s.text}" for s in said],
    ),
    "dash and bare mark": (NAME_MARK, lambda said: [f"{s.speaker} - {clock(s.seconds)[1:-1]}\n{s.text}" for s in said]),
    "comma and bare mark": (NAME_MARK, lambda said: [f"{s.speaker}, {clock(s.seconds)[1:-1]}\n{s.text}" for s in said]),
    "bare mark before a colon": (
        NAME_MARK,
        lambda said: [f"{s.speaker} {clock(s.seconds)[1:-1]}: {s.text}" for s in said],
    ),
    "bare mark and dash": (
        MARK_NAME,
        lambda said: [f"{clock(s.seconds)[1:-1]} - {s.speaker}: {s.text}" for s in said],
    ),
    "mark in angle brackets": (
        MARK_NAME,
        lambda said: [f"<{clock(s.seconds)[1:-1]}> {s.speaker}: {s.text}" for s in said],
    ),
    "mark with frames": (MARK_NAME, lambda said: [f"{clock(s.seconds)[:-1]}:12] {s.speaker}: {s.text}" for s in said]),
    "mark with units": (
        MARK_NAME,
        lambda said: [f"[{s.seconds // 60}m{s.seconds % 60:02}s] {s.speaker}: {s.text}" for s in said],
    ),
    "label behind a dash": (
        "[time] Name - text",
        lambda said: [f"({clock(s.seconds)[1:-1]}) {s.speaker} - {s.text}" for s in said],
    ),
    "label in brackets": (
        "[time] [Name] text",
        lambda said: [f"{clock(s.seconds)} [{s.speaker}] {s.text}" for s in said],
    ),
    "label that ends the line": (
        "[time] Name / text",
        lambda said: [f"{clock(s.seconds)} {s.speaker}\n{s.text}" for s in said],
    ),
    "label below the mark": (
        "[time] Name / text",
        lambda said: [
            f"{clock(s.seconds)[1:-1]}:12 - {clock(s.seconds + 1)[1:-1]}:03\n{s.speaker}\n{s.text}" for s in said
        ],
    ),
    "label above the mark": (
        "Name / [time] text",
        lambda said: [f"{s.speaker}\n{clock(s.seconds)} {s.text}" for s in said],
    ),
}
UNTIMED: dict[str, tuple[str, Writer]] = {
    "arrows": ("Name: text", lambda said: [f">> {s.speaker.upper()}: {s.text}" for s in said]),
    "brackets": ("Name: text", lambda said: [f"[{s.speaker}]: {s.text}" for s in said]),
    "list": ("Name: text", lambda said: [f"- **{s.speaker}**: {s.text}" for s in said]),
    "wide colon": ("Name: text", lambda said: [f"{s.speaker}：{s.text}" for s in said]),
    "lines": ("Name / text", lambda said: [f"{s.speaker.title()}\n{s.text}" for s in said]),
}
LINE_WRITERS: dict[str, tuple[str, Writer]] = {
    "label and mark on lines": (
        NAME_MARK,
        lambda said: [f"{s.speaker}:\n{s.seconds // 60}:{s.seconds % 60:02}\n{s.text}" for s in said],
    ),
    "label and bare mark on one line": (
        NAME_MARK,
        lambda said: [f"{s.speaker}  {s.seconds // 60}:{s.seconds % 60:02}\n{s.text}" for s in said],
    ),
}
NOTES = (
    "We talk about many things this week, and some of them are new.\n\n"
    "Chapters\n\n* [00:00:00] Beginnings\n* [00:01:10] The Middle: A Story\n* [00:02:20] Ends\n\n"
)
FLAT_NOTES = "We talk about things.Chapters* [00:00:00] Beginnings* [00:01:10] The Middle: A Story* [00:02:20] Ends"

some = settings(max_examples=20)
words = st.sampled_from("so we think that models learn from data and people build them slowly with care yes".split())


def as_sentence(drawn: list[str], end: str) -> str:
    return " ".join(drawn).capitalize() + end


sentence = st.builds(as_sentence, st.lists(words, min_size=2, max_size=12), st.sampled_from(".?!"))
speech = st.builds(" ".join, st.lists(sentence, min_size=1, max_size=4))
casts = st.sampled_from(
    [
        ("Ann", "Bob"),
        ("swyx", "Alessio"),
        ("Ann Lee", "Bob Lee", "Zoë"),
        ("SPEAKER 1", "SPEAKER 2"),
        ("Host", "Guest 2"),
    ]
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Said]:
    """Speakers by turns, each heard at least three times, at times that grow."""
    cast = draw(casts)
    texts = draw(st.lists(speech, min_size=3 * len(cast), max_size=12))
    seconds = 0
    said: list[Said] = []
    for nth, text in enumerate(texts):
        said.append(Said(cast[nth % len(cast)], seconds, text))
        seconds += draw(st.integers(1, 300))
    return said


def told(turns: Sequence[Turn]) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in turns]


def expected(said: Sequence[Said]) -> list[tuple[str, float, str]]:
    return [(s.speaker, float(s.seconds), s.text) for s in said]


@pytest.mark.parametrize("separator", ["", "\n", "\n\n"], ids=["glued", "lines", "paragraphs"])
@pytest.mark.parametrize("shape", WRITERS)
@some
@given(said=conversations())
def test_a_marked_transcript_is_read_back(shape: str, separator: str, said: list[Said]) -> None:
    convention, write = WRITERS[shape]
    transcript = read_prose(separator.join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert told(transcript.turns) == expected(said)


@pytest.mark.parametrize("shape", LINE_WRITERS)
@some
@given(said=conversations())
def test_marks_on_lines_are_read_back(shape: str, said: list[Said]) -> None:
    convention, write = LINE_WRITERS[shape]
    transcript = read_prose("\n\n".join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert told(transcript.turns) == expected(said)


@pytest.mark.parametrize("shape", DECORATED)
@some
@given(said=conversations())
def test_marks_and_labels_in_decoration_are_read_back(shape: str, said: list[Said]) -> None:
    convention, write = DECORATED[shape]
    transcript = read_prose("\n\n".join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert told(transcript.turns) == expected(said)


@pytest.mark.parametrize("shape", UNTIMED)
@some
@given(said=conversations())
def test_labels_in_decoration_are_read_back_without_times(shape: str, said: list[Said]) -> None:
    convention, write = UNTIMED[shape]
    transcript = read_prose("\n\n".join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]
    assert [(turn.speaker or "").casefold() for turn in transcript.turns] == [s.speaker.casefold() for s in said]


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


@pytest.mark.parametrize("heading", ["Transcript", "Transcripts", "Transcription"])
@pytest.mark.parametrize("shape", WRITERS)
@some
@given(said=conversations())
def test_notes_before_a_glued_heading_are_told_apart(shape: str, heading: str, said: list[Said]) -> None:
    assume(said[0].speaker[0].isupper())
    _, write = WRITERS[shape]
    transcript = read_prose(f"{FLAT_NOTES}{heading}{''.join(write(said))}", among_notes=False)
    assert told(transcript.turns) == expected(said)
    assert transcript.before == FLAT_NOTES
    assert [chapter.title for chapter in transcript.chapters] == ["Beginnings", "The Middle: A Story", "Ends"]


@pytest.mark.parametrize("shape", ["label before the mark", "label after the mark"])
@some
@given(said=conversations())
def test_notes_without_a_heading_are_told_apart_by_their_times(shape: str, said: list[Said]) -> None:
    _, write = WRITERS[shape]
    transcript = read_prose(NOTES + "\n\n".join(write(said)), among_notes=False)
    assert told(transcript.turns) == expected(said)
    assert transcript.before == NOTES.strip()


@some
@given(said=conversations(), hidden=st.sets(st.integers(1, 11), max_size=3))
def test_turns_without_a_mark_get_approximate_times_between_their_neighbours(
    said: list[Said], hidden: set[int]
) -> None:
    hidden -= {0, 1, 2, 3, len(said) - 1}
    written = [
        f"{s.speaker}: {s.text}" if nth in hidden else f"{s.speaker} {clock(s.seconds)}: {s.text}"
        for nth, s in enumerate(said)
    ]
    turns = read_prose("\n".join(written), among_notes=False).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [(s.speaker, s.text) for s in said]
    assert [turn.approximate for turn in turns] == [nth in hidden for nth in range(len(said))]
    starts = [turn.start or 0.0 for turn in turns]
    assert starts == sorted(starts)


@pytest.mark.parametrize("separator", ["\n", "\n\n"])
@some
@given(said=conversations())
def test_labels_without_marks_are_read_back(separator: str, said: list[Said]) -> None:
    transcript = read_prose(separator.join(f"{s.speaker}: {s.text}" for s in said), among_notes=False)
    assert transcript.convention == "Name: text"
    assert told(transcript.turns) == [(s.speaker, None, s.text) for s in said]


@some
@given(said=conversations())
def test_marks_without_labels_are_read_back(said: list[Said]) -> None:
    transcript = read_prose("\n\n".join(f"{clock(s.seconds)} {s.text}" for s in said), among_notes=False)
    assert told(transcript.turns) == [(None, s.seconds, s.text) for s in said]


@some
@given(said=conversations())
def test_dashes_are_read_back(said: list[Said]) -> None:
    transcript = read_prose(" ".join(f"- {s.text}" for s in said), among_notes=False)
    assert transcript.convention == "- text"
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]


@some
@given(said=conversations())
def test_a_text_that_marks_nothing_is_read_by_paragraphs(said: list[Said]) -> None:
    transcript = read_prose("\n\n".join(s.text for s in said), among_notes=False)
    assert transcript.convention == "paragraphs"
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]


SPOKEN = [Said("Ann" if nth % 2 else "Bob", 60 * nth, "So we talk a while, and then we stop.") for nth in range(12)]


def test_show_notes_alone_are_no_transcript() -> None:
    notes = FLAT_NOTES + " Ann: “We said that.” Bob: “We did.” Links* One page* Another page* [1:00] A third"
    transcript = read_prose(notes, among_notes=True)
    assert transcript.turns == ()
    assert transcript.before == notes
    assert transcript.convention is None


def test_a_title_between_turns_becomes_a_chapter_and_no_speaker() -> None:
    lines = [f"{clock(s.seconds)} {s.speaker}: {s.text}" for s in SPOKEN]
    lines.insert(4, "[00:04:00] Direction 2: Synthetic Data")
    lines.insert(9, "[00:08:00] What Comes Next?")
    transcript = read_prose("".join(lines), among_notes=False)
    assert told(transcript.turns) == expected(SPOKEN)
    assert [(chapter.start, chapter.title) for chapter in transcript.chapters] == [
        (240.0, "Direction 2: Synthetic Data"),
        (480.0, "What Comes Next?"),
    ]


def test_titles_glued_to_turns_become_chapters() -> None:
    lines = [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN]
    for nth, title in ((2, "Why We Care"), (5, "The Long Road"), (8, "Ends and Beginnings")):
        lines[nth] += title
    transcript = read_prose("".join(lines), among_notes=False)
    assert told(transcript.turns) == expected(SPOKEN)
    assert [chapter.start for chapter in transcript.chapters] == [180.0, 360.0, 540.0]


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


def test_a_mark_that_runs_backwards_is_not_trusted() -> None:
    lines = [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN]
    lines[6] = f"{SPOKEN[6].speaker} [00:00:05]: {SPOKEN[6].text}"
    turn = read_prose("\n".join(lines), among_notes=False).turns[6]
    assert turn.approximate
    assert turn.start is not None
    assert 300 <= turn.start <= 420


def test_the_evidence_tells_how_sure_the_choice_is() -> None:
    transcript = read_prose("".join(f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN), among_notes=False)
    assert transcript.evidence[0].convention == transcript.convention
    assert transcript.margin > 0.5
    assert (transcript.explanation or "").startswith("Name [time]: text, ")


@given(st.text(alphabet=st.sampled_from("[]():01 -*_#\nAb.?é/")), st.booleans())
def test_any_text_is_read_without_losing_a_letter(text: str, among_notes: bool) -> None:
    transcript = read_prose(text, among_notes=among_notes)
    kept = f"{transcript.before}{transcript.after}" + "".join(
        [f"{turn.speaker}{turn.text}" for turn in transcript.turns] + [chapter.title for chapter in transcript.chapters]
    )
    for letter in "Abé":
        assert kept.count(letter) >= text.count(letter)


@pytest.mark.parametrize("shape", [*DECORATED, "label after the mark", "mark at the end"])
def test_the_choice_among_conventions_is_never_a_toss(shape: str) -> None:
    _, write = {**DECORATED, **WRITERS}[shape]
    assert read_prose("\n\n".join(write(SPOKEN)), among_notes=False).margin > 0.05
