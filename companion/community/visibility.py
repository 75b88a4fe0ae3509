"""Which podcasts a server sees: those it subscribed to, and no other."""

from __future__ import annotations

from companion.storage import subscriptions
from companion.storage.engine import Database
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
    if guild_id is None:
        raise OutsideServersError
    async with database.read() as connection:
        podcasts = await subscriptions.podcast_ids(connection, guild_id)
    if not podcasts:
        raise NoPodcastYetError
    return podcasts
