"""``companion export``: what members said of answers, for whoever improves them."""

from __future__ import annotations

import asyncio
import json
from typing import IO

import click

from companion.bot.config import Settings, read_settings
from companion.bot.server_id import SERVER_ID
from companion.community.exported import candidate, feedback
from companion.storage.clock import SystemClock
from companion.storage.engine import Database


@click.group()
def export() -> None:
    """Write what is stored as lines of JSON: answers with what was said of them."""


@export.command(name="feedback")
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    help="The file to write; standard output, where it is left out.",
)
@click.option("--server", type=SERVER_ID, help="Only what was asked in the server with this id.")
@click.option(
    "--candidates",
    is_flag=True,
    help="Write what got 👎 or ✘ as lines for a file of evaluation questions, to be checked by hand.",
)
def export_feedback(output: IO[str], server: int | None, candidates: bool) -> None:
    """Write every answered question with its passages, thumbs, verdict and cost: an object a line.

    No member is named in it. Deleted questions are left out.
    """
    written = asyncio.run(_export(read_settings(), output, server, candidates))
    click.echo("1 question." if written == 1 else f"{written} questions.", err=True)


async def _export(settings: Settings, output: IO[str], server: int | None, candidates: bool) -> int:
    written = 0
    async with await Database.open(settings.database_url, SystemClock()) as database:
        output.write("")  # so that there is a file, though nothing may come
        async for entry in feedback(database, server):
            line = candidate(entry) if candidates else entry
            if line is not None:
                output.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += 1
    return written
