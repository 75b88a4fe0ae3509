"""The clip of a day: what the picker chooses, made into a clip of the server."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from companion.community.clips import Clips, NoClipThereError
from companion.community.daily_posts import Chosen
from companion.community.highlights import Picker, in_words
from companion.storage import clips, highlight_slots
from companion.storage.engine import Database
from companion.storage.highlight_history import Stretch

_TRIES = 5
"""Choices of which no new clip can be made, until the day goes without."""


class ChosenClips:
    """Chooses clips for all servers, over one database."""

    def __init__(self, database: Database, picker: Picker) -> None:
        self._database = database
        self._picker = picker
        self._clips = Clips(database)

    async def choose(self, guild_id: int, day: date, turned_down: Collection[int] = ()) -> Chosen | None:
        """The server's clip for the day, none of those ids; None where nothing is good enough."""
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
                stretch = choice.stretch
                made = await self._clips.create(
                    guild_id, None, stretch.episode_id, stretch.first_word, stretch.last_word
                )
            except NoClipThereError:
                made = None
            # The words of another episode again are that one's clip, which may have been posted.
            if made is not None and made.id not in heard:
                return Chosen(made.id, in_words(choice))
            refused.append(choice.stretch)
        return None
