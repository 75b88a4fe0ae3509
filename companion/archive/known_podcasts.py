"""Which podcast of the archive a source is: known by its address or name, by its feed's own guid, or by its texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from companion.archive.identity import renamed
from companion.archive.sources import OpenedSource, is_address
from companion.storage import episode_sources, episodes, podcasts
from companion.storage.engine import Database
from companion.storage.episode_sources import KnownSource
from companion.storage.episodes import Episode, EpisodeFacts
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast, PodcastFacts


class KnownSourceError(CompanionError):
    """A source that is in the archive under another name."""


class KnownPodcastError(CompanionError):
    """A feed that is a known public podcast's, at another address."""

    def __init__(self, podcast: Podcast) -> None:
        super().__init__(f"It is the feed of “{podcast.title}”, which is in the archive already.")
        self.podcast = podcast


async def podcast_of(
    database: Database, opened: OpenedSource, hashes: Mapping[str, str], *, apart: bool = False
) -> tuple[Podcast, dict[str, KnownSource], list[str]]:
    """The podcast that a source is, stored or brought up to date; the episodes that it has, by the guids that the
    source gives them now; and sentences on what was found out.

    ``hashes`` are those of what the source says of each episode, by guid. Raises `KnownSourceError` where the source is
    a part of another podcast, and, where it shall be kept ``apart`` from podcasts of other addresses,
    `KnownPodcastError` for one that is found at another address.
    """
    facts = [episode.facts for episode in opened.episodes]
    source = opened.podcast
    if is_address(source.key):
        remarks = await _moved(database, source, facts, apart=apart)
    else:
        source, remarks = await _held_already(database, source, hashes, titled=opened.titled)
    async with database.write() as connection:
        podcast = await podcasts.upsert(connection, source, database.clock.now())
        if opened.feed:
            before = await episodes.list_episodes(connection, frozenset((podcast.id,)))
            for guid, old in _renamed(before, facts).items():
                await episode_sources.rename(connection, old, guid)
        return podcast, await episode_sources.of_podcast(connection, podcast.id), remarks


def _renamed(before: Collection[Episode], facts: Collection[EpisodeFacts]) -> dict[str, int]:
    """The episodes that their feed has under another guid than before: ids by the new guid."""
    ids = {episode.facts.guid: episode.id for episode in before}
    return {guid: ids[old] for guid, old in renamed([episode.facts for episode in before], facts).items()}


async def _moved(
    database: Database, source: PodcastFacts, facts: Collection[EpisodeFacts], *, apart: bool
) -> list[str]:
    """A feed with the guid of a known one is that at another address, if they have an episode in common.

    That is asked because some feeds copy their guid from a template. A private feed may have the public one's, and
    neither is ever taken for the other: who sees one may not see the other.
    """
    if source.guid is None or source.private:
        return []
    async with database.write() as connection:
        if await podcasts.by_key(connection, source.key) is not None:
            return []
        for known in await podcasts.by_guid(connection, source.guid):
            held = await episodes.list_episodes(connection, frozenset((known.id,)))
            guids = {episode.facts.guid for episode in held}
            if not known.private and (any(one.guid in guids for one in facts) or _renamed(held, facts)):
                if apart:
                    raise KnownPodcastError(known)
                await podcasts.rekey(connection, known.id, source.key)
                return [f"{known.title} was read from another address before: it is asked at this one from now on."]
    return []


async def _held_already(
    database: Database, source: PodcastFacts, hashes: Mapping[str, str], *, titled: bool
) -> tuple[PodcastFacts, list[str]]:
    """Texts that are in the archive under another title are the same podcast, which is called anew where that title is
    more than a folder's; or they are episodes of a larger one, and are not stored twice."""
    async with database.write() as connection:
        if await podcasts.by_key(connection, source.key) is not None:
            return source, []
        same = await episode_sources.with_hashes(connection, hashes.values())
        for podcast_id in sorted({known.podcast_id for known in same if _reads_alike(known, hashes)}):
            podcast = await podcasts.get(connection, podcast_id)
            if podcast is None or is_address(podcast.key):
                continue
            held = (await episode_sources.of_podcast(connection, podcast_id)).values()
            alike = sum(_reads_alike(known, hashes) for known in held)
            # Some may read differently now, or could not be read whole before.
            if 2 * alike > len(held) and all(known.guid in hashes for known in held):
                if not titled:
                    return replace(source, key=podcast.key, title=podcast.title), []
                await podcasts.rekey(connection, podcast_id, source.key)
                return source, [f"{podcast.title} holds the same texts: it is called {source.title} from now on."]
            if alike == len(hashes):
                raise KnownSourceError(
                    f"It is in the archive already, in the podcast “{podcast.title}”, and was not stored again."
                    f" Give --title {podcast.title!r} to bring it up to date there."
                )
    return source, []


def _reads_alike(known: KnownSource, hashes: Mapping[str, str]) -> bool:
    """Does the source say of the episode, under its guid, just what was read before?"""
    return known.source_hash is not None and hashes.get(known.guid) == known.source_hash
