"""Which podcasts a server sees: those it subscribed to, and no other."""

from __future__ import annotations

from companion.archive.recordings import is_recordings
from companion.storage import podcasts, subscriptions
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError


class NoPodcastYetError(CompanionError):
    """The server has subscribed to nothing."""

    def __init__(self) -> None:
        super().__init__(
            "This server has no podcast yet. Whoever manages it gives one with `/setup podcasts add`; then everything"
            " said in it can be searched here."
        )


class OutsideServersError(CompanionError):
    """There is no server, hence no subscription."""

    def __init__(self) -> None:
        super().__init__("An archive belongs to a server: use this in one of its channels.")


async def visible_podcasts(database: Database, guild_id: int | None) -> frozenset[int]:
    """The ids of the server's podcasts, at least one.

    Raises `OutsideServersError` for a direct message and `NoPodcastYetError` with what to do next.
    """
    async with database.read() as connection:
        return await seen_by(connection, guild_id)


async def seen_by(connection: AsyncConnection, guild_id: int | None) -> frozenset[int]:
    """The same, with other things that are read at once."""
    if guild_id is None:
        raise OutsideServersError
    seen = await subscriptions.podcast_ids(connection, guild_id)
    if not seen:
        raise NoPodcastYetError
    return seen


async def published_podcasts(connection: AsyncConnection, guild_id: int) -> frozenset[int]:
    """The ids of the server's podcasts without what its clubs recorded: that is searched, and never posted by itself.
    There may be none."""
    seen = await podcasts.by_ids(connection, await subscriptions.podcast_ids(connection, guild_id))
    return frozenset(one.id for one in seen.values() if not is_recordings(one))
