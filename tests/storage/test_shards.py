from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import literal, select

from companion.storage.engine import Database
from companion.storage.shards import Shards
from companion.storage.types import Snowflake

SERVERS = [81384788765712384 + 7919 * 4194304 * number for number in range(400)]
"""Ids as Discord gives them."""


@pytest.mark.parametrize(
    ("written", "ids", "count"),
    [("0-3/8", [0, 1, 2, 3], 8), ("4-7/8", [4, 5, 6, 7], 8), ("5/8", [5], 8), (" 0-0/1 ", [0], 1)],
)
def test_shards_are_written_as_a_range_of_how_many(written: str, ids: list[int], count: int) -> None:
    shards = Shards.parse(written)

    assert (shards.ids, shards.count) == (ids, count)
    assert Shards.parse(str(shards)) == shards


@pytest.mark.parametrize("written", ["", "8", "0-8/8", "3-2/8", "-1/8", "0-3", "0-3/0", "a/b", "0,1/8"])
def test_what_is_no_range_of_shards_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="write it like 0-3/8"):
        Shards.parse(written)


def test_every_server_is_in_the_shards_of_one_process() -> None:
    processes = [Shards.parse(written) for written in ("0-2/8", "3-3/8", "4-7/8")]

    owners = Counter(sum(shards.has(server) for shards in processes) for server in SERVERS)

    assert owners == {1: len(SERVERS)}
    assert [shards.lead for shards in processes] == [True, False, False]


def test_a_server_is_in_the_shard_that_discord_gives_it_to() -> None:
    assert [Shards(shard, shard, 4).has((12 << 22) + 5) for shard in range(4)] == [True, False, False, False]
    assert Shards(3, 3, 4).has((15 << 22) + 4_194_303)


async def test_the_database_divides_servers_alike(database: Database) -> None:
    shards = Shards.parse("2-4/7")

    async with database.read() as connection:
        for server in SERVERS[:50]:
            column = literal(server, Snowflake)
            found = (await connection.execute(select(literal(1)).where(shards.where(column)))).first()
            assert (found is not None) == shards.has(server)
