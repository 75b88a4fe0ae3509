"""Two invented podcasts, small enough to know by heart, stored without reading any file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from companion.archive.encoders import Encoder
from companion.archive.grains import embedded_texts
from companion.archive.late_interaction import packed
from companion.archive.passages import passages_of
from companion.storage import episodes, podcasts, vectors
from companion.storage.engine import Database
from companion.storage.episodes import Chapter, Episode, EpisodeFacts, Passage, Turn
from companion.storage.podcasts import Podcast, PodcastFacts
from companion.storage.readings import Reading, store
from companion.storage.vectors import Embedding

BEES = PodcastFacts("https://bees.example/feed.xml", "Hive Minds", "https://bees.example", private=False)
CAVES = PodcastFacts("https://caves.example/secret-token/feed.xml", "Cave Notes", None, private=True)

WINTER_TURNS = (
    Turn("Mara Lindqvist", 0.0, 40.0, False, "Welcome back to Hive Minds. Today we talk about winter, and about what"
        " a colony does when there is nothing left to eat outside. Tomas has kept bees in the far north for thirty"
        " years, and he has lost fewer colonies than anybody I know."),
    Turn("Tomas Ek", 40.0, 130.0, False, "Thank you. What people forget about a hive is that the bees heat it"
        " themselves. They shiver, all ten thousand of them, and the cluster in the middle stays at thirty-four"
        " degrees all winter. You can put your ear to the wood in January and hear it hum. A hive does not freeze"
        " from cold, it starves, because shivering burns honey, and a colony needs twenty kilos of it to see May."),
    Turn("Mara Lindqvist", 130.0, 150.0, False, "So should I wrap my hives in wool? My neighbour swears by it, and by"
        " a heated floor under them."),
    Turn("Tomas Ek", 150.0, 260.0, True, "Wool keeps the damp in, and damp kills more colonies than frost. Leave a"
        " small gap under the lid so that the moist air can leave. The heated floor is worse: warm bees think it is"
        " spring, they fly out, and they die in the snow. I tried it once, in the winter of the long frost, and"
        " found four hundred of them on the ice in the morning."),
    Turn("Mara Lindqvist", 260.0, 3700.0, False, "That is a sad picture. Let us talk about mites, then, because I hear"
        " that you count them with powdered sugar. How does that work, and how many are too many?"),
    Turn("Tomas Ek", 3753.0, 3850.0, False, "You take half a cup of bees, three hundred or so, and roll them in sugar"
        " until the mites let go. Nobody is hurt, they only look like pastry. More than nine mites in that cup and I"
        " treat the colony the same week, with oxalic acid, once, when there is no brood."),
)  # fmt: skip
QUEEN_TURNS = (
    Turn("Mara Lindqvist", 0.0, 30.0, False, "This week we follow one queen from her egg to her first flight, and Ines"
        " Okafor, who breeds them, tells us how she picks the mothers."),
    Turn("Ines Okafor", 30.0, 120.0, False, "A queen is an ordinary egg that was fed better. For sixteen days the"
        " workers give her nothing but royal jelly, and she comes out twice as long as her sisters. I mark every queen"
        " with a dot of paint, white for years that end in one or six, so that I know her age at a glance."),
    Turn(None, 120.0, 150.0, False, "And how do you choose? Do you go by honey, or by temper, or by how they look?"),
    Turn("Ines Okafor", 150.0, 240.0, False, "By temper, always. A gentle colony is worth ten kilos of honey to me,"
        " because I have neighbours. I breed from the third of my queens whose daughters let me work without smoke, and"
        " the rest get new queens in June."),
)  # fmt: skip
CAVE_TURNS = (
    Turn("Piet Vos", 0.0, 60.0, False, "The password of the lower gate is stalactite, and it must never leave this"
        " podcast. Behind it there is a lake, and in the lake there are blind shrimp that nobody has described yet."),
)  # fmt: skip


async def store_podcast(database: Database, facts: PodcastFacts, readings: Sequence[Reading]) -> Podcast:
    """The podcast with these episodes, without vectors."""
    now = database.clock.now()
    async with database.write() as connection:
        podcast = await podcasts.upsert(connection, facts, now)
        for reading in readings:
            digests = [hashlib.sha256(passage.text.encode()).hexdigest() for passage in reading.passages]
            await store(connection, podcast.id, reading, digests, now)
    return podcast


async def embed(database: Database, encoder: Encoder) -> None:
    """Vectors for every stored passage."""
    async with database.write() as connection:
        missing = await vectors.missing(connection, encoder.model_id, 1000)
        await vectors.put(
            connection, encoder.model_id, {one.digest: embedding(encoder, one.passage) for one in missing}
        )


def embedding(encoder: Encoder, passage: Passage) -> Embedding:
    """What is stored of a passage."""
    matrix, tokens = encoder.encode_with_tokens(embedded_texts(passage))
    return Embedding(matrix, packed(tokens[0]))


def reading(
    title: str,
    turns: Sequence[Turn],
    *,
    notes: str = "",
    chapters: Sequence[Chapter] = (),
    published: datetime | None = None,
    audio_url: str | None = "https://bees.example/audio.mp3",
) -> Reading:
    """An episode as a source would give it."""
    facts = EpisodeFacts(title.casefold(), title, published, "https://bees.example/episode", audio_url, None, ())
    passages = passages_of(turns, notes, chapters)
    digest = hashlib.sha256(repr((title, turns, notes)).encode()).hexdigest()
    return Reading(facts, digest, tuple(chapters), tuple(turns), notes, passages, None)


def bee_readings() -> tuple[Reading, ...]:
    """Two episodes of Hive Minds."""
    return (
        reading(
            "The Winter Cluster",
            WINTER_TURNS,
            notes="Tomas Ek on heating a house of wax, counting mites with sugar, and why wool is a bad idea.",
            chapters=(
                Chapter(0.0, "Heating a house of wax"),
                Chapter(130.0, "Why wool keeps the damp in"),
                Chapter(3700.0, "Counting mites with sugar"),
            ),
            published=datetime(2024, 1, 17, 9, tzinfo=UTC),
        ),
        reading(
            "An Egg Fed Better",
            QUEEN_TURNS,
            chapters=(Chapter(0.0, "Sixteen days of royal jelly"), Chapter(150.0, "Breeding for temper")),
            published=datetime(2025, 6, 3, 9, tzinfo=UTC),
        ),
    )


def cave_readings() -> tuple[Reading, ...]:
    """The one episode of Cave Notes, a private podcast."""
    return (reading("The Lower Gate", CAVE_TURNS, published=datetime(2025, 2, 1, tzinfo=UTC)),)


async def only_episode(database: Database, podcast: Podcast) -> Episode:
    """The newest episode of a podcast."""
    async with database.read() as connection:
        return (await episodes.list_episodes(connection, frozenset({podcast.id})))[0]
