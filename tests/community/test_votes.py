from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from companion.community.privacy import Privacy
from companion.community.votes import Happened, Votes, VotingRules, What, created, same_emoji, vote
from companion.storage import ballots, schema
from companion.storage.ballots import Subject
from companion.storage.engine import Database
from companion.storage.shards import Shards
from companion.storage.votes import Mark, Reaction, Tally
from tests.clocks import StoppedClock
from tests.engines import Databases
from tests.examples import examples

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
GUILD, CHANNEL = 10, 20
CLIP, OTHER = Subject("clip", 1), Subject("clip", 2)
DAILY, AGAIN, ELSEWHERE = 101, 102, 103
UP, DOWN, CAKE = "👍", "👎", "🎂"
RULES = VotingRules()
A_PODCAST: dict[str, Any] = {"id": 1, "key": "k", "title": "Hive Minds", "private": False, "created_at": NOW}
AN_EPISODE: dict[str, Any] = {
    "id": 1,
    "podcast_id": 1,
    "guid": "g",
    "title": "Winter",
    "people": [],
    "content_hash": "h",
    "notes": "",
    "created_at": NOW,
    "updated_at": NOW,
}
A_CLIP: dict[str, Any] = {
    "id": CLIP.id,
    "guild_id": GUILD,
    "episode_id": 1,
    "first_word": 0,
    "last_word": 9,
    "approximate": False,
    "turns": [],
    "title": "They shiver",
    "made_at": NOW,
}


def account(at: datetime, nth: int = 0) -> int:
    """The id of an account that was made then."""
    return (int((at - datetime(2015, 1, 1, tzinfo=UTC)).total_seconds() * 1000) << 22) + nth


OLD = NOW - timedelta(days=900)
PRIYA, JONAS, MARA = (account(OLD, nth) for nth in range(3))
YOUNG = account(NOW - timedelta(days=2))


def reaction(emoji: str, minutes: int, message_id: int = DAILY, member_id: int = PRIYA) -> Reaction:
    return Reaction(Mark(message_id, member_id, emoji), NOW + timedelta(minutes=minutes))


async def nobody(_connection: object, _subject: Subject) -> int | None:
    return None


async def mara(_connection: object, _subject: Subject) -> int | None:
    return MARA


@pytest.fixture
async def votes(database: Database) -> Votes:
    return await _opened(database)


async def _opened(database: Database) -> Votes:
    made = Votes(database, mara)
    for message_id, subject in ((DAILY, CLIP), (AGAIN, CLIP), (ELSEWHERE, OTHER)):
        await made.open_ballot(message_id, GUILD, CHANNEL, subject)
    return made


def came(member_id: int, emoji: str, minute: int = 0, message_id: int = DAILY, *, burst: bool = False) -> Happened:
    return Happened(What.CAME, message_id, NOW + timedelta(minutes=minute), member_id, emoji, burst)


def went(member_id: int, emoji: str, minute: int = 0, message_id: int = DAILY, *, burst: bool = False) -> Happened:
    return Happened(What.WENT, message_id, NOW + timedelta(minutes=minute), member_id, emoji, burst)


def test_the_last_reaction_that_is_still_there_decides() -> None:
    first, second = reaction(UP, 1), reaction(DOWN, 2, AGAIN)

    assert vote([first], RULES) == (1, first.since)
    assert vote([second, first], RULES) == (-1, second.since)
    assert vote([], RULES) is None


def test_what_contradicts_itself_in_one_instant_counts_for_nothing() -> None:
    assert vote([reaction(UP, 1), reaction(DOWN, 1)], RULES) is None
    assert vote([reaction(UP, 1), reaction(UP, 1, AGAIN)], RULES) == (1, NOW + timedelta(minutes=1))


def test_other_emoji_ones_own_and_young_accounts_do_not_count() -> None:
    assert vote([reaction(CAKE, 1)], RULES) is None
    assert vote([reaction(UP, 1)], RULES, made_by=PRIYA) is None
    assert vote([reaction(UP, 1, member_id=YOUNG)], RULES) is None
    assert vote([reaction(UP, 1, member_id=YOUNG)], VotingRules(account_age=timedelta(days=1))) is not None


def test_shades_and_names_of_an_emoji_are_the_same() -> None:
    assert same_emoji("👍🏽") == same_emoji("👍") != same_emoji("👎")
    assert same_emoji("❤️") == same_emoji("❤")
    assert same_emoji("bee:123") == same_emoji("_:123") != same_emoji("bee:124")
    assert VotingRules(up="bee:123").value("queen:123") == 1
    assert RULES.value("👎🏿") == -1


def test_an_account_is_as_old_as_its_id() -> None:
    assert created(account(OLD)) == OLD


async def test_a_member_has_one_vote_over_all_messages_and_it_can_be_taken_back(votes: Votes) -> None:
    changed = await votes.take([came(PRIYA, UP, 1), came(PRIYA, DOWN, 2, AGAIN), came(JONAS, UP, 3)])
    assert {one.message_id for one in changed} == {DAILY, AGAIN}
    assert await votes.tally(CLIP) == Tally(1, 1)

    await votes.take([went(PRIYA, DOWN, 4, AGAIN)])
    assert await votes.tally(CLIP) == Tally(2, 0)

    await votes.take([went(PRIYA, UP, 5), went(JONAS, UP, 6)])
    assert await votes.tally(CLIP) == Tally()
    assert await votes.tally(OTHER) == Tally()


async def test_a_second_kind_of_the_same_reaction_keeps_the_vote_when_the_first_goes(votes: Votes) -> None:
    await votes.take([came(PRIYA, UP, 1), came(PRIYA, UP, 2, burst=True), went(PRIYA, UP, 3)])
    assert await votes.tally(CLIP) == Tally(1)
    await votes.take([went(PRIYA, UP, 4, burst=True)])
    assert await votes.tally(CLIP) == Tally()


async def test_who_made_it_can_react_and_is_not_counted(votes: Votes) -> None:
    assert await votes.take([came(MARA, UP)]) == []
    assert await votes.tally(CLIP) == Tally()


async def test_reactions_to_other_messages_leave_no_trace(votes: Votes, database: Database) -> None:
    assert await votes.take([came(PRIYA, UP, 1, message_id=999)]) == []
    async with database.read() as connection:
        counted = await connection.execute(select(func.count()).select_from(schema.vote_events))
        assert counted.scalar_one() == 0


async def test_what_is_cleared_or_deleted_is_gone(votes: Votes) -> None:
    await votes.take([came(PRIYA, UP, 1), came(JONAS, DOWN, 1), came(JONAS, UP, 1, ELSEWHERE)])
    await votes.take([Happened(What.CLEARED, DAILY, NOW, emoji=UP)])
    assert await votes.tally(CLIP) == Tally(0, 1)
    await votes.take([Happened(What.CLEARED, DAILY, NOW)])
    assert await votes.tally(CLIP) == Tally()

    await votes.take([Happened(What.DELETED, ELSEWHERE, NOW)])
    assert await votes.tally(OTHER) == Tally()
    assert await votes.shown_on([OTHER]) == []


async def test_a_closed_ballot_keeps_its_votes_and_takes_no_more(votes: Votes) -> None:
    await votes.take([came(PRIYA, UP)])
    await votes.close([DAILY])
    await votes.take([went(PRIYA, UP), came(JONAS, UP)])
    assert await votes.tally(CLIP) == Tally(1)


async def test_a_forgotten_subject_has_no_votes_no_messages_and_no_history(votes: Votes, database: Database) -> None:
    await votes.take([came(PRIYA, UP), came(PRIYA, UP, message_id=ELSEWHERE)])
    await votes.forget(CLIP)

    assert await votes.tallies([CLIP, OTHER]) == {OTHER: Tally(1)}
    assert await votes.shown_on([CLIP]) == []
    async with database.read() as connection:
        rows = await connection.execute(select(schema.vote_events.c.subject_id))
        assert set(rows.scalars()) == {OTHER.id}


async def test_after_an_absence_what_is_there_counts_and_what_is_not_does_not(votes: Votes) -> None:
    await votes.take([came(PRIYA, UP), came(JONAS, DOWN), came(JONAS, CAKE)])
    (ballot,) = [one for one in await votes.to_reconcile(NOW, 10) if one.message_id == DAILY]
    before = await votes.position()
    listed = {(UP, False): {JONAS, MARA}, (UP, True): {YOUNG}, (DOWN, False): set[int]()}

    assert await votes.reconcile(ballot, listed, before, NOW)

    assert await votes.tally(CLIP) == Tally(1)
    assert DAILY not in {one.message_id for one in await votes.to_reconcile(NOW, 10)}
    assert not await votes.reconcile(ballot, listed, await votes.position(), NOW)


async def test_a_process_compares_the_ballots_of_its_own_shards(votes: Votes) -> None:
    theirs = GUILD + (1 << 22)
    await votes.open_ballot(104, theirs, CHANNEL, OTHER)
    first, second = Shards.parse("0/2"), Shards.parse("1/2")

    assert {one.guild_id for one in await votes.to_reconcile(NOW, 10, share=first)} == {GUILD}
    assert {one.guild_id for one in await votes.to_reconcile(NOW, 10, share=second)} == {theirs}
    assert {one.guild_id for one in await votes.to_reconcile(NOW, 10)} == {GUILD, theirs}


async def test_what_happens_while_it_is_listed_is_newer_than_the_list(votes: Votes) -> None:
    await votes.take([came(PRIYA, UP)])
    (ballot,) = [one for one in await votes.to_reconcile(NOW, 10) if one.message_id == DAILY]
    before = await votes.position()
    # Jonas, whom nobody knew of, was listed before he took it back; Priya before she came again.
    await votes.take([went(JONAS, UP), went(PRIYA, UP), came(PRIYA, UP)])

    await votes.reconcile(ballot, {(UP, False): {JONAS}}, before, NOW)

    assert await votes.tally(CLIP) == Tally(1)


MEMBERS = st.sampled_from([PRIYA, JONAS, MARA, YOUNG])
HAPPENINGS = st.lists(
    st.one_of(
        st.builds(
            Happened,
            st.sampled_from([What.CAME, What.CAME, What.WENT]),
            st.sampled_from([DAILY, AGAIN, ELSEWHERE]),
            st.just(NOW),
            MEMBERS,
            st.sampled_from([UP, DOWN, CAKE, "👍🏽"]),
            st.booleans(),
        ),
        st.builds(
            Happened,
            st.just(What.CLEARED),
            st.sampled_from([DAILY, AGAIN]),
            st.just(NOW),
            emoji=st.sampled_from([None, UP, DOWN]),
        ),
    ),
    max_size=30,
)


def _there(happenings: list[Happened]) -> dict[Mark, int]:
    """What is there after all that, and the number of the happening that brought it."""
    there: dict[Mark, int] = {}
    for number, one in enumerate(happenings):
        if one.what is What.CAME:
            there.setdefault(one.mark, number)
        elif one.what is What.WENT:
            there.pop(one.mark, None)
        else:
            gone = [m for m in there if m.message_id == one.message_id and one.emoji in (None, m.emoji)]
            for mark in gone:
                del there[mark]
    return there


@examples(25)
@given(happenings=HAPPENINGS, cuts=st.sets(st.integers(0, 30), max_size=4))
async def test_however_reactions_come_and_go_the_tally_is_that_of_what_is_there(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, happenings: list[Happened], cuts: set[int]
) -> None:
    ticks = count()
    timed = [
        Happened(one.what, one.message_id, NOW + timedelta(seconds=next(ticks)), one.member_id, one.emoji, one.burst)
        for one in happenings
    ]
    async with _database(databases, tmp_path_factory) as database:
        votes = await _opened(database)
        edges = [0, *sorted(cuts), len(timed)]
        for start, end in pairwise(edges):
            await votes.take(timed[start:end])
        last: dict[int, str] = {}
        for mark, _ in sorted(_there(happenings).items(), key=lambda item: item[1]):
            if mark.message_id != ELSEWHERE and mark.emoji != CAKE and mark.member_id not in (MARA, YOUNG):
                last[mark.member_id] = mark.emoji
        ups = sum(emoji != DOWN for emoji in last.values())
        assert await votes.tally(CLIP) == Tally(ups, len(last) - ups)


@examples(25)
@given(seen=HAPPENINGS, missed=HAPPENINGS, repeats=st.integers(1, 2))
async def test_whatever_was_missed_comparing_makes_the_tally_that_of_the_reactions(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    seen: list[Happened],
    missed: list[Happened],
    repeats: int,
) -> None:
    async with _database(databases, tmp_path_factory) as database:
        votes = Votes(database, nobody)
        await votes.open_ballot(DAILY, GUILD, CHANNEL, CLIP)
        await votes.take(seen)
        there = _there([one for one in [*seen, *missed] if one.message_id == DAILY])
        listed: dict[tuple[str, bool], set[int]] = {
            (emoji, burst): {mark.member_id for mark in there if (mark.emoji, mark.burst) == (emoji, burst)}
            for emoji in (UP, DOWN, CAKE, "👍🏽")
            for burst in (False, True)
        }
        for _ in range(repeats):
            (ballot,) = await votes.shown_on([CLIP])
            await votes.reconcile(ballot, listed, await votes.position(), NOW + timedelta(hours=1))

        async with database.read() as connection:
            rows = await connection.execute(select(schema.reactions))
            known = {Mark(row.message_id, row.member_id, row.emoji, row.burst) for row in rows}
            voted = set((await connection.execute(select(schema.votes.c.member_id))).scalars())
        assert known == set(there)
        assert voted <= {mark.member_id for mark in there if mark.emoji != CAKE} - {YOUNG}


@asynccontextmanager
async def _database(databases: Databases, folders: pytest.TempPathFactory) -> AsyncGenerator[Database, None]:
    with databases.new(folders.mktemp("votes")) as url:
        async with await Database.open(url, StoppedClock()) as opened:
            yield opened


async def test_who_is_forgotten_is_counted_once_whatever_discord_goes_on_telling_of_them(
    votes: Votes, database: Database
) -> None:
    await votes.take([came(PRIYA, UP, 1), came(JONAS, UP, 1)])
    await Privacy(database).forget(GUILD, PRIYA)
    assert await votes.tally(CLIP) == Tally(2, 0)

    async with database.read() as connection:
        ballot = (await ballots.open_among(connection, [DAILY]))[DAILY]
    listed = {(UP, False): {PRIYA, JONAS}}
    assert not await votes.reconcile(ballot, listed, await votes.position(), NOW + timedelta(minutes=2))
    await votes.take([came(PRIYA, DOWN, 3, AGAIN)])
    assert await votes.tally(CLIP) == Tally(1, 1)

    await votes.take([went(PRIYA, UP, 4), went(PRIYA, DOWN, 4, AGAIN)])
    assert await votes.tally(CLIP) == Tally(1, 0)


async def test_who_is_forgotten_and_votes_on_something_else_is_themselves_again(
    votes: Votes, database: Database
) -> None:
    await votes.take([came(PRIYA, UP, 1)])
    await Privacy(database).forget(GUILD, PRIYA)

    await votes.take([came(PRIYA, UP, 2, ELSEWHERE)])

    kept = await Privacy(database).kept(GUILD, PRIYA)
    assert {held.place.what: held.rows for held in kept.held}["votes you gave"] == 1
    assert await votes.tally(OTHER) == Tally(1, 0)


async def test_one_s_own_clip_gets_no_vote_of_who_made_it_when_they_are_forgotten(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(insert(schema.podcasts).values(A_PODCAST))
        await connection.execute(insert(schema.episodes).values(AN_EPISODE))
        await connection.execute(insert(schema.clips).values(A_CLIP | {"made_by": PRIYA}))
    votes = Votes(database)
    await votes.open_ballot(DAILY, GUILD, CHANNEL, CLIP)
    await votes.take([came(JONAS, UP, 1), came(PRIYA, UP, 1)])
    await Privacy(database).forget(GUILD, PRIYA)

    await votes.take([went(PRIYA, UP, 2), came(PRIYA, DOWN, 2), came(PRIYA, UP, 3)])

    assert await votes.tally(CLIP) == Tally(1, 0)
