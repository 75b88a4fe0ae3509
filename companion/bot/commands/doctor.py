"""``companion doctor``: is everything as it should be, and what to do where it is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from companion.bot import heartbeat
from companion.bot.config import read_settings
from companion.storage.clock import SystemClock

if TYPE_CHECKING:
    from companion.bot.doctor.findings import Section

MARKS = ("✔", "·", "!", "✘")
"""For each severity, from fine to broken."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
@click.option("--alive", is_flag=True, help="Only say whether the bot is running and connected; for a health check.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, alive: bool) -> None:
    """Check a setup: the token, permissions, database, model, disk, feeds.

    It changes nothing. Exit status 0: all is well, or could be better (·). 1: there are warnings (!), or with --alive
    the bot is not alive. 2: something is broken (✘).
    """
    if alive:
        _alive(ctx)
        return
    from companion.bot.doctor.examination import examine
    from companion.bot.doctor.findings import exit_status

    sections = asyncio.run(examine(SystemClock()))
    click.echo(_as_json(sections) if as_json else _as_text(sections))
    ctx.exit(exit_status(sections))


def _alive(ctx: click.Context) -> None:
    settings = read_settings()
    file = heartbeat.heartbeat_file(settings.address, settings.share)
    trouble = heartbeat.trouble(file, SystemClock().now())
    click.echo(trouble or "The bot runs, and is connected to Discord.")
    ctx.exit(1 if trouble else 0)


def _as_text(sections: Sequence[Section]) -> str:
    lines: list[str] = []
    for section in sections:
        lines.append(section.subject)
        for one in section.findings:
            lines.append(f"  {MARKS[one.severity]} {one.sentence}")
            if one.cure:
                lines.append(f"    → {one.cure}")
    return "\n".join(lines)


def _as_json(sections: Sequence[Section]) -> str:
    listed = [
        {
            "subject": section.subject,
            "severity": one.severity.name.lower(),
            "sentence": one.sentence,
            "cure": one.cure,
        }
        for section in sections
        for one in section.findings
    ]
    return json.dumps(listed, ensure_ascii=False, indent=2)
