"""What stands at a place in an episode, for a server that may see it."""

from __future__ import annotations

from dataclasses import dataclass

from companion.archive.links import moment_url
from companion.archive.quoting import quotations_of
from companion.archive.results import Snippet
from companion.community.visibility import visible_podcasts
from companion.storage import episodes, passages, podcasts
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import NotFoundError
from companion.storage.names import named_passage, names_in


class GonePassageError(NotFoundError):
    """A passage that is no longer in the archive, or not in this server's."""

    def __init__(self) -> None:
        super().__init__("This passage is no longer in the archive. Search again with `/search`.")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of an episode, verbatim, turn by turn, with names in place of labels, and the link to their moment.

    ``passage`` is the one in which they begin.
    """

    passage: Passage
    quotes: tuple[Snippet, ...]
    url: str | None

    @property
    def quote(self) -> Snippet:
        """The first turn's."""
        return self.quotes[0]


async def passages_at(database: Database, guild_id: int | None, reference: Reference) -> tuple[list[Passage], Episode]:
    """The passages that a reference means now, the one that shares most with it first, and their episode.

    Raises `GonePassageError` where there is none, or where this server may not see the episode.
    """
    visible = await visible_podcasts(database, guild_id)
    async with database.read() as connection:
        episode = (await episodes.get(connection, [reference.episode_id])).get(reference.episode_id)
        if episode is None or episode.podcast_id not in visible:
            raise GonePassageError
        covering = await passages.at(connection, reference)
    if not covering:
        raise GonePassageError
    return [stored.passage for stored in covering], episode


async def quoted_at(database: Database, guild_id: int | None, reference: Reference) -> Quoted:
    """What the words of a reference are now. Raises `GonePassageError` as `passages_at` does."""
    found, episode = await passages_at(database, guild_id, reference)
    async with database.read() as connection:
        names = await names_in(connection, frozenset({episode.podcast_id}))
        podcast = await podcasts.get(connection, episode.podcast_id)
    named = [named_passage(passage, names, episode.podcast_id, episode.id) for passage in found]
    holds = [one for one in named if one.first_word <= reference.first_word <= one.last_word]
    quotes = quotations_of(named, reference)
    url = moment_url(episode.facts, quotes[0].start, podcast) if podcast else None
    return Quoted((holds or named)[0], tuple(quotes), url)
