"""``companion adapt``: the embedding model fine-tuned on the archive's own talk."""

from __future__ import annotations

import asyncio
import random
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from companion.archive import models
from companion.archive.adaptation import BATCH, AdaptationError, Finding, finding, train
from companion.archive.encoders import load_encoder, model_folder, model_id
from companion.archive.encoding import EncodingWorker
from companion.archive.ingest import embed
from companion.archive.training_pairs import Pair, Source, chosen_pairs, pairs_of
from companion.bot.config import Settings, read_settings
from companion.bot.progress import IngestProgress
from companion.storage import episodes, vectors
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

_KEPT_ASIDE = 200
"""Questions and chapters that the model is not trained with, to see what the training did."""
_FEWEST_PAIRS = 2 * _KEPT_ASIDE
"""Questions and chapters to begin with, so that as many are trained with as are kept aside."""
_BATCHES_A_MINUTE = 12
"""On two cores that do nothing else."""


@dataclass(frozen=True, slots=True)
class _Adapted:
    """A model adapted and tried: how well it finds what it was not trained with, beside the one it was made of."""

    folder: Path
    before: Finding
    after: Finding


class _StoppedError(Exception):
    """The training was told to stop."""


@click.command()
@click.option("--undo", is_flag=True, help="Go back to the model as it was.")
def adapt(undo: bool) -> None:
    """Adapt the embedding model to the archive: search understands its talk better.

    Trains on questions that were asked and the answers that followed, for some ten minutes on two cores, then embeds
    the archive anew. Nothing changes before all of that is done; a running bot then takes the new model up by itself.
    Run it again when the archive has grown by a half.
    """
    settings = read_settings()
    for sentence in asyncio.run(_undo(settings) if undo else _adapt(settings)):
        click.echo(sentence)


async def _undo(settings: Settings) -> list[str]:
    async with await Database.open(settings.address, SystemClock()) as database:
        changed = await models.use_configured(database)
    return ["The archive is searched with the original model again." if changed else "No adapted model was in use."]


async def _adapt(settings: Settings) -> list[str]:
    base = model_folder(settings.embedding_model)
    base_id = model_id(base)
    async with await Database.open(settings.address, SystemClock()) as database:
        await _clear(database, base_id)
        pairs = await _pairs(database)
        begun = perf_counter()
        console = Console(stderr=True)
        wait = len(pairs) / BATCH / _BATCHES_A_MINUTE
        console.print(f"Training with {len(pairs):,} pairs: some {wait:.0f} minutes on two cores that do nothing else.")
        adapted = await _trained(base, pairs, _new_folder(database), console)
        minutes = (perf_counter() - begun) / 60
        if adapted.after.mean_reciprocal_rank <= adapted.before.mean_reciprocal_rank:
            shutil.rmtree(adapted.folder)
            raise AdaptationError(
                "The adapted model finds no more than the original"
                f" ({adapted.after.within_ten:.0%} against {adapted.before.within_ten:.0%} among the first ten), so"
                " nothing was changed."
            )
        embedded = await _embedded(database, adapted.folder, console)
        await models.use_adapted(database, adapted.folder, base_id)
    return [
        f"Adapted {base_id.partition('@')[0]} in {minutes:.1f} minutes, to {len(pairs):,} pairs of the archive's talk.",
        f"Of {_KEPT_ASIDE} questions and chapters kept aside, it finds {adapted.after.within_ten:.0%} among the first"
        f" ten; the original finds {adapted.before.within_ten:.0%}.",
        f"Embedded {embedded:,} passages with it. It is in use from now on, in a running bot within half a minute.",
    ]


async def _clear(database: Database, base_id: str) -> None:
    """Takes away adapted models that are not in use, and their vectors."""
    folder = models.models_folder(database.address)
    used = await models.in_use(database, base_id)
    kept = {base_id} if used is None or not used.is_dir() else {base_id, model_id(used)}
    async with database.write() as connection:
        await vectors.drop_all_but(connection, kept)
    for left in folder.iterdir() if folder.is_dir() else ():
        if used is None or left.name != used.name:
            shutil.rmtree(left)


def _new_folder(database: Database) -> Path:
    now: datetime = database.clock.now()
    return models.models_folder(database.address) / f"adapted-{now:%Y%m%d-%H%M%S}"


async def _pairs(database: Database) -> list[Pair]:
    """Pairs of the whole archive. Raises `AdaptationError` where they are too few to learn from."""
    found: list[Pair] = []
    async with database.read() as connection:
        for episode in await episodes.list_episodes(connection, None):
            turns = await episodes.turns(connection, episode.id)
            found += pairs_of(turns, await episodes.chapters(connection, episode.id))
    pairs = chosen_pairs(found, random.Random(0))
    asking = sum(pair.source is not Source.SENTENCE for pair in pairs)
    if asking < _FEWEST_PAIRS:
        raise AdaptationError(
            f"The archive holds too little talk to learn from ({asking} questions with their answers, and at least"
            f" {_FEWEST_PAIRS} are needed): ingest more episodes with transcripts first."
        )
    return pairs


async def _trained(base: Path, pairs: list[Pair], folder: Path, console: Console) -> _Adapted:
    aside = [pair for pair in pairs if pair.source is not Source.SENTENCE][:_KEPT_ASIDE]
    left_out = set(aside)
    stop = threading.Event()
    with _bar(console, "Training") as bar:

        def step_done(done: int, steps: int) -> None:
            if stop.is_set():
                raise _StoppedError
            bar.update(bar.task_ids[0], completed=done, total=steps)

        def work() -> _Adapted:
            train(base, [pair for pair in pairs if pair not in left_out], folder, step_done=step_done)
            before, after = (finding(load_encoder(str(each)), aside) for each in (base, folder))
            return _Adapted(folder, before, after)

        try:
            return await asyncio.to_thread(work)
        finally:
            # A thread cannot be cancelled: it looks for this after each step.
            stop.set()


async def _embedded(database: Database, folder: Path, console: Console) -> int:
    worker = EncodingWorker(await asyncio.to_thread(load_encoder, str(folder)))
    try:
        with IngestProgress(console) as progress:
            return await embed(database, worker, listener=progress)
    finally:
        worker.close()


@contextmanager
def _bar(console: Console, name: str) -> Generator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        progress.add_task(name, total=None)
        yield progress
