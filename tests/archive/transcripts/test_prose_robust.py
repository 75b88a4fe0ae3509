"""Any text is read: no word is lost, times never fall, and it takes a time in proportion to its length."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.markup import plain_text
from companion.archive.transcripts.prose import read_prose
from tests.timing import least_seconds


@given(st.text(alphabet=st.sampled_from("[]():01 -*_#\nAb.?é/")), st.booleans())
def test_any_text_is_read_without_losing_a_letter(text: str, among_notes: bool) -> None:
    transcript = read_prose(text, among_notes=among_notes)
    kept = f"{transcript.before}{transcript.after}" + "".join(
        [f"{turn.speaker}{turn.text}" for turn in transcript.turns] + [chapter.title for chapter in transcript.chapters]
    )
    for letter in "Abé":
        assert kept.count(letter) >= text.count(letter)


@given(st.text(alphabet=st.sampled_from("[](){}<>:：01 -|\t,;*_#\nAnb.?é/'\"")), st.booleans())
def test_times_of_any_text_never_fall(text: str, among_notes: bool) -> None:
    starts = [turn.start for turn in read_prose(text, among_notes=among_notes).turns if turn.start is not None]
    assert all(before <= after for before, after in pairwise(starts))


@given(st.text(), st.booleans())
def test_any_unicode_is_read(text: str, among_notes: bool) -> None:
    read_prose(plain_text(text), among_notes=among_notes)


UNITS = (
    *(
        "a",
        "word ",
        ": ",
        "Ann: ",
        "[00:01] ",
        "0:01\n",
        "[",
        "])",
        "* ",
        "\n",
        "a\tb\n",
        "a|b\n",
        "a,b,c\n",
        '"',
        "1:",
    ),
    *("00:00:00", "- ", ">> ", "<b>", "<b>a</b>", "<table><tr><td>a", "AnnBob", "Subscribe\n", "Transcript", "Ann\n"),
    *("[00:01](https://a", "Ann [00:01]: so. ", "Ann?: ", "Ann, CEO: ", "Ann: Thanks, Ann. ", "[Ann 0:01] a\n"),
    *("Ann / Bob: a\n", "Ann:so\n", "："),
    *(
        "a — Ann\n",
        "a (Ann)\n\n",
        "a\nAnn\n\n",
        "[00.01.02] ",
        "1.02 Ann: a\n",
        "text: a\n",
        "1 a\n",
        "---\n",
        "Ann? [0:12]: a\n",
    ),
    *("Ann: a. ", "🎙️ ", "a.b.", "Ann and ", "[Ann / 3 s]\n", "{Ann} a\n", "A—a\n", "Ann:: a\n", "(1) ", "1;02;03;04 "),
    *(
        "01/02/2024 10:00:01 AM ",
        "## [0:01] A\n\nAnn: a.\n\n",
        "[0:01] [0:02] ",
        "[ad] ",
        "\u200b",
        "start=1s stop=2s\n",
    ),
)


@pytest.mark.parametrize(
    "unit", [pytest.param(unit, marks=[pytest.mark.slow] if nth % 3 else []) for nth, unit in enumerate(UNITS)]
)
def test_long_monotony_takes_time_in_proportion(unit: str) -> None:
    def seconds(length: int, bound: float = 0) -> float:
        text = unit * (length // len(unit))
        return least_seconds(lambda: read_prose(plain_text(text), among_notes=False), bound)

    # Ten times the text: a quadratic reader would take a hundred times as long.
    most = 30 * seconds(5_000) + 0.5
    assert seconds(50_000, most) < most
