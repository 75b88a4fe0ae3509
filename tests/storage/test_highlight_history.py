"""What a server was shown of highlights, and how its members judged it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from companion.storage import ballots, clips, highlight_history, highlight_slots, schema
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.clips import Clip
from companion.storage.engine import Database
from companion.storage.highlight_history import Decided, Judged, Posted, Stretch
from companion.storage.highlight_slots import DAILY, Slot, State, offer_kind
from tests import samples

GUILD, OTHERS = 7, 8
NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)


@pytest.fixture
async def episode(database: Database) -> int:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    return (await samples.only_episode(database, podcast)).id


async def clip(database: Database, episode: int, first: int, guild: int = GUILD) -> int:
    made = Clip(0, guild, episode, first, first + 49, None, None, True, (), "Bees", None, NOON)
    async with database.write() as connection:
        return await clips.add(connection, made)


async def slot(database: Database, kind: str, day: date, state: State, clip_id: int | None) -> None:
    async with database.write() as connection:
        await highlight_slots.put(connection, Slot(GUILD, kind, day, state, clip_id))


async def vote(
    database: Database, clip_id: int, member: int, value: int, *, guild: int = GUILD, kind: str = CLIP
) -> None:
    row = {
        "subject_kind": kind,
        "subject_id": clip_id,
        "member_id": member,
        "guild_id": guild,
        "value": value,
        "at": NOON,
    }
    async with database.write() as connection:
        await connection.execute(insert(schema.votes), row)


async def test_the_highlights_of_a_server_are_what_it_was_shown_the_latest_first(
    database: Database, episode: int
) -> None:
    first, second = await clip(database, episode, 0), await clip(database, episode, 100)
    await slot(database, DAILY, date(2025, 6, 1), State.POSTED, first)
    await slot(database, DAILY, date(2025, 6, 2), State.CLAIMED, second)
    await slot(database, DAILY, date(2025, 6, 3), State.SKIPPED, None)
    await slot(database, "weekly", date(2025, 6, 2), State.POSTED, first)

    async with database.read() as connection:
        assert await highlight_history.posted(connection, GUILD) == [
            Posted(Stretch(episode, 100, 149), date(2025, 6, 2), daily=True),
            Posted(Stretch(episode, 0, 49), date(2025, 6, 1), daily=True),
        ]
        assert await highlight_history.posted(connection, OTHERS) == []


async def test_what_managers_turned_down_was_shown_but_was_no_highlight(database: Database, episode: int) -> None:
    offered, refused = await clip(database, episode, 0), await clip(database, episode, 100)
    await slot(database, offer_kind(1), date(2025, 6, 1), State.SKIPPED, refused)
    await slot(database, offer_kind(2), date(2025, 6, 1), State.PROPOSED, offered)

    async with database.read() as connection:
        assert await highlight_history.posted(connection, GUILD) == [
            Posted(Stretch(episode, 100, 149), date(2025, 6, 1), daily=False)
        ]


async def test_a_clip_that_stands_in_a_channel_was_shown(database: Database, episode: int) -> None:
    posted = await clip(database, episode, 0)
    await clip(database, episode, 100)
    async with database.write() as connection:
        await ballots.add(connection, Ballot(1, GUILD, 2, Subject(CLIP, posted), NOON))
        await ballots.add(connection, Ballot(2, GUILD, 2, Subject("paper", posted), NOON))

    async with database.read() as connection:
        assert await highlight_history.posted(connection, GUILD) == [
            Posted(Stretch(episode, 0, 49), date(2025, 6, 2), daily=False)
        ]


async def test_votes_on_clips_are_counted_each_way(database: Database, episode: int) -> None:
    liked, disliked = await clip(database, episode, 0), await clip(database, episode, 100)
    await clip(database, episode, 200)
    for member, value in enumerate([1, 1, -1]):
        await vote(database, liked, member, value)
    await vote(database, disliked, 1, -1)
    await vote(database, liked, 1, -1, kind="paper")

    async with database.read() as connection:
        assert await highlight_history.judged(connection, GUILD) == [
            Judged(Stretch(episode, 0, 49), 2, 1),
            Judged(Stretch(episode, 100, 149), 0, 1),
        ]
        assert await highlight_history.judged(connection, OTHERS) == []


async def test_duels_are_counted_for_each_side(database: Database, episode: int) -> None:
    left, right = await clip(database, episode, 0), await clip(database, episode, 100)
    fought = {"guild_id": GUILD, "channel_id": 1, "left_id": left, "right_id": right, "opened_by": 1}
    times = {"opened_at": NOON, "closes_at": NOON}
    async with database.write() as connection:
        await connection.execute(insert(schema.duels), [{"id": 1, **fought, **times}, {"id": 2, **fought, **times}])
        await connection.execute(
            insert(schema.duel_votes),
            [
                {"duel_id": 1, "member_id": member, "clip_id": chosen, "at": NOON}
                for member, chosen in enumerate([left, right, right])
            ],
        )

    async with database.read() as connection:
        assert await highlight_history.decided(connection, GUILD) == [
            Decided(Stretch(episode, 0, 49), Stretch(episode, 100, 149), 1, 2)
        ]
