"""Signs around labels and times that only some tools and people write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.archive.transcripts.reader import read_transcript

_SAID = (
    ("Ann Lee", 3, "So where did it begin?"),
    ("Dr. Bob Moor", 12, "It began at the mill. We had no idea."),
    ("Ann Lee", 65, "And the train? Did it ever come?"),
    ("Dr. Bob Moor", 71, "It did not."),
    ("Ann Lee", 130, "That is what the book is about."),
    ("Dr. Bob Moor", 140, "Yes, that is the whole of it."),
)
_Write = Callable[[str, int, str], str]


def _read(text: str) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns]


_TIMED: dict[str, _Write] = {
    "primes": lambda who, at, said: f"{at // 60}'{at % 60:02}\" {who}: {said}",
    "a callout": lambda who, at, said: f"> [!quote] {who} {at // 60}:{at % 60:02}\n> {said}",
    "words": lambda who, at, said: f"{at // 60} min {at % 60} sec - {who}: {said}",
    "seconds": lambda who, at, said: f"[{at} sec] {who}: {said}",
    "YAML": lambda who, at, said: f"- time: {at // 60}:{at % 60:02}\n  speaker: {who}\n  text: |\n    {said}",
    "captions": lambda who, at, said: f"0:{at // 60}:{at % 60}.0 --> 0:{at // 60}:{at % 60}.9\n{who}\n{said}",
}
_UNTIMED: dict[str, _Write] = {
    "a wiki's bold": lambda who, _, said: f"'''{who}:''' {said}",
    "arrows": lambda who, _, said: f">> {who.upper()}: {said}",
}


@pytest.mark.parametrize("write", _TIMED.values(), ids=_TIMED)
def test_turns_with_times(write: _Write) -> None:
    assert _read("\n\n".join(write(*said) for said in _SAID)) == list(_SAID)


@pytest.mark.parametrize("write", _UNTIMED.values(), ids=_UNTIMED)
def test_turns_without_times(write: _Write) -> None:
    read = _read("\n".join(write(*said) for said in _SAID))
    assert [(who and who.upper(), text) for who, _, text in read] == [(who.upper(), said) for who, _, said in _SAID]


def test_a_role_between_a_dash_and_a_colon_belongs_to_the_label() -> None:
    roles = {"Ann Lee": "Ann Lee – Host", "Dr. Bob Moor": "Dr. Bob Moor – Guest"}
    read = _read("\n\n".join(f"{roles[who]}: {said}" for who, _, said in _SAID))
    assert [(who, text) for who, _, text in read] == [(roles[who], said) for who, _, said in _SAID]


@pytest.mark.parametrize("who", ["Ann (she/her)", "ann’s phone"])
def test_captions_that_nearly_all_begin_with_labels_have_names_of_any_kind(who: str) -> None:
    names = {"Ann Lee": who, "Dr. Bob Moor": "Bob"}
    cues = (f"00:{at // 60:02}:{at % 60:02}.000 --> 00:03:00.000\n{names[w]}: {said}" for w, at, said in _SAID)
    assert [turn.speaker for turn in read_transcript("WEBVTT\n\n" + "\n\n".join(cues)).turns] == [
        names[w] for w, _, _ in _SAID
    ]
