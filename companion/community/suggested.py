"""What of the archive fits the words that a member has typed of an option so far, or anything for none."""

from __future__ import annotations

from companion.community.visibility import visible_podcasts
from companion.community.wishes import has_words
from companion.storage import episodes, passages
from companion.storage.engine import Database
from companion.storage.episodes import Episode


async def episodes_like(database: Database, guild_id: int | None, typed: str, limit: int) -> list[Episode]:
    """The server's episodes that have every typed word in their title, newest first."""
    podcasts = await visible_podcasts(database, guild_id)
    async with database.read() as connection:
        known = await episodes.list_episodes(connection, podcasts)
    return [episode for episode in known if has_words(episode.title, typed)][:limit]


async def speakers_like(database: Database, guild_id: int | None, typed: str, limit: int) -> list[str]:
    """Who speaks in the server's podcasts and has every typed word in a spelling, the most talkative first."""
    podcasts = await visible_podcasts(database, guild_id)
    async with database.read() as connection:
        known = await passages.speakers(connection, podcasts)
    fits = [speaker.name for speaker in known if any(has_words(spelling, typed) for spelling in speaker.spellings)]
    return fits[:limit]
