from __future__ import annotations

import re

import pytest
import simcord
from sqlalchemy import func, select

from companion.cogs.views import saved_ids
from companion.community import saved as saving
from companion.storage import schema, subscriptions
from companion.storage.episodes import Kind, Reference
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of
from tests.cogs.test_search_buttons import press_forged, searched

WOOL = "wool keeps the damp in"


async def save(
    world: World, who: simcord.MemberActor, message: simcord.ResponseMessage, place: int = 0
) -> simcord.ResponseMessage:
    """Presses one of the Save buttons."""
    return only(await who.click(message, custom_id=buttons(message)["Save"][place]))


async def listed(world: World, who: simcord.MemberActor) -> simcord.ResponseMessage:
    return only(await who.slash(world.channel, "saved list"))


async def how_many(world: World) -> int:
    async with world.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(schema.saved))).scalar_one()


def quotations(text: str) -> list[str]:
    """What is quoted, without bold marks and escapes."""
    return [re.sub(r"\\(.)", r"\1", quote.replace("**", "")) for quote in re.findall(r"^> (.+)$", text, re.MULTILINE)]


class TestSaving:
    async def test_what_the_result_quotes_is_saved_with_who_said_it_when_and_where(self, world: World) -> None:
        message = await searched(world, WOOL)

        told = await save(world, world.jonas, message)

        assert told.ephemeral
        assert "🔖 Saved, for you alone." in text_of(told)
        assert quotations(text_of(told)) == quotations(text_of(message))[:1]
        head, place = text_of(message).splitlines()[2:4]
        assert head in text_of(told)
        assert place in text_of(told)

    async def test_it_is_in_the_list_of_who_saved_it_and_in_no_other(self, world: World) -> None:
        await save(world, world.jonas, await searched(world, WOOL))

        mine, others = await listed(world, world.jonas), await listed(world, world.priya)

        assert mine.ephemeral
        assert "1 in this server, for you alone" in text_of(mine)
        assert "Wool keeps the damp in" in text_of(mine)
        assert "Nothing is saved yet: press **Save**" in text_of(others)

    async def test_saving_it_again_keeps_it_once(self, world: World) -> None:
        message = await searched(world, WOOL)
        await save(world, world.jonas, message)

        assert "You have saved this already" in text_of(await save(world, world.jonas, message))
        assert await how_many(world) == 1

    async def test_it_is_saved_from_the_context_too(self, world: World) -> None:
        message = await searched(world, WOOL)
        context = only(await world.jonas.click(message, custom_id=buttons(message)["Context"][0]))

        from_context = await save(world, world.jonas, context)
        from_result = await save(world, world.jonas, message)

        assert quotations(text_of(from_context)) == quotations(text_of(message))[:1]
        assert "already" in text_of(from_result)

    async def test_it_survives_a_restart_and_a_new_reading_of_the_episode(self, world: World) -> None:
        message = await searched(world, WOOL)
        told = await save(world, world.jonas, message)
        before = quotations(text_of(told))
        await samples.store_podcast(world.database, samples.BEES, samples.bee_readings())
        await world.restart()

        assert quotations(text_of(await listed(world, world.jonas))) == before
        assert "already" in text_of(await save(world, world.jonas, message))

    async def test_there_is_an_end_to_what_one_member_can_save(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(saving, "MOST", 1)
        message = await searched(world, "bees winter hive honey queen")
        await save(world, world.jonas, message, 0)

        refused = await world.jonas.click(message, custom_id=buttons(message)["Save"][1])

        assert "which is all there is room for: remove some first" in shown(refused)
        assert await how_many(world) == 1

    async def test_a_result_that_answers_nothing_offers_no_save(self, world: World) -> None:
        assert "Save" not in buttons(await searched(world, "bees", after="2031"))


class TestExporting:
    async def test_all_of_it_comes_as_markdown_for_nobody_else(self, world: World) -> None:
        message = await searched(world, "bees winter hive honey queen")
        for place in range(2):
            await save(world, world.jonas, message, place)

        told = only(await world.jonas.slash(world.channel, "saved export"))
        (file,) = told.attachments
        written = (await file.read()).decode()

        assert told.ephemeral
        assert file.filename == "saved-passages.md"
        assert "2 passages" in text_of(told)
        assert written.startswith("# Saved passages\n\n## An Egg Fed Better · 2025-06-03\n\n")
        assert re.search(
            r"\n\n\*\*Ines Okafor\*\* · \[▸\u00a0.+\]\(https://bees\.example/audio\.mp3#t=\d+\)\n\n> ", written
        )
        assert quotations(written) == quotations(text_of(await listed(world, world.jonas)))
        assert "<t:" not in written

    async def test_who_saved_nothing_is_told_how_to(self, world: World) -> None:
        assert "press Save under a search result" in shown(await world.priya.slash(world.channel, "saved export"))


class TestRemoving:
    async def test_right_after_saving(self, world: World) -> None:
        told = await save(world, world.jonas, await searched(world, WOOL))
        await world.restart()

        await world.jonas.click(told, label="Remove")

        assert "Removed: this passage is no longer among what you saved" in text_of(told)
        assert await how_many(world) == 0

    async def test_from_the_list_which_then_shows_the_others(self, world: World) -> None:
        message = await searched(world, "bees winter hive honey queen")
        for place in range(3):
            await save(world, world.jonas, message, place)
        mine = await listed(world, world.jonas)
        newest = quotations(text_of(mine))[0]

        await world.jonas.click(mine, custom_id=buttons(mine)["Remove"][0])

        assert "2 in this server" in text_of(mine)
        assert "✅ Removed." in text_of(mine)
        assert newest not in quotations(text_of(mine))

    async def test_by_command_with_what_is_suggested(self, world: World) -> None:
        await save(world, world.jonas, await searched(world, WOOL))
        choices = await world.jonas.autocomplete(world.channel, "saved remove", "passage", "winter")
        none = await world.jonas.autocomplete(world.channel, "saved remove", "passage", "egg")
        others = await world.priya.autocomplete(world.channel, "saved remove", "passage", "")

        result = await world.jonas.slash(world.channel, "saved remove", passage=choices[0]["value"])

        assert re.fullmatch(r"2:3\d · The Winter Cluster", choices[0]["name"])
        assert none == others == []
        assert only(result).ephemeral
        assert "nothing is stored of that" in shown(result)
        assert await how_many(world) == 0

    async def test_by_command_with_words_of_the_episode_s_title(self, world: World) -> None:
        message = await searched(world, "bees winter hive honey queen")
        for place in range(3):
            await save(world, world.jonas, message, place)
        choices = await world.jonas.autocomplete(world.channel, "saved remove", "passage", "winter")
        several = shown(await world.jonas.slash(world.channel, "saved remove", passage="winter"))
        for choice in choices[1:]:
            await world.jonas.slash(world.channel, "saved remove", passage=choice["value"])

        removed = await world.jonas.slash(world.channel, "saved remove", passage="Winter")

        assert "“winter” fits several passages" in several
        assert len(choices) > 1
        assert all(choice["name"] in several for choice in choices)
        assert "nothing is stored of that" in shown(removed)

    @pytest.mark.parametrize("passage", ["0", "x", "9" * 30, "²"])
    async def test_what_is_not_saved_is_said(self, world: World, passage: str) -> None:
        result = await world.jonas.slash(world.channel, "saved remove", passage=passage)

        assert "This is not among what you saved here" in shown(result)

    async def test_another_member_s_cannot_be_removed_by_command_or_forged_press(self, world: World) -> None:
        told = await save(world, world.jonas, await searched(world, WOOL))
        saved_id = buttons(told)["Remove"][0].split(":")[2]
        message = await searched(world, WOOL)

        by_command = await world.priya.slash(world.channel, "saved remove", passage=saved_id)
        by_press = await press_forged(world, world.priya, message, saved_ids.remove(int(saved_id)))

        for refused in (by_command, by_press):
            assert "This is not among what you saved here" in shown(refused)
        assert await how_many(world) == 1


class TestServers:
    async def test_a_passage_of_another_server_s_podcast_cannot_be_saved(self, world: World) -> None:
        episode = await samples.only_episode(world.database, world.caves)
        forged = saved_ids.save(Reference(episode.id, Kind.SPEECH, 0.0, 60.0, 0, 20))

        result = await press_forged(world, world.priya, await searched(world), forged)

        assert "no longer in the archive" in shown(result)
        assert "stalactite" not in shown(result)
        assert await how_many(world) == 0

    async def test_what_is_saved_in_one_server_is_not_listed_in_another(self, world: World) -> None:
        await save(world, world.jonas, await searched(world, WOOL))
        cave_jonas = world.lotte.guild.add_member(world.jonas.user)

        assert "Nothing is saved yet" in shown(await cave_jonas.slash(world.cave_channel, "saved list"))

    async def test_of_a_podcast_that_the_server_left_only_the_number_is_told(self, world: World) -> None:
        await save(world, world.jonas, await searched(world, WOOL))
        now = world.database.clock.now()
        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, now)
            await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

        text = text_of(await listed(world, world.jonas))

        assert "1 more of podcasts that this server has no longer" in text
        assert "Winter Cluster" not in text
        assert await world.jonas.autocomplete(world.channel, "saved remove", "passage", "") == []


class TestListing:
    async def test_many_come_in_pages(self, world: World) -> None:
        (cluster,) = await world.priya.autocomplete(world.channel, "search", "episode", "cluster")
        for word in range(12):
            reference = Reference(int(cluster["value"]), Kind.SPEECH, None, None, word, word + 3)
            message = await searched(world)
            await press_forged(world, world.jonas, message, saved_ids.save(reference))
        mine = await listed(world, world.jonas)
        assert "12 in this server, for you alone · page 1 of 3" in text_of(mine)
        assert len(buttons(mine)["Remove"]) == 5
        await world.restart()

        await world.jonas.click(mine, label="Page 2 ›")
        await world.jonas.click(mine, label="Page 3 ›")

        assert "page 3 of 3" in text_of(mine)
        assert len(buttons(mine)["Remove"]) == 2

    async def test_a_passage_that_is_gone_says_so_and_can_be_removed(self, world: World) -> None:
        await save(world, world.jonas, await searched(world, WOOL))
        emptied = [samples.reading("The Winter Cluster", ())]
        await samples.store_podcast(world.database, samples.BEES, emptied)

        mine = await listed(world, world.jonas)
        assert "*The Winter Cluster*" in text_of(mine)
        assert "no longer in the archive" in text_of(mine)
        await world.jonas.click(mine, label="Remove")

        assert "Nothing is saved yet" in text_of(mine)

    @pytest.mark.parametrize(
        "custom_id", ["saved:burn:1", "saved:save:1x0-1w0-1", "saved:remove:x", "saved:list:99999"]
    )
    async def test_a_button_of_another_version_is_answered(self, world: World, custom_id: str) -> None:
        result = await press_forged(world, world.priya, await searched(world), custom_id)

        assert "don't know this button any more" in shown(result)

    async def test_where_there_is_no_podcast_it_says_what_to_do(self, world: World) -> None:
        assert "no podcast yet" in shown(await world.nadia.slash(world.quiet_channel, "saved list"))
