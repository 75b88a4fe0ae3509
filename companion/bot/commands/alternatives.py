"""The transcripts of an episode that has several, for ``companion transcript --alternatives``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import click
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from companion.archive.second_sources import OF_THE_SOURCE
from companion.bot.config import Settings
from companion.bot.printing import output
from companion.cogs.views.times import clock_time
from companion.storage import episodes, transcripts
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import NotFoundError
from companion.storage.readings import SourceTranscript
from companion.storage.transcripts import KeptTranscript


def print_alternatives(settings: Settings, name: str, number: int | None, *, as_json: bool) -> None:
    """Lists the transcripts of the episode, or prints one by its number. Raises `NotFoundError` where there is none."""
    title, kept = asyncio.run(_transcripts(settings, name))
    if number is None:
        listed = [{"number": nth, **_told(one)} for nth, one in enumerate(kept, 1)]
        if as_json:
            click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        else:
            output().print(_table(title, listed))
        return
    if number > len(kept):
        has = "no transcript" if not kept else "1 transcript" if len(kept) == 1 else f"{len(kept)} transcripts"
        raise NotFoundError(f"“{title}” has {has}: there is no number {number}. --alternatives lists them.")
    one = kept[number - 1].transcript
    if as_json:
        click.echo(json.dumps({**_told(kept[number - 1]), "text": _turns_json(one)}, ensure_ascii=False, indent=2))
    else:
        _print(title, one)


async def _transcripts(settings: Settings, name: str) -> tuple[str, Sequence[KeptTranscript]]:
    """The episode's title and its transcripts, also where it has one only."""
    async with await Database.open(settings.address, SystemClock()) as database, database.read() as connection:
        episode = await episodes.find(connection, name, None)
        kept = await transcripts.of_episode(connection, episode.id)
        turns = tuple(await episodes.turns(connection, episode.id))
        if not kept and turns:
            convention = await episodes.convention(connection, episode.id)
            kept = [KeptTranscript(SourceTranscript(OF_THE_SOURCE, None, convention, turns, chosen=True), added=False)]
        return episode.title, kept


def _told(kept: KeptTranscript) -> dict[str, Any]:
    """What a transcript tells, in numbers."""
    one = kept.transcript
    return {
        "origin": one.origin,
        "chosen": one.chosen,
        "added": kept.added,
        "language": one.language,
        "convention": one.convention,
        "turns": len(one.turns),
        "words": sum(len(turn.text.split()) for turn in one.turns),
        "speakers": len({turn.speaker for turn in one.turns} - {None}),
        "timed": sum(turn.start is not None for turn in one.turns),
    }


def _turns_json(one: SourceTranscript) -> list[dict[str, Any]]:
    return [
        {
            "start": turn.start,
            "end": turn.end,
            "approximate": turn.approximate,
            "label": turn.speaker,
            "uncertain": turn.uncertain,
            "text": turn.text,
        }
        for turn in one.turns
    ]


def _table(title: str, listed: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in ("number", "origin", "convention"):
        table.add_column(name)
    for name in ("words", "speakers", "turns", "timed"):
        table.add_column(name, justify="right")
    table.add_column("")
    for one in listed:
        notes = [word for word in ("chosen", "added") if one[word]]
        cells = (one["number"], one["origin"], one["convention"] or "", one["words"], one["speakers"], one["turns"])
        table.add_row(*(escape(str(cell)) for cell in (*cells, one["timed"], ", ".join(notes))))
    return table


def _print(title: str, one: SourceTranscript) -> None:
    console = output()
    console.print(Text(title, style="bold"), Text(f"({one.origin})", style="dim"))
    for turn in one.turns:
        time = "" if turn.start is None else clock_time(turn.start, turn.approximate)
        console.print(Text.assemble("\n", (time, "cyan"), " ", (turn.speaker or "", "bold")))
        console.print(Text(turn.text))
