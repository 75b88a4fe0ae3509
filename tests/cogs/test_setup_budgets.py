from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import simcord

from companion.archive.language_model import Usage
from companion.cogs.views import budgets as views
from companion.community.budgets import MEMBER_A_DAY, SERVER_A_DAY, Decided, ModelCost, OverBudgetError, Price
from companion.storage.budgets import WHOLE_SERVER, Amount, Limits
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, give_setup_to_everybody, managing
from tests.cogs.messages import only, shown, walk

AGAIN = datetime(2026, 3, 15, tzinfo=UTC)


async def use(world: World, who: simcord.MemberActor, what: str, /, **options: object) -> simcord.InteractionResult:
    return await who.slash(world.channel, f"setup budgets {what}", **options)


async def kept(world: World) -> Decided:
    return await bot_of(world).budgets.decided(world.guild.id)


async def test_what_usually_holds_is_shown_to_the_manager_alone(world: World) -> None:
    asked = await use(world, managing(world), "show")

    assert only(asked).ephemeral
    assert "**Everyone:** 100 questions · 200,000 tokens · $0.50" in shown(asked)
    assert "**The whole server:** 2,000 questions · 2,000,000 tokens · $5.00" in shown(asked)
    assert "The server's today so far: 0 questions. The next day begins <t:" in shown(asked)
    assert "only questions count" in shown(asked)


async def test_everyone_the_server_and_roles_get_budgets_of_their_own(world: World) -> None:
    mo = managing(world)
    hosts = world.guild.create_role("hosts")

    everyone = await use(world, mo, "everyone", questions=5, dollars=0.25)
    server = await use(world, mo, "server", tokens=70_000)
    role = await use(world, mo, "role", role=hosts, questions=50)

    assert "for each member: 5 questions · $0.25." in shown(everyone)
    assert "for the whole server together: 70,000 tokens." in shown(server)
    assert f"for each member with <@&{hosts.id}>: 50 questions." in shown(role)
    decided = await kept(world)
    assert decided.member == Limits(5, MEMBER_A_DAY.tokens, 250_000)
    assert decided.server == Limits(SERVER_A_DAY.questions, 70_000, SERVER_A_DAY.micros)
    assert decided.roles == {hosts.id: Limits(50)}
    asked = shown(await use(world, mo, "show"))
    assert f"<@&{hosts.id}>: 50 questions" in asked
    assert "the most that one of these roles has" in asked


async def test_they_hold_from_the_next_question_on(world: World) -> None:
    await use(world, managing(world), "everyone", questions=1)
    budgets = bot_of(world).budgets
    await budgets.reserve(world.guild.id, world.priya.id, ())

    with pytest.raises(OverBudgetError):
        await budgets.reserve(world.guild.id, world.priya.id, ())
    assert "today so far: 1 question." in shown(await use(world, managing(world, name="bo"), "show"))


async def test_they_outlive_a_restart(world: World) -> None:
    mo = managing(world)
    await use(world, mo, "everyone", questions=7)
    await world.restart()

    assert "**Everyone:** 7 questions" in shown(await use(world, mo, "show"))


async def test_one_is_reset_or_all_are(world: World) -> None:
    mo = managing(world)
    hosts = world.guild.create_role("hosts")
    await use(world, mo, "everyone", questions=1)
    await use(world, mo, "role", role=hosts, questions=2)

    one = await use(world, mo, "reset", role=hosts)
    assert f"The budget of each member with <@&{hosts.id}> is that of everyone again" in shown(one)
    assert (await kept(world)).roles == {}
    assert (await kept(world)).member.questions == 1
    assert "All budgets of this server are the usual ones again" in shown(await use(world, mo, "reset"))
    assert (await kept(world)).member == MEMBER_A_DAY
    assert "nothing to reset" in shown(await use(world, mo, "reset"))


async def test_nothing_given_is_asked_for(world: World) -> None:
    refused = await use(world, managing(world), "everyone")

    assert "Say at least one of the three" in shown(refused)


async def test_a_plain_member_may_not_even_if_given_the_command(world: World) -> None:
    await give_setup_to_everybody(world)

    for what, options in (("show", {}), ("everyone", {"questions": 9}), ("server", {"questions": 9}), ("reset", {})):
        refused = await use(world, world.priya, what, **options)
        assert "Only those who may manage this server" in shown(refused)
        assert only(refused).ephemeral
    assert (await kept(world)).member == MEMBER_A_DAY


async def test_a_server_s_budgets_are_its_own(world: World) -> None:
    await use(world, managing(world), "everyone", questions=9)
    theirs = managing(world, world.lotte.guild, "hedda")

    assert "**Everyone:** 100 questions" in shown(await theirs.slash(world.cave_channel, "setup budgets show"))


def test_with_a_model_tokens_and_money_are_told_and_any_number_of_roles_fits() -> None:
    price = Price(Decimal(1), Decimal(2))
    roles = {10**18 + role: Limits(10**6, 10**9, 10**11) for role in range(250)}
    told = Decided(MEMBER_A_DAY, SERVER_A_DAY, roles, Amount(3, 4500, 1234), AGAIN, ModelCost(Usage(1, 1), price))

    view = views.shown(told)

    texts = [str(item["content"]) for item in walk(view.to_components()) if "content" in item]
    assert any("3 questions · 4,500 tokens · $0.0012" in text for text in texts)
    assert any("and 230 more roles" in text for text in texts)
    assert sum(map(len, texts)) < 4000


def test_a_price_that_is_not_known_is_told() -> None:
    told = Decided(MEMBER_A_DAY, SERVER_A_DAY, {}, Amount(), AGAIN, ModelCost(Usage(1, 1)))

    assert "dollars don't count" in str(views.shown(told).to_components())


def test_the_whole_server_s_reset_is_told() -> None:
    assert "the whole server together is the usual one" in str(views.reset(WHOLE_SERVER, 1).to_components())
