"""What an episode's makers point to: the links of its show notes, and the moments that they chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import schema
from companion.storage.among import among


class LinkKind(StrEnum):
    """What a link in show notes leads to."""

    PAGE = "page"
    PAPER = "paper"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the show notes, with the words it stands on. ``reference`` names its target wherever it is linked: an
    arXiv id without version, a DOI, a video's id; None for a page."""

    url: str
    text: str
    kind: LinkKind = LinkKind.PAGE
    reference: str | None = None


class PickOrigin(StrEnum):
    """Where an editor's pick was found."""

    SOUNDBITE = "soundbite"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class EditorsPick:
    """A moment that the episode's makers chose.

    ``text`` is theirs: a soundbite's title, or the quotation as the notes edit it. Times and words (counted over the
    speech, from 0) say where it was said; ``similarity`` how much of the quotation was said just so, from 0 to 1.
    """

    origin: PickOrigin
    text: str
    start: float | None
    end: float | None
    approximate: bool
    first_word: int | None = None
    last_word: int | None = None
    similarity: float = 1.0


async def replace(
    connection: AsyncConnection, episode_id: int, links: Sequence[Link], picks: Sequence[EditorsPick]
) -> None:
    """Stores these links and picks of an episode in place of those it had."""
    link_rows = [
        {"ordinal": ordinal, "url": link.url, "text": link.text, "kind": link.kind.value, "reference": link.reference}
        for ordinal, link in enumerate(links)
    ]
    pick_rows = [
        {
            "ordinal": ordinal,
            "origin": pick.origin.value,
            "text": pick.text,
            "start_s": pick.start,
            "end_s": pick.end,
            "approximate": pick.approximate,
            "first_word": pick.first_word,
            "last_word": pick.last_word,
            "similarity": pick.similarity,
        }
        for ordinal, pick in enumerate(picks)
    ]
    for table, rows in ((schema.links, link_rows), (schema.editors_picks, pick_rows)):
        await connection.execute(delete(table).where(table.c.episode_id == episode_id))
        if rows:
            await connection.execute(insert(table), [{"episode_id": episode_id, **row} for row in rows])


async def links(connection: AsyncConnection, episode_id: int) -> list[Link]:
    """The links of the episode's show notes, in order."""
    columns = schema.links.c
    rows = await connection.execute(
        select(columns.url, columns.text, columns.kind, columns.reference)
        .where(columns.episode_id == episode_id)
        .order_by(columns.ordinal)
    )
    return [Link(url, text, LinkKind(kind), reference) for url, text, kind, reference in rows]


async def linking(
    connection: AsyncConnection, references: Collection[str], urls: Collection[str], podcasts: Collection[int]
) -> list[int]:
    """The ids of these podcasts' episodes whose show notes link to one of the references, or to one of the addresses,
    the latest first."""
    links, episodes = schema.links.c, schema.episodes.c
    rows = await connection.scalars(
        select(links.episode_id)
        .join(schema.episodes, episodes.id == links.episode_id)
        .where(or_(among(links.reference, references), among(links.url, urls)), among(episodes.podcast_id, podcasts))
        .group_by(links.episode_id)
        .order_by(func.max(episodes.published_at).desc().nulls_last(), links.episode_id.desc())
    )
    return list(rows)


async def picks(connection: AsyncConnection, episode_id: int) -> list[EditorsPick]:
    """The moments of the episode that its makers chose, in order."""
    rows = await connection.execute(PICKED.where(schema.editors_picks.c.episode_id == episode_id))
    return list(picks_from(rows).get(episode_id, ()))


PICKED = select(
    schema.editors_picks.c.episode_id,
    schema.editors_picks.c.origin,
    schema.editors_picks.c.text,
    schema.editors_picks.c.start_s,
    schema.editors_picks.c.end_s,
    schema.editors_picks.c.approximate,
    schema.editors_picks.c.first_word,
    schema.editors_picks.c.last_word,
    schema.editors_picks.c.similarity,
).order_by(schema.editors_picks.c.episode_id, schema.editors_picks.c.ordinal)


def picks_from(rows: Iterable[Sequence[Any]]) -> dict[int, tuple[EditorsPick, ...]]:
    """The picks in rows of `PICKED`, by episode."""
    found: dict[int, tuple[EditorsPick, ...]] = {}
    for episode_id, origin, *rest in rows:
        found[episode_id] = (*found.get(episode_id, ()), EditorsPick(PickOrigin(origin), *rest))
    return found
