from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.language_model import NOTHING_USED, Usage
from companion.community.budgets import (
    MEMBER_A_DAY,
    SERVER_A_DAY,
    Budgets,
    ModelCost,
    NoBudgetError,
    NothingDecidedError,
    OverBudgetError,
    Price,
    Reservation,
)
from companion.storage import budgets as stored
from companion.storage.budgets import WHOLE_SERVER, Amount, Limits
from companion.storage.engine import Database
from tests.clocks import StoppedClock
from tests.engines import Databases
from tests.examples import examples

GUILD, OTHER_GUILD = 10, 11
MANAGER, MEMBER, OTHER = 1, 2, 3
HOSTS, GUESTS, NEWCOMERS = 100, 101, 102
MODEL = ModelCost(Usage(3000, 1000), Price(Decimal("0.25"), Decimal(2)))
MIDNIGHT = datetime(2026, 3, 15, tzinfo=UTC)


async def spent(database: Database, member: int = MEMBER, guild: int = GUILD) -> Amount:
    async with database.read() as connection:
        return await stored.spent_by(connection, guild, database.clock.now().date(), member)


async def ask(budgets: Budgets, times: int = 1, member: int = MEMBER, roles: tuple[int, ...] = ()) -> Reservation:
    """Asks so often; the last question's reservation."""
    for _ in range(times - 1):
        await budgets.reserve(GUILD, member, roles)
    return await budgets.reserve(GUILD, member, roles)


class TestQuestions:
    async def test_without_a_model_they_are_all_that_counts(self, database: Database) -> None:
        budgets = Budgets(database)

        reservation = await ask(budgets)

        assert (reservation.may_write, reservation.problem) == (False, "")
        assert await spent(database) == Amount(1)

    async def test_one_too_many_is_refused_until_the_day_turns(self, database: Database, clock: StoppedClock) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, GUILD, Limits(questions=2), MANAGER)
        await ask(budgets, 2)

        with pytest.raises(OverBudgetError, match="the 2 questions that you have a day") as refused:
            await ask(budgets)

        assert refused.value.again == MIDNIGHT
        assert await spent(database) == Amount(2)
        clock.advance(MIDNIGHT - clock.now() - timedelta(seconds=1))
        with pytest.raises(OverBudgetError):
            await ask(budgets)
        clock.advance(timedelta(seconds=1))
        await ask(budgets)

    async def test_members_and_servers_do_not_use_up_each_other_s(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, GUILD, Limits(questions=1), MANAGER)
        await budgets.decide(OTHER_GUILD, GUILD, Limits(questions=1), MANAGER)
        await ask(budgets)

        await ask(budgets, member=OTHER)
        await budgets.reserve(OTHER_GUILD, MEMBER, ())

    async def test_a_server_s_are_those_of_all_its_members(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, WHOLE_SERVER, Limits(questions=3), MANAGER)
        await ask(budgets, 2)
        await ask(budgets, member=OTHER)

        with pytest.raises(OverBudgetError, match="This server has asked the 3 questions"):
            await ask(budgets, member=OTHER)

    async def test_none_at_all_is_said_without_a_time(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, GUILD, Limits(questions=0), MANAGER)

        with pytest.raises(OverBudgetError, match="switched off for you") as refused:
            await ask(budgets)
        assert refused.value.again is None

    async def test_they_outlive_a_restart(self, database_url: str, clock: StoppedClock) -> None:
        async with await Database.open(database_url, clock) as database:
            await Budgets(database).decide(GUILD, GUILD, Limits(questions=1), MANAGER)
            await ask(Budgets(database))

        async with await Database.open(database_url, clock) as database:
            with pytest.raises(OverBudgetError):
                await ask(Budgets(database))

    async def test_what_was_spent_is_forgotten_after_a_month(self, database: Database, clock: StoppedClock) -> None:
        await ask(Budgets(database))
        first = clock.now().date()
        clock.advance(timedelta(days=32))
        await ask(Budgets(database))

        async with database.read() as connection:
            assert await stored.spent_in(connection, GUILD, first) == Amount()


class TestRoles:
    async def test_the_most_generous_of_a_member_s_roles_holds_in_place_of_everyone_s(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, GUILD, Limits(questions=1), MANAGER)
        await budgets.decide(GUILD, HOSTS, Limits(questions=3), MANAGER)
        await budgets.decide(GUILD, GUESTS, Limits(questions=2), MANAGER)

        await ask(budgets, 3, roles=(GUESTS, HOSTS, NEWCOMERS))

        with pytest.raises(OverBudgetError, match="the 3 questions"):
            await ask(budgets, roles=(GUESTS, HOSTS))
        await ask(budgets, member=OTHER, roles=(NEWCOMERS,))
        with pytest.raises(OverBudgetError, match="the one question"):
            await ask(budgets, member=OTHER, roles=(NEWCOMERS,))

    async def test_a_role_may_have_less_than_everyone(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, NEWCOMERS, Limits(questions=0), MANAGER)

        with pytest.raises(OverBudgetError):
            await ask(budgets, roles=(NEWCOMERS,))

    async def test_what_a_role_leaves_open_is_as_for_everyone(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, GUILD, Limits(questions=1), MANAGER)
        await budgets.decide(GUILD, HOSTS, Limits(tokens=5), MANAGER)
        await ask(budgets, roles=(HOSTS,))

        with pytest.raises(OverBudgetError):
            await ask(budgets, roles=(HOSTS,))


class TestTheModel:
    async def test_the_most_it_may_use_is_set_aside_and_then_settled(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)

        reservation = await ask(budgets)

        assert reservation.may_write
        assert await spent(database) == Amount(1, 4000, 2750)
        assert await budgets.settle(reservation, Usage(2000, 100)) == 700
        assert await spent(database) == Amount(1, 2100, 700)

    async def test_what_nobody_knows_stays_as_it_was_set_aside(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)

        assert await budgets.settle(await ask(budgets), None) == 2750
        assert await spent(database) == Amount(1, 4000, 2750)

    async def test_an_answer_without_it_costs_its_question_only(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)

        await budgets.settle(await ask(budgets), NOTHING_USED)

        assert await spent(database) == Amount(1)

    async def test_what_was_answered_before_costs_nothing(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)

        await budgets.release(await ask(budgets))

        assert await spent(database) == Amount()

    @pytest.mark.parametrize("limits", [Limits(tokens=8000), Limits(micros=5500)])
    async def test_over_its_budget_the_question_may_be_asked_but_not_of_the_model(
        self, database: Database, limits: Limits
    ) -> None:
        budgets = Budgets(database, MODEL)
        await budgets.decide(GUILD, GUILD, limits, MANAGER)

        assert (await ask(budgets, 2)).may_write
        third = await ask(budgets)

        assert (third.may_write, third.again) == (False, MIDNIGHT)
        assert third.problem == "You have used up today's budget for answers that a language model writes."
        assert await spent(database) == Amount(3, 8000, 5500)

    async def test_so_it_is_with_the_server_s(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)
        await budgets.decide(GUILD, WHOLE_SERVER, Limits(tokens=4000), MANAGER)
        await ask(budgets)

        assert (await ask(budgets, member=OTHER)).problem.startswith("This server has used up")

    async def test_without_a_price_money_is_no_matter(self, database: Database) -> None:
        budgets = Budgets(database, ModelCost(Usage(3000, 1000)))
        await budgets.decide(GUILD, GUILD, Limits(micros=0), MANAGER)

        assert (await ask(budgets)).may_write

    async def test_an_answer_that_ends_after_midnight_is_settled_on_its_own_day(
        self, database: Database, clock: StoppedClock
    ) -> None:
        budgets = Budgets(database, MODEL)
        reservation = await ask(budgets)
        clock.advance(timedelta(hours=13))

        await budgets.settle(reservation, Usage(1, 1))

        assert await spent(database) == Amount()
        async with database.read() as connection:
            assert (await stored.spent_in(connection, GUILD, reservation.day)).tokens == 2

    async def test_usually_a_member_has_dozens_of_answers_by_a_model(self, database: Database) -> None:
        budgets = Budgets(database, MODEL)
        for _ in range(40):
            reservation = await ask(budgets)
            assert reservation.may_write
            await budgets.settle(reservation, Usage(3000, 400))


class TestAtTheSameInstant:
    async def test_two_who_want_the_last_of_a_budget_do_not_both_get_it(
        self, database: Database, database_url: str, clock: StoppedClock
    ) -> None:
        await Budgets(database).decide(GUILD, WHOLE_SERVER, Limits(questions=5, tokens=8000), MANAGER)

        async with await Database.open(database_url, clock) as another_process:
            one, other = Budgets(database, MODEL), Budgets(another_process, MODEL)
            results = await asyncio.gather(
                *(budgets.reserve(GUILD, member, ()) for member in range(10) for budgets in (one, other)),
                return_exceptions=True,
            )

        granted = [result for result in results if isinstance(result, Reservation)]
        assert len(granted) == 5
        assert sum(reservation.may_write for reservation in granted) == 2
        assert all(isinstance(result, Reservation | OverBudgetError) for result in results)

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3000), st.integers(0, 1000)), max_size=12))
    @examples(10)
    def test_however_they_are_settled_no_more_is_spent_than_there_is(
        self,
        databases: Databases,
        tmp_path_factory: pytest.TempPathFactory,
        asked: list[tuple[int, int, int]],
    ) -> None:
        async def ask_all(url: str) -> None:
            async with await Database.open(url, StoppedClock()) as database:
                budgets = Budgets(database, MODEL)
                await budgets.decide(GUILD, GUILD, Limits(questions=4, tokens=9000), MANAGER)
                await budgets.decide(GUILD, WHOLE_SERVER, Limits(questions=8, micros=12_000), MANAGER)

                async def one(member: int, prompt: int, completion: int) -> None:
                    try:
                        reservation = await budgets.reserve(GUILD, member, ())
                    except OverBudgetError:
                        return
                    await asyncio.sleep(0)
                    used = Usage(prompt, completion) if reservation.may_write else NOTHING_USED
                    await budgets.settle(reservation, used)

                await asyncio.gather(*(one(*each) for each in asked))
                for member in range(3):
                    theirs = await spent(database, member)
                    assert theirs.questions <= 4
                    assert 0 <= theirs.tokens <= 9000
                total = (await budgets.decided(GUILD)).spent
                assert total.questions <= 8
                assert 0 <= total.micros <= 12_000

        with databases.new(tmp_path_factory.mktemp("budgets")) as url:
            asyncio.run(ask_all(url))


class TestDeciding:
    async def test_what_is_left_out_stays_as_it_was(self, database: Database) -> None:
        budgets = Budgets(database)
        await budgets.decide(GUILD, HOSTS, Limits(questions=5, tokens=7), MANAGER)
        await budgets.decide(GUILD, HOSTS, Limits(questions=6), MANAGER)
        await budgets.decide(GUILD, WHOLE_SERVER, Limits(micros=1), MANAGER)

        decided = await budgets.decided(GUILD)

        assert decided.roles == {HOSTS: Limits(6, 7)}
        assert decided.member == MEMBER_A_DAY
        assert decided.server == Limits(SERVER_A_DAY.questions, SERVER_A_DAY.tokens, 1)
        assert decided.again == MIDNIGHT
        assert (await budgets.decided(OTHER_GUILD)).roles == {}

    async def test_nothing_is_no_decision(self, database: Database) -> None:
        with pytest.raises(NothingDecidedError):
            await Budgets(database).decide(GUILD, HOSTS, Limits(), MANAGER)

    async def test_one_is_taken_back_or_all_are(self, database: Database) -> None:
        budgets = Budgets(database)
        for role in (HOSTS, GUESTS, GUILD, WHOLE_SERVER):
            await budgets.decide(GUILD, role, Limits(questions=1), MANAGER)

        await budgets.reset(GUILD, HOSTS)
        assert set((await budgets.decided(GUILD)).roles) == {GUESTS}
        await budgets.reset(GUILD, None)
        decided = await budgets.decided(GUILD)
        assert (decided.roles, decided.member, decided.server) == ({}, MEMBER_A_DAY, SERVER_A_DAY)
        with pytest.raises(NoBudgetError):
            await budgets.reset(GUILD, HOSTS)


def test_money_is_rounded_up() -> None:
    assert MODEL.micros(Usage(1, 0)) == 1
    assert MODEL.micros(Usage(4, 1)) == 3
    assert ModelCost(Usage(1, 1)).micros(Usage(10**6, 10**6)) == 0


class TestAllServers:
    """What an operator pays for, whatever servers decided, and however many of them somebody asks in."""

    async def test_one_member_gets_a_tenth_of_all_by_asking_in_many_servers(self, database: Database) -> None:
        budgets = Budgets(database, replace(MODEL, ceiling=Limits(tokens=200_000)))

        answers = [await budgets.reserve(guild, MEMBER, ()) for guild in range(100, 120)]

        # 4,000 tokens are set aside for each, and 20,000 are the tenth.
        assert [one.may_write for one in answers] == [True] * 5 + [False] * 15
        assert answers[-1].problem.startswith("You have, in all servers, used up today's budget")
        assert answers[-1].again == MIDNIGHT
        assert (await budgets.reserve(100, OTHER, ())).may_write

    async def test_all_of_them_together_get_no_more_than_the_operator_pays_for(self, database: Database) -> None:
        budgets = Budgets(database, replace(MODEL, ceiling=Limits(micros=28_000)))
        for guild in range(100, 120):
            await budgets.decide(guild, WHOLE_SERVER, Limits(micros=10**9, tokens=10**9), MANAGER)

        answers = [await budgets.reserve(guild, member, ()) for guild, member in enumerate(range(500, 520), 100)]
        for_nobody = await budgets.reserve_for_server(300)

        # An answer is 2,750 millionths of a dollar at most.
        assert sum(one.may_write for one in answers) == 10
        assert answers[-1].problem.startswith("I have used up today's budget")
        assert not for_nobody.may_write

    async def test_what_was_not_used_is_everybody_s_again(self, database: Database, clock: StoppedClock) -> None:
        budgets = Budgets(database, replace(MODEL, ceiling=Limits(tokens=40_000)))
        first = await budgets.reserve(GUILD, MEMBER, ())
        assert not (await budgets.reserve(OTHER_GUILD, MEMBER, ())).may_write

        await budgets.settle(first, NOTHING_USED)
        again = await budgets.reserve(OTHER_GUILD, MEMBER, ())
        assert again.may_write
        await budgets.release(again)
        assert (await budgets.reserve(GUILD, MEMBER, ())).may_write

        clock.advance(timedelta(days=1))
        assert (await budgets.reserve(OTHER_GUILD, MEMBER, ())).may_write

    async def test_without_a_ceiling_there_is_none(self, database: Database) -> None:
        budgets = Budgets(database, replace(MODEL, ceiling=Limits()))

        assert all([(await budgets.reserve(guild, MEMBER, ())).may_write for guild in range(100, 130)])
