"""Other transcripts of known episodes: recognised by what they say, kept, and chosen where they tell more.

A page, a file or a machine may hold what a feed's episode says. It is then no episode of its own: it is added to the
known one, stays there however often the feed is read, and competes with the feed's transcripts for the turns.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from companion.archive.grains import embedded_texts
from companion.archive.readings import reading_of
from companion.archive.sameness import Sketch, Sketches, packed, same_talk, same_title, sketch_of, unpacked
from companion.archive.transcripts.reader import best_of
from companion.archive.transcripts.transcript import Transcript
from companion.storage import episode_sources, episodes, podcasts, readings, sketches, transcripts, vectors
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Turn
from companion.storage.mentions import PickOrigin
from companion.storage.podcasts import Podcast
from companion.storage.readings import Reading, SourceTranscript

OF_A_FILE = "file:"
"""What the guids of episodes begin with that are a file's, not a feed's."""
OF_THE_SOURCE = "the episode's source"
"""The origin of the only transcript that a source has."""
_LEAST_LENGTH = 0.5
"""Of the longest transcript, that another must have to be chosen for anything else."""


@dataclass(frozen=True, slots=True)
class Known:
    """An episode of the archive that a transcript is of. ``share`` of the transcript's words are in the episode's too;
    None where the episode has no transcript, and was known by its title."""

    episode: Episode
    share: float | None


class Recogniser:
    """Knows episodes of the archive by what is said in them. Made for one ingest: of files, which may be transcripts of
    any episode, or (``of_files``) of a feed, whose episodes may be in the archive as files."""

    def __init__(self, database: Database, *, of_files: bool) -> None:
        self._database = database
        self._of_files = of_files
        self._sketches: Sketches | None = None

    async def known(self, reading: Reading) -> Known | None:
        """The episode that a reading is of; None where it is of none, or of one of two."""
        if self._sketches is None:
            self._sketches = await self._read()
        spoken = self._sketches
        if self._of_files and not len(spoken):
            return None
        text = _words(reading)
        likely = spoken.candidates(await asyncio.to_thread(sketch_of, text))
        async with self._database.read() as connection:
            texts = {key: _joined(await episodes.turns(connection, key)) for key in likely}
            known = await episodes.get(connection, likely)
        found = await asyncio.to_thread(same_talk, text, texts)
        return await self._named(reading, spoken) if found is None else Known(known[found[0]], found[1].share)

    def add(self, episode_id: int, sketch: bytes | None) -> None:
        """An episode with this kept sketch is in the archive now."""
        known = None if sketch is None else unpacked(sketch)
        if self._sketches is not None and known is not None:
            self._sketches.add(episode_id, known)

    def forget(self, episode_id: int) -> None:
        """The episode is no file's any more."""
        if self._sketches is not None:
            self._sketches.forget(episode_id)

    async def _named(self, reading: Reading, spoken: Sketches) -> Known | None:
        """The one episode of the same title, where one of the two has no words to compare."""
        if bool(reading.turns) == self._of_files:
            return None
        async with self._database.read() as connection:
            every = await episodes.list_episodes(connection, None)
        alike = [
            episode
            for episode in every
            if same_title(episode.title, reading.facts.title)
            and is_of_a_file(episode.facts.guid) == self._of_files == (episode.id in spoken)
        ]
        return Known(alike[0], None) if len(alike) == 1 else None

    async def _read(self) -> Sketches:
        """The sketches that are kept, and those that are not made yet, which are kept from now on."""
        stored = await asyncio.to_thread(sketches.stored, self._database.address, of_files=self._of_files)
        known = {key: unpacked(data) if data else None for key, data in stored.items()}
        missing = [key for key, sketch in known.items() if sketch is None]
        made = await asyncio.to_thread(self._made, missing)
        if made:
            async with self._database.write() as connection:
                await sketches.complete(connection, {key: packed(sketch) for key, sketch in made.items()})
        return Sketches({key: sketch for key, sketch in (known | made).items() if sketch is not None})

    def _made(self, missing: Sequence[int]) -> dict[int, Sketch]:
        return {key: sketch_of(text) for key, text in transcripts.spoken_texts(self._database.address, missing)}


def kept_sketch(reading: Reading) -> bytes | None:
    """What an episode is known by, to be stored with it; None without a transcript."""
    return packed(sketch_of(_words(reading))) if reading.turns else None


def is_of_a_file(guid: str) -> bool:
    """Is it the guid of an episode that was read from a file, not from a feed?"""
    return guid.startswith(OF_A_FILE)


def offered_by(reading: Reading) -> tuple[SourceTranscript, ...]:
    """The transcripts of a reading, to be added to another episode."""
    origin = reading.facts.guid.removeprefix(OF_A_FILE)
    own = SourceTranscript(origin, None, reading.convention, reading.turns, chosen=False)
    return reading.transcripts or (own,)


async def competing(database: Database, podcast_id: int, reading: Reading) -> Reading:
    """The reading of a source, with the transcripts that were added to its episode: the best of all is chosen."""
    async with database.read() as connection:
        known = await episodes.by_guid(connection, podcast_id, reading.facts.guid)
        added = await transcripts.added(connection, known.id) if known else []
    return await asyncio.to_thread(best_chosen, reading, added) if added else reading


def best_chosen(reading: Reading, added: Sequence[SourceTranscript]) -> Reading:
    """The reading with the turns of the transcript that tells most, of the source's and those added."""
    own = SourceTranscript(OF_THE_SOURCE, None, reading.convention, reading.turns, chosen=True)
    offered = [*(reading.transcripts or ((own,) if reading.turns else ())), *added]
    best = _most_telling(offered)
    marked = tuple(replace(one, chosen=one is best) for one in offered)
    if best.turns == reading.turns:
        digest = hashlib.sha256(repr((reading.content_hash, [astuple(one) for one in marked])).encode())
        return replace(reading, transcripts=marked, content_hash=digest.hexdigest())
    chosen = reading_of(
        reading.facts,
        Transcript(best.turns, convention=best.convention),
        reading.notes,
        reading.chapters,
        links=reading.links,
        picks=[pick for pick in reading.picks if pick.origin is PickOrigin.SOUNDBITE],
        transcripts=marked,
    )
    return replace(chosen, source_hash=reading.source_hash)


async def link(database: Database, episode: Episode, offered: Sequence[SourceTranscript]) -> bool:
    """Adds transcripts to an episode, in place of added ones of the same origin; the best of all gives the turns.

    Says whether anything changed.
    """
    while True:
        async with database.read() as connection:
            before = (await episodes.get(connection, [episode.id]))[episode.id]
            reading = await transcripts.reading(connection, before)
            added = {one.origin: one for one in await transcripts.added(connection, episode.id)}
        if all(one.origin in added and added[one.origin].turns == one.turns for one in offered):
            return False
        added |= {one.origin: one for one in offered}
        chosen = await asyncio.to_thread(best_chosen, reading, list(added.values()))
        digests = [vectors.digest_of(embedded_texts(passage)) for passage in chosen.passages]
        sketch = await asyncio.to_thread(kept_sketch, chosen)
        async with database.write() as connection:
            now = database.clock.now()
            if (await episodes.get(connection, [episode.id]))[episode.id] != before:
                continue  # it was read again meanwhile
            for one in offered:
                await transcripts.add(connection, episode.id, one, now)
            await readings.store(connection, before.podcast_id, chosen, digests, now, sketch)
            await transcripts.replace(connection, episode.id, chosen.transcripts, now)
            return True


async def adopt(database: Database, podcast: Podcast, guid: str, known: Episode) -> None:
    """An episode that was read from a file becomes the one of a feed, with its id; what it has are added transcripts.

    What is left of its podcast without it goes if that is nothing.
    """
    async with database.write() as connection:
        now = database.clock.now()
        reading = await transcripts.reading(connection, known)
        await transcripts.replace(connection, known.id, (), now)
        for one in offered_by(reading) if reading.turns else ():
            await transcripts.add(connection, known.id, replace(one, chosen=False), now)
        await episode_sources.move(connection, known.id, podcast.id, guid)
        await podcasts.remove_if_empty(connection, known.podcast_id)


def _most_telling(offered: Sequence[SourceTranscript]) -> SourceTranscript:
    """The one that tells most of those that have half of the longest one's words at least."""
    lengths = [sum(len(turn.text) for turn in one.turns) for one in offered]
    whole = [one for one, length in zip(offered, lengths, strict=True) if length >= _LEAST_LENGTH * max(lengths)]
    read = [Transcript(one.turns) for one in whole]
    best = best_of(read)
    return next(one for one, transcript in zip(whole, read, strict=True) if transcript is best)


def _words(reading: Reading) -> str:
    return _joined(reading.turns)


def _joined(turns: Sequence[Turn]) -> str:
    return " ".join(turn.text for turn in turns)
