from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage import passages
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Passage, Reference
from companion.storage.passages import StoredPassage, covering
from tests import samples
from tests.storage.readings import passage, reading, store, store_podcast


def stored(*of_episode: Passage) -> list[StoredPassage]:
    return [StoredPassage(index + 1, 7, one) for index, one in enumerate(of_episode)]


async def test_passages_come_back_by_id_and_missing_ones_are_left_out(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("pilot", ["One.", "Two."]))

    async with database.read() as connection:
        both = await passages.of_episode(connection, episode.id)
        assert await passages.get(connection, [both[1].id, 999]) == {both[1].id: both[1]}
        assert await passages.get(connection, []) == {}


async def test_a_reference_finds_its_passage_again_after_the_episode_was_read_anew(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("pilot", ["One.", "Two.", "Three."]))
    async with database.read() as connection:
        before = (await passages.of_episode(connection, episode.id))[1]
    await store(database, podcast, reading("pilot", ["Uno.", "Dos.", "Tres."]))

    async with database.read() as connection:
        found = await passages.at(connection, before.reference)
        assert [passage.passage.text for passage in found] == ["Dos."]
        assert await passages.get(connection, [before.id]) == {}


async def test_an_id_of_a_passage_is_never_given_to_another(database: Database) -> None:
    podcast = await store_podcast(database)
    seen: set[int] = set()
    for text in ("One.", "Two.", "Three."):
        episode = await store(database, podcast, reading("pilot", [text]))
        async with database.read() as connection:
            ids = {passage.id for passage in await passages.of_episode(connection, episode.id)}
        assert not ids & seen
        seen |= ids


def test_the_passage_that_shares_most_time_comes_first() -> None:
    known = stored(
        passage(0, "a", start=0, end=30), passage(1, "b", start=30, end=90), passage(2, "c", start=90, end=99)
    )

    found = covering(Reference(7, Kind.SPEECH, 25.0, 85.0, 0, 1), known)

    assert [one.passage.text for one in found] == ["b", "a"]


def test_a_reference_without_times_finds_passages_by_their_words() -> None:
    known = stored(passage(0, "a", words=(0, 99)), passage(1, "b", words=(100, 180)))

    assert [one.id for one in covering(Reference(7, Kind.SPEECH, None, None, 100, 150), known)] == [2]


def test_a_reference_with_times_finds_passages_that_have_lost_theirs() -> None:
    known = stored(passage(0, "a", kind=Kind.NOTES, words=(0, 99)), passage(1, "b", kind=Kind.NOTES, words=(100, 180)))

    assert [one.id for one in covering(Reference(7, Kind.NOTES, 5.0, 9.0, 20, 30), known)] == [1]


def test_notes_are_not_mistaken_for_what_was_said_at_the_same_words() -> None:
    known = stored(passage(0, "said", words=(0, 99)), passage(1, "noted", kind=Kind.NOTES, words=(0, 99)))

    found = covering(Reference(7, Kind.NOTES, None, None, 0, 99), known)

    assert [one.passage.text for one in found] == ["noted"]


def test_a_moment_finds_the_passage_that_it_lies_in() -> None:
    known = stored(passage(0, "a", start=0, end=30), passage(1, "b", start=30, end=90))

    assert [one.passage.text for one in covering(Reference(7, Kind.SPEECH, 40.0, None, 0, 0), known)] == ["b"]


@given(st.lists(st.floats(0.5, 300), min_size=1, max_size=20), st.data())
def test_every_passage_of_an_episode_finds_itself_first(lengths: list[float], data: st.DataObject) -> None:
    starts = [sum(lengths[:index]) for index in range(len(lengths))]
    known = stored(*(passage(i, str(i), start=start, end=start + lengths[i]) for i, start in enumerate(starts)))
    one = data.draw(st.sampled_from(known))

    assert covering(one.reference, known)[0] == one


async def test_speakers_are_listed_by_how_often_they_speak_and_only_of_podcasts_that_are_seen(
    database: Database,
) -> None:
    bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")
    await store(database, bees, reading("1", list("abcde"), speakers=["Ada", "Bo", "Ada", None, "Ada"]))
    await store(database, caves, reading("2", speakers=["Piet"]))

    async with database.read() as connection:
        assert await names_of_speakers(connection, frozenset({bees.id})) == ["Ada", "Bo"]
        assert await names_of_speakers(connection, None) == ["Ada", "Piet", "Bo"]
        assert await names_of_speakers(connection, frozenset()) == []


async def names_of_speakers(connection: AsyncConnection, podcasts: frozenset[int] | None) -> list[str]:
    return [speaker.name for speaker in await passages.speakers(connection, podcasts)]


async def test_words_of_an_episode_are_read_across_passages_verbatim(database: Database) -> None:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, podcast)
    words = [word for turn in samples.QUEEN_TURNS for word in turn.text.split()]

    async with database.read() as connection:
        for first, last in ((0, 0), (3, 9), (20, 160), (0, len(words) - 1)):
            found = await passages.spoken(connection, episode.id, first, last)
            assert found.split() == words[first : last + 1]
        assert await passages.spoken(connection, episode.id, len(words), len(words) + 5) == ""
        assert await passages.spoken(connection, 999, 0, 5) == ""
