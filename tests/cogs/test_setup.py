from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
import pytest
import simcord

from companion.bot.client import CompanionBot
from companion.cogs.views import custom_ids
from companion.storage import aliases, subscriptions
from companion.storage.aliases import Alias, Origin
from companion.storage.names import AliasKind, AliasState
from companion.storage.podcasts import Podcast
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of

TERM = AliasKind.TERM


def managing(world: World) -> simcord.MemberActor:
    """Someone who manages the bees' server."""
    role = world.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    return world.guild.add_member(world.env.create_user("mo", global_name="Mo"), roles=[role])


async def use(world: World, member: simcord.MemberActor, command: str, **options: str) -> simcord.InteractionResult:
    return await member.slash(world.channel, f"setup aliases {command}", **options)


async def found_in_the_end(world: World, wanted: str, **options: str) -> str:
    """What a search shows, asked again until the bot has loaded what changed."""
    text = ""
    for _ in range(100):
        text = shown(await world.priya.slash(world.channel, "search", **options))
        if wanted in text:
            break
        await asyncio.sleep(0.1)
    return text


async def known(world: World, podcast: Podcast) -> dict[str, tuple[str, AliasState]]:
    async with world.database.read() as connection:
        return {one.spelling: (one.name, one.state) for one in await aliases.listed(connection, [podcast.id])}


async def propose(world: World, podcast: Podcast, *spellings: str) -> list[Alias]:
    proposals = [
        Alias(podcast.id, TERM, spelling, "Varroa", AliasState.PROPOSED, Origin.MINED, "the notes say *Varroa*")
        for spelling in spellings
    ]
    async with world.database.write() as connection:
        await aliases.propose(connection, proposals, world.database.clock.now())
    return proposals


async def subscribe(world: World, guild_id: int, podcast: Podcast) -> None:
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, guild_id, podcast.id, world.database.clock.now())


async def press_forged(
    member: simcord.MemberActor, world: World, message: simcord.ResponseMessage, custom_id: str
) -> simcord.InteractionResult:
    """Presses a button that the bot never made."""
    stored = world.env.backend.get_message(message.channel_id, message.id)
    first = next(part for part in _walk(stored.components) if part.get("type") == 2)
    first["custom_id"] = custom_id
    return await member.click(message, custom_id=custom_id)


def _walk(components: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [part for one in components for part in (one, *_walk(one.get("components") or []))]


class TestAdding:
    async def test_a_speaker_is_shown_and_found_by_the_new_name_and_the_old(self, world: World) -> None:
        answer = await use(world, managing(world), "add", spelling="Tomas Ek", name="Tom the Beekeeper")

        assert only(answer).flags.ephemeral
        assert "**tomas ek** stands for **Tom the Beekeeper** in Hive Minds" in shown(answer)
        assert "Searches follow within seconds" in shown(answer)
        for speaker in ("Tom the Beekeeper", "tomas ek"):
            found = await found_in_the_end(world, "**Tom the Beekeeper**", query="winter cluster", speaker=speaker)
            assert "**Tom the Beekeeper**" in found
            assert "**Tomas Ek**" not in found

    async def test_a_word_is_found_by_either_spelling_and_no_text_is_changed(self, world: World) -> None:
        await use(world, managing(world), "add", spelling="powdered sugar", name="Icing Confectioner Dust")

        found = await found_in_the_end(world, "Also searched", query="Icing Confectioner Dust")

        assert "with **powdered sugar**" in found
        assert "Also searched for: powdered sugar" in found

    async def test_a_change_of_name_says_what_it_was(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "add", spelling="ekki", name="Tomas Ek")

        answer = await use(world, mo, "add", spelling="EKKI", name="Mara Lindqvist")

        assert "stood for Tomas Ek before" in shown(answer)
        assert (await known(world, world.bees))["ekki"][0] == "Mara Lindqvist"

    @pytest.mark.parametrize(
        ("spelling", "name", "refusal"),
        [
            ("SPEAKER 1", "Tomas Ek", "somebody else in every episode"),
            ("!?", "Tomas Ek", "no letter in it"),
            ("honey", "HONEY", "are the same"),
        ],
    )
    async def test_what_cannot_be_is_refused_with_the_reason(
        self, world: World, spelling: str, name: str, refusal: str
    ) -> None:
        answer = await use(world, managing(world), "add", spelling=spelling, name=name)

        assert refusal in shown(answer)
        assert await known(world, world.bees) == {}

    async def test_two_names_that_stand_for_each_other_are_refused(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "add", spelling="tomas ek", name="Ekki")

        answer = await use(world, mo, "add", spelling="ekki", name="Tomas Ek")

        assert "remove “Tomas Ek” first" in shown(answer)

    async def test_markdown_and_mentions_in_names_are_text(self, world: World) -> None:
        answer = await use(world, managing(world), "add", spelling="<@1> **b**", name="@everyone `x` [a](http://b)")

        assert "@everyone" not in shown(answer).replace(r"\@everyone", "")
        assert r"\*\*b\*\*" in shown(answer)

    async def test_names_are_suggested(self, world: World) -> None:
        mo = managing(world)
        choices = await mo.autocomplete(world.channel, "setup aliases add", "name", "ek", spelling="x")

        assert [choice["value"] for choice in choices] == ["Tomas Ek"]


class TestRemoving:
    async def test_a_spelling_stands_for_itself_again_and_is_not_joined_anew(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "add", spelling="tomas ek", name="Ekki")
        choices = await mo.autocomplete(world.channel, "setup aliases remove", "spelling", "ekk")

        answer = await use(world, mo, "remove", spelling=choices[0]["value"])

        assert "stands for Ekki no more" in shown(answer)
        assert await known(world, world.bees) == {"tomas ek": ("Ekki", AliasState.REJECTED)}
        assert "**Tomas Ek**" in await found_in_the_end(world, "**Tomas Ek**", query="winter cluster hum")

    async def test_what_stands_for_nothing_cannot_be_removed(self, world: World) -> None:
        assert "“ghost” stands for nothing else here" in shown(
            await use(world, managing(world), "remove", spelling="ghost")
        )


class TestReviewing:
    async def test_a_proposal_does_nothing_until_it_is_accepted(self, world: World) -> None:
        await propose(world, world.bees, "powdered sugar")
        assert "powdered sugar" not in shown(await world.priya.slash(world.channel, "search", query="Varroa"))

        review = only(await use(world, managing(world), "review"))
        assert "powdered sugar" in text_of(review)
        assert r"the notes say \*Varroa\*" in text_of(review)

    async def test_accepting_and_rejecting_work_after_a_restart(self, world: World) -> None:
        mo = managing(world)
        await propose(world, world.bees, "powdered sugar", "oxalic acid")
        review = only(await use(world, mo, "review"))
        await world.restart()

        accept = next(one for one in buttons(review)["Accept"] if "powdered" in one)
        await mo.click(review, custom_id=accept)
        assert "is accepted" in text_of(review)
        reject = next(one for one in buttons(review)["Reject"] if "oxalic" in one)
        await mo.click(review, custom_id=reject)

        assert "is rejected" in text_of(review)
        assert "Nothing is proposed" in text_of(review)
        assert {spelling: state for spelling, (_, state) in (await known(world, world.bees)).items()} == {
            "powdered sugar": AliasState.ACCEPTED,
            "oxalic acid": AliasState.REJECTED,
        }

    async def test_what_was_decided_meanwhile_is_said(self, world: World) -> None:
        mo = managing(world)
        (proposal,) = await propose(world, world.bees, "powdered sugar")
        review = only(await use(world, mo, "review"))
        async with world.database.write() as connection:
            await aliases.put(
                connection,
                Alias(world.bees.id, TERM, proposal.spelling, "Varroa", AliasState.REJECTED, Origin.MINED),
                world.database.clock.now(),
            )

        result = await mo.click(review, label="Accept")

        assert "stands for nothing else here" in shown(result)
        assert (await known(world, world.bees))["powdered sugar"][1] is AliasState.REJECTED


class TestLabels:
    async def test_a_generic_label_is_named_in_one_episode(self, world: World) -> None:
        turns = [samples.Turn("SPEAKER 1", 0.0, 30.0, False, "Propolis is glue, and bees bring it from poplar buds.")]
        titles = ("Glue one", "Glue two")
        await samples.store_podcast(world.database, samples.BEES, [samples.reading(title, turns) for title in titles])
        mo = managing(world)
        choices = await mo.autocomplete(world.channel, "setup aliases label", "label", "", episode="Glue one", name="x")

        answer = await use(world, mo, "label", episode="Glue one", label=choices[0]["value"], name="Petra Wax")

        assert "is shown as **Petra Wax**, where it was SPEAKER 1" in shown(answer)
        found = await found_in_the_end(world, "**Petra Wax**", query="propolis glue poplar")
        assert "**Petra Wax**" in found
        assert "**SPEAKER 1**" in found

    async def test_a_label_that_is_not_there_is_refused_with_those_that_are(self, world: World) -> None:
        answer = await use(world, managing(world), "label", episode="Winter", label="SPEAKER 9", name="Petra")

        assert "Labelled there: Mara Lindqvist, Tomas Ek" in shown(answer)


class TestWhoMay:
    async def test_a_member_who_was_given_the_command_but_manages_nothing_is_refused(self, world: World) -> None:
        with pytest.raises(simcord.SetupError, match="not visible"):
            await use(world, world.priya, "list")
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        given = next(one for one in await bot.tree.fetch_commands() if one.name == "setup")
        world.guild.set_command_permissions(given, {world.guild.default_role: True})

        for command, options in (("list", {}), ("add", {"spelling": "a b", "name": "c d"})):
            with_refusal = await use(world, world.priya, command, **options)
            assert "Only those who may manage this server" in shown(with_refusal)
        assert await known(world, world.bees) == {}

    async def test_their_forged_press_is_refused(self, world: World) -> None:
        (proposal,) = await propose(world, world.bees, "powdered sugar")
        message = only(await world.priya.slash(world.channel, "search", query="winter"))

        result = await press_forged(world.priya, world, message, custom_ids.decide(proposal, accept=True))

        assert "Only those who may manage this server" in shown(result)
        assert (await known(world, world.bees))["powdered sugar"][1] is AliasState.PROPOSED

    async def test_a_podcast_of_another_server_cannot_be_named_or_pressed(self, world: World) -> None:
        mo = managing(world)
        (proposal,) = await propose(world, world.caves, "stalactite")
        message = only(await use(world, mo, "list"))

        for refused in (
            await use(world, mo, "add", spelling="a b", name="c d", podcast="Cave Notes"),
            await use(world, mo, "list", podcast=str(world.caves.id)),
            await press_forged(mo, world, only(await world.priya.slash(world.channel, "search", query="winter")),
                               custom_ids.decide(proposal, accept=True)),
        ):  # fmt: skip
            assert "not one of this server's podcasts" in shown(refused)
            assert "stalactite" not in shown(refused)
        assert text_of(message)
        assert (await known(world, world.caves))["stalactite"][1] is AliasState.PROPOSED

    async def test_a_server_that_came_later_reads_names_and_edits_none(self, world: World) -> None:
        await subscribe(world, world.guild.id, world.caves)

        refused = await use(world, managing(world), "add", spelling="piet", name="Piet Vos", podcast="Cave Notes")

        assert "cannot be changed from this server" in shown(refused)
        assert await known(world, world.caves) == {}

    @pytest.mark.parametrize(
        "custom_id", ["aliases:burn:1:p:x", "aliases:accept:1:q:x", "aliases:list:1:99999", "aliases:accept:x:p:y"]
    )
    async def test_a_button_of_another_version_is_answered(self, world: World, custom_id: str) -> None:
        message = only(await world.priya.slash(world.channel, "search", query="winter"))

        assert "don't know this button any more" in shown(
            await press_forged(managing(world), world, message, custom_id)
        )


class TestListing:
    async def test_what_there_is_one_of_is_counted_as_one(self, world: World) -> None:
        mo = managing(world)
        await use(world, mo, "add", spelling="Tommy", name="Tomas Ek")

        assert "-# 1 spelling\n" in shown(await use(world, mo, "list"))

    async def test_many_names_come_in_pages(self, world: World) -> None:
        mo = managing(world)
        now = world.database.clock.now()
        async with world.database.write() as connection:
            for number in range(40):
                alias = Alias(world.bees.id, TERM, f"s{number:02}", "*" * 80, AliasState.ACCEPTED, Origin.MODERATOR)
                await aliases.put(connection, alias, now)
        message = only(await use(world, mo, "list"))
        assert "40 spellings · page 1 of 4" in text_of(message)

        await mo.click(message, label="Page 2 ›")

        assert "page 2 of 4" in text_of(message)
        assert "s15" in text_of(message)

    async def test_an_empty_list_says_what_to_do(self, world: World) -> None:
        assert "/setup aliases add" in shown(await use(world, managing(world), "list"))


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "corrections",
        "aliases list",
        "aliases review",
        "asking list",
        "budgets show",
        "channels list",
        "members list",
        "podcasts links",
        "podcasts list",
        "podcasts unsubscribe",
    ],
)
async def test_every_heading_begins_with_a_sign_as_elsewhere(world: World, command: str) -> None:
    told = shown(await managing(world).slash(world.channel, f"setup {command}"))

    assert told.startswith("### ")
    assert not told.removeprefix("### ")[0].isascii()
