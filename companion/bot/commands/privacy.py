"""``companion privacy``: what is kept of a member, for those who cannot ask the bot: they left, or were banned."""

from __future__ import annotations

import asyncio
import json
from typing import IO

import click

from companion.bot.config import Settings, read_settings
from companion.bot.server_id import SERVER_ID, ServerId
from companion.cogs.views.counting import counted
from companion.community.privacy import Forgotten, Kept, Privacy
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.errors import CompanionError


class NotAMemberError(CompanionError):
    """What is no id of a member."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{typed[:40]!r} is not a member's id, which has 17 to 20 digits: whoever asks can copy it in Discord, with"
            " Developer Mode on, from the menu of their own name."
        )


class MemberId(ServerId):
    """A member's id: a snowflake, as a server's is."""

    refusal = NotAMemberError


_MEMBER = click.argument("member", type=MemberId())
_SERVER = click.option("--server", type=SERVER_ID, help="Only in the server with this id; left out: in all.")


@click.group()
def privacy() -> None:
    """Show, write or delete what is kept of a member who cannot ask the bot."""


@privacy.command()
@_MEMBER
@_SERVER
def show(member: int, server: int | None) -> None:
    """Print how much is kept of a member, and what deleting does."""
    kept = asyncio.run(_kept(read_settings(), server, member))
    for held in kept.held:
        click.echo(f"{held.rows:6}  {held.place.what}. {held.place.why or 'Deleted.'}")
    click.echo(f"{counted(kept.rows, 'entry', 'entries')} in all.", err=True)


@privacy.command()
@_MEMBER
@_SERVER
@click.option("--output", type=click.File("w", encoding="utf-8", lazy=True), default="-", help="The file to write.")
def export(member: int, server: int | None, output: IO[str]) -> None:
    """Write all that is kept of a member, as JSON."""
    exported = asyncio.run(_exported(read_settings(), server, member))
    output.write(json.dumps(exported, ensure_ascii=False, indent=2) + "\n")


@privacy.command()
@_MEMBER
@_SERVER
@click.confirmation_option(prompt="Nobody can undo this. Delete?")
def delete(member: int, server: int | None) -> None:
    """Delete what is kept of a member. The running bot takes back what it posted, within minutes."""
    forgotten = asyncio.run(_forgotten(read_settings(), server, member))
    gone = forgotten.gone
    click.echo(f"{counted(gone, 'entry names', 'entries name')} them no more." if gone else "Nothing was kept.")
    if forgotten.messages:
        one, more = "message in Discord is deleted, or loses", "messages in Discord are deleted, or lose"
        click.echo(f"{counted(forgotten.messages, one, more)} the name, while the bot runs.")
    for held in forgotten.stays.held:
        click.echo(f"What stays: {held.place.what} ({held.rows}). {held.place.why}")


async def _kept(settings: Settings, server: int | None, member: int) -> Kept:
    async with await Database.open(settings.address, SystemClock()) as database:
        return await Privacy(database).kept(server, member)


async def _exported(settings: Settings, server: int | None, member: int) -> dict[str, object]:
    async with await Database.open(settings.address, SystemClock()) as database:
        return await Privacy(database).export(server, member)


async def _forgotten(settings: Settings, server: int | None, member: int) -> Forgotten:
    async with await Database.open(settings.address, SystemClock()) as database:
        return await Privacy(database).forget(server, member)
