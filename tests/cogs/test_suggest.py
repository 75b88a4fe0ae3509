"""The standing survey through the real bot: suggested, voted on, decided by hosts, deleted."""

from __future__ import annotations

from typing import Any

import simcord

from companion.cogs.views import suggestion_ids
from companion.community.suggestions import Suggestions
from companion.storage.ballots import SUGGESTION, Subject
from companion.storage.suggestions import State
from companion.storage.votes import Tally
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged


async def suggest(
    world: World, kind: str = "topic", what: str = "Winter", who: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    option = {"guest": "name", "paper": "title", "topic": "words"}[kind]
    return only(await (who or world.priya).slash(world.channel, f"suggest {kind}", **{option: what}))


async def settled(world: World) -> None:
    cog: Any = bot_of(world).get_cog("Votes")
    await cog.settled()


def now_of(world: World, message: simcord.ResponseMessage) -> str:
    """What a message shows by now."""
    ids = sorted(one.id for one in world.channel.history())
    return said_in(world.env, world.channel)[ids.index(message.id)]


async def test_each_kind_is_posted_with_who_suggested_it_and_put_to_the_vote(world: World) -> None:
    posted = [text_of(await suggest(world, kind, "Hello @everyone *now*")) for kind in ("guest", "paper", "topic")]

    assert [said.splitlines()[0] for said in posted] == [
        "### 🎙️ Somebody to have on the podcast",
        "### 📄 A paper to talk about",
        "### 💡 A topic to talk about",
    ]
    for said in posted:
        assert "> Hello \\@everyone \\*now\\*" in said
        assert f"-# suggested by <@{world.priya.id}>" in said
        assert "Would you like that? Vote with 👍 or 👎." in said


async def test_the_survey_is_by_votes_of_all_kinds_or_of_one(world: World) -> None:
    await suggest(world)
    queens = await suggest(world, what="Queens", who=world.jonas)
    await suggest(world, "guest", "Ada Moreau")
    await world.priya.react(queens, "👍")
    await world.jonas.react(queens, "👎")  # their own
    await settled(world)

    assert "1 👍 · 0 👎" in now_of(world, queens)
    every = text_of(only(await world.jonas.slash(world.channel, "suggest top")))
    assert "### 💡 What we wish for\n-# 3 open · 1 member voted" in every
    assert every.index("1. 💡 Queens") < every.index("2. 💡 Winter") < every.index("3. 🎙️ Ada Moreau")
    place = f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{queens.id}"
    assert f"1 for, 0 against · suggested by <@{world.jonas.id}> · too few votes · [vote]({place})" in every
    guests = text_of(only(await world.jonas.slash(world.channel, "suggest top", kind="guest")))
    assert "1. Ada Moreau" in guests
    assert "Winter" not in guests
    assert "Nobody has suggested anything yet" in shown(await world.lotte.slash(world.cave_channel, "suggest top"))


async def test_the_same_words_show_the_suggestion_that_is_there(world: World) -> None:
    await suggest(world)
    again = await suggest(world, what="winter!", who=world.jonas)

    assert "This is suggested already: vote for it." in text_of(again)
    assert f"suggested by <@{world.priya.id}>" in text_of(again)
    assert "There is nothing in that" in shown(await world.priya.slash(world.channel, "suggest topic", words="?!"))


async def test_hosts_say_what_became_of_it(world: World) -> None:
    mo, posted = managing(world), await suggest(world)

    assert "Only hosts decide about guests" in shown(await world.jonas.click(posted, label="Done"))
    await world.restart()
    assert "Done: hosts took it up" in shown(await mo.click(posted, label="Done"))
    assert "✅ Done: hosts took it up." in now_of(world, posted)
    assert "0 open" in shown(await world.jonas.slash(world.channel, "suggest top"))
    assert "Somebody suggested this before." in text_of(await suggest(world, who=world.jonas))
    await mo.click(posted, label="Open it again")
    assert "✅" not in now_of(world, posted)
    await mo.click(posted, label="Not for now")
    assert "Not for now, hosts say." in now_of(world, posted)


async def test_a_guest_who_comes_is_a_suggestion_done(world: World) -> None:
    await suggest(world, "guest", "Ada Moreau")
    added = await managing(world).slash(world.channel, "guest add", name="ada moreau")

    assert "They were a suggestion of members, which is marked as done." in shown(added)
    assert "0 open" in shown(await world.jonas.slash(world.channel, "suggest top"))


async def test_only_who_made_it_and_moderators_delete_it_with_its_votes(world: World) -> None:
    posted = await suggest(world)
    await world.jonas.react(posted, "👍")
    await settled(world)

    assert "Only who suggested this can delete it" in shown(await world.jonas.click(posted, label="Delete"))
    done = await world.priya.click(posted, label="Delete")
    assert only(done).ephemeral
    assert "Deleted, with its votes: “Winter”" in shown(done)
    assert now_of(world, posted) == "🗑️ This suggestion was deleted."
    cog: Any = bot_of(world).get_cog("Votes")
    assert await cog.kept.tally(Subject(SUGGESTION, 1)) == Tally()
    assert "There is no such suggestion here" in shown(
        await press_forged(world, world.priya, await suggest(world, what="Queens"), suggestion_ids.delete(1))
    )


async def test_no_press_reaches_another_server_s_suggestion(world: World) -> None:
    assert buttons(await suggest(world))["Done"] == [suggestion_ids.decide(1, State.DONE)]
    there = managing(world, world.lotte.guild, "cy")
    for custom_id in (*(suggestion_ids.decide(1, state) for state in State), suggestion_ids.delete(1)):
        message = only(await there.slash(world.cave_channel, "search", query="gate"))
        said = shown(await press_forged(world, there, message, custom_id))
        assert "There is no such suggestion here" in said, custom_id

    assert (await Suggestions(world.database).shown(world.guild.id, 1)).suggestion.state is State.OPEN
