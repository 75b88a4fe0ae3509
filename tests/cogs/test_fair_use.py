"""Fair use through the real bot: a storm of searches, cool-downs, and who waits for whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest
import simcord

from companion.bot.client import CompanionBot
from companion.community.cooldowns import Rate
from companion.community.fair_use import BOUNDS, Bounds, FairUse, Work
from companion.storage.clock import Clock
from tests.clocks import StoppedClock
from tests.cogs.asking import answers_in, mention
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged

STORM = 50
OTHERS_QUESTION = "how do bees heat the hive"


@pytest.fixture(autouse=True)
def _no_cooldowns() -> None:  # pyright: ignore[reportUnusedFunction]
    """Here they are on."""


class Watched:
    """Who asks for a turn to search, has one and is done, in this order. No turn ends before the ``last`` member asks
    for theirs: however fast the machine is, there is somebody to wait for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, last: simcord.MemberActor) -> None:
        self._last = last.id
        self._asked = asyncio.Event()
        self._happened: list[tuple[str, int]] = []
        self._running = self.most = 0
        real = FairUse.turn

        def turn(
            fair_use: FairUse, work: Work, guild_id: int | None, member_id: int
        ) -> AbstractAsyncContextManager[None]:
            return self._watched(member_id, real(fair_use, work, guild_id, member_id))

        monkeypatch.setattr(FairUse, "turn", turn)

    @asynccontextmanager
    async def _watched(self, member_id: int, turn: AbstractAsyncContextManager[None]) -> AsyncGenerator[None]:
        self._happened.append(("asks", member_id))
        if member_id == self._last:
            self._asked.set()
        async with turn:
            self._happened.append(("has", member_id))
            self._running += 1
            self.most = max(self.most, self._running)
            await self._asked.wait()
            yield
        self._running -= 1
        self._happened.append(("done", member_id))

    @property
    def waited_for(self) -> int:
        """How many turns of others the last member waited for."""
        waited = slice(*(self._happened.index((what, self._last)) for what in ("asks", "has")))
        return [what for what, _ in self._happened[waited]].count("done")


def with_bounds(world: World, bounds: Bounds, clock: Clock | None = None) -> None:
    bot = world.env.bot
    assert isinstance(bot, CompanionBot)
    bot.fair_use = FairUse(clock or world.database.clock, {**BOUNDS, Work.SEARCH: bounds})


async def at_once(
    world: World, doings: Iterable[Awaitable[simcord.InteractionResult]]
) -> list[simcord.InteractionResult]:
    """The answers to what members do all at once: simulated Discord would wait for each before it sends the next."""

    async def goes_on(**_: object) -> None:
        """Waits for nothing."""

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(world.env, "_settle_internal", goes_on)
        results = [await doing for doing in doings]
    await world.env.settle(timeout=60)
    return results


async def storm(world: World) -> tuple[list[simcord.InteractionResult], simcord.InteractionResult]:
    """Priya makes fifty searches at once, and Jonas one right after: their answers."""
    asking = [world.priya.slash(world.channel, "search", query=f"bees in the hive {number}") for number in range(STORM)]
    *theirs, other = await at_once(world, [*asking, world.jonas.slash(world.channel, "search", query=OTHERS_QUESTION)])
    return theirs, other


async def test_a_storm_without_cool_downs_still_delays_another_by_one_search_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_bounds(world, Bounds(Rate(STORM, timedelta(seconds=1)), BOUNDS[Work.SEARCH].at_once, STORM, ""))
    watched = Watched(monkeypatch, world.jonas)

    theirs, other = await storm(world)

    assert "Tomas Ek" in shown(other)
    assert watched.waited_for <= 1
    assert watched.most <= 2  # one member's, and the other's
    assert all("bees in the hive" in shown(one) for one in theirs)


async def test_with_room_for_one_search_only_another_waits_for_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_bounds(world, Bounds(Rate(STORM, timedelta(seconds=1)), 1, STORM, ""))
    watched = Watched(monkeypatch, world.jonas)

    _, other = await storm(world)

    assert "Tomas Ek" in shown(other)
    assert watched.waited_for <= 1
    assert watched.most == 1


async def test_of_a_storm_five_are_answered_and_the_rest_told_in_private_when_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_bounds(world, BOUNDS[Work.SEARCH], StoppedClock())
    watched = Watched(monkeypatch, world.jonas)

    theirs, other = await storm(world)

    answered = [one for one in theirs if not only(one).ephemeral]
    refused = [one for one in theirs if only(one).ephemeral]
    assert len(answered) == BOUNDS[Work.SEARCH].rate.burst
    assert len(answered) + len(refused) == STORM
    for one in refused:
        assert re.fullmatch(r"⚠️ You searched a lot just now. Wait a little. You can go on <t:\d+:R>\.", shown(one))
        assert one.followups == []
    assert "Tomas Ek" in shown(other)
    assert watched.waited_for <= 1
    assert len(world.channel.history(viewer=world.jonas)) == len(answered) + 1


async def test_the_instant_that_the_refusal_names_is_when_it_goes_on(
    world: World,
) -> None:
    with_bounds(world, Bounds(Rate(1, timedelta(seconds=1)), 4, 5, "Slowly."))
    await world.priya.slash(world.channel, "search", query="bees")

    refused = shown(await world.priya.slash(world.channel, "search", query="bees"))
    (again,) = re.findall(r"<t:(\d+):R>", refused)
    await asyncio.sleep(int(again) - world.database.clock.now().timestamp())

    assert "Tomas Ek" in shown(await world.priya.slash(world.channel, "search", query="bees"))


async def test_every_button_that_searches_counts_as_a_search(world: World) -> None:
    with_bounds(world, Bounds(Rate(1, timedelta(hours=1)), 4, 5, "Slowly."))
    message = only(await world.priya.slash(world.channel, "search", query="bees", after="2031"))
    search_id = buttons(message)["Riff"][0].split(":")[2]
    form = await world.priya.click(message, label="Riff")

    for refused in (
        await world.priya.submit_modal(form, {"query": "dry bees"}),
        await world.priya.click(message, custom_id=buttons(message)["More like this"][0]),
        await world.priya.click(
            message, custom_id=next(one[0] for one in buttons(message).values() if "try" in one[0])
        ),
        await press_forged(world, world.priya, message, f"search:page:{search_id}:0"),
    ):
        assert "⚠️ Slowly. Wait a little. You can go on <t:" in shown(refused)
        assert all(answer.ephemeral for answer in [*refused.followups, only(refused)])


async def test_looking_around_a_result_is_bounded_apart_from_searching(world: World) -> None:
    with_bounds(world, Bounds(Rate(1, timedelta(hours=1)), 4, 5, "Slowly."), StoppedClock())
    message = only(await world.priya.slash(world.channel, "search", query="wool keeps the damp in"))
    context = buttons(message)["Context"][0]
    presses = [world.priya.click(message, custom_id=context) for _ in range(BOUNDS[Work.LOOKUP].rate.burst + 10)]

    looked = [shown(one) for one in await at_once(world, presses)]

    assert sum("Wool keeps the damp in" in text for text in looked) == BOUNDS[Work.LOOKUP].rate.burst
    assert sum("You looked up a lot just now" in text for text in looked) == 10


async def test_another_server_and_another_member_have_cool_downs_of_their_own(world: World) -> None:
    with_bounds(world, Bounds(Rate(1, timedelta(hours=1)), 4, 5, "Slowly."))
    for member, channel in (
        (world.priya, world.channel),
        (world.jonas, world.channel),
        (world.lotte, world.cave_channel),
    ):
        assert not only(await member.slash(channel, "search", query="bees")).ephemeral


class TestQuestions:
    async def test_of_a_storm_four_are_answered_and_another_member_is_too(self, world: World) -> None:
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        bot.fair_use = FairUse(StoppedClock())
        asking = [world.priya.slash(world.channel, "ask", question=f"bees in the hive {number}") for number in range(9)]

        *theirs, other = await at_once(
            world, [*asking, world.jonas.slash(world.channel, "ask", question=OTHERS_QUESTION)]
        )

        refused = [one for one in theirs if one.response is not None]
        assert len(refused) == 5
        for one in refused:
            assert only(one).ephemeral
            assert re.fullmatch(r"⚠️ You asked a lot just now. Wait a little. You can go on <t:\d+:R>\.", shown(one))
        answers = [text_of(one) for one in answers_in(world, world.channel)]
        assert len(answers) == 5
        assert other.response is None
        assert any(OTHERS_QUESTION in text and f"<@{world.jonas.id}> asked" in text for text in answers)

    async def test_a_storm_of_mentions_is_told_off_twice_and_then_met_with_silence(self, world: World) -> None:
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        bot.fair_use = FairUse(StoppedClock())

        for number in range(9):
            await world.priya.send(world.channel, mention(world, f"bees in the hive {number}"))

        texts = [text_of(one) for one in answers_in(world, world.channel)]
        assert len([text for text in texts if "You asked a lot just now" in text]) == 2
        assert len(texts) == 4 + 2


async def test_a_paper_that_a_form_asks_about_is_one_turn(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, CompanionBot)
    bot.fair_use = FairUse(StoppedClock(), BOUNDS)

    for number in range(BOUNDS[Work.PAPER].rate.burst):
        address = f"https://buoys.example/{number}"
        form = await world.priya.slash(world.channel, "paper propose", reference=address)
        sent = await world.priya.submit_modal(form, {"paper": address, "title": f"Essay {number}"})
        assert "📄 Proposed" in shown(sent)
    last = await world.priya.slash(world.channel, "paper propose", reference="2603.00001")
    assert "You asked for several papers just now" in shown(last)
