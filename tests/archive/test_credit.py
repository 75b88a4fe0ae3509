from __future__ import annotations

from dataclasses import replace

import pytest

from companion.archive.answers import Source
from companion.archive.credit import is_miscredited
from companion.storage.episodes import Kind
from tests.archive.numbered import source

TALK = source(
    1,
    ("Ada Brandt", "I inspected bridges for years. So what did the storm do to your harbour wall?"),
    ("Boris Lund", "It took the harbour wall apart in a night, stone by stone, and the crane fell on the ferry."),
    ("Cyril Ode", "Insurance never pays for stone walls."),
    ("Ada Brandt", "Right. And was anybody hurt on the ferry?"),
    ("Boris Lund", "Only the cook, who broke a toe."),
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Boris Lund says that the storm took the harbour wall apart.",
        "According to Boris, the crane fell on the ferry.",
        "In Lund's view the wall came apart stone by stone.",
        "The crane fell on the ferry, says Boris Lund.",
        "Ada Brandt explains that she inspected bridges.",
        "Ada asks whether anybody was hurt on the ferry, and Boris says that only the cook was hurt on the ferry.",
        "Ada says, too, that insurance never pays for stone walls.",  # she agreed
        "Cyril claims that insurers refuse such damage.",  # in words of nobody's
        "Cyril says that insurance never pays, but Boris lost his harbour wall, his crane and his ferry.",
        "In Lund the harbour wall came apart stone by stone.",
        "The harbour wall came apart in a night.",
    ],
)
def test_who_said_it_is_credited(sentence: str) -> None:
    assert not is_miscredited(sentence, (TALK,))


@pytest.mark.parametrize(
    "sentence",
    [
        "Cyril Ode says that the crane fell on the ferry.",
        "According to Ada, the crane fell on something in a night.",
        "In Cyril's view the crane fell on the ferry.",
        "The cook broke a toe, says Cyril Ode.",
        "As Cyril explains, the cook broke a toe.",
        "Boris Lund argues that he inspected bridges for years.",
        "Boris says that the crane fell on the ferry, and Cyril Ode says that the cook broke a toe.",
    ],
)
def test_who_did_not_say_what_another_said_is_not(sentence: str) -> None:
    assert is_miscredited(sentence, (TALK,))


def changed(kind: Kind, *, uncertain: bool) -> Source:
    pieces = tuple(replace(piece, uncertain=uncertain) for piece in TALK.hit.passage.pieces)
    return replace(TALK, hit=replace(TALK.hit, passage=replace(TALK.hit.passage, kind=kind, pieces=pieces)))


def test_where_it_is_not_known_who_speaks_nobody_is_denied_anything() -> None:
    sentence = "Cyril Ode says that the crane fell on the ferry."

    assert is_miscredited(sentence, (changed(Kind.SPEECH, uncertain=False),))
    assert not is_miscredited(sentence, (changed(Kind.SPEECH, uncertain=True),))
    assert not is_miscredited(sentence, (changed(Kind.NOTES, uncertain=False),))


def test_what_was_said_just_before_the_passage_counts_too() -> None:
    sentence = "Cyril Ode says that the crane fell on the ferry."

    assert not is_miscredited(sentence, (replace(TALK, before="Cyril Ode: That crane fell on a ferry once."),))


def test_what_another_tells_that_somebody_said_is_credited() -> None:
    told = source(1, ("Boris Lund", "Cyril says the crane fell on the ferry."), ("Cyril Ode", "We have new stones."))

    assert not is_miscredited("Cyril Ode says that the crane fell on the ferry.", (told,))
