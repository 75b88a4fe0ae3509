from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.storage import aliases, index_version
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.names import AliasKind, AliasState, Names, folded, named_passage, names_in
from companion.storage.podcasts import Podcast
from tests.storage.readings import passage, reading, store, store_podcast

PERSON, TERM = AliasKind.PERSON, AliasKind.TERM


def alias(
    podcast: Podcast,
    spelling: str,
    name: str,
    kind: AliasKind = PERSON,
    state: AliasState = AliasState.ACCEPTED,
    origin: Origin = Origin.MODERATOR,
) -> Alias:
    return Alias(podcast.id, kind, spelling, name, state, origin, "because")


async def put(database: Database, *every: Alias) -> None:
    async with database.write() as connection:
        for one in every:
            await aliases.put(connection, one, database.clock.now())


async def seed(
    database: Database, podcast: Podcast, found: Collection[Alias] = (), labels: Collection[NamedLabel] = ()
) -> bool:
    async with database.write() as connection:
        return await aliases.seed(connection, podcast.id, found, labels, database.clock.now())


async def known(database: Database, podcast: Podcast) -> list[Alias]:
    async with database.read() as connection:
        return await aliases.listed(connection, [podcast.id])


async def names(database: Database, *podcasts: Podcast) -> Names:
    async with database.read() as connection:
        return await names_in(connection, frozenset(podcast.id for podcast in podcasts))


async def version(database: Database) -> int:
    async with database.read() as connection:
        return await index_version.current(connection)


async def show(database: Database, title: str = "Loose Ends") -> tuple[Podcast, Episode]:
    """A podcast with an episode in which Ada and SPEAKER 1 talk."""
    podcast = await store_podcast(database, title)
    return podcast, await store(database, podcast, reading("pilot", ["One.", "Two."], speakers=["Ada", "SPEAKER 1"]))


class TestNames:
    async def test_only_what_is_accepted_names_anybody_and_only_in_its_podcast(self, database: Database) -> None:
        here, episode = await show(database)
        there, _ = await show(database, "Other Ends")
        await put(
            database,
            alias(here, "ADA ", "Ada Okafor"),
            alias(here, "bo", "Bo Lund", state=AliasState.PROPOSED),
            alias(here, "cy", "Cy Twist", state=AliasState.REJECTED),
        )

        known = await names(database, here, there)

        assert known.of(here.id, episode.id, "Ada") == "Ada Okafor"
        assert known.of(here.id, episode.id, "Bo") == "Bo"
        assert known.of(here.id, episode.id, "Cy") == "Cy"
        assert known.of(there.id, 99, "Ada") == "Ada"
        assert (await names(database, there)).people == {}

    async def test_a_label_is_named_in_its_episode_alone(self, database: Database) -> None:
        podcast, episode = await show(database)
        async with database.write() as connection:
            await aliases.name_label(connection, NamedLabel(episode.id, "SPEAKER 1", "bo", Origin.MODERATOR))
        await put(database, alias(podcast, "bo", "Bo Lund"))

        known = await names(database, podcast)

        assert known.of(podcast.id, episode.id, "SPEAKER 1") == "Bo Lund"
        assert known.of(podcast.id, episode.id + 1, "SPEAKER 1") == "SPEAKER 1"

    async def test_a_label_named_as_itself_keeps_out_of_the_podcasts_alias(self, database: Database) -> None:
        podcast, episode = await show(database)
        await put(database, alias(podcast, "ada", "Ada Okafor"))
        async with database.write() as connection:
            await aliases.name_label(connection, NamedLabel(episode.id, "Ada", "Ada", Origin.MODERATOR))

        assert (await names(database, podcast)).of(podcast.id, episode.id, "Ada") == "Ada"

    @given(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("ABCD")))
    def test_aliases_that_lead_in_a_circle_end_somewhere(self, spellings: dict[str, str]) -> None:
        known = Names({1: spellings}, {}, {})

        assert known.person(1, "A") in {"A", "B", "C", "D"}

    def test_a_passage_shows_names_and_keeps_its_words(self) -> None:
        given_by = passage(0, "Ada is not here, said Ada.")
        shown = named_passage(given_by, Names({1: {"ada": "Ada Okafor"}}, {}, {}), 1, 7)

        assert (shown.speaker, shown.pieces[0].speaker) == ("Ada Okafor", "Ada Okafor")
        assert shown.text == given_by.text
        assert named_passage(given_by, Names({2: {"ada": "Ada Okafor"}}, {}, {}), 1, 7) is given_by


class TestEffect:
    async def test_a_running_bot_sees_a_name_in_the_episodes_that_it_changes(self, database: Database) -> None:
        podcast, episode = await show(database)
        other = await store(database, podcast, reading("second", speakers=["Zoe"]))
        before = await version(database)
        await put(database, alias(podcast, "ada", "Ada Okafor"))

        after = await version(database)
        async with database.read() as connection:
            rows = await connection.exec_driver_sql("SELECT id, revision FROM episodes")
            revisions = {row.id: row.revision for row in rows}
        assert after > before
        assert revisions[episode.id] == after
        assert revisions[other.id] < after

    async def test_a_term_changes_no_episode_but_is_seen(self, database: Database) -> None:
        podcast, _ = await show(database)
        before = await version(database)
        await put(database, alias(podcast, "bay kernel", "BAK3N-L", TERM))

        async with database.read() as connection:
            rows = await connection.exec_driver_sql("SELECT max(revision) FROM episodes")
            assert rows.scalar_one() <= before
        assert await version(database) > before
        assert (await names(database, podcast)).terms == {podcast.id: {"bay kernel": "BAK3N-L"}}


class TestSeeding:
    async def test_what_a_feed_says_no_more_goes_and_what_is_new_comes(self, database: Database) -> None:
        podcast, episode = await show(database)
        first = alias(podcast, "ada", "Ada Okafor", origin=Origin.FEED)
        assert await seed(database, podcast, [first], [NamedLabel(episode.id, "SPEAKER 1", "Bo")])

        assert await seed(database, podcast, [alias(podcast, "bo", "Bo Lund", origin=Origin.FEED)])

        assert [(one.spelling, one.name) for one in await known(database, podcast)] == [("bo", "Bo Lund")]
        assert (await names(database, podcast)).labels == {}

    async def test_the_same_again_changes_nothing(self, database: Database) -> None:
        podcast, episode = await show(database)
        found = [alias(podcast, "ada", "Ada Okafor", origin=Origin.FEED)], [NamedLabel(episode.id, "SPEAKER 1", "Bo")]
        await seed(database, podcast, *found)
        before = await version(database)

        assert not await seed(database, podcast, *found)
        assert await version(database) == before

    @pytest.mark.parametrize("state", [AliasState.ACCEPTED, AliasState.REJECTED])
    async def test_what_a_moderator_decided_stays(self, database: Database, state: AliasState) -> None:
        podcast, episode = await show(database)
        await put(database, alias(podcast, "ada", "Ada Lovelace", state=state))
        async with database.write() as connection:
            await aliases.name_label(connection, NamedLabel(episode.id, "SPEAKER 1", "Bo", Origin.MODERATOR))

        found = [alias(podcast, "ada", "Ada Okafor", origin=Origin.FEED)]
        assert not await seed(database, podcast, found, [NamedLabel(episode.id, "SPEAKER 1", "Cy")])
        assert not await seed(database, podcast)

        assert [(one.name, one.state) for one in await known(database, podcast)] == [("Ada Lovelace", state)]
        assert (await names(database, podcast)).labels == {episode.id: {"SPEAKER 1": "Bo"}}

    async def test_a_rejected_seed_is_not_sown_again(self, database: Database) -> None:
        podcast, _ = await show(database)
        found = alias(podcast, "ada", "Ada Okafor", origin=Origin.FEED)
        await put(database, alias(podcast, "ada", "Ada Okafor", state=AliasState.REJECTED, origin=Origin.FEED))

        assert not await seed(database, podcast, [found])
        assert (await names(database, podcast)).people == {}

    async def test_a_proposal_takes_no_spelling_that_is_known(self, database: Database) -> None:
        podcast, _ = await show(database)
        await put(database, alias(podcast, "bay kernel", "Bay Colonel", TERM, AliasState.REJECTED))
        async with database.write() as connection:
            proposals = [
                alias(podcast, spelling, "BAK3N-L", TERM, AliasState.PROPOSED, Origin.MINED)
                for spelling in ("Bay Kernel", "Bake Nell")
            ]
            await aliases.propose(connection, proposals, database.clock.now())

        stored = [(one.spelling, one.name, one.state) for one in await known(database, podcast)]
        assert stored == [
            ("bake nell", "BAK3N-L", AliasState.PROPOSED),
            ("bay kernel", "Bay Colonel", AliasState.REJECTED),
        ]


async def test_a_spelling_is_found_in_any_case_and_spacing(database: Database) -> None:
    podcast, _ = await show(database)
    stored = alias(podcast, "bay kernel", "BAK3N-L", TERM)
    await put(database, stored)

    async with database.read() as connection:
        assert await aliases.get(connection, podcast.id, TERM, "  BAY\n Kernel ") == stored
        assert await aliases.get(connection, podcast.id, PERSON, "bay kernel") is None


@given(st.text())
def test_folding_once_is_enough(spelling: str) -> None:
    assert folded(folded(spelling)) == folded(spelling)
