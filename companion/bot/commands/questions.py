"""What commands that ask the archive share: filters, files of questions, and the searcher."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import click

from companion.archive.encoding import EncodingWorker
from companion.archive.models import ChosenModel
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.bot.config import Settings
from companion.bot.printing import EMPTY_ARCHIVE
from companion.community.days import between
from companion.community.wishes import known_speaker
from companion.storage import episodes, passages, podcasts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError


class QuestionsError(CompanionError):
    """A file of questions that cannot be read."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a file of questions."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a search is narrowed to, as it was typed, and its order; None where it is not."""

    episode: str | None
    speaker: str | None
    after: str | None
    before: str | None
    podcast: str | None
    newest_first: bool = False

    async def query(self, text: str, database: Database) -> Query:
        """The query. Raises `CompanionError` for days, podcasts and episodes that are none."""
        first, last = between(self.after, self.before)
        query = Query(text, speaker=self.speaker, after=first, before=last, newest_first=self.newest_first)
        async with database.read() as connection:
            if self.podcast is not None:
                query = replace(query, podcasts=frozenset({(await podcasts.find(connection, self.podcast)).id}))
            if self.episode is not None:
                query = replace(query, episode_id=(await episodes.find(connection, self.episode, query.podcasts)).id)
        return query


def narrowing(command: Callable[..., None]) -> Callable[..., None]:
    """The options ``episode``, ``speaker``, ``after``, ``before`` and ``podcast`` for a command."""
    options = (
        click.option(
            "--episode", help="Search in this episode only: its id, or a part of its title that fits no other."
        ),
        click.option("--speaker", help="Only what this person said."),
        click.option(
            "--after", metavar="DATE", help="Episodes of this day, month or year and later: 2024, 2024-03, 2024-03-17."
        ),
        click.option("--before", metavar="DATE", help="Episodes of this day, month or year and earlier."),
        click.option("--podcast", help="Only this podcast: its id, or a part of its title that fits no other."),
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


async def check_speaker(database: Database, speaker: str) -> None:
    """Raises `NotFoundError`, with who speaks, where nobody has that name."""
    async with database.read() as connection:
        known_speaker(speaker, await passages.speakers(connection, None))


@asynccontextmanager
async def opened_searcher(settings: Settings, database: Database) -> AsyncGenerator[Searcher, None]:
    """A searcher with the chosen model, loaded. Where there is nothing to search, standard error says so."""
    async with database.read() as connection:
        if not await podcasts.list_podcasts(connection):
            click.echo(EMPTY_ARCHIVE, err=True)
    worker = EncodingWorker(await asyncio.to_thread(ChosenModel(database.address, settings.embedding_model).load))
    try:
        searcher = Searcher(database, worker)
        await searcher.require_vectors()
        yield searcher
    finally:
        worker.close()


def read_questions(data: bytes, name: str) -> list[Question]:
    """The questions of a file of JSON objects with an ``id`` and a ``question``, one a line. Skips empty lines."""
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{name} is not UTF-8 text.") from error
    return [_question(line, f"{name}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _question(line: str, place: str) -> Question:
    try:
        parsed: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise QuestionsError(f"{place} is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise QuestionsError(f"{place} is JSON that is nested too deeply.") from error
    match parsed:
        case {"id": str() | int() as identity, "question": str() as text}:
            return Question(str(identity), text)
        case _:
            raise QuestionsError(f'{place} is not an object with "id" and "question".')
