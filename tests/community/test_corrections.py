from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from companion.community.corrections import AlreadyDecidedError, Corrections, UnknownCorrectionError
from companion.community.keeping import NotKeeperError
from companion.community.proposals import (
    NothingWrongError,
    NotInPassageError,
    NotProposedError,
    Proposals,
    Received,
    TurnedDownError,
)
from companion.storage import aliases, channels, passages, subscriptions
from companion.storage.aliases import Alias, NamedLabel, Origin
from companion.storage.channels import Purpose
from companion.storage.corrections import About, Correction, Mistake, Verdict
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Reference
from companion.storage.errors import CompanionError
from companion.storage.names import AliasKind, AliasState, names_in
from companion.storage.podcasts import Podcast
from tests import samples

HERE, LATER, NOWHERE = 10, 11, 12
ADA, BO, MO, KIM = 1, 2, 3, 4
MISHEARD = Mistake(About.TERM, "lower gate", "Lowgate")
LABEL = Mistake(About.LABEL, "Piet Vos", "Pieter Vos")
CALLED = Mistake(About.PERSON, "Piet Vos", "Pieter Vos")


@pytest.fixture
async def caves(database: Database) -> Podcast:
    """A podcast that one server keeps and another sees."""
    podcast = await samples.store_podcast(database, samples.CAVES, samples.cave_readings())
    now = database.clock.now()
    async with database.write() as connection:
        await subscriptions.subscribe(connection, HERE, podcast.id, now)
        await subscriptions.subscribe(connection, LATER, podcast.id, now + timedelta(days=1))
    return podcast


@pytest.fixture
async def episode(database: Database, caves: Podcast) -> Episode:
    return await samples.only_episode(database, caves)


@pytest.fixture
async def place(database: Database, episode: Episode) -> Reference:
    async with database.read() as connection:
        return (await passages.of_episode(connection, episode.id))[0].reference


async def propose(database: Database, place: Reference, mistake: Mistake, member: int = ADA) -> Correction:
    correction, _ = await Proposals(database).propose(HERE, member, place, None, mistake)
    return correction


async def shown_as(database: Database, caves: Podcast, episode: Episode, label: str = "Piet Vos") -> str:
    async with database.read() as connection:
        return (await names_in(connection, frozenset({caves.id}))).of(caves.id, episode.id, label)


async def test_a_proposal_changes_nothing_until_it_is_accepted(
    database: Database, caves: Podcast, episode: Episode, place: Reference
) -> None:
    for mistake in (LABEL, CALLED, MISHEARD):
        await propose(database, place, mistake)
    assert await shown_as(database, caves, episode) == "Piet Vos"
    open_ones = (await Corrections(database).page(HERE, 0)).proposed

    for one in open_ones:
        await Corrections(database).decide(HERE, one.correction.id, MO, accept=True)

    async with database.read() as connection:
        known = await aliases.listed(connection, [caves.id])
    assert [(one.kind, one.spelling, one.name, one.origin) for one in known] == [
        (AliasKind.PERSON, "piet vos", "Pieter Vos", Origin.MODERATOR),
        (AliasKind.TERM, "lower gate", "Lowgate", Origin.MODERATOR),
    ]
    assert await shown_as(database, caves, episode) == "Pieter Vos"
    assert (await Corrections(database).page(HERE, 0)).total == 0


async def test_of_many_managers_at_once_one_decides(database: Database, place: Reference) -> None:
    correction = await propose(database, place, MISHEARD)
    managers = Corrections(database)

    outcomes = await asyncio.gather(
        *(managers.decide(HERE, correction.id, 100 + nth, accept=nth % 2 == 0) for nth in range(6)),
        return_exceptions=True,
    )

    decided = [one for one in outcomes if not isinstance(one, BaseException)]
    assert len(decided) == 1
    assert all(isinstance(one, AlreadyDecidedError) for one in outcomes if isinstance(one, BaseException))
    known = await managers.get(HERE, correction.id)
    assert known.correction == decided[0].correction
    assert known.correction.decided_by == 100 + outcomes.index(decided[0])


async def test_members_at_once_make_one_proposal_that_is_all_of_theirs(database: Database, place: Reference) -> None:
    proposals = Proposals(database)

    made = await asyncio.gather(*(proposals.propose(HERE, member, place, None, MISHEARD) for member in range(1, 6)))

    assert sorted(received for _, received in made) == [*[Received.JOINED] * 4, Received.NEW]
    assert (await Corrections(database).page(HERE, 0)).total == 1
    assert len((await Corrections(database).get(HERE, made[0][0].id)).correction.proposers) == 5


async def test_what_was_rejected_is_not_asked_again_and_another_is(database: Database, place: Reference) -> None:
    correction = await propose(database, place, MISHEARD)
    await Corrections(database).decide(HERE, correction.id, MO, accept=False)

    with pytest.raises(TurnedDownError):
        await propose(database, place, MISHEARD, BO)
    assert (await propose(database, place, Mistake(About.TERM, "lower gate", "Louvre Gate"), BO)).id != correction.id


async def test_what_was_accepted_and_removed_again_may_be_proposed_again(
    database: Database, caves: Podcast, place: Reference
) -> None:
    correction = await propose(database, place, MISHEARD)
    await Corrections(database).decide(HERE, correction.id, MO, accept=True)
    with pytest.raises(NothingWrongError, match="stands for “Lowgate” already"):
        await propose(database, place, MISHEARD)
    gone = Alias(caves.id, AliasKind.TERM, "lower gate", "Lowgate", AliasState.REJECTED, Origin.MODERATOR)
    async with database.write() as connection:
        await aliases.put(connection, gone, database.clock.now())

    assert (await propose(database, place, MISHEARD)).verdict is Verdict.OPEN


async def test_nobody_proposes_where_nobody_could_accept(database: Database, place: Reference) -> None:
    proposals = Proposals(database)

    with pytest.raises(NotKeeperError, match="The names of “Cave Notes” cannot be changed from this server"):
        await proposals.speakers_at(LATER, place, None)
    with pytest.raises(NotKeeperError):
        await proposals.propose(LATER, ADA, place, None, MISHEARD)


@pytest.mark.parametrize("guild_id", [None, NOWHERE])
async def test_a_place_that_the_server_does_not_see_is_none(
    database: Database, place: Reference, guild_id: int | None
) -> None:
    with pytest.raises(CompanionError) as refused:
        await Proposals(database).propose(guild_id, ADA, place, None, MISHEARD)
    assert "Cave" not in str(refused.value)
    with pytest.raises(CompanionError):
        await Proposals(database).speakers_at(guild_id, place, None)


async def test_another_servers_proposal_can_be_neither_read_nor_decided_nor_withdrawn(
    database: Database, place: Reference
) -> None:
    correction = await propose(database, place, MISHEARD)
    managers = Corrections(database)

    for attempt in (managers.get(LATER, correction.id), managers.decide(LATER, correction.id, KIM, accept=False)):
        with pytest.raises(UnknownCorrectionError):
            await attempt
    with pytest.raises(NotProposedError):
        await Proposals(database).withdraw(LATER, ADA, correction.id)
    assert (await managers.page(LATER, 0)).total == 0
    assert await Proposals(database).of_member(LATER, ADA, place.episode_id) == []


async def test_a_server_that_left_the_podcast_reads_nothing_of_it_any_more(
    database: Database, caves: Podcast, place: Reference
) -> None:
    bees = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    correction = await propose(database, place, MISHEARD)
    async with database.write() as connection:
        await channels.choose(connection, HERE, Purpose.NOTICES, 5, MO, database.clock.now())
        await subscriptions.subscribe(connection, HERE, bees.id, database.clock.now())
        await subscriptions.unsubscribe(connection, HERE, caves.id)

    with pytest.raises(UnknownCorrectionError):
        await Corrections(database).decide(HERE, correction.id, MO, accept=False)
    assert (await Corrections(database).page(HERE, 0)).total == 0
    assert await Corrections(database).untold() == []


async def test_a_person_is_corrected_as_they_are_shown(
    database: Database, caves: Podcast, episode: Episode, place: Reference
) -> None:
    async with database.write() as connection:
        await aliases.name_label(connection, NamedLabel(episode.id, "Piet Vos", "Pete Foss"))

    correction = await propose(database, place, CALLED)
    await Corrections(database).decide(HERE, correction.id, MO, accept=True)

    assert correction.mistake.spelling == "Pete Foss"
    assert await shown_as(database, caves, episode) == "Pieter Vos"


async def test_a_label_that_was_named_wrongly_can_be_given_back_its_own_name(
    database: Database, caves: Podcast, episode: Episode, place: Reference
) -> None:
    async with database.write() as connection:
        await aliases.name_label(connection, NamedLabel(episode.id, "Piet Vos", "Somebody Else"))
    own_name = Mistake(About.LABEL, "Piet Vos", "Piet Vos")

    await Corrections(database).decide(HERE, (await propose(database, place, own_name)).id, MO, accept=True)

    assert await shown_as(database, caves, episode) == "Piet Vos"
    with pytest.raises(NothingWrongError):
        await propose(database, place, own_name)


@pytest.mark.parametrize(
    ("mistake", "error"),
    [
        (Mistake(About.TERM, "upper gate", "Upgate"), NotInPassageError),
        (Mistake(About.LABEL, "piet vos", "Pieter Vos"), NotInPassageError),
        (Mistake(About.PERSON, "Nobody", "Pieter Vos"), NotInPassageError),
        (Mistake(About.LABEL, "Piet Vos", " Piet\nVos "), NothingWrongError),
        (Mistake(About.TERM, "lower gate", "Lower  GATE"), CompanionError),
        (Mistake(About.TERM, "x" * 61, "Lowgate"), CompanionError),
        (Mistake(About.TERM, "lower gate", "x" * 81), CompanionError),
        (Mistake(About.TERM, "lower gate", "\u200b…"), CompanionError),
    ],
)
async def test_what_would_change_nothing_or_fits_nowhere_is_refused(
    database: Database, place: Reference, mistake: Mistake, error: type[CompanionError]
) -> None:
    with pytest.raises(error):
        await propose(database, place, mistake)
    assert (await Corrections(database).page(HERE, 0)).total == 0


async def test_managers_see_the_words_and_how_many_turns_a_label_has(database: Database, place: Reference) -> None:
    await propose(database, place, MISHEARD)
    await propose(database, place, LABEL)

    word, label = (await Corrections(database).page(HERE, 0)).proposed

    assert word.place is not None
    assert label.place is not None
    assert [word.place.quote.text[slice(*span)] for span in word.place.quote.matches] == ["lower gate"]
    assert word.turns == 0
    assert label.turns == 1
    assert label.place.quote.speaker == "Piet Vos"


async def test_managers_are_asked_where_they_want_notices_and_once(database: Database, place: Reference) -> None:
    correction = await propose(database, place, MISHEARD)
    managers = Corrections(database)
    assert await managers.untold() == []
    async with database.write() as connection:
        await channels.choose(connection, HERE, Purpose.NOTICES, 5, MO, database.clock.now())

    ((untold, channel_id),) = await managers.untold()
    claims = await asyncio.gather(*(managers.claim(correction.id) for _ in range(4)))

    assert (untold, channel_id) == (correction, 5)
    (claimed,) = [claim for claim in claims if claim is not None]
    assert claimed.correction == correction
    assert claimed.place is not None
    assert await managers.untold() == []
