from __future__ import annotations

from dataclasses import replace

import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.community.pre_reading import NOTHING, PASSAGES, PreReading, name_of, pre_reading
from companion.storage import mentions, subscriptions
from companion.storage.engine import Database
from companion.storage.mentions import Link, LinkKind
from companion.storage.papers import Paper, State
from companion.storage.podcasts import Podcast
from tests import samples
from tests.storage.test_papers import BUOYS

GUILD, CAVERS = BUOYS.guild_id, 77


@pytest.fixture
async def bees(database: Database) -> Podcast:
    """The bees' podcast, which the server sees, beside the cavers', which it does not."""
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    caves = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    await samples.embed(database, ToyEncoder())
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, bees.id, database.clock.now())
        await subscriptions.subscribe(connection, CAVERS, caves.id, database.clock.now())
    return bees


def paper(title: str, guild_id: int = GUILD, canonical: str = "arxiv:2603.00001") -> Paper:
    return replace(BUOYS, title=title, guild_id=guild_id, canonical=canonical, state=State.PROPOSED)


async def read(database: Database, wanted: Paper, *, semantic: bool = True) -> PreReading:
    searcher = Searcher(database, EncodingWorker(ToyEncoder()) if semantic else None)
    return await pre_reading(database, searcher, wanted)


async def test_passages_that_speak_of_a_paper_s_subject_are_shown(database: Database, bees: Podcast) -> None:
    for semantic in (True, False):
        found = await read(database, paper("Mites and powdered sugar"), semantic=semantic)

        assert 0 < len(found.passages) <= PASSAGES
        assert "sugar" in found.passages[0].passage.text
        assert {hit.podcast.id for hit in found.passages} == {bees.id}


async def test_nothing_is_shown_of_what_the_archive_does_not_speak_of(database: Database, bees: Podcast) -> None:
    for title in ("Gravitational waves from a binary black hole merger", "Dietary fibre in ageing mice", "…"):
        for semantic in (True, False):
            assert await read(database, paper(title), semantic=semantic) == NOTHING


async def test_nothing_comes_from_a_podcast_that_the_server_does_not_see(database: Database, bees: Podcast) -> None:
    title = "Blind shrimp in the lake"

    assert await read(database, paper(title)) == NOTHING
    assert await read(database, paper(title), semantic=False) == NOTHING
    assert (await read(database, paper(title, CAVERS), semantic=False)).passages
    assert await read(database, paper(title, guild_id=99)) == NOTHING


async def test_a_name_that_a_paper_gives_to_its_subject_finds_where_it_was_said(database: Database) -> None:
    turns = (
        replace(samples.WINTER_TURNS[0], text="We also looked at VQ-Hive last week, which was fun for everybody."),
    )
    podcast = await samples.store_podcast(database, samples.BEES, [samples.reading("Other Things", turns)])
    async with database.write() as connection:
        await subscriptions.subscribe(connection, GUILD, podcast.id, database.clock.now())

    found = await read(database, paper("VQ-Hive: Generating Combs from Descriptions of Combs"), semantic=False)

    assert ["VQ-Hive" in hit.passage.text for hit in found.passages] == [True]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("VQGAN-CLIP: Open Domain Image Generation", "VQGAN-CLIP"),
        ("LoRA: Low-Rank Adaptation", "LoRA"),
        ("Llama 2: Open Foundation Models", "Llama 2"),
        ("Observation: A Method", None),
        ("Attention Is All You Need", None),
        ("Batch Normalization: Accelerating Training", None),
        ("A Study of GPT-4 Users in Three Schools: Results", None),
    ],
)
def test_a_name_is_told_from_an_ordinary_word_by_how_it_is_written(title: str, name: str | None) -> None:
    assert name_of(title) == name


@pytest.mark.parametrize(
    ("canonical", "link"),
    [
        ("arxiv:2603.00001", Link("https://arxiv.org/pdf/2603.00001v1", "it", LinkKind.PAPER, "2603.00001")),
        ("doi:10.1234/hives", Link("https://doi.org/10.1234/HIVES", "it", LinkKind.PAPER, "10.1234/hives")),
        ("url:https://buoys.example/essay", Link("https://buoys.example/essay", "it")),
    ],
)
async def test_episodes_whose_notes_link_to_a_paper_are_named(
    database: Database, bees: Podcast, canonical: str, link: Link
) -> None:
    episode = await samples.only_episode(database, bees)
    async with database.write() as connection:
        await mentions.replace(connection, episode.id, [link, link], [])

    found = await read(database, paper("Something Else Altogether", canonical=canonical))
    assert [(one.episode.id, one.podcast.id) for one in found.mentions] == [(episode.id, bees.id)]
    elsewhere = await read(database, paper("Something Else Altogether", CAVERS, canonical))
    assert elsewhere.mentions == ()
