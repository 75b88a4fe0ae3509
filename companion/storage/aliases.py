"""What is kept of names: aliases of a podcast, proposed, accepted or rejected, and labels named in one episode."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import index_version, schema
from companion.storage.among import among
from companion.storage.episodes import visible
from companion.storage.holdable import is_key
from companion.storage.names import AliasKind, AliasState, folded, names_in
from companion.storage.upsert import insert_or_keep, upsert


class Origin(StrEnum):
    """Where a name comes from: what a feed says, sounds that resemble each other, or a moderator."""

    FEED = "feed"
    MINED = "mined"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another spelling of a name, in one podcast. ``spelling`` is as `folded` makes it; ``reason`` is a sentence."""

    podcast_id: int
    kind: AliasKind
    spelling: str
    name: str
    state: AliasState
    origin: Origin
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NamedLabel:
    """Who a speaker's label is in one episode. A name that equals its label says that the label stays as it is."""

    episode_id: int
    label: str
    name: str
    origin: Origin = Origin.FEED


LONGEST_SPELLING = 60
"""Characters of a spelling: what proposes one on a button has to carry it."""


_COLUMNS = schema.aliases.c
_SELECTED = select(
    _COLUMNS.podcast_id,
    _COLUMNS.kind,
    _COLUMNS.spelling,
    _COLUMNS.name,
    _COLUMNS.state,
    _COLUMNS.origin,
    _COLUMNS.reason,
)


def _from_row(row: Sequence[Any]) -> Alias:
    podcast_id, kind, spelling, name, state, origin, reason = row
    return Alias(podcast_id, AliasKind(kind), spelling, name, AliasState(state), Origin(origin), reason)


async def listed(
    connection: AsyncConnection, podcasts: Collection[int], states: Collection[AliasState] = tuple(AliasState)
) -> list[Alias]:
    """The aliases of these podcasts in these states: by podcast, kind, name and spelling."""
    wanted = _SELECTED.where(
        among(_COLUMNS.podcast_id, podcasts), _COLUMNS.state.in_([state.value for state in states])
    )
    ordered = wanted.order_by(_COLUMNS.podcast_id, _COLUMNS.kind, _COLUMNS.name, _COLUMNS.spelling)
    return [_from_row(row) for row in await connection.execute(ordered)]


async def get(connection: AsyncConnection, podcast_id: int, kind: AliasKind, spelling: str) -> Alias | None:
    """What is known of a spelling, in whatever state."""
    wanted = _SELECTED.where(
        _COLUMNS.podcast_id == podcast_id, _COLUMNS.kind == kind.value, _COLUMNS.spelling == folded(spelling)
    )
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _from_row(row)


async def put(connection: AsyncConnection, alias: Alias, now: datetime) -> None:
    """Stores an alias in place of what was known of its spelling. Raises the index version."""
    async with renaming(connection, alias.podcast_id):
        await _store(connection, alias, now)


async def _store(connection: AsyncConnection, alias: Alias, now: datetime) -> None:
    replaced = ["name", "state", "origin", "reason", "updated_at"]
    await connection.execute(upsert(schema.aliases, ["podcast_id", "kind", "spelling"], replaced), _row(alias, now))


@asynccontextmanager
async def renaming(connection: AsyncConnection, podcast_id: int) -> AsyncGenerator[None]:
    """Aliases of the podcast change within: raises the index version, and that of the episodes in which a label means
    somebody else afterwards."""
    before = await _shown(connection, podcast_id)
    yield
    after = await _shown(connection, podcast_id)
    await index_version.raise_version(connection, [key for key in after if after[key] != before.get(key)])


async def _shown(connection: AsyncConnection, podcast_id: int) -> dict[int, list[str]]:
    """Who the labels of each episode are."""
    podcast = frozenset({podcast_id})
    known = await names_in(connection, podcast)
    spoken = await labels(connection, podcast)
    return {key: [known.of(podcast_id, key, label) for label in of_episode] for key, of_episode in spoken.items()}


def _row(alias: Alias, now: datetime) -> dict[str, Any]:
    return {
        "podcast_id": alias.podcast_id,
        "kind": alias.kind.value,
        "spelling": folded(alias.spelling),
        "name": alias.name,
        "state": alias.state.value,
        "origin": alias.origin.value,
        "reason": alias.reason,
        "updated_at": now,
    }


async def propose(connection: AsyncConnection, found: Iterable[Alias], now: datetime) -> None:
    """Stores proposals, but for spellings of which something is known already."""
    keep = insert_or_keep(schema.aliases, ["podcast_id", "kind", "spelling"])
    for alias in found:
        if len(folded(alias.spelling)) <= LONGEST_SPELLING:
            await connection.execute(keep, _row(alias, now))


async def seed(
    connection: AsyncConnection,
    podcast_id: int,
    found: Iterable[Alias],
    named: Iterable[NamedLabel],
    now: datetime,
) -> bool:
    """Brings what a feed says up to date: what is found no more goes, what is new comes.

    What a moderator decided on is left alone, and so are spellings and labels that are longer than a key. Raises the
    index version, and returns True, if anything changed.
    """
    known = {(alias.kind, alias.spelling): alias for alias in await listed(connection, [podcast_id])}
    ours = {
        key: alias for key, alias in known.items() if (alias.origin, alias.state) == (Origin.FEED, AliasState.ACCEPTED)
    }
    wanted = {(alias.kind, alias.spelling): alias for alias in found if is_key(alias.spelling)}
    new = [alias for key, alias in wanted.items() if ours.get(key) != alias and (key in ours or key not in known)]
    gone = [key for key in ours if key not in wanted]
    new_labels, gone_labels = await _label_changes(connection, podcast_id, named)
    if not (new or gone or new_labels or gone_labels):
        return False
    async with renaming(connection, podcast_id):
        for kind, spelling in gone:
            of_spelling = _COLUMNS.podcast_id == podcast_id, _COLUMNS.kind == kind.value, _COLUMNS.spelling == spelling
            await connection.execute(delete(schema.aliases).where(*of_spelling))
        for alias in new:
            await _store(connection, alias, now)
        for label in gone_labels:
            columns = schema.named_labels.c
            of_label = columns.episode_id == label.episode_id, columns.label == label.label
            await connection.execute(delete(schema.named_labels).where(*of_label))
        if new_labels:
            await connection.execute(insert(schema.named_labels), [_label_row(label) for label in new_labels])
    return True


async def _label_changes(
    connection: AsyncConnection, podcast_id: int, named: Iterable[NamedLabel]
) -> tuple[set[NamedLabel], set[NamedLabel]]:
    """Which named labels are new, and which are gone. What a moderator named is neither."""
    known = await named_labels(connection, frozenset({podcast_id}))
    decided = {(label.episode_id, label.label) for label in known if label.origin is Origin.MODERATOR}
    ours = {label for label in known if label.origin is not Origin.MODERATOR}
    wanted = {one for one in named if is_key(one.label) and (one.episode_id, one.label) not in decided}
    return wanted - ours, ours - wanted


async def named_labels(connection: AsyncConnection, podcasts: frozenset[int] | None) -> list[NamedLabel]:
    """The labels that are named in episodes of these podcasts, by episode and label."""
    columns = schema.named_labels.c
    rows = await connection.execute(
        select(columns.episode_id, columns.label, columns.name, columns.origin)
        .join(schema.episodes, schema.episodes.c.id == columns.episode_id)
        .where(visible(podcasts))
        .order_by(columns.episode_id, columns.label)
    )
    return [NamedLabel(episode_id, label, name, Origin(origin)) for episode_id, label, name, origin in rows]


async def name_label(connection: AsyncConnection, named: NamedLabel) -> None:
    """Says who a label of an episode is. Raises the index version."""
    statement = upsert(schema.named_labels, ["episode_id", "label"], ["name", "origin"])
    await connection.execute(statement, _label_row(named))
    await index_version.raise_version(connection, [named.episode_id])


def _label_row(label: NamedLabel) -> dict[str, Any]:
    return {
        "episode_id": label.episode_id,
        "label": label.label,
        "name": label.name,
        "origin": label.origin.value,
    }


async def labels(connection: AsyncConnection, podcasts: frozenset[int] | None) -> dict[int, list[str]]:
    """The speakers' labels of every episode of these podcasts, as the transcripts give them."""
    columns = schema.turns.c
    rows = await connection.execute(
        select(columns.episode_id, columns.speaker)
        .join(schema.episodes, schema.episodes.c.id == columns.episode_id)
        .where(columns.speaker.is_not(None), visible(podcasts))
        .distinct()
        .order_by(columns.episode_id, columns.speaker)
    )
    found: dict[int, list[str]] = {}
    for episode_id, label in rows:
        found.setdefault(episode_id, []).append(label)
    return found
