"""What a server wishes of votes, winners, its hall of fame and cards, as its managers set it."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from companion.community.slot_posts import NOT_WISHED
from companion.community.spans import Span, last_ended
from companion.community.votes import Votes
from companion.storage import highlight_rules, highlight_slots
from companion.storage.ballots import CLIP, Subject
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from companion.storage.highlight_slots import WEEKLY, State
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import shown
from tests.cogs.test_highlights_top import clip_of, vote

BEE = 876543210987654321
COMMANDS = ("voting", "hall-of-fame", "winners", "cards")


@pytest.fixture(autouse=True)
async def rule(world: World) -> HighlightRule:
    """The server has a daily highlight."""
    now = world.database.clock.now()
    made = HighlightRule(world.guild.id, world.channel.id, "UTC", 540, EVERY_DAY, Approval.NONE, None, 5, now)
    async with world.database.write() as connection:
        await highlight_rules.put(connection, made)
    return made


async def wishes(world: World) -> Wishes:
    async with world.database.read() as connection:
        return await highlight_rules.wishes_of(connection, world.guild.id)


async def set_to(world: World, command: str, **options: Any) -> str:
    """What the manager is told who sets these."""
    return shown(await managing(world).slash(world.channel, f"highlights {command}", **options))


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_plain_member_sets_nothing(world: World, command: str) -> None:
    assert "may manage this server" in shown(await world.priya.slash(world.channel, f"highlights {command}"))


@pytest.mark.parametrize("command", COMMANDS)
async def test_without_a_daily_highlight_each_says_to_set_one_up(world: World, command: str) -> None:
    async with world.database.write() as connection:
        await highlight_rules.remove(connection, world.guild.id)
    assert "`/highlights setup`" in await set_to(world, command)


@pytest.mark.parametrize("command", COMMANDS)
async def test_asked_for_no_change_each_tells_how_it_is(world: World, command: str) -> None:
    assert "You named nothing to change, so it stays as it is:" in await set_to(world, command)
    assert await wishes(world) == Wishes()


async def test_members_vote_with_what_was_chosen_and_what_was_before_goes_on_counting(world: World) -> None:
    clip = await clip_of(world, "The Winter Cluster")
    said = await set_to(world, "voting", up="🐝", account_days=0)
    assert "Members vote with 🐝 and 👎" in said
    assert "Under older posts 👍 go on counting" in said
    rules = await Votes(world.database).rules(world.guild.id)
    assert [rules.value(one) for one in ("🐝", "👍", "👍🏽", "👎", "🐻")] == [1, 1, 1, -1, 0]
    assert rules.emoji == ("🐝", "👎")

    assert "Under older posts 🐝 go on" in await set_to(world, "voting", up="👍")
    assert (await wishes(world)).former_up == ("🐝",)
    tally = await Votes(world.database).tally(Subject(CLIP, clip.id))
    assert (tally.up, tally.down) == (0, 0)


async def test_the_new_emoji_stand_under_what_is_posted_from_now_on(world: World) -> None:
    clip = await clip_of(world, "The Winter Cluster")
    await set_to(world, "voting", up="🐝", down="🕸️")
    answer = await world.jonas.slash(world.channel, "clip show", clip=str(clip.id))
    assert "Vote with 🐝 or 🕸️" in shown(answer)


async def test_an_emoji_of_this_server_can_be_chosen_and_no_other(world: World) -> None:
    bot = bot_of(world)
    guild: Any = bot.get_guild(world.guild.id)
    known: dict[str, Any] = {"id": str(BEE), "name": "bee", "roles": [], "available": True, "animated": True}
    own = discord.Emoji(guild=guild, state=guild._state, data=known)  # pyright: ignore[reportArgumentType]
    guild.emojis = (*guild.emojis, own)
    guild._state._emojis[BEE] = own
    assert f"Members vote with <a:bee:{BEE}>" in await set_to(world, "voting", up=f"<a:bee:{BEE}>")
    assert (await wishes(world)).up == f"a:bee:{BEE}"
    assert "is not one emoji that I can react with" in await set_to(world, "voting", down="<:wasp:123456789012345678>")


@pytest.mark.parametrize(
    ("up", "down", "told"),
    [
        ("yes", None, "is not one emoji"),
        ("🐝🐝", None, "is not one emoji"),
        ("👎", None, "two emoji that differ"),
        ("🐝", "🐝", "two emoji that differ"),
        ("👎🏽", "🐝", "stood for the opposite"),
    ],
)
async def test_emoji_that_cannot_be_voted_with_are_refused(world: World, up: str, down: str | None, told: str) -> None:
    options = {"up": up} if down is None else {"up": up, "down": down}
    assert told in await set_to(world, "voting", **options)
    assert await wishes(world) == Wishes()


async def test_a_hall_of_fame_is_opened_changed_and_closed(world: World) -> None:
    hall = world.guild.create_text_channel("hall")
    clip = await clip_of(world, "The Winter Cluster")
    await vote(world, clip, 4, 0)
    said = await set_to(world, "hall-of-fame", channel=hall, votes=5)
    assert f"5 more votes for it than against it is posted once in <#{hall.id}>" in said
    assert "None has that many yet" in said
    assert "1 clip has that many already" in await set_to(world, "hall-of-fame", votes=4)
    assert (await wishes(world)).hall_of_fame == hall.id
    assert "There is no hall of fame any more" in await set_to(world, "hall-of-fame", close=True)
    assert "There is no hall of fame.\n" in await set_to(world, "hall-of-fame")
    assert await wishes(world) == Wishes(hall_of_fame_votes=4)


async def test_a_hall_of_fame_in_which_nothing_could_be_posted_is_refused(world: World) -> None:
    mute = discord.PermissionOverwrite(add_reactions=False)
    closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: mute})
    assert "I still need Add Reactions" in await set_to(world, "hall-of-fame", channel=closed)
    assert "a channel of its own" in await set_to(world, "hall-of-fame", channel=world.channel)
    assert "name its `channel`" in await set_to(world, "hall-of-fame", votes=3)
    assert await wishes(world) == Wishes()


async def test_daily_highlights_do_not_come_to_the_hall_of_fame(world: World) -> None:
    hall = world.guild.create_text_channel("hall")
    await set_to(world, "hall-of-fame", channel=hall)
    assert "a channel of its own" in await set_to(world, "setup", channel=hall, time="9:00", zone="UTC")
    async with world.database.read() as connection:
        kept = await highlight_rules.get(connection, world.guild.id)
    assert kept is not None
    assert kept.channel_id == world.channel.id


async def test_while_highlights_are_paused_nothing_is_promised_to_come(world: World) -> None:
    hall = world.guild.create_text_channel("hall")
    for command, options in (("hall-of-fame", {"channel": hall}), ("winners", {"weekly": True})):
        assert "are paused" not in await set_to(world, command, **options)
    await set_to(world, "pause")
    for command in ("hall-of-fame", "winners"):
        assert "Highlights are paused: it comes after `/highlights resume`." in await set_to(world, command)


async def test_winners_that_were_not_wanted_do_not_come_afterwards(world: World, rule: HighlightRule) -> None:
    assert "The best clip of the month on the first" in await set_to(world, "winners", weekly=False)
    assert not (await wishes(world)).winners_weekly
    assert "No winners are posted" in await set_to(world, "winners", monthly=False)
    said = await set_to(world, "winners", weekly=True)
    assert "of the week on Mondays" in said
    last = last_ended(world.database.clock.now(), Span.WEEK, rule)
    async with world.database.read() as connection:
        slot = await highlight_slots.get(connection, world.guild.id, WEEKLY, last)
    assert slot is not None
    assert (slot.state, slot.reason) == (State.SKIPPED, NOT_WISHED)


async def test_cards_are_painted_in_colours_that_can_be_read(world: World) -> None:
    said = await set_to(world, "cards", background="#fff", text="102030", logo=False)
    assert "written in `#102030` on `#ffffff`, with marks of `#2bb3a3`, without this server's icon" in said
    assert await wishes(world) == Wishes(card_background=0xFFFFFF, card_text=0x102030, card_logo=False)
    assert "their contrast is" in await set_to(world, "cards", text="#eee")
    assert (await wishes(world)).card_text == 0x102030
    assert "is no colour" in await set_to(world, "cards", accent="blue")
    await set_to(world, "cards", background="usual", text="usual", logo=True)
    assert await wishes(world) == Wishes()


async def test_one_server_wishes_nothing_for_another(world: World) -> None:
    await set_to(world, "voting", up="🐝")
    assert (await Votes(world.database).rules(world.lotte.guild.id)).up == "👍"
