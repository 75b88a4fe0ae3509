"""``/setup hosts`` through the real bot."""

from __future__ import annotations

from companion.storage import hosts
from tests.cogs.conftest import World
from tests.cogs.managers import give_setup_to_everybody, managing
from tests.cogs.messages import only, shown


async def kept(world: World) -> int | None:
    async with world.database.read() as connection:
        return await hosts.role(connection, world.guild.id)


async def test_a_manager_chooses_the_role_and_is_told_what_that_does(world: World) -> None:
    mo, role, other = managing(world), world.guild.create_role("voices"), world.guild.create_role("guests")

    first = await mo.slash(world.channel, "setup hosts role", role=role)
    second = await mo.slash(world.channel, "setup hosts role", role=other)

    assert only(first).ephemeral
    assert f"✅ Members with <@&{role.id}> are hosts from now on" in shown(first)
    for duty in ("mark answers", "sessions of paper clubs", "which guests come", "tick off questions"):
        assert duty in shown(first)
    assert "until now" not in shown(first)
    assert f"It was <@&{role.id}> until now." in shown(second)
    assert await kept(world) == other.id


async def test_which_role_it_is_can_be_seen_and_taken_back(world: World) -> None:
    mo, role = managing(world), world.guild.create_role("voices")
    assert "Only those who manage this server are hosts." in shown(await mo.slash(world.channel, "setup hosts role"))
    await mo.slash(world.channel, "setup hosts role", role=role)
    await world.restart()

    seen = await mo.slash(world.channel, "setup hosts role")
    forgotten = await mo.slash(world.channel, "setup hosts forget")
    again = await mo.slash(world.channel, "setup hosts forget")

    assert f"Members with <@&{role.id}> are hosts," in shown(seen)
    assert f"members with <@&{role.id}> are no more" in shown(forgotten)
    assert "No role of hosts is chosen here" in shown(again)
    assert await kept(world) is None


async def test_a_role_that_was_deleted_meanwhile_is_said_to_be(world: World) -> None:
    mo, now = managing(world), world.database.clock.now()
    async with world.database.write() as connection:
        await hosts.choose(connection, world.guild.id, 12345, mo.id, now)

    assert "The role that was chosen is deleted" in shown(await mo.slash(world.channel, "setup hosts role"))


async def test_the_role_that_everybody_has_makes_no_hosts(world: World) -> None:
    result = await managing(world).slash(world.channel, "setup hosts role", role=world.guild.default_role)

    assert "Everybody has this role" in shown(result)
    assert await kept(world) is None


async def test_members_who_got_hold_of_the_command_choose_nothing(world: World) -> None:
    await give_setup_to_everybody(world)
    role = world.guild.create_role("voices")

    for path, options in (("setup hosts role", {"role": role}), ("setup hosts forget", {})):
        assert "Only those who may manage this server" in shown(await world.priya.slash(world.channel, path, **options))
    assert await kept(world) is None
