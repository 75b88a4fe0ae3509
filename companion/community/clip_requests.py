"""Clips that members ask for from a search result: what is proposed to them, and what they make of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from companion.archive.clip_bounds import snapped, word_at
from companion.archive.quoting import words_of
from companion.archive.search import Searcher
from companion.community.clip_spans import NoClipThereError, require_length
from companion.community.clips import Clips, Made
from companion.community.places import GonePassageError, passages_at
from companion.storage import episodes
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference


@dataclass(frozen=True, slots=True)
class Proposed:
    """The clip that a result's words would make: its words, counted in the episode, and its times in seconds."""

    episode_id: int
    first_word: int
    last_word: int
    start: float | None
    end: float | None
    approximate: bool

    @property
    def timed(self) -> bool:
        """Are its times known, at least approximately?"""
        return self.start is not None and self.end is not None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a member makes of a proposal: other times in seconds, None for what stays; or words more (fewer, below 0)
    before and after it."""

    start: float | None = None
    end: float | None = None
    words_before: int = 0
    words_after: int = 0


class ClipRequests:
    """Asks for clips, over one database."""

    def __init__(self, database: Database, searcher: Searcher | None = None) -> None:
        self._database = database
        self._clips = Clips(database, searcher)

    async def propose(
        self, guild_id: int | None, reference: Reference, quoted: tuple[int, int] | None = None
    ) -> Proposed:
        """The clip around the words of a passage that a result ``quoted`` (counted from its first), or around all of
        it. Raises `GonePassageError` and `NoClipThereError`."""
        if reference.kind is not Kind.SPEECH:
            raise NoClipThereError("Show notes cannot be heard: choose a result that was said.")
        found, _ = await passages_at(self._database, guild_id, reference)
        first, after = reference.first_word, reference.last_word + 1
        if quoted is not None:
            first, after = reference.first_word + quoted[0], reference.first_word + quoted[1]
        if not any(words_of(one, first, after) for one in found):
            first, after = found[0].first_word, found[0].last_word + 1
        async with self._database.read() as connection:
            turns = await episodes.turns(connection, reference.episode_id)
        if not turns:
            raise GonePassageError
        span = await asyncio.to_thread(snapped, turns, first, after - 1)
        if span is None:
            raise NoClipThereError("Too little was said there to make a clip of. Choose another result.")
        moment = span.moment
        return Proposed(
            reference.episode_id, moment.first_word, moment.last_word, moment.start, moment.end, moment.approximate
        )

    async def make(
        self, guild_id: int | None, member_id: int, proposed: Proposed, adjusted: Adjustment = Adjustment()
    ) -> Made:
        """The clip as proposed and adjusted. Raises what `Clips.make` does, and `NoClipThereError` for bounds that no
        clip can have."""
        first = proposed.first_word - adjusted.words_before
        last = proposed.last_word + adjusted.words_after
        if adjusted.start is not None or adjusted.end is not None:
            start = proposed.start if adjusted.start is None else adjusted.start
            end = proposed.end if adjusted.end is None else adjusted.end
            if start is not None and end is not None:
                require_length(start, end)
            async with self._database.read() as connection:
                turns = await episodes.turns(connection, proposed.episode_id)
            if adjusted.start is not None:
                first = word_at(turns, adjusted.start) or 0
            if adjusted.end is not None:
                last = word_at(turns, adjusted.end) or 0
        if last < first:
            raise NoClipThereError("Nothing is left of the clip: take fewer words away.")
        return await self._clips.make(guild_id, member_id, proposed.episode_id, max(first, 0), last)
