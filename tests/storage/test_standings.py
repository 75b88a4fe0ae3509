from __future__ import annotations

from datetime import timedelta

from companion.storage import ballots, clips, duels, standings
from companion.storage import votes as kept
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.clips import Clip, ClipTurn
from companion.storage.duels import Duel
from companion.storage.engine import Database
from companion.storage.standings import Compared, Counted
from tests import samples
from tests.clocks import StoppedClock

HERE, ELSEWHERE = 10**17 + 1, 10**17 + 2
PRIYA, JONAS, LOTTE = (300_000_000_000_000_000 + nth for nth in range(3))
DAY = timedelta(days=1)


async def three_clips(database: Database) -> list[int]:
    podcast = await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    episode = await samples.only_episode(database, podcast)
    turns = (ClipTurn("Mara", uncertain=False, text="Bees keep each other warm."),)
    async with database.write() as connection:
        return [
            await clips.add(
                connection,
                Clip(0, HERE, episode.id, at, at + 9, None, None, True, turns, "Warm.", None, database.clock.now()),
            )
            for at in (0, 10, 20)
        ]


async def test_votes_and_posts_count_in_the_span_in_which_they_were_given(
    database: Database, clock: StoppedClock
) -> None:
    first, second, _ = await three_clips(database)
    start = clock.now()
    for day, clip_id in enumerate((first, second)):
        ballot = Ballot(100 + day, HERE, 1, Subject(CLIP, clip_id), clock.now())
        async with database.write() as connection:
            await ballots.add(connection, ballot)
            await kept.decide(connection, ballot, PRIYA, (1, clock.now()))
            await kept.decide(connection, ballot, JONAS, (-1 if day else 1, clock.now()))
        clock.advance(DAY)

    async with database.read() as connection:
        assert await standings.counted(connection, HERE, start) == [Counted(first, 2, 0, 1), Counted(second, 1, 1, 1)]
        assert await standings.counted(connection, HERE, start, start + DAY) == [Counted(first, 2, 0, 1)]
        assert await standings.counted(connection, HERE, start + DAY) == [Counted(second, 1, 1, 1)]
        assert await standings.counted(connection, ELSEWHERE, start) == []
        assert await standings.voters(connection, HERE, start, start + DAY) == 2
        assert await standings.voters(connection, HERE, start + 2 * DAY) == 0


async def test_a_duel_counts_once_it_is_over_and_in_the_span_in_which_it_ended(
    database: Database, clock: StoppedClock
) -> None:
    first, second, third = await three_clips(database)
    start = clock.now()
    async with database.write() as connection:
        opened = [
            await duels.add(connection, Duel(0, HERE, 1, *pair, PRIYA, start, start + ends))
            for pair, ends in (((first, second), DAY), ((second, third), 2 * DAY), ((third, first), DAY))
        ]
        for member, clip_id in ((PRIYA, first), (JONAS, first), (LOTTE, second)):
            await duels.choose(connection, opened[0], member, clip_id, start)
        await duels.choose(connection, opened[1], PRIYA, third, start)

    async def compared(since: timedelta, now: timedelta, until: timedelta | None = None) -> list[Compared]:
        async with database.read() as connection:
            return await standings.compared(
                connection, HERE, start + since, start + now, None if until is None else start + until
            )

    over, later = Compared(first, second, 2, 1), Compared(second, third, 0, 1)
    assert await compared(timedelta(), timedelta(hours=23)) == []
    assert await compared(timedelta(), DAY) == [over]
    assert await compared(timedelta(), 2 * DAY) == [over, later]
    assert await compared(timedelta(), 2 * DAY, until=2 * DAY) == [over]
    assert await compared(2 * DAY, 2 * DAY) == [later]
    async with database.read() as connection:
        assert await standings.compared(connection, ELSEWHERE, start, start + 9 * DAY) == []
