"""Texts of others that no index has room for, on each engine."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import PrimaryKeyConstraint, Text, UniqueConstraint

from companion.storage import aliases, episode_sources, episodes, mentions, podcasts, schema, transcripts
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.engine import Database
from companion.storage.errors import StorageError
from companion.storage.holdable import LONGEST_KEY, is_key, key_of
from companion.storage.mentions import Link, LinkKind
from companion.storage.names import AliasKind, AliasState
from companion.storage.podcasts import PodcastFacts
from companion.storage.readings import SourceTranscript
from companion.storage.types import Key
from tests.storage.readings import reading, store, store_podcast

LONG = "".join(random.Random(8).choices("abcdefghijklmnopqrstuvwxyzäöü😀", k=9000))
"""Longer than any index has room for, also when it is packed."""


@given(st.text(max_size=100), st.integers(0, 3000))
def test_a_key_has_an_end_and_is_the_key_of_itself(text: str, times: int) -> None:
    long = text * times

    key = key_of(long)

    assert len(key.encode(errors="surrogatepass")) <= LONGEST_KEY
    assert key_of(key) == key
    assert (key == long) == is_key(long)


def test_long_texts_that_differ_have_keys_that_differ() -> None:
    assert key_of(LONG + "a") != key_of(LONG + "b")
    assert key_of(LONG).startswith(LONG[:400])


def test_every_text_in_an_index_is_a_key() -> None:
    """A column that is declared as a text of any length, and put into an index, fails here."""
    unique = [
        one
        for table in schema.metadata.sorted_tables
        for one in table.constraints
        if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)
    ]
    indexes = [index for table in schema.metadata.sorted_tables for index in table.indexes]
    indexed = {column for one in (*unique, *indexes) for column in one.columns}

    assert {column for column in indexed if isinstance(column.type, Text)} == set()
    assert sum(isinstance(column.type, Key) for column in indexed) > 10


async def test_an_episode_with_a_guid_of_any_length_is_stored_once_and_known_again(database: Database) -> None:
    podcast = await store_podcast(database)
    first = await store(database, podcast, reading(LONG))
    again = await store(database, podcast, reading(LONG, title="Another title"))
    other = await store(database, podcast, reading(LONG + "2"))

    async with database.read() as connection:
        assert (await episodes.by_guid(connection, podcast.id, LONG)) == again
        known = await episode_sources.of_podcast(connection, podcast.id)
    assert first.id == again.id != other.id
    assert set(known) == {reading(LONG).facts.guid, other.facts.guid}


async def test_a_transcript_of_an_origin_of_any_length_is_replaced_by_the_next_of_it(database: Database) -> None:
    episode = await store(database, await store_podcast(database), reading("pilot"))
    turns = reading("pilot").turns
    one = SourceTranscript(f"https://example.org/{LONG}", None, None, turns, chosen=False)
    async with database.write() as connection:
        await transcripts.add(connection, episode.id, one, database.clock.now())
        await transcripts.add(connection, episode.id, replace(one, turns=turns[:1]), database.clock.now())
        await transcripts.replace(connection, episode.id, [one], database.clock.now())

    async with database.read() as connection:
        assert [kept.turns for kept in await transcripts.added(connection, episode.id)] == [turns[:1]]


async def test_what_a_link_of_any_length_names_is_found(database: Database) -> None:
    podcast = await store_podcast(database)
    doi = f"10.1000/{LONG}"
    link = Link(f"https://doi.org/{doi}", "a paper", LinkKind.PAPER, doi)
    episode = await store(database, podcast, replace(reading("pilot"), links=(link,)))

    async with database.read() as connection:
        assert await mentions.linking(connection, [doi], [], [podcast.id]) == [episode.id]
        assert await mentions.linking(connection, [doi + "2"], [], [podcast.id]) == []


async def test_a_podcast_whose_address_is_too_long_is_refused_without_naming_it(database: Database) -> None:
    address = f"https://example.org/{LONG}"
    podcast = await store_podcast(database)
    async with database.write() as connection:
        with pytest.raises(StorageError, match=r"longer than 2,000 bytes, which is the most that can be") as refusal:
            await podcasts.upsert(connection, PodcastFacts(address, "T", None, private=False), database.clock.now())
        with pytest.raises(StorageError, match="longer than 2,000 bytes"):
            await podcasts.rekey(connection, podcast.id, address)

    assert "example.org" not in str(refusal.value)


async def test_names_of_any_length_in_a_feed_change_nothing(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("pilot", speakers=(LONG,)))
    alias = Alias(podcast.id, AliasKind.PERSON, LONG, "Ada", AliasState.ACCEPTED, Origin.FEED)
    async with database.write() as connection:
        label = NamedLabel(episode.id, LONG, "Ada")
        assert not await aliases.seed(connection, podcast.id, [alias], [label], database.clock.now())
