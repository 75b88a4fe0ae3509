"""Tables of a page, and lines parted by signs, are read by what their columns hold."""

from __future__ import annotations

import pytest
from hypothesis import given

from companion.archive.markup import plain_text
from companion.archive.transcripts.columns import read_columns
from companion.archive.transcripts.reader import read_transcript
from tests.archive.transcripts.written import SPOKEN, Said, clock, conversations
from tests.examples import examples


def rows(said: list[Said]) -> list[tuple[str, str, str]]:
    return [(clock(s.seconds)[1:-1], s.speaker, s.text) for s in said]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)], ids=["time first", "name first", "text first"])
@pytest.mark.parametrize("separator", ["\t", " | "], ids=["tabs", "bars"])
@examples(12)
@given(said=conversations())
def test_columns_are_told_by_what_they_hold(separator: str, order: tuple[int, int, int], said: list[Said]) -> None:
    text = "\n".join(separator.join(row[nth] for nth in order) for row in rows(said))
    transcript = read_columns(plain_text(text))
    assert transcript is not None
    assert [(turn.start, turn.speaker, turn.text) for turn in transcript.turns] == [
        (s.seconds, s.speaker, s.text) for s in said
    ]


def test_a_table_of_a_page_is_read_between_its_texts() -> None:
    cells = "".join(
        f"<tr><td>{t}</td><td><b>{who}</b></td><td><p>{text}</p></td></tr>" for t, who, text in rows(SPOKEN)
    )
    head = "<tr><th>Time</th><th>Speaker</th><th>Text</th></tr>"
    transcript = read_columns(plain_text(f"<p>On mills.</p><table>{head}{cells}</table><p>Bye, all.</p>"))
    assert transcript is not None
    assert [turn.speaker for turn in transcript.turns] == [s.speaker for s in SPOKEN]
    assert transcript.before.startswith("On mills.")
    assert transcript.after == "Bye, all."


def test_a_table_in_markdown_is_read() -> None:
    lines = "\n".join(f"| **{who}** | {text} |" for _, who, text in rows(SPOKEN))
    transcript = read_columns(f"| Speaker | Text |\n|:--|---|\n{lines}")
    assert transcript is not None
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [(s.speaker, s.text) for s in SPOKEN]


def test_quoted_values_keep_their_separators() -> None:
    text = "\n".join(f'"{time}","{who}","{said}"' for time, who, said in rows(SPOKEN))
    transcript = read_columns(text)
    assert transcript is not None
    assert transcript.turns[0].text == "So we talk a while, and then we stop."


@pytest.mark.parametrize(
    "text",
    [
        "Apple | Spotify | RSS\nHome | About | Mail\nOne | Two | Three",
        "yes, I do\nno, I don't\nwell, maybe",
        "\n\n".join(f"{s.speaker}: {s.text}" for s in SPOKEN),
        "a\tb\nc\td\ne\tf",
    ],
)
def test_other_lines_are_no_columns(text: str) -> None:
    assert read_columns(text) is None


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Time | Speaker | Text", "{}.0 - {}.5 | {} | {}"),
        ("Timespan\tSpeaker\tContent", "0:{:02}.0 - 0:{:02}.5\t{}\t{}"),
        ("", "[0:{:02} - 0:{:02}] | {} | {}"),
    ],
    ids=["seconds", "a heading that says span", "no heading"],
)
def test_a_cell_may_hold_when_somebody_begins_and_ends(head: str, row: str) -> None:
    said = [(10 + 9 * nth, ("Ana", "Owen")[nth % 2], f"So we row number {nth} of them across.") for nth in range(5)]
    text = "\n".join([head, *(row.format(at, at + 8, who, words) for at, who, words in said)]).strip()
    turns = read_transcript(text).turns
    assert [(turn.start, turn.speaker, turn.text) for turn in turns] == said
