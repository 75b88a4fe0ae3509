"""Which of its podcasts a server means, and which of them it keeps.

What is decided of a podcast, such as its names and its links, is the same for everybody who sees it. So that servers
stay strangers to each other, only the server that subscribed to it first decides, and the operator at the command line.
"""

from __future__ import annotations

from collections.abc import Sequence

from companion.archive.recordings import is_recordings
from companion.community.visibility import visible_podcasts
from companion.storage import podcasts, subscriptions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import folded
from companion.storage.podcasts import Podcast

_NAME = 60


class NotKeeperError(CompanionError):
    """Something of a podcast that another server keeps. ``refused`` is the sentence's beginning, ``command`` the
    operator's."""

    def __init__(self, refused: str, command: str) -> None:
        super().__init__(f"{refused} from this server. Whoever runs this bot can do it, with `{command}`.")


async def known_to(database: Database, guild_id: int | None) -> list[Podcast]:
    """The server's podcasts, by title. Raises `CompanionError` where it has none."""
    seen = await visible_podcasts(database, guild_id)
    async with database.read() as connection:
        return list((await podcasts.by_ids(connection, seen)).values())


async def meant(database: Database, guild_id: int | None, name: str | None) -> Podcast:
    """A podcast that the server sees: the one of that name or id, or its only one, beside which what its clubs recorded
    is meant by name alone. Raises `CompanionError`."""
    known = await known_to(database, guild_id)
    unnamed = [podcast for podcast in known if not is_recordings(podcast)] or known
    if name is None and len(unnamed) == 1:
        return unnamed[0]
    if name is None:
        raise NotFoundError(f"This server has several podcasts: choose one of {_titles(known)}.")
    return named_among(known, name)


def named_among(known: Sequence[Podcast], name: str) -> Podcast:
    """The one of a server's podcasts of that name or id, or with that in its title. Raises `NotFoundError` with the
    choices."""
    wanted = folded(name)
    fits = [podcast for podcast in known if wanted in {str(podcast.id), folded(podcast.title)}]
    fits = fits or [podcast for podcast in known if wanted and wanted in folded(podcast.title)]
    if len(fits) == 1:
        return fits[0]
    line = " ".join(name.split())
    short = line if len(line) <= _NAME else f"{line[: _NAME - 1]}…"
    raise NotFoundError(f"“{short}” is not one of this server's podcasts: choose one of {_titles(known)}.")


async def podcasts_like(database: Database, guild_id: int | None, typed: str, limit: int) -> list[Podcast]:
    """The server's podcasts that have what was typed in their title."""
    known = await known_to(database, guild_id)
    return [one for one in known if folded(typed) in folded(one.title)][:limit]


async def keeps(database: Database, guild_id: int | None, podcast_id: int) -> bool:
    """Does the server decide what everybody who sees the podcast gets?"""
    async with database.read() as connection:
        return await subscriptions.first_guild_id(connection, podcast_id) == guild_id


def _titles(known: Sequence[Podcast]) -> str:
    return ", ".join(f"“{podcast.title}”" for podcast in known)
