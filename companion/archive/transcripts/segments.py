"""JSON transcripts as captions: of recognisers and hosts, by the shape of what they hold, not by their names."""

from __future__ import annotations

import json
from typing import cast

from companion.archive.transcripts.caption import Caption, collector_paused
from companion.archive.transcripts.fields import Role
from companion.archive.transcripts.pieces import pieces_of
from companion.archive.transcripts.streams import captions_of_pieces
from companion.archive.transcripts.unnamed import rows_of

_AS_MUCH = 0.9
"""Share of the words that fields told by what they hold must have of those told by name."""


def captions_of_json(data: str) -> list[Caption]:
    """The captions of a JSON transcript, or of one with a JSON value on each line; of single words where each has its
    own time.

    Raises ValueError where the data is not JSON, or holds no list of timed or spoken texts.
    """
    with collector_paused():
        document = _document(data)
        captions = fuller_captions(captions_of_pieces(pieces_of(document)), document)
    if not captions:
        raise ValueError("the JSON holds no segments with text")
    return captions


def fuller_captions(captions: list[Caption], document: object) -> list[Caption]:
    """The captions, or, where none of them has words, a time or a speaker, those of the fields that tell more by what
    they hold than by their names."""
    told = _told(captions)
    lacking = {role for role in (Role.TEXT, Role.START, Role.SPEAKER) if role not in told}
    rows = rows_of(document, lacking) if lacking else []
    if not rows:
        return captions
    guessed = captions_of_pieces(pieces_of(rows))
    said = sum(len(caption.text) for caption in captions)
    as_much = sum(len(caption.text) for caption in guessed) >= _AS_MUCH * said
    return guessed if as_much and len(_told(guessed)) > len(told) else captions


def _told(captions: list[Caption]) -> set[Role]:
    """What any of the captions tells: that something is said, when, by whom."""
    told = {Role.TEXT} if captions else set[Role]()
    told |= {Role.START} if any(caption.start is not None for caption in captions) else set()
    return told | ({Role.SPEAKER} if any(caption.speaker is not None for caption in captions) else set())


def _document(data: str) -> object:
    """The value in a JSON text; a list where it holds several values in a row."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        values = _values(data)
        if len(values) < 2:
            raise ValueError(f"the JSON breaks off or is wrong in line {error.lineno}") from None
        return values


def _values(data: str) -> list[object]:
    """The values of a text that holds several of them, one after the other; none where anything else stands there."""
    decoder = json.JSONDecoder()
    values: list[object] = []
    position = 0
    while position < len(data):
        if data[position].isspace() or data[position] == ",":
            position += 1
            continue
        try:
            value, position = cast("tuple[object, int]", decoder.raw_decode(data, position))
        except (json.JSONDecodeError, RecursionError):
            return []
        values.append(value)
    return values
