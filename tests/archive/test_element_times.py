"""Times that a page keeps in attributes: read where it shows none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.archive.markup import plain_text
from companion.archive.transcripts.reader import read_transcript

_SAID = (
    ("Ann Lee", 3.5, "So where did it begin?"),
    ("Bob Moor", 12.0, "It began at the mill. We had no idea."),
    ("Ann Lee", 65.0, "And the train? Did it ever come?"),
    ("Bob Moor", 71.0, "It did not."),
    ("Ann Lee", 3730.0, "That is what the book is about."),
    ("Bob Moor", 3800.0, "Yes, that is the whole of it."),
)


def _words(who: str, at: float, said: str) -> str:
    words = (f"<span data-m='{int(at * 1000) + 300 * nth}'>{word} </span>" for nth, word in enumerate(said.split()))
    return f"<p><span data-m='{int(at * 1000)}'>{who}: </span>{''.join(words)}</p>"


_WRITERS: dict[str, Callable[[str, float, str], str]] = {
    "start": lambda who, at, said: f"<p data-start='{at}'><b>{who}:</b> {said}</p>",
    "time": lambda who, at, said: f"<div data-time='{at}'><div>{who}</div><div>{said}</div></div>",
    "milliseconds": lambda who, at, said: f"<h5>{who}</h5><p data-start-ms='{int(at * 1000)}'>{said}</p>",
    "duration": lambda who, at, said: f"<div><time datetime='PT{at}S'></time><b>{who}</b><p>{said}</p></div>",
    "words": _words,
}


@pytest.mark.parametrize("write", _WRITERS.values(), ids=_WRITERS)
def test_they_are_those_of_the_turns(write: Callable[[str, float, str], str]) -> None:
    turns = read_transcript(f"<article>{''.join(write(*said) for said in _SAID)}</article>").turns
    assert [(turn.speaker, turn.start, turn.text) for turn in turns] == list(_SAID)


@pytest.mark.parametrize(
    "page",
    [
        "".join(f"<p data-t='{nth}'>{said}</p>" for nth, (_, _, said) in enumerate(_SAID)),
        "".join(f"<p data-start='{at}'>{int(at) // 60}:{int(at) % 60:02} {said}</p>" for _, at, said in _SAID),
        "".join(f"<p data-start='{at}'>{said}</p>" for _, at, said in reversed(_SAID)),
        "".join(f"<p data-width='{at}'>{said}</p>" for _, at, said in _SAID),
        f"<p data-start='3'>{_SAID[0][2]}</p><p data-start='9'>{_SAID[1][2]}</p>",
    ],
    ids=["an index", "shown besides", "not growing", "no time", "too few"],
)
def test_other_attributes_leave_the_text_as_it_is(page: str) -> None:
    assert plain_text(page) == plain_text(page.replace("data-", "class-"))
