"""What stands around and between turns: show notes, chapter lists, headings, a page's own words."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from companion.archive.markup import plain_text
from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.written import (
    DECORATED,
    FLAT_NOTES,
    LINE_WRITERS,
    NOTES,
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


ABOVE = {
    "nothing": "",
    "a heading": "## Transcript\n\n",
    "a heading and a remark": (
        "Full transcript\n\nThis transcript was generated automatically and may contain errors.\n\n"
    ),
    "notes and a heading": f"{NOTES}Episode Transcript\n\n",
    "credits and links": (
        "Mills and the Sea\n\nLinks:\n- The mill: https://mill.example\n- Website: https://sea.example\n\n"
        "Music: Slow Waters\n\nTranscript\n\n"
    ),
    "a page's menu": "Skip to content\nHome\nEpisodes\n\nMills and the Sea\nMay 3 · 45 min\n\nTRANSCRIPT\n\n",
}
BELOW = {
    "nothing": "",
    "an invitation": "\n\nSubscribe to Mills\nGet full access to Mills at mills.example/subscribe",
    "comments": "\n\nComments\nJo: Loved this one!\nMo: Me too.\n\n© 2024 Mills",
    "show notes": "\n\nShow Notes\n\nThe mill is open to all.\n\n* The mill: https://mill.example",
    "a tool's name": "\n\nTranscribed by https://tool.example",
}
LABELLED = {**WRITERS, **DECORATED, **LINE_WRITERS, **{name: UNTIMED[name] for name in ("brackets", "list", "lines")}}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("shape", {**LABELLED, **OPENINGS, **SPELLINGS})
@examples(8)
@given(said=conversations(), above=st.sampled_from(sorted(ABOVE)), below=st.sampled_from(sorted(BELOW)))
def test_what_a_page_adds_is_told_apart(shape: str, line_end: str, said: list[Said], above: str, below: str) -> None:
    _, write = {**LABELLED, **OPENINGS, **SPELLINGS}[shape]
    text = ABOVE[above] + "\n\n".join(write(said)) + BELOW[below]
    transcript = read_prose(plain_text(text.replace("\n", line_end)), among_notes=False)
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]
    assert [(turn.speaker or "").casefold() for turn in transcript.turns] == [s.speaker.casefold() for s in said]
    assert transcript.after.split() == BELOW[below].split()


@pytest.mark.parametrize("mark", ["", "{0} "])
@some
@given(said=conversations())
def test_headings_on_lines_of_their_own_become_chapters(mark: str, said: list[Said]) -> None:
    lines = [f"{mark.format(clock(s.seconds))}{s.speaker}: {s.text}" for s in said]
    titles = ("How It Began", "The Long Road")
    lines[2:2] = [titles[0]]
    lines[5:5] = [titles[1]]
    transcript = read_prose("\n\n".join(lines), among_notes=False)
    assert [turn.text for turn in transcript.turns] == [s.text for s in said]
    assert tuple(chapter.title for chapter in transcript.chapters) == titles


def test_a_heading_in_markdown_is_a_chapter_even_alone() -> None:
    lines = [f"**{s.speaker}:** {s.text}" for s in SPOKEN]
    lines.insert(4, "## Ends")
    transcript = read_prose("\n\n".join(lines), among_notes=False)
    assert [chapter.title for chapter in transcript.chapters] == ["Ends"]
    assert len(transcript.turns) == len(SPOKEN)


def test_lists_with_bold_labels_are_notes() -> None:
    notes = "## Books\n- **The Mill:** by Ann\n- **Website:** https://a.example\n\n## Sponsors\n- **Website:** https://b.example"
    lines = [f"**{s.speaker}:** {s.text}" for s in SPOKEN]
    transcript = read_prose("\n\n".join([notes, *lines]), among_notes=False)
    assert [turn.speaker for turn in transcript.turns] == [s.speaker for s in SPOKEN]
    assert transcript.before == notes


def test_speech_of_subscribing_is_speech() -> None:
    lines = [f"{s.speaker}: {s.text}" for s in SPOKEN]
    lines[-1] = "Ann: Subscribe to the show, leave a review, and share this with a friend. Links are below."
    transcript = read_prose("\n\n".join(lines), among_notes=False)
    assert transcript.turns[-1].text.endswith("Links are below.")
    assert transcript.after == ""
