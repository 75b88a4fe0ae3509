"""``companion ingest``."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from time import perf_counter

import click
from rich.console import Console

from companion.archive import encoders
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.ingest import embed, unembedded
from companion.archive.intake import Ingested
from companion.archive.intake import ingest as ingest_source
from companion.archive.models import ChosenModel
from companion.bot.config import Settings, read_settings
from companion.bot.progress import IngestProgress
from companion.bot.server_id import SERVER_ID
from companion.storage import subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

_MOST_PROBLEMS = 20
"""Problems of one source that are told one by one."""


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--server", "guild_ids", type=SERVER_ID, multiple=True, metavar="ID", help="A Discord server that may see them."
)
@click.option("--title", help="What to call the podcast, where its source does not say (a file or folder).")
@click.option("--anew", is_flag=True, help="Read and fetch everything again, also what did not change.")
@click.option(
    "--separate", is_flag=True, help="Make an episode of every transcript, also of one that the archive has another of."
)
def ingest(sources: tuple[str, ...], guild_ids: tuple[int, ...], title: str | None, anew: bool, separate: bool) -> None:
    """Read podcasts into the archive: feeds, transcripts, folders of them.

    A SOURCE is the address or the file of a feed, a transcript, or a folder of transcripts. Run it again at any time:
    it reads what is new, and after an interruption goes on where it stopped.
    """
    done, problems = asyncio.run(_ingest(read_settings(), sources, guild_ids, title, anew=anew, separate=separate))
    # Not before: on a terminal the lines would run into the progress bars.
    for sentence in done:
        click.echo(sentence)
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


async def _ingest(
    settings: Settings,
    sources: Sequence[str],
    guild_ids: Sequence[int],
    title: str | None,
    *,
    anew: bool,
    separate: bool,
) -> tuple[list[str], list[str]]:
    """Reads all sources, then embeds. Returns what was done and what went wrong, a sentence each."""
    done: list[str] = []
    problems: list[str] = []
    fetcher = Fetcher()
    async with await Database.open(settings.address, SystemClock()) as database:
        with IngestProgress(Console(stderr=True)) as progress:
            for source in sources:
                try:
                    ingested = await ingest_source(
                        database, source, fetcher, title=title, anew=anew, separate=separate, listener=progress
                    )
                except CompanionError as error:
                    problems.append(f"{source}: {error}")
                    continue
                problems += _told(ingested)
                done += [_summary(ingested), *ingested.remarks]
                if ingested.own:
                    await _subscribe(database, guild_ids, ingested.podcast.id)
                elif guild_ids:
                    done.append(
                        f"Who sees {ingested.podcast.title} stays as it was: `companion subscribe` changes that."
                    )
            if not done:
                return done, problems
            try:
                done.append(await embed_missing(settings, database, progress))
            except CompanionError as error:
                problems.append(f"The texts are stored, but not embedded yet. {error}")
    return done, problems


async def _subscribe(database: Database, guild_ids: Sequence[int], podcast_id: int) -> None:
    async with database.write() as connection:
        for guild_id in guild_ids:
            await subscriptions.subscribe(connection, guild_id, podcast_id, database.clock.now())


async def embed_missing(settings: Settings, database: Database, progress: IngestProgress) -> str:
    """Embeds what is not embedded yet; loads the model only if there is something. Says what it did."""
    chosen = ChosenModel(database.address, settings.embedding_model)
    texts = await unembedded(database, encoders.model_id(await asyncio.to_thread(chosen.folder)))
    if texts == 0:
        return "Nothing to embed: embedded 0 passages."
    progress.wait_for_model(texts)
    encoder = EncodingWorker(await asyncio.to_thread(chosen.load))
    try:
        begun = perf_counter()
        done = await embed(database, encoder, listener=progress)
        seconds = perf_counter() - begun
    finally:
        encoder.close()
    return f"Embedded {_passages(done)} in {seconds:.1f} s ({done / seconds:.1f} a second)."


def _told(ingested: Ingested) -> list[str]:
    """What could not be read of a source: each problem once, and not more than can be looked through."""
    title = ingested.podcast.title
    counted = Counter(ingested.problems)
    told = [f"{title}: {problem}" + (f" ({count:,} times)" if count > 1 else "") for problem, count in counted.items()]
    more = len(told) - _MOST_PROBLEMS
    return [*told[:_MOST_PROBLEMS], f"{title}: {more:,} more could not be read."] if more > 1 else told


def _summary(ingested: Ingested) -> str:
    gone = f" {ingested.gone} are no longer in the feed, and stay in the archive." if ingested.gone else ""
    if not ingested.new and not ingested.changed:
        return f"{ingested.podcast.title}: nothing new, {_episodes(ingested.unchanged)} unchanged.{gone}"
    return (
        f"{ingested.podcast.title}: {_episodes(ingested.new)} new, {ingested.changed} changed,"
        f" {ingested.unchanged} unchanged; {_passages(ingested.passages)} read.{gone}"
    )


def _episodes(count: int) -> str:
    return "1 episode" if count == 1 else f"{count} episodes"


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count:,} passages"
