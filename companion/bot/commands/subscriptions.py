"""``companion podcasts``, ``subscribe`` and ``unsubscribe``: the podcasts, and which servers see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import click

from companion.archive.links import LinkChange
from companion.bot.config import Settings, read_settings
from companion.bot.printing import EMPTY_ARCHIVE
from companion.bot.seconds import SECONDS
from companion.bot.server_id import SERVER_ID
from companion.storage import podcasts as stored_podcasts
from companion.storage import subscriptions
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, to standard output.")
@click.option(
    "--link-template",
    type=(str, str),
    metavar="PODCAST TEMPLATE",
    help="Say where its moments are shown, as in {link}#t={seconds}; none: in its audio or video again.",
)
@click.option(
    "--audio-offset",
    type=(str, SECONDS),
    metavar="PODCAST SECONDS",
    help="Say by how much later its audio says what its transcripts say, for links into it.",
)
@click.option(
    "--video-offset",
    type=(str, SECONDS),
    metavar="PODCAST SECONDS",
    help="Say by how much later its videos say what its transcripts say, for links into them.",
)
def podcasts(
    as_json: bool,
    link_template: tuple[str, str] | None,
    audio_offset: tuple[str, float] | None,
    video_offset: tuple[str, float] | None,
) -> None:
    """List the podcasts in the archive and the servers that see them."""
    changes: list[tuple[str, LinkChange]] = []
    if link_template is not None:
        changes.append((link_template[0], LinkChange(template=link_template[1])))
    if audio_offset is not None:
        changes.append((audio_offset[0], LinkChange(audio_offset=audio_offset[1])))
    if video_offset is not None:
        changes.append((video_offset[0], LinkChange(video_offset=video_offset[1])))
    if changes:
        for said in asyncio.run(_change_links(read_settings(), changes)):
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
        click.echo(EMPTY_ARCHIVE)


async def _podcasts(settings: Settings) -> list[dict[str, Any]]:
    async with await Database.open(settings.address, SystemClock()) as database, database.read() as connection:
        return [
            {
                "id": podcast.id,
                "title": podcast.title,
                "link": podcast.link,
                "private": podcast.private,
                "link_template": podcast.link_template,
                "audio_offset": podcast.audio_offset,
                "video_offset": podcast.video_offset,
                "servers": sorted(await subscriptions.guild_ids(connection, podcast.id)),
            }
            for podcast in await stored_podcasts.list_podcasts(connection)
        ]


async def _change_links(settings: Settings, changes: Sequence[tuple[str, LinkChange]]) -> list[str]:
    """Changes how podcasts, by name, are linked. Returns what was done, a sentence each."""
    async with await Database.open(settings.address, SystemClock()) as database, database.write() as connection:
        done: list[str] = []
        for name, change in changes:
            podcast = change.made_to(await stored_podcasts.find(connection, name))
            await stored_podcasts.put_links(connection, podcast)
            done.append(_told(podcast, change))
        return done


def _told(podcast: Podcast, change: LinkChange) -> str:
    if change.template is not None and podcast.link_template is None:
        return f"Moments of {podcast.title!r} are linked in its audio or video, from now on."
    if change.template is not None:
        return f"Moments of {podcast.title!r} are linked as {podcast.link_template}, from now on."
    medium, seconds = ("videos", change.video_offset) if change.audio_offset is None else ("audio", change.audio_offset)
    return (
        f"Links into {medium} of {podcast.title!r} are {seconds:+g} seconds from the transcript's times, from now on."
    )


@click.command()
@click.argument("server", type=SERVER_ID)
@click.argument("podcast")
def subscribe(server: int, podcast: str) -> None:
    """Let a Discord server see a podcast.

    SERVER is the server's id. PODCAST is its id, or a part of its title that fits no other.
    """
    click.echo(asyncio.run(_subscribe(read_settings(), server, podcast)))


async def _subscribe(settings: Settings, guild_id: int, name: str) -> str:
    async with await Database.open(settings.address, SystemClock()) as database, database.write() as connection:
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
    async with await Database.open(settings.address, SystemClock()) as database, database.write() as connection:
        podcast = await stored_podcasts.find(connection, name)
        if await subscriptions.unsubscribe(connection, guild_id, podcast.id):
            return f"Server {guild_id} sees {podcast.title!r} no more, from now on. The podcast stays in the archive."
        return f"Server {guild_id} did not see {podcast.title!r} anyway."
