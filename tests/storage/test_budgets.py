from __future__ import annotations

from datetime import date, timedelta

from companion.storage import budgets
from companion.storage.budgets import WHOLE_SERVER, Amount, Limits
from companion.storage.engine import Database

GUILD, OTHER_GUILD = 10, 11
ONE, OTHER = 1, 2
TODAY = date(2026, 3, 14)


async def test_amounts_add_up_by_member_day_and_server(database: Database) -> None:
    async with database.write() as connection:
        await budgets.add(connection, GUILD, TODAY, ONE, Amount(1, 20, 300))
        await budgets.add(connection, GUILD, TODAY, ONE, Amount(1, 2, 3))
        await budgets.add(connection, GUILD, TODAY, OTHER, Amount(1))
        await budgets.add(connection, GUILD, TODAY - timedelta(days=1), ONE, Amount(5))
        await budgets.add(connection, OTHER_GUILD, TODAY, ONE, Amount(7))

        assert await budgets.spent_by(connection, GUILD, TODAY, ONE) == Amount(2, 22, 303)
        assert await budgets.spent_in(connection, GUILD, TODAY) == Amount(3, 22, 303)
        assert await budgets.spent_by(connection, GUILD, TODAY, 99) == Amount()


async def test_what_is_forgotten_is_not_corrected(database: Database) -> None:
    async with database.write() as connection:
        await budgets.add(connection, GUILD, TODAY, ONE, Amount(2, 9, 9))
        await budgets.correct(connection, GUILD, TODAY, ONE, -Amount(1, 4, 5))
        assert await budgets.spent_in(connection, GUILD, TODAY) == Amount(1, 5, 4)

        await budgets.forget_before(connection, GUILD, TODAY + timedelta(days=1))
        await budgets.correct(connection, GUILD, TODAY, ONE, -Amount(1))

        assert await budgets.spent_in(connection, GUILD, TODAY) == Amount()


async def test_limits_are_a_server_s_and_replaced_whole(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await budgets.put(connection, GUILD, WHOLE_SERVER, Limits(1, 2, 2**40), ONE, now)
        await budgets.put(connection, GUILD, WHOLE_SERVER, Limits(tokens=3), OTHER, now)
        await budgets.put(connection, OTHER_GUILD, 5, Limits(4), ONE, now)

        assert await budgets.limits(connection, GUILD) == {WHOLE_SERVER: Limits(tokens=3)}
        assert not await budgets.remove(connection, GUILD, 5)
        assert await budgets.remove(connection, GUILD)
        assert await budgets.limits(connection, OTHER_GUILD) == {5: Limits(4)}
