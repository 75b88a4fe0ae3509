"""Budgets: how many questions a member and a server may ask a day, and what a language model may cost them.

Servers decide on budgets of their own; what all of them may have together is the operator's to say, whose money it is,
and nobody gets more than a share of that by asking in many servers.

What an answer may cost at most is reserved before the model is asked, and settled afterwards: of two members who ask at
the same instant for the last of a budget, one gets it. What was reserved when a process was stopped stays spent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from companion.archive.language_model import Usage
from companion.community.fair_use import TooOftenError
from companion.storage import budgets
from companion.storage.budgets import EVERYWHERE, WHOLE_SERVER, Amount, Limits
from companion.storage.engine import AsyncConnection, Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.searches import NOBODY

MICROS_A_DOLLAR = 1_000_000
MEMBER_A_DAY = Limits(questions=100, tokens=200_000, micros=500_000)
"""Where nothing was decided: some fifty answers by a model."""
SERVER_A_DAY = Limits(questions=2000, tokens=2_000_000, micros=5_000_000)
ALL_SERVERS_A_DAY = Limits(tokens=20_000_000, micros=50_000_000)
"""Where the operator says nothing."""
_SHARE = 10
"""One member has at most the tenth of that, in all servers together."""
_KEPT = timedelta(days=31)
"""How long it is remembered what was spent."""


class OverBudgetError(TooOftenError):
    """No more questions today. ``again``: when there are; None where there never are."""

    def __init__(self, refusal: str, again: datetime | None) -> None:
        CompanionError.__init__(self, refusal)
        self.again = again


class NothingDecidedError(CompanionError):
    """A budget without any limit in it."""

    def __init__(self) -> None:
        super().__init__("Say at least one of the three: questions, tokens or dollars.")


class NoBudgetError(NotFoundError):
    """A budget that nobody decided on."""

    def __init__(self) -> None:
        super().__init__("No budget of its own is set there, so there is nothing to reset.")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a million tokens, which is millionths of a dollar for one."""

    prompt: Decimal
    completion: Decimal


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What an answer by a model uses at most, and what that costs; without a price money is no matter.

    ``ceiling`` is what all servers may use of it a day, together.
    """

    most: Usage
    price: Price | None = None
    ceiling: Limits = ALL_SERVERS_A_DAY

    def micros(self, usage: Usage) -> int:
        """Millionths of a dollar, rounded up."""
        if self.price is None:
            return 0
        return math.ceil(usage.prompt_tokens * self.price.prompt + usage.completion_tokens * self.price.completion)

    def amount(self, usage: Usage) -> Amount:
        return Amount(0, usage.tokens, self.micros(usage))


@dataclass(frozen=True, slots=True)
class Reservation:
    """A question that may be asked, and what is set aside for it.

    ``may_write``: may the model be asked? Where there is one and it may not, ``problem`` says why in a sentence, and
    ``again`` is when it may.
    """

    guild_id: int
    member_id: int
    day: date
    reserved: Amount
    may_write: bool
    problem: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A server's budgets: ``member`` and ``server`` with what holds where nothing was decided, ``roles`` as decided.

    ``spent`` is what the server asked and spent today; ``again`` is when the next day begins.
    """

    member: Limits
    server: Limits
    roles: Mapping[int, Limits]
    spent: Amount
    again: datetime
    model: ModelCost | None = None


class Budgets:
    """The budgets of all servers, over one database. ``model`` is None where no model writes."""

    def __init__(self, database: Database, model: ModelCost | None = None) -> None:
        self._database = database
        self.model = model

    async def reserve(self, guild_id: int, member_id: int, role_ids: Iterable[int]) -> Reservation:
        """Counts a question, and sets aside what its answer may cost. Raises `OverBudgetError`.

        Whoever reserves also settles, or releases.
        """
        day, again = self._today()
        async with self._database.write() as connection:
            decided = await budgets.limits(connection, guild_id)
            mine, ours = _of_member(decided, guild_id, role_ids), _of_server(decided)
            by_me = await budgets.spent_by(connection, guild_id, day, member_id)
            by_us = await budgets.spent_in(connection, guild_id, day)
            _require_questions(mine, ours, by_me, by_us, again)
            most = self.model.amount(self.model.most) if self.model else Amount()
            problem = _over(most, mine, by_me, "You have") or _over(most, ours, by_us, "This server has")
            problem = problem or await self._over_ceiling(connection, day, member_id, most)
            reserved = Amount(1) if problem else Amount(1) + most
            await budgets.forget_before(connection, guild_id, day - _KEPT)
            await budgets.add(connection, guild_id, day, member_id, reserved)
            await self._add_everywhere(connection, day, member_id, reserved)
        may_write = self.model is not None and not problem
        return Reservation(guild_id, member_id, day, reserved, may_write, problem, again if problem else None)

    async def reserve_for_server(self, guild_id: int) -> Reservation:
        """Sets aside, of what the server may spend, what prose may cost that nobody asked a question for.

        Whoever reserves also settles.
        """
        day, again = self._today()
        most = self.model.amount(self.model.most) if self.model else Amount()
        async with self._database.write() as connection:
            ours = _of_server(await budgets.limits(connection, guild_id))
            problem = _over(most, ours, await budgets.spent_in(connection, guild_id, day), "This server has")
            problem = problem or await self._over_ceiling(connection, day, NOBODY, most)
            reserved = Amount() if problem else most
            await budgets.add(connection, guild_id, day, NOBODY, reserved)
            await self._add_everywhere(connection, day, NOBODY, reserved)
        may_write = self.model is not None and not problem
        return Reservation(guild_id, NOBODY, day, reserved, may_write, problem, again if problem else None)

    async def settle(self, reservation: Reservation, usage: Usage | None) -> int:
        """Puts what was used in the place of what was reserved: `NOTHING_USED` where the model was not asked.

        None where nobody knows: the reservation stands. Returns the cost, in millionths of a dollar.
        """
        if self.model is None or usage is None:
            return reservation.reserved.micros
        used = Amount(reservation.reserved.questions) + self.model.amount(usage)
        await self._correct(reservation, used + -reservation.reserved)
        return used.micros

    async def release(self, reservation: Reservation) -> None:
        """Gives all of it back, the question too: it was answered before, or could not be answered."""
        await self._correct(reservation, -reservation.reserved)

    async def decided(self, guild_id: int) -> Decided:
        """The budgets of a server."""
        day, again = self._today()
        async with self._database.read() as connection:
            rows = await budgets.limits(connection, guild_id)
            spent = await budgets.spent_in(connection, guild_id, day)
        roles = {role: limits for role, limits in rows.items() if role not in (guild_id, WHOLE_SERVER)}
        return Decided(_of_member(rows, guild_id, ()), _of_server(rows), roles, spent, again, self.model)

    async def decide(self, guild_id: int, role_id: int, new: Limits, by: int) -> Limits:
        """Decides on a role's budget, on everyone's (the role with the server's id) or the `WHOLE_SERVER`'s.

        What is None in it stays as it was. Holds from the next question on. Raises `NothingDecidedError`.
        """
        if new == Limits():
            raise NothingDecidedError
        async with self._database.write() as connection:
            before = (await budgets.limits(connection, guild_id)).get(role_id, Limits())
            limits = _first_decided(new, before)
            await budgets.put(connection, guild_id, role_id, limits, by, self._database.clock.now())
        return limits

    async def reset(self, guild_id: int, role_id: int | None) -> None:
        """Takes a role's budget away, or all that was decided. Raises `NoBudgetError`."""
        async with self._database.write() as connection:
            removed = await budgets.remove(connection, guild_id, role_id)
        if not removed:
            raise NoBudgetError

    async def _correct(self, reservation: Reservation, by: Amount) -> None:
        if by == Amount():
            return
        async with self._database.write() as connection:
            await budgets.correct(connection, reservation.guild_id, reservation.day, reservation.member_id, by)
            await self._add_everywhere(connection, reservation.day, reservation.member_id, by)

    async def _over_ceiling(self, connection: AsyncConnection, day: date, member_id: int, most: Amount) -> str:
        """Why the model may be asked by nobody any more, or by this member in no server; empty where it may."""
        if self.model is None:
            return ""
        ceiling = self.model.ceiling
        share = Limits(
            tokens=None if ceiling.tokens is None else ceiling.tokens // _SHARE,
            micros=None if ceiling.micros is None else ceiling.micros // _SHARE,
        )
        by_all = await budgets.spent_by(connection, EVERYWHERE, day, NOBODY)
        by_me = Amount() if member_id == NOBODY else await budgets.spent_by(connection, EVERYWHERE, day, member_id)
        return _over(most, share, by_me, "You have, in all servers,") or _over(most, ceiling, by_all, "I have")

    async def _add_everywhere(self, connection: AsyncConnection, day: date, member_id: int, amount: Amount) -> None:
        """Counts for all servers together what the model uses, in all and of the member."""
        used = replace(amount, questions=0)
        if used == Amount():
            return
        for whose in {NOBODY, member_id}:
            await budgets.add(connection, EVERYWHERE, day, whose, used)

    def _today(self) -> tuple[date, datetime]:
        """The day, and when the next one begins."""
        day = self._database.clock.now().astimezone(UTC).date()
        return day, datetime.combine(day + timedelta(days=1), time(), UTC)


def _of_member(decided: Mapping[int, Limits], guild_id: int, role_ids: Iterable[int]) -> Limits:
    """A member's limits: the most generous of their roles', or else everyone's, or else the usual ones."""
    roles = [decided[role] for role in role_ids if role in decided and role not in (guild_id, WHOLE_SERVER)]
    generous = Limits(
        max((one.questions for one in roles if one.questions is not None), default=None),
        max((one.tokens for one in roles if one.tokens is not None), default=None),
        max((one.micros for one in roles if one.micros is not None), default=None),
    )
    return _first_decided(generous, decided.get(guild_id, Limits()), MEMBER_A_DAY)


def _of_server(decided: Mapping[int, Limits]) -> Limits:
    return _first_decided(decided.get(WHOLE_SERVER, Limits()), SERVER_A_DAY)


def _first_decided(first: Limits, *others: Limits) -> Limits:
    for other in others:
        first = replace(
            first,
            questions=other.questions if first.questions is None else first.questions,
            tokens=other.tokens if first.tokens is None else first.tokens,
            micros=other.micros if first.micros is None else first.micros,
        )
    return first


def _require_questions(mine: Limits, ours: Limits, by_me: Amount, by_us: Amount, again: datetime) -> None:
    if mine.questions == 0 or ours.questions == 0:
        raise OverBudgetError("Questions are switched off for you here; the managers of this server decide that.", None)
    if mine.questions is not None and by_me.questions >= mine.questions:
        raise OverBudgetError(f"You have asked the {_questions(mine.questions)} that you have a day here.", again)
    if ours.questions is not None and by_us.questions >= ours.questions:
        raise OverBudgetError(f"This server has asked the {_questions(ours.questions)} that it has a day.", again)


def _questions(number: int) -> str:
    return "one question" if number == 1 else f"{number:,} questions"


def _over(most: Amount, limits: Limits, spent: Amount, who: str) -> str:
    """Why the model may not be asked; empty where it may, or where there is none."""
    if most == Amount():
        return ""
    after = spent + most
    tokens = limits.tokens is not None and after.tokens > limits.tokens
    micros = limits.micros is not None and most.micros > 0 and after.micros > limits.micros
    return f"{who} used up today's budget for answers that a language model writes." if tokens or micros else ""
