"""What is known of papers, whoever proposes them: learnt once, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.schema import paper_metadata, papers
from companion.storage.upsert import upsert


@dataclass(frozen=True, slots=True)
class PaperMetadata:
    """What is known of a paper, whoever proposes it. ``version`` is the newest that is known of."""

    canonical: str
    title: str
    authors: tuple[str, ...]
    abstract: str | None
    published: date | None
    version: int | None
    fetched_at: datetime


async def get(connection: AsyncConnection, canonical: str) -> PaperMetadata | None:
    """What was learnt of the paper, if it was ever asked for."""
    wanted = select(
        paper_metadata.c.canonical,
        paper_metadata.c.title,
        paper_metadata.c.authors,
        paper_metadata.c.abstract,
        paper_metadata.c.published,
        paper_metadata.c.version,
        paper_metadata.c.fetched_at,
    ).where(paper_metadata.c.canonical == canonical)
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        return None
    name, title, authors, abstract, published, version, fetched_at = row
    return PaperMetadata(name, title, tuple(authors), abstract, published, version, fetched_at)


async def keep(connection: AsyncConnection, known: PaperMetadata) -> None:
    """Keeps what is known of a paper, in place of what was."""
    values = {
        "canonical": known.canonical,
        "title": known.title,
        "authors": list(known.authors),
        "abstract": known.abstract,
        "published": known.published,
        "version": known.version,
        "fetched_at": known.fetched_at,
    }
    replaced = [name for name in values if name != "canonical"]
    await connection.execute(upsert(paper_metadata, ["canonical"], replaced), values)


async def unasked(connection: AsyncConnection, kind: str, since: datetime, limit: int) -> list[str]:
    """Canonical ids of that kind that servers were proposed since then and of which nothing was learnt, in order."""
    wanted = (
        select(papers.c.canonical)
        .outerjoin(paper_metadata, paper_metadata.c.canonical == papers.c.canonical)
        .where(
            papers.c.canonical.startswith(f"{kind}:", autoescape=True),
            papers.c.proposed_at >= since,
            paper_metadata.c.canonical.is_(None),
        )
        .distinct()
        .order_by(papers.c.canonical)
        .limit(limit)
    )
    return list(await connection.scalars(wanted))


async def describe(connection: AsyncConnection, known: PaperMetadata) -> None:
    """What is known of a paper replaces what the servers that have it wrote of it."""
    values = {
        "title": known.title,
        "authors": list(known.authors),
        "abstract": known.abstract,
        "published": known.published,
    }
    await connection.execute(update(papers).where(papers.c.canonical == known.canonical).values(values))
