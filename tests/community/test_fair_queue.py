from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.fair_queue import FairQueue


class Office:
    """Work done in turns: each waits until it is let go, so that a test decides when anything ends."""

    def __init__(self, places: int) -> None:
        self.queue = FairQueue(places)
        self.begun: list[str] = []
        self.running: list[tuple[str, asyncio.Event]] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, *members: str) -> None:
        """Each of them asks for one thing, in this order."""
        self.tasks += [asyncio.create_task(self._work(member)) for member in members]
        await settled()

    async def finish(self, place: int = 0) -> None:
        """Lets what runs at this place end."""
        self.running.pop(place)[1].set()
        await settled()

    async def finish_all(self) -> None:
        while self.running:
            await self.finish()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _work(self, member: str) -> None:
        async with self.queue.turn(member):
            done = asyncio.Event()
            self.begun.append(member)
            self.running.append((member, done))
            await done.wait()


async def settled() -> None:
    """Until everything that can go on has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_storm_of_one_takes_one_place_and_another_begins_at_once() -> None:
    office = Office(places=4)
    await office.ask(*["storm"] * 50, "other")

    assert office.begun == ["storm", "other"]
    await office.finish_all()
    assert Counter(office.begun) == {"storm": 50, "other": 1}


async def test_with_a_single_place_another_waits_for_one_turn_of_the_storm() -> None:
    office = Office(places=1)
    await office.ask(*["storm"] * 50, "other")
    await office.finish()

    assert office.begun == ["storm", "other"]
    await office.finish_all()


async def test_those_who_wait_are_called_in_rotation() -> None:
    office = Office(places=1)
    await office.ask("a", "a", "a", "b", "b", "c")
    await office.finish_all()

    assert office.begun == ["a", "b", "c", "a", "b", "a"]


async def test_no_more_run_at_once_than_there_are_places() -> None:
    office = Office(places=3)
    await office.ask("a", "b", "c", "d", "e")

    assert office.begun == ["a", "b", "c"]
    await office.finish(1)
    assert office.begun == ["a", "b", "c", "d"]
    await office.finish_all()


async def test_who_gives_up_waiting_is_passed_over() -> None:
    office = Office(places=1)
    await office.ask("a", "b", "c")
    office.tasks[1].cancel()
    await settled()
    assert office.queue.waiting("b") == 0

    await office.finish_all()

    assert office.begun == ["a", "c"]


async def test_who_gives_up_in_the_moment_of_being_called_passes_the_turn_on() -> None:
    office = Office(places=1)
    await office.ask("a", "b", "c")
    office.running.pop()[1].set()
    for _ in range(2):
        await asyncio.sleep(0)  # a has left and b is called, but has not come yet
    office.tasks[1].cancel()
    await settled()
    await office.finish_all()

    assert office.begun[-1] == "c"


async def test_who_gives_up_in_the_moment_that_a_place_gets_free_is_passed_over() -> None:
    office = Office(places=1)
    await office.ask("a", "b", "c")
    office.tasks[1].cancel()
    office.tasks[0].cancel()
    await settled()

    assert office.begun == ["a", "c"]
    await office.finish_all()


async def test_work_that_fails_leaves_its_place() -> None:
    queue = FairQueue(1)
    with pytest.raises(ZeroDivisionError):
        async with queue.turn("a"):
            raise ZeroDivisionError

    async with asyncio.timeout(1), queue.turn("b"):
        pass


@given(st.integers(1, 3), st.lists(st.sampled_from("abcde") | st.none(), max_size=60), st.randoms())
def test_nobody_who_waits_sees_another_begin_twice(places: int, happens: list[str | None], chance: Random) -> None:
    """Members ask, or (None) something that runs ends: any of it."""

    async def play() -> None:
        office = Office(places)
        seen: dict[str, Counter[str]] = {}
        """What began since a member who has no turn began to wait."""
        for member in [*happens, *[None] * len(happens)]:
            before = len(office.begun)
            if member is not None:
                await office.ask(member)
            elif office.running:
                await office.finish(chance.randrange(len(office.running)))
            running = [who for who, _ in office.running]
            assert len(set(running)) == len(running) <= places
            for begun in office.begun[before:]:
                seen.pop(begun, None)
                for others in seen.values():
                    others[begun] += 1
            for waiting in "abcde":
                if office.queue.waiting(waiting) and waiting not in running:
                    assert len(running) == places, "a place is free, and somebody waits"
                    seen.setdefault(waiting, Counter())
            assert all(count == 1 for others in seen.values() for count in others.values())
        assert Counter(office.begun) == Counter(member for member in happens if member is not None)

    asyncio.run(play())
