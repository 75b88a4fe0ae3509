from __future__ import annotations

import re

import discord
import pytest
import simcord
from sqlalchemy import func, select

from companion.bot.client import CompanionBot
from companion.cogs.views import clip_ids
from companion.community import clips as making
from companion.community.votes import Votes
from companion.storage import schema, subscriptions
from companion.storage.ballots import CLIP, Ballot, Subject
from companion.storage.episodes import Kind, Reference
from companion.storage.votes import Tally
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged, searched

WOOL = "wool keeps the damp in"
_WORDS = " ".join(turn.text for turn in samples.WINTER_TURNS)


async def create(
    world: World, who: simcord.MemberActor | None = None, start: str = "2:30", end: str | None = "3:30"
) -> simcord.ResponseMessage:
    """Makes a clip of the winter's episode."""
    options = {"episode": "Winter Cluster", "start": start} | ({"end": end} if end else {})
    return only(await (who or world.priya).slash(world.channel, "clip create", **options))


async def how_many(world: World) -> int:
    async with world.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(schema.clips))).scalar_one()


def quotations(text: str) -> list[str]:
    """What is quoted, without escapes."""
    return [re.sub(r"\\(.)", r"\1", quote) for quote in re.findall(r"^> (.+)$", text, re.MULTILINE)]


def clip_id(message: simcord.ResponseMessage) -> str:
    return buttons(message)["Save"][0].rsplit(":", 1)[1]


class TestCreating:
    async def test_the_clip_is_posted_for_all_with_words_speaker_time_and_maker(self, world: World) -> None:
        message = await create(world)

        text = text_of(message)
        assert not message.ephemeral
        assert "🎬 A new clip" in text
        assert "**Tomas Ek** · [▸\u00a0\\~2:30](https://bees.example/audio.mp3#t=150)" in text
        assert "*The Winter Cluster*" in text
        assert f"clipped by <@{world.priya.id}>" in text
        (quoted,) = quotations(text)
        assert quoted in _WORDS
        assert quoted.startswith("Wool keeps the damp in")
        assert quoted.endswith(".")

    async def test_its_title_is_one_of_its_sentences(self, world: World) -> None:
        text = text_of(await create(world))

        titled = re.search(r"^\*\*“(.+)”\*\*$", text, re.MULTILINE)
        assert titled is not None
        assert titled[1].removesuffix("…") in quotations(text)[0]

    async def test_members_vote_on_it_with_the_reactions_that_are_there(self, world: World) -> None:
        message = await create(world)

        assert "Worth hearing again? Vote with 👍 or 👎." in text_of(message)
        async with world.database.read() as connection:
            (ballot,) = (await connection.execute(select(schema.ballots))).all()
        assert (ballot.message_id, ballot.subject_kind, ballot.open) == (message.id, "clip", True)
        put = [str(one.path) for one in world.env.http_requests if "/reactions/" in str(one.path)]
        assert len(put) == 2

    async def test_without_an_end_it_is_as_long_as_is_usual(self, world: World) -> None:
        assert "🎬 A new clip" in text_of(await create(world, end=None))

    async def test_one_nearly_the_same_is_the_one_that_is_there(self, world: World) -> None:
        first = await create(world)
        again = await create(world, world.jonas, "2:32", "3:29")

        assert "🎬 This is clipped already" in text_of(again)
        assert f"clipped by <@{world.priya.id}>" in text_of(again)
        assert clip_id(first) == clip_id(again)
        assert await how_many(world) == 1

    @pytest.mark.parametrize(
        ("start", "end", "refusal"),
        [
            ("soon", "3:30", "is no time in an episode"),
            ("2:30", "2:75", "has more than 59 seconds"),
            ("3:30", "2:30", "The end of a clip comes after its start"),
            ("0", "1:00:00", "A clip is 120 seconds long at most, and this would be 3600"),
            ("2:00:00", None, "ends before that: its transcript is 1:04:10 long"),
        ],
    )
    async def test_bounds_that_no_clip_has_are_refused(
        self, world: World, start: str, end: str | None, refusal: str
    ) -> None:
        options = {"episode": "Winter Cluster", "start": start} | ({"end": end} if end else {})
        assert refusal in shown(await world.priya.slash(world.channel, "clip create", **options))
        assert await how_many(world) == 0

    async def test_there_is_an_end_to_what_one_member_makes(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "MOST", 1)
        await create(world)

        refused = await world.priya.slash(
            world.channel, "clip create", episode="Winter Cluster", start="0:40", end="1:30"
        )

        assert "delete some first with `/clip delete`" in shown(refused)

    async def test_episodes_of_the_server_are_suggested_and_no_others(self, world: World) -> None:
        choices = await world.priya.autocomplete(world.channel, "clip create", "episode", "")

        assert {choice["name"] for choice in choices} == {"The Winter Cluster", "An Egg Fed Better"}


class TestShowing:
    async def test_one_is_shown_by_what_is_suggested(self, world: World) -> None:
        made = await create(world)
        (choice,) = await world.jonas.autocomplete(world.channel, "clip show", "clip", "winter")

        message = only(await world.jonas.slash(world.channel, "clip show", clip=choice["value"]))

        assert choice["name"].endswith("The Winter Cluster 2:30")
        assert quotations(text_of(message)) == quotations(text_of(made))

    async def test_one_is_shown_by_words_of_it_and_several_that_have_them_are_named(self, world: World) -> None:
        made = await create(world)
        shown_again = only(await world.jonas.slash(world.channel, "clip show", clip="WINTER  cluster"))
        other = await create(world, start="0:40", end="1:30")
        choices = await world.jonas.autocomplete(world.channel, "clip show", "clip", "winter")
        several = shown(await world.jonas.slash(world.channel, "clip show", clip="winter"))
        title = next(clip["name"] for clip in choices if clip["value"] == clip_id(other)).split("”")[0][1:]

        assert clip_id(shown_again) == clip_id(made)
        assert len(choices) == 2
        assert "“winter” fits several clips" in several
        assert several.count("· The Winter Cluster") == 2
        by_title = only(await world.jonas.slash(world.channel, "clip show", clip=title.removesuffix("…")))
        assert clip_id(by_title) == clip_id(other)

    async def test_chance_brings_one_of_those_that_there_are(self, world: World) -> None:
        none = await world.jonas.slash(world.channel, "clip random")
        made = await create(world)
        message = only(await world.jonas.slash(world.channel, "clip random"))

        assert "There are no clips here yet" in shown(none)
        assert clip_id(message) == clip_id(made)

    @pytest.mark.parametrize("typed", ["0", "x", "9" * 30, "²"])
    async def test_what_is_no_clip_is_said(self, world: World, typed: str) -> None:
        assert "There is no such clip here" in shown(await world.jonas.slash(world.channel, "clip show", clip=typed))

    async def test_it_is_saved_after_a_restart(self, world: World) -> None:
        made = await create(world)
        await world.restart()

        told = only(await world.jonas.click(made, label="Save"))

        assert told.ephemeral
        assert "Saved, for you alone" in text_of(told)
        assert "Wool keeps the damp in" in text_of(told)

    async def test_all_of_it_is_saved_each_turn_with_who_says_it(self, world: World) -> None:
        made = await create(world, start="2:10", end="3:00")

        told = only(await world.jonas.click(made, label="Save"))

        assert quotations(text_of(told)) == quotations(text_of(made))
        assert [name for name in ("Mara Lindqvist", "Tomas Ek") if f"**{name}**" not in text_of(told)] == []

    async def test_speakers_have_their_names(self, world: World) -> None:
        text = text_of(await create(world, start="2:10", end="3:00"))

        assert "**Mara Lindqvist**" in text
        assert "**Tomas Ek**" in text


class TestOwn:
    async def test_the_list_is_for_who_made_them(self, world: World) -> None:
        await create(world)

        mine, others = [only(await who.slash(world.channel, "clip mine")) for who in (world.priya, world.jonas)]

        assert mine.ephemeral
        assert "1 of yours in this server" in text_of(mine)
        assert " · [▸\N{NO-BREAK SPACE}\\~2:30](https://bees.example/audio.mp3#t=150)" in text_of(mine)
        assert "clipped by" not in text_of(mine)
        assert "There are none yet" in text_of(others)

    async def test_one_is_deleted_from_the_list_and_says_so_where_it_stands(self, world: World) -> None:
        await create(world)
        mine = only(await world.priya.slash(world.channel, "clip mine"))
        await world.restart()

        await world.priya.click(mine, label="Delete")

        assert "✅ Deleted, with its votes." in text_of(mine)
        assert "There are none yet" in text_of(mine)
        assert await how_many(world) == 0
        assert any("🗑️ This clip was deleted." in said for said in said_in(world.env, world.channel))

    async def test_one_is_deleted_by_command(self, world: World) -> None:
        await create(world)
        (choice,) = await world.priya.autocomplete(world.channel, "clip delete", "clip", "")

        told = await world.priya.slash(world.channel, "clip delete", clip=choice["value"])

        assert only(told).ephemeral
        assert "Its votes are deleted with it" in shown(told)
        assert await how_many(world) == 0

    async def test_who_deletes_the_post_is_told_that_the_clip_stays(self, world: World) -> None:
        made = await create(world)

        refused = await world.jonas.click(made, label="Delete")
        told = await world.priya.click(made, label="Delete")

        assert "Only who asked for this can delete it" in shown(refused)
        assert "The message is deleted. The clip itself stays, with its votes: `/clip delete` takes" in shown(told)
        assert await how_many(world) == 1

    async def test_so_is_who_deletes_one_on_which_no_votes_are_counted_any_more(self, world: World) -> None:
        made = await create(world)
        await Votes(world.database).close([made.id])

        told = await world.priya.click(made, label="Delete")

        assert "The clip itself stays, with its votes" in shown(told)

    async def test_one_is_deleted_by_words_of_it_and_another_member_s_is_not(self, world: World) -> None:
        await create(world)

        refused = await world.jonas.slash(world.channel, "clip delete", clip="winter")
        told = await world.priya.slash(world.channel, "clip delete", clip="winter")

        assert "Only who made this clip can delete it" in shown(refused)
        assert "Its votes are deleted with it" in shown(told)

    async def test_another_member_s_is_left_by_command_and_forged_press(self, world: World) -> None:
        made = await create(world)

        by_command = await world.jonas.slash(world.channel, "clip delete", clip=clip_id(made))
        by_press = await press_forged(world, world.jonas, made, clip_ids.delete(int(clip_id(made)), 0))

        for refused in (by_command, by_press):
            assert "Only who made this clip can delete it" in shown(refused)
        assert await world.jonas.autocomplete(world.channel, "clip delete", "clip", "") == []
        assert await how_many(world) == 1

    async def test_moderators_delete_any(self, world: World) -> None:
        made = await create(world)
        role = world.guild.create_role("mods", permissions=discord.Permissions(manage_messages=True))
        moderator = world.guild.add_member(world.env.create_user("mod"), roles=[role])

        assert "Deleted" in shown(await moderator.slash(world.channel, "clip delete", clip=clip_id(made)))
        assert await how_many(world) == 0


class TestClipIt:
    async def form(self, world: World, query: str = WOOL) -> simcord.InteractionResult:
        """Opens the form from the context of a result."""
        message = await searched(world, query)
        context = only(await world.jonas.click(message, custom_id=buttons(message)["Context"][0]))
        return await world.jonas.click(context, label="Clip it")

    async def test_the_form_has_the_bounds_of_the_sentences_around_what_was_found(self, world: World) -> None:
        form = await self.form(world)

        assert form.modal is not None
        values = re.findall(r"'value': '([^']+)'", str(form.modal))
        assert len(values) == 2
        assert all(re.fullmatch(r"~?\d:\d\d", value) for value in values)

    async def test_left_as_it_is_it_makes_a_clip_of_what_was_found_even_after_a_restart(self, world: World) -> None:
        form = await self.form(world)
        await world.restart()

        message = only(await world.jonas.submit_modal(form, {}))

        assert not message.ephemeral
        assert "🎬 A new clip" in text_of(message)
        assert f"clipped by <@{world.jonas.id}>" in text_of(message)
        assert "Wool keeps the damp in" in text_of(message)

    async def test_other_bounds_make_another_clip(self, world: World) -> None:
        form = await self.form(world)

        message = only(await world.jonas.submit_modal(form, {"start": "0:40", "end": "1:25"}))

        assert "What people forget about a hive" in text_of(message)

    async def test_bounds_that_cannot_be_read_are_refused(self, world: World) -> None:
        form = await self.form(world)

        assert "is no time in an episode" in shown(await world.jonas.submit_modal(form, {"start": "here"}))

    async def test_without_times_words_are_added(self, world: World) -> None:
        turns = tuple(samples.Turn(turn.speaker, None, None, False, turn.text) for turn in samples.WINTER_TURNS)
        await samples.store_podcast(world.database, samples.BEES, [samples.reading("The Winter Cluster", turns)])
        await world.restart()
        form = await self.form(world)
        assert form.modal is not None
        assert "Words more before" in str(form.modal)

        shorter = text_of(only(await world.jonas.submit_modal(form, {})))
        longer = text_of(only(await world.jonas.submit_modal(await self.form(world), {"after": "200"})))
        refused = await world.jonas.submit_modal(await self.form(world), {"after": "many"})

        assert len("".join(quotations(longer))) > len("".join(quotations(shorter)))
        assert "is no number of words" in shown(refused)

    async def test_show_notes_offer_no_clip(self, world: World) -> None:
        reference = Reference((await samples.only_episode(world.database, world.bees)).id, Kind.NOTES, None, None, 0, 9)

        refused = await press_forged(world, world.priya, await searched(world), clip_ids.make(reference))

        assert "Show notes cannot be heard" in shown(refused)


class TestServers:
    async def test_no_clip_is_made_of_another_server_s_episode(self, world: World) -> None:
        episode = await samples.only_episode(world.database, world.caves)

        by_command = await world.priya.slash(
            world.channel, "clip create", episode=str(episode.id), start="0:00", end="0:40"
        )
        forged = clip_ids.make(Reference(episode.id, Kind.SPEECH, 0.0, 60.0, 0, 20))
        by_press = await press_forged(world, world.priya, await searched(world), forged)

        for refused in (by_command, by_press):
            assert "stalactite" not in shown(refused)
            assert "Lower Gate" not in shown(refused)
        assert await how_many(world) == 0

    async def test_a_clip_is_its_own_server_s(self, world: World) -> None:
        made = await create(world)

        result = await world.lotte.slash(world.cave_channel, "clip show", clip=clip_id(made))

        assert "There is no such clip here" in shown(result)
        assert await world.lotte.autocomplete(world.cave_channel, "clip show", "clip", "") == []

    async def test_a_clip_of_a_podcast_that_was_left_is_not_shown(self, world: World) -> None:
        made = await create(world)
        now = world.database.clock.now()
        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, now)
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        assert "There is no such clip here" in shown(
            await world.priya.slash(world.channel, "clip show", clip=clip_id(made))
        )
        assert "There are no clips here yet" in shown(await world.priya.slash(world.channel, "clip random"))


class TestVotes:
    async def test_votes_are_shown_under_the_clip_as_it_stands(self, world: World) -> None:
        made = await create(world)
        await world.jonas.react(made, "👍")
        bot = world.env.bot
        assert isinstance(bot, CompanionBot)
        ballot = Ballot(made.id, world.guild.id, world.channel.id, Subject(CLIP, 1), world.database.clock.now())

        shown_anew = await bot.tallied[CLIP](ballot, Tally(3, 1))

        assert shown_anew is not None
        texts = [item.content for item in shown_anew.walk_children() if isinstance(item, discord.ui.TextDisplay)]
        assert texts[-1] == "-# 🗳️ 3 👍 · 1 👎"
        assert "\n".join(texts[:-1]) == text_of(made).rsplit("\n", 1)[0]
