from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.encoders import load_encoder
from companion.archive.tokens import Vectors
from companion.community.asked_most import AskedMost, SharedQuestions, VectorOf, grouped, may_be_the_same, wordings_of
from companion.storage import blocks, verdicts
from companion.storage.asked import AskedOnce
from companion.storage.blocks import Block
from companion.storage.engine import Database
from companion.storage.searches import Filters
from companion.storage.verdicts import Verdict
from tests.storage.asking import BEES, CAVES, JONAS, LOTTE, PRIYA, REFUSED, asked, deleted

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
HEAT = "how do bees heat the hive in winter"
HEAT_AGAIN = "How do the bees heat their hive in the winter?"
MITES = "how do you count mites with sugar"
SECRET_PLACE = 66


async def no_model(_text: str) -> Vectors | None:
    return None


async def all_alike(_text: str) -> Vectors | None:
    return np.array([1.0, 0.0], np.float32)


async def most(database: Database, vector_of: VectorOf = no_model, limit: int = 5) -> AskedMost:
    now = database.clock.now()
    return await SharedQuestions(database, vector_of).most(
        BEES, now - 7 * DAY, now, lambda place: place != SECRET_PLACE, limit
    )


def texts(found: AskedMost) -> list[tuple[str, int]]:
    return [(one.shown.text, one.members) for one in found.questions]


async def test_what_several_members_asked_counts_as_one_question_once_a_member(database: Database) -> None:
    for member, text in ((PRIYA, MITES), (PRIYA, HEAT), (JONAS, HEAT_AGAIN), (JONAS, HEAT_AGAIN), (LOTTE, HEAT)):
        await asked(database, member_id=member, text=text, ago=DAY)

    found = await most(database)

    assert texts(found) == [(HEAT, 3)]
    assert (found.asked, found.askers) == (5, 3)


async def test_the_answer_that_is_shown_is_one_that_was_marked_right_or_that_found_something(
    database: Database,
) -> None:
    right = await asked(database, member_id=PRIYA, text=HEAT, ago=3 * DAY, message_id=1)
    await asked(database, member_id=JONAS, text=HEAT_AGAIN, ago=2 * DAY, message_id=2)
    await asked(database, member_id=LOTTE, text=HEAT, ago=DAY, message_id=3)
    found_it = await asked(database, member_id=PRIYA, text=MITES, ago=2 * DAY, message_id=4)
    await asked(database, REFUSED, member_id=JONAS, text=MITES, ago=DAY, message_id=5)
    async with database.write() as connection:
        await verdicts.judge(connection, right, LOTTE, Verdict.RIGHT, database.clock.now())

    found = await most(database)

    assert [one.shown.id for one in found.questions] == [right, found_it]


async def test_nothing_is_told_of_closed_places_other_servers_other_times_blocked_members_or_deleted_questions(
    database: Database,
) -> None:
    for member in (JONAS, LOTTE):
        await asked(database, member_id=member, text=HEAT, ago=DAY, channel_id=SECRET_PLACE)
        await asked(database, member_id=member, text=HEAT, ago=DAY, guild_id=CAVES)
        await asked(database, member_id=member, text=HEAT, ago=8 * DAY)
        await deleted(database, await asked(database, member_id=member, text=HEAT, ago=DAY))
    first = await asked(database, member_id=PRIYA, text=MITES, ago=DAY)
    await asked(database, member_id=JONAS, text=HEAT, ago=DAY, follows_id=first)
    await asked(database, None, member_id=JONAS, text=MITES, ago=DAY)
    await asked(database, member_id=JONAS, text=MITES, ago=DAY, message_id=None)
    await asked(database, member_id=LOTTE, text=MITES, ago=DAY)
    async with database.write() as connection:
        await blocks.put(connection, Block(BEES, LOTTE, "", PRIYA, database.clock.now()))

    assert await most(database) == AskedMost((), 1, 1)


async def test_other_filters_make_it_another_question(database: Database) -> None:
    await asked(database, member_id=PRIYA, text=HEAT, ago=DAY)
    await asked(database, member_id=JONAS, text=HEAT, ago=DAY, filters=Filters(episode_id=3))

    assert (await most(database)).questions == ()


async def test_what_only_looks_alike_is_another_question_whatever_a_model_makes_of_it(database: Database) -> None:
    await asked(database, member_id=PRIYA, text="is fine-tuning worth it?", ago=DAY)
    await asked(database, member_id=JONAS, text="is fine-tuning not worth it?", ago=DAY)

    assert (await most(database, all_alike)).questions == ()


async def test_each_wording_is_looked_at_once_by_the_model_however_many_are_nearly_alike(database: Database) -> None:
    nearly = [f"{HEAT} {word}" for word in ("hive", "bees", "heat", "please", "now", "today")]
    for number, text in enumerate(nearly):
        await asked(database, member_id=PRIYA + number, text=text, ago=DAY)
    seen: list[str] = []

    async def looked_at(text: str) -> Vectors | None:
        seen.append(text)
        return await all_alike(text)

    assert [members for _, members in texts(await most(database, looked_at))] == [len(nearly)]
    assert sorted(seen) == sorted(nearly)


async def test_with_the_real_model_other_words_are_known_for_the_same(database: Database) -> None:
    await asked(database, member_id=PRIYA, text="How did the orchard start?", ago=DAY)
    await asked(database, member_id=JONAS, text="how did the orchard get started", ago=DAY)
    encoder = load_encoder(None)

    async def vector_of(text: str) -> Vectors | None:
        return encoder.encode([text])[0]

    assert [one.members for one in (await most(database, vector_of)).questions] == [2]
    assert (await most(database)).questions == ()


async def test_the_most_asked_comes_first_and_no_more_than_wanted(database: Database) -> None:
    for place, text in enumerate((HEAT, MITES, "what is royal jelly")):
        for member in range(2 + place):
            await asked(database, member_id=100 + member, text=text, ago=DAY)

    assert texts(await most(database, limit=2)) == [("what is royal jelly", 4), (MITES, 3)]


def asking(number: int, member: int, text: str) -> AskedOnce:
    at = NOON + timedelta(minutes=number)
    return AskedOnce(number, text, Filters(), member, 20, 1000 + number, at, answerable=True, right=False)


askings = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([HEAT, HEAT_AGAIN, HEAT.upper(), MITES, "what is royal jelly", ""])),
    max_size=12,
).map(lambda some: [asking(number, *one) for number, one in enumerate(some, 1)][::-1])


@given(askings, st.data())
def test_each_asking_is_in_one_group_and_a_group_holds_what_asks_the_same_as_its_first(
    some: Sequence[AskedOnce], data: st.DataObject
) -> None:
    wordings = wordings_of(some)
    pairs = list(combinations(range(len(wordings)), 2))
    same = set(data.draw(st.lists(st.sampled_from(pairs)))) if pairs else set[tuple[int, int]]()

    groups = grouped(wordings, same)

    assert sorted(one.id for group in groups for one in group) == sorted(one.id for one in some)
    first_places = [next(n for n, one in enumerate(wordings) if group[0] in one.askings) for group in groups]
    for leader, group in zip(first_places, groups, strict=True):
        for place, wording in enumerate(wordings):
            if place != leader and set(wording.askings) <= set(group):
                assert (leader, place) in same


@given(askings)
def test_wordings_come_with_those_of_most_members_first(some: Sequence[AskedOnce]) -> None:
    counts = [len(one.members) for one in wordings_of(some)]

    assert counts == sorted(counts, reverse=True)
    assert all(0 <= first < second < len(counts) for first, second in may_be_the_same(wordings_of(some)))
