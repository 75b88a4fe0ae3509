from __future__ import annotations

import json
import math

import pytest

from companion.archive.transcripts.chapters import chapter_list, chapters_of_json, merged
from companion.archive.transcripts.marks import marks_in
from companion.storage.episodes import Chapter


def listed(text: str) -> list[tuple[float | None, str]]:
    return [(chapter.start, chapter.title) for chapter in chapter_list(text, marks_in(text)).chapters]


def test_bulleted_marks_are_chapters_even_when_flattened() -> None:
    text = (
        "Timestamps* [00:00:00] Intro* [00:01:42] The F*** Wars: Data, GPUs* [00:54:32] Syntax to SemanticsTranscript"
    )
    assert listed(text) == [(0, "Intro"), (102, "The F*** Wars: Data, GPUs"), (3272, "Syntax to Semantics")]


def test_lines_with_marks_are_chapters_where_they_step_as_chapters_do() -> None:
    assert listed("0:0 Opening\n0:56 Ann's background\n62:7 Goals\n\nTranscript\n\nText.") == [
        (0, "Opening"),
        (56, "Ann's background"),
        (3727, "Goals"),
    ]


def test_captions_on_lines_are_no_chapters() -> None:
    assert listed("0:00 so we begin with\n0:03 a line that goes on\n0:06 and on") == []


def test_a_json_file_gives_chapters_of_its_table_of_contents() -> None:
    chapters = [
        {"startTime": 60, "title": "Second"},
        {"startTime": 0, "title": "First"},
        {"startTime": 30, "title": "Hidden", "toc": False},
        {"startTime": 90},
    ]
    assert chapters_of_json(json.dumps({"version": "1.2.0", "chapters": chapters})) == (
        Chapter(0.0, "First"),
        Chapter(60.0, "Second"),
    )


def test_chapters_at_impossible_times_are_left_out_and_half_of_a_surrogate_pair_too() -> None:
    titled = [(math.nan, "a"), (-1, "b"), (math.inf, "d"), (10**400, "e"), (5, "c\ud800")]
    data = json.dumps({"chapters": [{"startTime": start, "title": title} for start, title in titled]})
    assert chapters_of_json(data) == (Chapter(5.0, "c"),)


@pytest.mark.parametrize("data", ["[]", "{}", "x", '{"chapters": 1}', "[" * 100_000])
def test_other_json_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        chapters_of_json(data)


def test_a_heading_in_the_transcript_stands_for_its_entry_in_the_list() -> None:
    assert merged(
        [Chapter(20.0, "The Wars")], [Chapter(5.0, "the wars", soft=True), Chapter(9.0, "Else", soft=True)]
    ) == (
        Chapter(20.0, "The Wars"),
        Chapter(9.0, "Else", soft=True),
    )
