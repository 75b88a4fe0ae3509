"""``companion transcribe``: transcripts made from the audio of episodes that have none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from companion.archive.fetch import Fetcher
from companion.archive.second_sources import link
from companion.archive.transcription import Endpoint, PartDone, transcribed
from companion.bot.commands.ingest import embed_missing
from companion.bot.config import ConfigurationError, Settings, read_settings
from companion.bot.progress import IngestProgress
from companion.storage import episodes
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError

_LONGEST_DOWNLOAD = 3600.0
"""Seconds; two hours of audio are a hundred megabytes."""


@click.command()
@click.argument("episode", required=False)
@click.option("--all", "every", is_flag=True, help="All episodes that have audio and no transcript.")
@click.option("--yes", is_flag=True, help="Do not ask before --all.")
def transcribe(episode: str | None, every: bool, yes: bool) -> None:
    """Make the transcript of an episode from its audio.

    EPISODE is its id, or a part of its title that fits no other. The audio is sent to the endpoint that OPENAI_API_KEY
    or OPENAI_BASE_URL name, which may cost money. An interrupted transcription goes on where it stopped.
    """
    if (episode is None) != every:
        raise click.UsageError("Give either an EPISODE or --all.")
    settings = read_settings()
    endpoint = endpoint_of(settings)
    chosen = asyncio.run(_chosen(settings, episode))
    if every and not chosen:
        click.echo("Every episode with audio has a transcript.")
        return
    if every and not yes:
        click.confirm(f"{_sum(chosen)} will be sent to {endpoint.host}. Go on?", abort=True)
    problems = asyncio.run(_transcribe(settings, endpoint, chosen))
    for problem in problems:
        click.echo(f"Problem: {problem}", err=True)
    if problems:
        raise click.exceptions.Exit(1)


def endpoint_of(settings: Settings) -> Endpoint:
    """The endpoint that is configured. Raises `ConfigurationError` where none is."""
    if settings.openai_api_key is None and settings.openai_base_url is None:
        raise ConfigurationError(
            "No transcription endpoint is configured: set OPENAI_API_KEY, or OPENAI_BASE_URL for one of your own."
        )
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none"
    return Endpoint(settings.transcription_model, key, settings.openai_base_url)


async def _chosen(settings: Settings, name: str | None) -> list[Episode]:
    """The episode of that name; for None all that have audio and no transcript."""
    async with await Database.open(settings.address, SystemClock()) as database, database.read() as connection:
        if name is not None:
            return [await episodes.find(connection, name, None)]
        sizes = await episodes.sizes(connection)
        known = await episodes.list_episodes(connection, None)
        return [episode for episode in known if episode.facts.audio_url and not sizes[episode.id].turns]


def _sum(chosen: Sequence[Episode]) -> str:
    """How much audio that is: `The audio of 3 episodes, 170 minutes and 1 of unknown length,`."""
    minutes = sum(episode.facts.duration or 0 for episode in chosen) / 60
    unknown = sum(episode.facts.duration is None for episode in chosen)
    count = "1 episode" if len(chosen) == 1 else f"{len(chosen)} episodes"
    length = f"{minutes:.0f} minutes" + (f" and {unknown} of unknown length" if unknown else "")
    return f"The audio of {count} ({length})"


async def _transcribe(settings: Settings, endpoint: Endpoint, chosen: Sequence[Episode]) -> list[str]:
    """Transcribes the episodes one after the other, then embeds. Returns what went wrong, a sentence each."""
    problems: list[str] = []
    work = Path(f"{settings.address.files}.transcribing")
    fetcher = Fetcher(seconds=_LONGEST_DOWNLOAD)
    async with await Database.open(settings.address, SystemClock()) as database:
        done = 0
        for episode in chosen:
            click.echo(f"Fetching the audio of “{episode.title}” …", err=True)
            try:
                made = await transcribed(episode.facts, fetcher, endpoint, work, _tell)
                await link(database, episode, [made])
            except CompanionError as error:
                problems.append(str(error))
                continue
            words = sum(len(turn.text.split()) for turn in made.turns)
            click.echo(f"“{episode.title}”: {words:,} words in {len(made.turns):,} turns, {made.origin}.")
            done += 1
        if done:
            with IngestProgress(Console(stderr=True)) as progress:
                click.echo(await embed_missing(settings, database, progress))
    return problems


def _tell(event: PartDone) -> None:
    click.echo(f"  part {event.done} of {event.total} is transcribed", err=True)
