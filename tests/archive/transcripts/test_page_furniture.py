from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.page_furniture import without_page_furniture
from companion.archive.transcripts.reader import read_transcript
from tests.archive.transcripts.written import Said

_SAID = [
    Said(
        ("Ana", "Owen")[nth % 2],
        nth,
        f"Stone {nth} was rowed across in the {nth}th week, " * 4 + "and it still stands.",
    )
    for nth in range(24)
]
_FURNITURE: dict[str, Callable[[int], str]] = {
    "number and title": lambda page: f"Lamp Room, Episode 7\n\n{page}\n\f\n",
    "a page of all": lambda page: f"\n\nPage {page} of 9\n\nLamp Room\nwww.lamp.example\n",
    "a break alone": lambda page: "\fLamp Room, Episode 7\n",
}


def _paged(furniture: str, lines: int = 16) -> str:
    text = "\n\n".join(textwrap.fill(f"{said.speaker}: {said.text}", 60) for said in _SAID).split("\n")
    pages = ["\n".join(text[at : at + lines]) for at in range(0, len(text), lines)]
    return "\n".join(f"{page}\n{_FURNITURE[furniture](nth)}" for nth, page in enumerate(pages, 1))


@pytest.mark.parametrize("furniture", _FURNITURE)
def test_what_repeats_at_the_ends_of_pages_is_not_said_and_sentences_go_on_behind_it(furniture: str) -> None:
    transcript = read_transcript(_paged(furniture))
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [(said.speaker, said.text) for said in _SAID]
    assert transcript.after.startswith("Lamp Room") or "\nLamp Room" in transcript.after


def test_numbers_that_count_faster_than_pages_stay() -> None:
    text = "\n".join(f"{nth}\nStone {nth}." for nth in range(1, 30))
    assert without_page_furniture(text) == (text, "")


@given(st.text(alphabet=st.sampled_from("\f\n 12aP.-"), max_size=300))
def test_no_letter_is_lost(text: str) -> None:
    kept, furniture = without_page_furniture(text)
    for word in text.replace("\f", "\n").split("\n"):
        if "a" in word:
            assert word.strip() in kept or word.strip() in furniture


@pytest.mark.parametrize("opens", ["{who}:\n", "{who}  0:{at:02}\n", "[00:{at:02}:00]\n"])
def test_a_label_or_time_with_which_pages_begin_is_no_header(opens: str) -> None:
    turns = [opens.format(who=said.speaker, at=said.seconds) + said.text for said in _SAID]
    text = "\n\f".join("\n\n".join(turns[at : at + 6]) for at in range(0, len(turns), 6))
    assert without_page_furniture(text)[1] == ""
    assert [turn.text for turn in read_transcript(text).turns] == [said.text for said in _SAID]
