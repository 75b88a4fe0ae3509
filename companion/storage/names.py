"""Who is meant by a label, and what by a spelling, in the podcasts that are looked at.

Texts and labels stay as their transcripts give them. Names are put in place of labels when they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among
from companion.storage.episodes import Passage, Turn, visible


class AliasKind(StrEnum):
    """What has several spellings: someone who speaks, or something that is spoken of."""

    PERSON = "person"
    TERM = "term"


class AliasState(StrEnum):
    """Only what is accepted has an effect. What is rejected is kept, so that nothing proposes it again."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


def folded(spelling: str) -> str:
    """The form in which spellings are kept and compared."""
    return " ".join(spelling.split()).casefold()


Spellings = Mapping[str, str]
"""Folded spellings of one podcast, and the name that each stands for."""


@dataclass(frozen=True, slots=True)
class Names:
    """All accepted names: people and terms by podcast, labels by episode."""

    people: Mapping[int, Spellings]
    terms: Mapping[int, Spellings]
    labels: Mapping[int, Mapping[str, str]]

    def of(self, podcast_id: int, episode_id: int, label: str) -> str:
        """Who a label of an episode is."""
        name = self.labels.get(episode_id, {}).get(label, label)
        if name == label and label in self.labels.get(episode_id, {}):
            return label
        return self.person(podcast_id, name)

    def person(self, podcast_id: int, spelling: str) -> str:
        """The name that a spelling stands for in a podcast; the spelling itself where it stands for none."""
        spellings, name = self.people.get(podcast_id, {}), spelling
        seen: set[str] = set()
        while (found := folded(name)) in spellings and found not in seen:
            seen.add(found)
            name = spellings[found]
        return name


NOTHING_NAMED = Names({}, {}, {})

ACCEPTED = select(
    schema.aliases.c.podcast_id, schema.aliases.c.kind, schema.aliases.c.spelling, schema.aliases.c.name
).where(schema.aliases.c.state == AliasState.ACCEPTED.value)
LABELS = select(schema.named_labels.c.episode_id, schema.named_labels.c.label, schema.named_labels.c.name)


def names_from(accepted: Iterable[Sequence[Any]], labels: Iterable[Sequence[Any]]) -> Names:
    """The names in the rows of `ACCEPTED` and `LABELS`."""
    spellings: dict[AliasKind, dict[int, dict[str, str]]] = {kind: {} for kind in AliasKind}
    for podcast_id, kind, spelling, name in accepted:
        spellings[AliasKind(kind)].setdefault(podcast_id, {})[spelling] = name
    named: dict[int, dict[str, str]] = {}
    for episode_id, label, name in labels:
        named.setdefault(episode_id, {})[label] = name
    return Names(spellings[AliasKind.PERSON], spellings[AliasKind.TERM], named)


async def names_in(connection: AsyncConnection, podcasts: frozenset[int] | None) -> Names:
    """The accepted names of these podcasts; None stands for every podcast."""
    accepted, labels = ACCEPTED, LABELS.join(schema.episodes, schema.episodes.c.id == schema.named_labels.c.episode_id)
    if podcasts is not None:
        accepted = accepted.where(among(schema.aliases.c.podcast_id, podcasts))
    return names_from(await connection.execute(accepted), await connection.execute(labels.where(visible(podcasts))))


def named_passage(passage: Passage, names: Names, podcast_id: int, episode_id: int) -> Passage:
    """The passage with names in place of labels."""
    labels = {piece.speaker for piece in passage.pieces if piece.speaker}
    shown = {label: names.of(podcast_id, episode_id, label) for label in labels | {passage.speaker or ""}}
    if all(label == name for label, name in shown.items()):
        return passage
    return replace(
        passage,
        speaker=passage.speaker and shown[passage.speaker],
        pieces=tuple(replace(piece, speaker=piece.speaker and shown[piece.speaker]) for piece in passage.pieces),
    )


def named_turns(turns: Iterable[Turn], names: Names, podcast_id: int, episode_id: int) -> list[Turn]:
    """The turns with names in place of labels."""
    return [
        replace(turn, speaker=names.of(podcast_id, episode_id, turn.speaker)) if turn.speaker else turn
        for turn in turns
    ]
