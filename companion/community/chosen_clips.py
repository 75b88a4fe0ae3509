"""The clip of a day: what the picker chooses, made into a clip of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import date

from companion.community.clip_spans import NoClipThereError
from companion.community.clips import Clips, Made, ShownClip
from companion.community.daily_posts import Chosen
from companion.community.highlights import Picker, in_words
from companion.storage import clips, highlight_slots
from companion.storage.engine import Database
from companion.storage.errors import NotFoundError
from companion.storage.highlight_history import Stretch

_TRIES = 5
"""Choices of which no new clip can be made, until the day goes without."""


class ChosenClips:
    """Chooses clips for all servers, over one database."""

    def __init__(self, database: Database, picker: Picker) -> None:
        self._database = database
        self._picker = picker
        self._clips = Clips(database, picker.searcher)

    async def choose(self, guild_id: int, day: date, turned_down: Collection[int] = ()) -> Chosen | None:
        """The server's clip for the day, none of those ids; None where nothing is good enough."""

        async def make(stretch: Stretch) -> Made:
            return await self._clips.make(guild_id, None, stretch.episode_id, stretch.first_word, stretch.last_word)

        found = await self._found(guild_id, day, turned_down, make)
        return None if found is None else Chosen(found[0].clip.id, found[1])

    async def preview(self, guild_id: int, day: date) -> tuple[ShownClip, str] | None:
        """What `choose` would find as things are, and why, without making a clip of it."""

        async def plan(stretch: Stretch) -> Made:
            return await self._clips.preview(guild_id, stretch.episode_id, stretch.first_word, stretch.last_word)

        return await self._found(guild_id, day, (), plan)

    async def best_of(self, guild_id: int, episode_id: int) -> ShownClip | None:
        """What is most worth hearing in an episode, without making a clip of it; None where nothing is good enough."""
        choice = await self._picker.best(guild_id, episode_id)
        if choice is None:
            return None
        try:
            made = await self._clips.preview(guild_id, episode_id, choice.first_word, choice.last_word)
        except (NoClipThereError, NotFoundError):
            return None  # its episode has changed since, or is not the server's to see any more
        # What was said before, in another episode, is nothing to hear this one for.
        return made.shown if made.shown.episode.id == episode_id else None

    async def _found(
        self, guild_id: int, day: date, turned_down: Collection[int], made_of: Callable[[Stretch], Awaitable[Made]]
    ) -> tuple[ShownClip, str] | None:
        async with self._database.read() as connection:
            known = [await clips.get(connection, guild_id, clip_id) for clip_id in turned_down]
            posted = await highlight_slots.posted(connection, guild_id, limit=1000)
        refused = [Stretch(one.episode_id, one.first_word, one.last_word) for one in known if one is not None]
        heard = {*turned_down, *(slot.clip_id for slot in posted)}
        for _ in range(_TRIES):
            choice = await self._picker.pick(guild_id, day, refused)
            if choice is None:
                return None
            try:
                shown = (await made_of(choice.stretch)).shown
            except NoClipThereError:
                shown = None
            # What says the same as a clip is that one's, which may have been posted.
            if shown is not None and shown.clip.id not in heard:
                return shown, in_words(choice)
            refused.append(choice.stretch)
        return None
