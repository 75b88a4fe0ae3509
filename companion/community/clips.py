"""Clips: spans of episodes that members and the picker make, show and delete, each in its server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from companion.archive.clip_bounds import snapped, title_of
from companion.archive.links import moment_url
from companion.archive.moments import FEWEST_WORDS
from companion.archive.search import Searcher
from companion.community.clip_spans import NoClipThereError, require_length, words_between
from companion.community.episode_pages import EpisodePages
from companion.community.near_clips import NearClips
from companion.community.visibility import OutsideServersError, visible_podcasts
from companion.community.wishes import has_words
from companion.storage import clip_vectors, clips, episodes, podcasts
from companion.storage.clips import Clip, ClipTurn
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Kind, Reference, Turn
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import names_in
from companion.storage.podcasts import Podcast

MOST = 200
"""Clips that a member may have made in one server."""
PER_PAGE = 5
USUAL = 45.0
"""Seconds of a clip whose end is not given."""


class GoneClipError(NotFoundError):
    """A clip that was deleted, or never was, or is not this server's to see."""

    def __init__(self) -> None:
        super().__init__("There is no such clip here any more. `/clip random` shows one of those that there are.")


class NoClipsError(NotFoundError):
    """A server without clips."""

    def __init__(self) -> None:
        super().__init__(
            "There are no clips here yet. Make the first: `/clip create`, or **Context** under a search result and then"
            " **Clip it**."
        )


class EnoughClipsError(CompanionError):
    """The member made as many as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"You have made {MOST} clips here, which is all there is room for: delete some first with `/clip delete`."
        )


class NotTheirClipError(CompanionError):
    """Somebody wants to delete what another made."""

    def __init__(self) -> None:
        super().__init__(
            "Only who made this clip can delete it, and whoever may manage messages in this channel: ask one of them."
        )


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip with names in place of labels, its episode and podcast, and the link to its beginning."""

    clip: Clip
    episode: Episode
    podcast: Podcast
    url: str | None

    @property
    def reference(self) -> Reference:
        """Where in the archive it is."""
        clip = self.clip
        return Reference(clip.episode_id, Kind.SPEECH, clip.start, clip.end, clip.first_word, clip.last_word)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who is heard in it, in the order they speak."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.clip.turns if turn.speaker))


@dataclass(frozen=True, slots=True)
class Made:
    """What a request for a clip came to: a new one, or the one that was there and is nearly the same."""

    shown: ShownClip
    new: bool


@dataclass(frozen=True, slots=True)
class ClipPage:
    """Some of a member's clips, the last one first; ``page`` counts from 0."""

    clips: tuple[ShownClip, ...]
    page: int
    pages: int
    total: int


class Clips:
    """The clips of all servers, in one database. With a ``searcher`` that has a model, what says nearly the same is
    known by meaning too."""

    def __init__(self, database: Database, searcher: Searcher | None = None) -> None:
        self._database = database
        self._episodes = EpisodePages(database)
        self._near = NearClips(database, searcher)

    async def create(
        self, guild_id: int, member_id: int | None, episode_id: int, first_word: int, last_word: int
    ) -> Clip:
        """The clip nearest to these words of the episode's speech; the first one, where one nearly the same is there.

        ``member_id`` is None for the picker. Raises `NoClipThereError`, `EnoughClipsError`, and `GoneEpisodeError` for
        an episode that the server does not see.
        """
        return (await self.make(guild_id, member_id, episode_id, first_word, last_word)).shown.clip

    async def make(
        self, guild_id: int | None, member_id: int | None, episode_id: int, first_word: int, last_word: int
    ) -> Made:
        """As `create`, with all that is shown of the clip, and whether it is new."""
        episode = await self._episodes.episode(guild_id, episode_id)
        async with self._database.read() as connection:
            turns = await episodes.turns(connection, episode_id)
        return await self._kept(await self._drafted(guild_id, member_id, episode, turns, first_word, last_word))

    async def preview(self, guild_id: int | None, episode_id: int, first_word: int, last_word: int) -> Made:
        """What the picker would `make` of these words; a new one has no id, for nobody has it. Raises as `create`."""
        episode = await self._episodes.episode(guild_id, episode_id)
        async with self._database.read() as connection:
            turns = await episodes.turns(connection, episode_id)
        draft = await self._drafted(guild_id, None, episode, turns, first_word, last_word)
        meaning, seen = await self._near.meaning(draft.text), await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            first = await self._near.first_like(connection, draft, meaning, seen)
        return Made((await self._shown(guild_id, [first or draft]))[0], new=first is None)

    async def make_between(
        self, guild_id: int | None, member_id: int, name: str, start: float, end: float | None = None
    ) -> Made:
        """The same for seconds of the episode of that id or title. Without an ``end`` it is some 45 seconds long.

        Raises what `create` does, and `NotFoundError` with the titles that a name could mean.
        """
        seen = await visible_podcasts(self._database, guild_id)
        end = start + USUAL if end is None else end
        require_length(start, end)
        async with self._database.read() as connection:
            episode = await episodes.find(connection, name[:200], seen)
            turns = await episodes.turns(connection, episode.id)
        first_word, last_word = words_between(turns, episode, start, end)
        return await self._kept(await self._drafted(guild_id, member_id, episode, turns, first_word, last_word))

    async def shown(self, guild_id: int | None, clip_id: int) -> ShownClip:
        """The server's clip. Raises `GoneClipError` where there is none, or where its podcast is no longer seen."""
        return (await self._shown(guild_id, [await self._get(guild_id, clip_id)]))[0]

    async def random(self, guild_id: int | None, seed: int) -> ShownClip:
        """One of the server's clips, the same for the same seed. Raises `NoClipsError` where there is none."""
        known = await self._visible(guild_id)
        if not known:
            raise NoClipsError
        return (await self._shown(guild_id, [random.Random(seed).choice(known)]))[0]

    async def of_member(self, guild_id: int | None, member_id: int, page: int = 0) -> ClipPage:
        """A page of what the member made here; the last page for one that is behind it."""
        theirs = [clip for clip in await self._visible(guild_id) if clip.made_by == member_id]
        pages = max((len(theirs) + PER_PAGE - 1) // PER_PAGE, 1)
        page = min(page, pages - 1)
        some = await self._shown(guild_id, theirs[page * PER_PAGE : (page + 1) * PER_PAGE])
        return ClipPage(tuple(some), page, pages, len(theirs))

    async def like(
        self, guild_id: int | None, typed: str, limit: int, *, member_id: int | None = None
    ) -> list[tuple[Clip, Episode]]:
        """The server's clips that have every typed word in title or episode, the last one first; a member's only, for
        ``member_id``."""
        known = [clip for clip in await self._visible(guild_id) if member_id is None or clip.made_by == member_id]
        async with self._database.read() as connection:
            of = await episodes.get(connection, list({clip.episode_id for clip in known}))
        named = [(clip, of[clip.episode_id]) for clip in known if clip.episode_id in of]
        return [one for one in named if has_words(f"{one[0].title} {one[1].title}", typed)][:limit]

    async def delete(self, guild_id: int | None, member_id: int, clip_id: int, *, moderates: bool) -> Clip:
        """Deletes the clip for who made it and those who moderate. Raises `GoneClipError` and `NotTheirClipError`."""
        clip = await self._get(guild_id, clip_id)
        if not moderates and clip.made_by != member_id:
            raise NotTheirClipError
        async with self._database.write() as connection:
            if not await clips.remove(connection, clip.guild_id, clip_id):
                raise GoneClipError
        return clip

    async def _get(self, guild_id: int | None, clip_id: int) -> Clip:
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            clip = await clips.get(connection, guild_id, clip_id)
        if clip is None:
            raise GoneClipError
        return clip

    async def _visible(self, guild_id: int | None) -> list[Clip]:
        seen = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            return await clips.of_guild(connection, guild_id or 0, seen)

    async def _drafted(
        self,
        guild_id: int | None,
        member_id: int | None,
        episode: Episode,
        turns: Sequence[Turn],
        first_word: int,
        last_word: int,
    ) -> Clip:
        """The clip nearest to these words, not stored. Raises `NoClipThereError`."""
        if guild_id is None:
            raise OutsideServersError
        span = await asyncio.to_thread(snapped, turns, first_word, last_word)
        if span is None:
            raise NoClipThereError(
                f"There is too little to make a clip of: it takes {FEWEST_WORDS} words. Choose another place, or more"
                " of this one."
            )
        moment = span.moment
        return Clip(
            id=0,
            guild_id=guild_id,
            episode_id=episode.id,
            first_word=moment.first_word,
            last_word=moment.last_word,
            start=moment.start,
            end=moment.end,
            approximate=moment.approximate,
            turns=tuple(ClipTurn(turns[turn].speaker, turns[turn].uncertain, text) for turn, text in span.turns),
            title=title_of([text for _, text in span.turns]),
            made_by=member_id,
            made_at=self._database.clock.now(),
        )

    async def _kept(self, clip: Clip) -> Made:
        """Stores a draft, unless the server has one that says nearly the same. Raises `EnoughClipsError`."""
        meaning, seen = await self._near.meaning(clip.text), await visible_podcasts(self._database, clip.guild_id)
        async with self._database.write() as connection:
            first = await self._near.first_like(connection, clip, meaning, seen)
            if first is None:
                theirs = clip.made_by
                if theirs is not None and await clips.count_of_member(connection, clip.guild_id, theirs) >= MOST:
                    raise EnoughClipsError
                clip = replace(clip, id=await clips.add(connection, clip))
                if meaning is not None:
                    await clip_vectors.put(connection, clip.id, meaning)
        shown = await self._shown(clip.guild_id, [first or clip])
        return Made(shown[0], new=first is None)

    async def _shown(self, guild_id: int | None, wanted: Sequence[Clip]) -> list[ShownClip]:
        """All that is shown of these clips. Raises `GoneClipError` where the server does not see one's podcast."""
        seen = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            of = await episodes.get(connection, list({clip.episode_id for clip in wanted}))
            known = await podcasts.by_ids(connection, {episode.podcast_id for episode in of.values()})
            names = await names_in(connection, frozenset(known))
        shown: list[ShownClip] = []
        for clip in wanted:
            episode = of.get(clip.episode_id)
            if episode is None or episode.podcast_id not in seen:
                raise GoneClipError
            podcast = known[episode.podcast_id]
            named = tuple(
                replace(turn, speaker=names.of(podcast.id, episode.id, turn.speaker)) if turn.speaker else turn
                for turn in clip.turns
            )
            url = moment_url(episode.facts, clip.start, podcast)
            shown.append(ShownClip(replace(clip, turns=named), episode, podcast, url))
        return shown
