"""The chapter in which the words that are shown were said: a passage may begin in the one before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from companion.archive.answers import Answer
from companion.archive.results import Hit, Results
from companion.storage import episodes
from companion.storage.engine import AsyncConnection
from companion.storage.episodes import Chapter


def by_chapter(results: Results, known: Mapping[int, Sequence[Chapter]]) -> Results:
    """The results with each hit under the chapter of its snippet; the chapters of their episodes are ``known``."""
    groups = tuple(replace(group, hits=_placed(group.hits, known)) for group in results.groups)
    return replace(results, hits=_placed(results.hits, known), groups=groups)


async def quoted_by_chapter(connection: AsyncConnection, answer: Answer) -> Answer:
    """The answer with each source under the chapter of its snippet, and each quotation under its own."""
    known = await episodes.chapters_of(connection, {source.hit.episode.id for source in answer.sources})
    of_source = {source.number: known[source.hit.episode.id] for source in answer.sources}
    return replace(
        answer,
        sources=tuple(replace(one, hit=_under(one.hit, of_source[one.number])) for one in answer.sources),
        quotations=tuple(
            replace(one, chapter=_running(of_source[one.number], one.start, one.chapter)) for one in answer.quotations
        ),
    )


def chapter_at(chapters: Sequence[Chapter], start: float) -> str | None:
    """The title of the chapter that runs at that second; chapters are in order, and those without a time run never."""
    timed = [(chapter.start, chapter.title) for chapter in chapters if chapter.start is not None]
    nth = bisect_right(timed, start, key=lambda chapter: chapter[0])
    return timed[nth - 1][1] if nth else None


def _placed(hits: Sequence[Hit], known: Mapping[int, Sequence[Chapter]]) -> tuple[Hit, ...]:
    return tuple(_under(hit, known[hit.episode.id]) for hit in hits)


def _under(hit: Hit, chapters: Sequence[Chapter]) -> Hit:
    passage = hit.passage
    return replace(hit, passage=replace(passage, chapter=_running(chapters, hit.snippet.start, passage.chapter)))


def _running(chapters: Sequence[Chapter], start: float | None, otherwise: str | None) -> str | None:
    """The chapter at that second; the other one where there are none, or no time."""
    return otherwise if start is None or not chapters else chapter_at(chapters, start)
