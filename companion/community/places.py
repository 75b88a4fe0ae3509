"""What stands at a place in an episode, for a server that may see it."""

from __future__ import annotations

from companion.community.visibility import visible_podcasts
from companion.storage import episodes, passages
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import NotFoundError


class GonePassageError(NotFoundError):
    """A passage that is no longer in the archive, or not in this server's."""

    def __init__(self) -> None:
        super().__init__("This passage is no longer in the archive. Search again with `/search`.")


async def passages_at(database: Database, guild_id: int | None, reference: Reference) -> tuple[list[Passage], Episode]:
    """The passages that a reference means now, the one that shares most with it first, and their episode.

    Raises `GonePassageError` where there is none, or where this server may not see the episode.
    """
    podcasts = await visible_podcasts(database, guild_id)
    async with database.read() as connection:
        episode = (await episodes.get(connection, [reference.episode_id])).get(reference.episode_id)
        if episode is None or episode.podcast_id not in podcasts:
            raise GonePassageError
        covering = await passages.at(connection, reference)
    if not covering:
        raise GonePassageError
    return [stored.passage for stored in covering], episode
