"""Episodes as a source would give them, and their storing, in as few words as a test of storage needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from companion.storage import podcasts, readings
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Episode, EpisodeFacts, Kind, Passage, Person, Piece, Turn
from companion.storage.mentions import EditorsPick, Link, LinkKind, PickOrigin
from companion.storage.podcasts import Podcast, PodcastFacts
from companion.storage.readings import Reading
from companion.storage.vectors import digest_of

SECONDS = 10.0
WORDS = 50


def passage(
    ordinal: int,
    text: str,
    *,
    kind: Kind = Kind.SPEECH,
    start: float | None = None,
    end: float | None = None,
    words: tuple[int, int] | None = None,
) -> Passage:
    """A passage of one piece; ten seconds and fifty words an ordinal where nothing else is given."""
    start = ordinal * SECONDS if start is None and kind is Kind.SPEECH else start
    end = start + SECONDS if start is not None and end is None else end
    first, last = words or (ordinal * WORDS, ordinal * WORDS + WORDS - 1)
    piece = Piece(0, ordinal, "Ada", start, end, approximate=False)
    return Passage(ordinal, kind, "Ada", start, end, False, first, last, "Beginnings", text, (piece,))


def reading(
    guid: str,
    texts: Sequence[str] = ("First things first.", "And then the rest."),
    *,
    title: str | None = None,
    published: datetime | None = datetime(2024, 5, 1, 6, tzinfo=UTC),
    passages: Sequence[Passage] | None = None,
    speakers: Sequence[str | None] = ("Ada",),
) -> Reading:
    """An episode with a turn and, unless they are given, a passage a text; speakers take turns."""
    turns = tuple(
        Turn(
            speakers[index % len(speakers)],
            index * SECONDS,
            (index + 1) * SECONDS,
            index % 2 == 1,
            text,
            index % 3 == 2,
        )
        for index, text in enumerate(texts)
    )
    facts = EpisodeFacts(
        guid,
        title or guid.title(),
        published,
        "https://show.example/1",
        "https://show.example/1.mp3",
        20.0,
        (Person("Ada", "host"), Person("Bo")),
        season=2,
        number=14.5,
        image_url="https://show.example/1.png",
        video_url="https://video.example/1",
    )
    return Reading(
        facts,
        content_hash=f"hash of {texts}",
        chapters=(Chapter(0.0, "Beginnings"), Chapter(None, "Someday", soft=True)),
        turns=turns,
        notes=f"About {guid}.",
        passages=tuple(passages or (passage(index, text) for index, text in enumerate(texts))),
        convention="label before mark",
        links=(Link("https://arxiv.org/abs/2401.00001v2", "the paper", LinkKind.PAPER, "2401.00001"),),
        picks=(EditorsPick(PickOrigin.QUOTATION, "First things", 0.0, 2.0, True, 0, 1, 0.9),),
    )


async def store_podcast(database: Database, title: str = "Loose Ends", *, private: bool = False) -> Podcast:
    """A podcast without episodes."""
    facts = PodcastFacts(f"https://{title.casefold().replace(' ', '-')}.example/feed", title, None, private)
    async with database.write() as connection:
        return await podcasts.upsert(connection, facts, database.clock.now())


async def store(database: Database, podcast: Podcast, episode: Reading) -> Episode:
    """The episode, with a digest a passage."""
    digests = [digest_of([passage.text]) for passage in episode.passages]
    async with database.write() as connection:
        return await readings.store(connection, podcast.id, episode, digests, database.clock.now())
