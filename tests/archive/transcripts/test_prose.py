"""Every convention is told from the text and read back."""

from __future__ import annotations

import pytest
from hypothesis import given

from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.written import (
    DECORATED,
    LINE_WRITERS,
    OPENINGS,
    SPELLINGS,
    SPOKEN,
    UNTIMED,
    WRITERS,
    Said,
    clock,
    conversations,
    expected,
    told,
)
from tests.examples import examples

some = examples(12)


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


@pytest.mark.parametrize("shape", {**DECORATED, **SPELLINGS})
@some
@given(said=conversations())
def test_marks_and_labels_in_decoration_are_read_back(shape: str, said: list[Said]) -> None:
    convention, write = {**DECORATED, **SPELLINGS}[shape]
    transcript = read_prose("\n\n".join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert told(transcript.turns) == expected(said)


@pytest.mark.parametrize("shape", {**UNTIMED, **OPENINGS})
@some
@given(said=conversations())
def test_labels_in_decoration_are_read_back_without_times(shape: str, said: list[Said]) -> None:
    convention, write = {**UNTIMED, **OPENINGS}[shape]
    transcript = read_prose("\n\n".join(write(said)), among_notes=False)
    assert transcript.convention == convention
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]
    assert [(turn.speaker or "").casefold() for turn in transcript.turns] == [s.speaker.casefold() for s in said]


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


def test_the_evidence_tells_how_sure_the_choice_is() -> None:
    transcript = read_prose("".join(f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN), among_notes=False)
    assert transcript.evidence[0].convention == transcript.convention
    assert transcript.margin > 0.5
    assert (transcript.explanation or "").startswith("Name [time]: text, ")


@pytest.mark.parametrize("shape", [*DECORATED, "label after the mark", "mark at the end"])
def test_the_choice_among_conventions_is_never_a_toss(shape: str) -> None:
    _, write = {**DECORATED, **WRITERS}[shape]
    assert read_prose("\n\n".join(write(SPOKEN)), among_notes=False).margin > 0.05
