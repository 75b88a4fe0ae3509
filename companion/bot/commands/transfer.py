"""``companion migrate-storage``: all that is stored, copied from a file to a PostgreSQL server, or back."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from companion.archive.models import models_folder
from companion.bot import heartbeat
from companion.bot.config import ConfigurationError, read_settings
from companion.bot.printing import output
from companion.storage.address import Address, address_of
from companion.storage.clock import SystemClock
from companion.storage.transfer import Step, transfer


@click.command("migrate-storage")
@click.argument("source")
@click.argument("target", required=False)
def migrate_storage(source: str, target: str | None) -> None:
    """Copy everything to another database: from SQLite to PostgreSQL, or back. Stop the bot before.

    SOURCE and TARGET are URLs as in DATABASE_URL, such as sqlite+aiosqlite:///data/companion.db; without TARGET it is
    DATABASE_URL itself, so that no password has to be written here. The target has to be empty. It is filled in one
    go, and every row is read back and compared, so that it holds everything in the end or nothing; the source stays as
    it is.
    """
    settings = read_settings()
    here = address_of(source, settings.companion_folder, given_as="SOURCE")
    there = settings.address
    if target is not None:
        there = address_of(target, settings.companion_folder, given_as="TARGET")
    for address, why in ((here, "what it stores from now on would not be copied"), (there, "fills it by itself")):
        if heartbeat.runs(address, SystemClock().now()):
            raise ConfigurationError(
                f"The bot runs on {address}, and {why}: stop it first. (If it was killed, that is known"
                f" {heartbeat.STALE.total_seconds() / 60:.0f} minutes later.)"
            )
    with _Progress() as told:
        done = transfer(here, there, told)
    click.echo(
        f"Copied {done.rows:,} rows of {done.tables} tables from {here} to {there}, and compared each with what it was."
    )
    if done.replaced:
        click.echo(
            f"{done.replaced:,} texts are others than they were: PostgreSQL cannot hold the character U+0000, for which"
            " U+FFFD stands now, nor keys of more than 2,000 bytes, which end in a digest."
        )
    _take_models_along(here, there)
    click.echo("Start the bot with DATABASE_URL naming the new one; the old one is as it was, for going back.")


class _Progress(Progress):
    """Bars on a terminal, and a line a table elsewhere. Call it with each step."""

    def __init__(self) -> None:
        console = output()
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __call__(self, step: Step) -> None:
        if self.disable:
            if step.verified and step.total:
                click.echo(f"{step.table}: {step.total:,}")
            return
        task = next((task.id for task in self.tasks if task.description == step.table), None)
        if task is None:
            task = self.add_task(step.table, total=step.total)
        self.update(task, completed=step.done, visible=not step.verified)


def _take_models_along(here: Address, there: Address) -> None:
    """Models that were adapted to the archive lie in a folder that is named after its database."""
    before, after = models_folder(here), models_folder(there)
    if not before.is_dir() or before == after:
        return
    if after.exists():
        click.echo(f"There are models in {after} already: those in {before} were not copied.")
        return
    after.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=after.parent) as made:
        # Interrupted, it leaves no half of a model under the name that is looked for.
        shutil.copytree(before, Path(made) / after.name).rename(after)
    click.echo(f"Copied the models that were adapted to the archive to {after}.")
