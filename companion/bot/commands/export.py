"""``companion export``: what members said of answers, for whoever improves them, and the clips that they like best."""

from __future__ import annotations

import asyncio
import json
from typing import IO

import click

from companion.bot.config import Settings, read_settings
from companion.bot.server_id import SERVER_ID
from companion.community.exported import candidate, feedback
from companion.community.exported_clips import json_feed, soundbites, top_clips
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

_OUTPUT = click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    help="The file to write; standard output, where it is left out.",
)


@click.group()
def export() -> None:
    """Write what is stored for other programs: answers, and the best clips."""


@export.command(name="feedback")
@_OUTPUT
@click.option("--server", type=SERVER_ID, help="Only what was asked in the server with this id.")
@click.option(
    "--candidates",
    is_flag=True,
    help="Write what got 👎 or ✘ as lines for a file of evaluation questions, to be checked by hand.",
)
def export_feedback(output: IO[str], server: int | None, candidates: bool) -> None:
    """Write all questions with what was said of their answers.

    An object a line: the question, its passages, thumbs, verdict and cost. No member is named in it. Deleted questions
    are left out.
    """
    written = asyncio.run(_export(read_settings(), output, server, candidates))
    click.echo("1 question." if written == 1 else f"{written} questions.", err=True)


@export.command(name="clips")
@_OUTPUT
@click.option("--server", type=SERVER_ID, help="Only the clips of the server with this id.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["soundbites", "json"]),
    default="json",
    show_default=True,
    help="podcast:soundbite elements, by episode, or a JSON feed.",
)
@click.option("--top", type=click.IntRange(1, 1000), default=50, show_default=True, help="So many, the best first.")
def export_clips(output: IO[str], server: int | None, form: str, top: int) -> None:
    """Write the best clips, as feeds have them.

    First those that members like best by their votes, then those that nobody voted on, the newest first. No member is
    named in it.
    """
    written = asyncio.run(_export_clips(read_settings(), output, server, form, top))
    click.echo("1 clip." if written == 1 else f"{written} clips.", err=True)


async def _export_clips(settings: Settings, output: IO[str], server: int | None, form: str, most: int) -> int:
    async with await Database.open(settings.address, SystemClock()) as database:
        top = await top_clips(database, server, most)
    if form == "soundbites":
        timed = [one for one in top if one.shown.clip.start is not None and one.shown.clip.end is not None]
        output.write(soundbites(timed))
        return len(timed)
    output.write(json.dumps(json_feed(top), ensure_ascii=False, indent=2) + "\n")
    return len(top)


async def _export(settings: Settings, output: IO[str], server: int | None, candidates: bool) -> int:
    written = 0
    async with await Database.open(settings.address, SystemClock()) as database:
        output.write("")  # so that there is a file, though nothing may come
        async for entry in feedback(database, server):
            line = candidate(entry) if candidates else entry
            if line is not None:
                output.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += 1
    return written
