from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from companion.storage import corrections, schema
from companion.storage.corrections import About, Mistake, Verdict
from companion.storage.engine import Database
from companion.storage.episodes import Kind, Reference
from companion.storage.podcasts import Podcast
from tests import samples

HERE, ELSEWHERE = 10, 11
ADA, BO, MO = 1, 2, 3
MISHEARD = Mistake(About.TERM, "stalag tight", "Stalactite")
LABELLED = Mistake(About.LABEL, "Piet Vos", "Pieter Vos")


@pytest.fixture
async def podcast(database: Database) -> Podcast:
    return await samples.store_podcast(database, samples.CAVES, samples.cave_readings())


@pytest.fixture
async def place(database: Database, podcast: Podcast) -> Reference:
    return Reference((await samples.only_episode(database, podcast)).id, Kind.SPEECH, 1.5, None, 3, 9)


async def test_a_proposal_comes_back_with_all_who_made_it_their_own(
    database: Database, podcast: Podcast, place: Reference
) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, BO, place, MISHEARD, now)
        assert await corrections.join(connection, made, ADA, now)
        assert not await corrections.join(connection, made, ADA, now)
        (kept,) = await corrections.listed(connection, HERE)

    assert (kept.id, kept.guild_id, kept.podcast_id) == (made, HERE, podcast.id)
    assert (kept.reference, kept.mistake, kept.verdict) == (place, MISHEARD, Verdict.OPEN)
    assert set(kept.proposers) == {ADA, BO}
    assert (kept.proposed_at, kept.decided_by, kept.message_id) == (now, None, None)


async def test_what_is_decided_is_listed_no_more_and_still_known(database: Database, place: Reference) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, now)
        await corrections.decide(connection, made, Verdict.REJECTED, MO, now)

        assert await corrections.listed(connection, HERE) == []
        known = await corrections.get(connection, made)
        assert known is not None
        assert (known.verdict, known.decided_by, known.decided_at) == (Verdict.REJECTED, MO, now)
        assert await corrections.of_member(connection, HERE, ADA) == [known]


async def test_a_servers_proposals_are_its_own(database: Database, podcast: Podcast, place: Reference) -> None:
    async with database.write() as connection:
        await corrections.add(connection, HERE, ADA, place, MISHEARD, database.clock.now())

        assert await corrections.listed(connection, ELSEWHERE) == []
        assert await corrections.of_member(connection, ELSEWHERE, ADA) == []
        assert await corrections.same(connection, ELSEWHERE, podcast.id, place.episode_id, MISHEARD) == []


@pytest.mark.parametrize(
    ("kept", "asked", "is_same"),
    [
        (MISHEARD, replace(MISHEARD, spelling="Stalag  TIGHT", name="stalactite"), True),
        (MISHEARD, replace(MISHEARD, name="Stalagmite"), False),
        (MISHEARD, replace(MISHEARD, about=About.PERSON), False),
        (LABELLED, LABELLED, True),
        (LABELLED, replace(LABELLED, name="pieter vos"), False),
    ],
)
async def test_the_same_is_found_again(
    database: Database, podcast: Podcast, place: Reference, kept: Mistake, asked: Mistake, is_same: bool
) -> None:
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, kept, database.clock.now())
        found = await corrections.same(connection, HERE, podcast.id, place.episode_id, asked)

    assert [one.id for one in found] == ([made] if is_same else [])


async def test_a_label_is_another_in_another_episode_and_a_word_is_not(
    database: Database, podcast: Podcast, place: Reference
) -> None:
    async with database.write() as connection:
        for mistake in (MISHEARD, LABELLED):
            await corrections.add(connection, HERE, ADA, place, mistake, database.clock.now())

        assert len(await corrections.same(connection, HERE, podcast.id, place.episode_id + 1, MISHEARD)) == 1
        assert await corrections.same(connection, HERE, podcast.id, place.episode_id + 1, LABELLED) == []


async def test_who_leaves_a_proposal_leaves_it_to_the_others_and_the_last_takes_it_along(
    database: Database, place: Reference
) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, now)
        await corrections.join(connection, made, BO, now)

        assert not await corrections.leave(connection, made, MO)
        assert await corrections.leave(connection, made, ADA)
        left = await corrections.get(connection, made)
        assert left is not None
        assert left.proposers == (BO,)
        assert await corrections.leave(connection, made, BO)
        assert await corrections.get(connection, made) is None


async def test_what_is_decided_stays_when_nobody_s_name_is_on_it_any_more(database: Database, place: Reference) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, now)
        await corrections.decide(connection, made, Verdict.REJECTED, MO, now)

        assert await corrections.leave(connection, made, ADA)
        left = await corrections.get(connection, made)
        assert left is not None
        assert left.proposers == ()


async def test_one_sender_takes_a_message_over_and_another_after_it_was_refused(
    database: Database, place: Reference
) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, now)
        assert [one.id for one in await corrections.untold(connection)] == [made]

        assert await corrections.claim(connection, made, now)
        assert not await corrections.claim(connection, made, now)
        assert await corrections.untold(connection) == []
        await corrections.release(connection, made)
        assert await corrections.claim(connection, made, now)
        await corrections.told(connection, made, 77, 88)

        known = await corrections.get(connection, made)
        assert known is not None
        assert (known.channel_id, known.message_id) == (77, 88)


async def test_nothing_is_sent_of_what_is_decided(database: Database, place: Reference) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, now)
        await corrections.decide(connection, made, Verdict.ACCEPTED, MO, now)

        assert await corrections.untold(connection) == []
        assert not await corrections.claim(connection, made, now)


async def test_it_goes_with_its_episode(database: Database, place: Reference) -> None:
    async with database.write() as connection:
        made = await corrections.add(connection, HERE, ADA, place, MISHEARD, database.clock.now())
        await connection.execute(delete(schema.episodes).where(schema.episodes.c.id == place.episode_id))

        assert await corrections.get(connection, made) is None
        left = await connection.execute(select(func.count()).select_from(schema.correction_proposers))
        assert left.scalar_one() == 0
