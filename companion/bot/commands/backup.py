"""``companion backup`` and ``companion restore``: a copy of the database, and the way back to it."""

from __future__ import annotations

from pathlib import Path

import click

from companion.archive.models import models_folder
from companion.bot.config import ConfigurationError, read_settings
from companion.storage.address import Address
from companion.storage.backup import back_up, dump_command, file_name, keep_newest
from companion.storage.backup import restore as put_back
from companion.storage.clock import SystemClock
from companion.storage.health import Health

FOLDER = "backups"
"""Beside the database, where no other place is named."""


@click.command()
@click.argument("target", required=False)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep the newest N backups in the folder, and delete those before.",
)
def backup(target: str | None, keep: int | None) -> None:
    """Copy the database to a file, also while the bot runs.

    TARGET is a new file, or a folder in which the file is named after the time, such as
    companion-20260102T030405Z.db. Left out, that is the folder backups beside the database. The copy holds what was
    stored at one instant, is checked, and never takes another file's place.
    """
    address = _address()
    database = address.files
    now = SystemClock().now()
    place = database.parent / FOLDER if target is None else Path(target)
    folder = target is None or place.is_dir() or target.endswith(("/", "\\"))
    if keep is not None and not folder:
        raise click.UsageError("--keep goes with a folder, whose backups are named after their times.")
    file = place / file_name(database, now) if folder else place
    health = back_up(database, file)
    click.echo(f"Copied {database} to {file} ({_bytes(file)}, {_contents(health)}).")
    if keep is not None:
        for gone in keep_newest(place, database, keep, now):
            click.echo(f"Deleted {gone}.")
    if (models := models_folder(address)).is_dir():
        click.echo(f"The models that were adapted are not in it: they are in {models}.")


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
def restore(backup: Path) -> None:
    """Put a backup in the database's place. Stop the bot before.

    What is in that place now is not lost: it gets another name, which is told.
    """
    database = _address().files
    health, aside = put_back(backup, database, SystemClock().now())
    click.echo(f"{database} is what {backup} was ({_contents(health)}).")
    if health.schema != health.newest:
        click.echo(f"Its schema is older than this version's ({health.newest}): the next start migrates it.")
    if aside is not None:
        click.echo(f"What was there before is {aside}: delete it when nobody misses it.")


def _address() -> Address:
    """Where the database's file is. Raises `ConfigurationError` where it is on a server."""
    address = read_settings().address
    if not address.sqlite:
        raise ConfigurationError(
            f"{address} is a PostgreSQL database, which its own tools copy and bring back: `{dump_command(address)}`"
            " and `pg_restore` (docs/operations.md, “Backup”)."
        )
    return address


def _bytes(file: Path) -> str:
    return f"{file.stat().st_size / 2**20:,.1f} MiB"


def _contents(health: Health) -> str:
    episodes = "1 episode" if health.episodes == 1 else f"{health.episodes:,} episodes"
    return f"{episodes}, schema {health.schema or 'none'}"
