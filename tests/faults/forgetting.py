"""The job of forgetting a member of whom much is kept, in two servers, while others ask for the same."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sqlalchemy import insert

from companion.community.erasing import CLAIM_LASTS, Erasing
from companion.community.privacy import Privacy
from companion.storage import schema, stand_ins
from companion.storage.engine import Database
from companion.storage.parts import AT_ONCE
from companion.storage.privacy import PLACES, Fate
from tests.faults.jobs import Job, require
from tests.faults.places import KeptClock, Place, rows_of
from tests.faults.world import World
from tests.storage.everywhere import AT, seed

_SERVERS = (900_000_000_000_000_010, 900_000_000_000_000_011)
_PRIYA, _JONAS = 800_000_000_000_000_001, 800_000_000_000_000_002
_CLIPS = range(1_000_000_000, 1_000_000_000 + AT_ONCE + AT_ONCE // 2)
"""What they voted on in each server, and which messages name them: more than one part of each."""
_SUGGESTIONS = 25
_ASKED = f"SELECT count(*) FROM erasures WHERE member_id = {_PRIYA}"
_VOTES = f"SELECT guild_id, count(*), count(DISTINCT member_id) FROM votes WHERE subject_id >= {_CLIPS[0]} GROUP BY 1"
_NOTED = f"SELECT count(DISTINCT message_id) FROM retractions WHERE message_id >= {_CLIPS[0]}"


class Forget(Job):
    """One member asks once. Who was killed in the middle is followed by one who knows only what the database says, and
    who first tidies up and forgets somebody else."""

    name = "forget"

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        async with await Database.open(place.url, KeptClock(place)) as database, database.write() as connection:
            for guild_id in _SERVERS:
                for member_id in (_PRIYA, _JONAS):
                    await seed(connection, guild_id, member_id)
                of = {"subject_kind": "clip", "member_id": _PRIYA, "guild_id": guild_id, "value": 1, "at": AT}
                voted = [of | {"subject_id": one + guild_id % 2 * len(_CLIPS)} for one in _CLIPS]
                await connection.execute(insert(schema.votes), voted)
                named = {"guild_id": guild_id, "channel_id": 20, "member_id": _PRIYA, "direct": False}
                await connection.execute(
                    insert(schema.namings), [named | {"message_id": one["subject_id"]} for one in voted]
                )
                wish = {"guild_id": guild_id, "suggested_by": _PRIYA, "kind": "topic", "state": "open", "text": "Bees"}
                wished = [wish | {"text_key": f"bees {nth}", "suggested_at": AT} for nth in range(_SUGGESTIONS)]
                await connection.execute(insert(schema.suggestions), wished)

    async def work(self, place: Place) -> None:
        clock = KeptClock(place)
        clock.advance(CLAIM_LASTS + timedelta(minutes=1))
        async with await Database.open(place.url, clock) as database:
            async with database.write() as connection:
                await stand_ins.forget_idle(connection)
            privacy, noted = Privacy(database), rows_of(place.database, _ASKED) != [(0,)]
            await privacy.forget(_SERVERS[0], _JONAS)
            if not noted and not place.acknowledged():
                await privacy.forget(None, _PRIYA)
            while rows_of(place.database, _ASKED) != [(0,)]:
                await Erasing(database).go_on()
            place.acknowledge("forgotten")

    async def check_stopped(self, place: Place, world: World) -> None:
        if place.acknowledged():
            await self.check_done(place, world)

    async def check_done(self, place: Place, world: World) -> None:
        require(rows_of(place.database, _ASKED) == [(0,)], "asked for and not done")
        votes = rows_of(place.database, _VOTES)
        require(votes == [(guild_id, len(_CLIPS), 1) for guild_id in _SERVERS], "votes and voters:", votes)
        for one in PLACES:
            column, table = one.column.name, one.table.name
            left = rows_of(place.database, f"SELECT count(*) FROM {table} WHERE {column} = {_PRIYA}")
            require(one.fate is Fate.STAYS or left == [(0,)], "still named in", table, column)
        noted = rows_of(place.database, _NOTED)
        require(noted == [(len(_SERVERS) * len(_CLIPS),)], "messages to be changed:", noted)
