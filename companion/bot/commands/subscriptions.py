"""``companion podcasts``, ``subscribe`` and ``unsubscribe``: the podcasts, and which servers see them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click

from companion.bot.config import Settings, read_settings
from companion.bot.seconds import SECONDS
from companion.bot.server_id import SERVER_ID
from companion.storage import podcasts as stored_podcasts
from companion.storage import subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
@click.option(
    "--video-offset",
    type=(str, SECONDS),
    metavar="PODCAST SECONDS",
    help="Say by how much later its videos say what its audio says, for links into them.",
)
def podcasts(as_json: bool, video_offset: tuple[str, float] | None) -> None:
    """List the podcasts in the archive and the servers that see them."""
    if video_offset is not None:
        said = asyncio.run(_put_video_offset(read_settings(), *video_offset))
        click.echo(said, err=as_json)
        if not as_json:
            return
    listed = asyncio.run(_podcasts(read_settings()))
    if as_json:
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for podcast in listed:
        servers = ", ".join(map(str, podcast["servers"])) or "no server yet"
        click.echo(f"{podcast['id']}  {podcast['title']}  ({servers})")
    if not listed:
        click.echo("The archive is empty: companion ingest SOURCE reads a podcast into it.")


async def _podcasts(settings: Settings) -> list[dict[str, Any]]:
    async with await Database.open(settings.database_url, SystemClock()) as database, database.read() as connection:
        return [
            {
                "id": podcast.id,
                "title": podcast.title,
                "link": podcast.link,
                "private": podcast.private,
                "video_offset": podcast.video_offset,
                "servers": sorted(await subscriptions.guild_ids(connection, podcast.id)),
            }
            for podcast in await stored_podcasts.list_podcasts(connection)
        ]


async def _put_video_offset(settings: Settings, name: str, seconds: float) -> str:
    async with await Database.open(settings.database_url, SystemClock()) as database, database.write() as connection:
        podcast = await stored_podcasts.find(connection, name)
        await stored_podcasts.put_video_offset(connection, podcast.id, seconds)
        return f"Links into videos of {podcast.title!r} are {seconds:+g} seconds from the audio's times, from now on."


@click.command()
@click.argument("server", type=SERVER_ID)
@click.argument("podcast")
def subscribe(server: int, podcast: str) -> None:
    """Let a Discord server see a podcast.

    SERVER is the server's id. PODCAST is its id, or a part of its title that fits no other.
    """
    click.echo(asyncio.run(_subscribe(read_settings(), server, podcast)))


async def _subscribe(settings: Settings, guild_id: int, name: str) -> str:
    async with await Database.open(settings.database_url, SystemClock()) as database, database.write() as connection:
        podcast = await stored_podcasts.find(connection, name)
        if await subscriptions.subscribe(connection, guild_id, podcast.id, database.clock.now()):
            return f"Server {guild_id} sees {podcast.title!r} from now on."
        return f"Server {guild_id} sees {podcast.title!r} already."


@click.command()
@click.argument("server", type=SERVER_ID)
@click.argument("podcast")
def unsubscribe(server: int, podcast: str) -> None:
    """Hide a podcast from a Discord server again.

    SERVER is the server's id. PODCAST is its id, or a part of its title that fits no other.
    """
    click.echo(asyncio.run(_unsubscribe(read_settings(), server, podcast)))


async def _unsubscribe(settings: Settings, guild_id: int, name: str) -> str:
    async with await Database.open(settings.database_url, SystemClock()) as database, database.write() as connection:
        podcast = await stored_podcasts.find(connection, name)
        if await subscriptions.unsubscribe(connection, guild_id, podcast.id):
            return f"Server {guild_id} sees {podcast.title!r} no more, from now on. The podcast stays in the archive."
        return f"Server {guild_id} did not see {podcast.title!r} anyway."
