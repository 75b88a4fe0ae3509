from __future__ import annotations

import re

import discord
import pytest
import simcord

from companion.community.fair_use import BOUNDS, Work
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of, walk


async def charted(world: World, words: str, **options: str) -> simcord.ResponseMessage:
    return only(await world.priya.slash(world.channel, "topic", words=words, **options))


def gallery(message: simcord.ResponseMessage) -> list[dict[str, object]]:
    """The pictures of a message with their descriptions."""
    return [item for part in walk(message.components) if part.get("type") == 12 for item in part["items"]]


async def test_a_topic_is_a_public_chart_with_the_same_facts_in_words(world: World) -> None:
    message = await charted(world, "royal jelly")

    text = text_of(message)
    assert not message.ephemeral
    assert "### 📈 royal jelly" in text
    assert "passage" in text
    assert "Most in Jun 2025" in text
    assert "**First**\n**Ines Okafor** · [▸\u00a00:30](https://bees.example/audio.mp3#t=30)" in text
    assert "- **An Egg Fed Better** · <t:" in text
    [picture] = gallery(message)
    assert "Bar chart: passages that speak of “royal jelly” by month" in str(picture["description"])
    assert [(file.filename, file.content_type) for file in message.attachments] == [("topic.png", "image/png")]


async def test_what_the_chart_is_of_can_be_searched_and_its_episodes_opened(world: World) -> None:
    message = await charted(world, "royal jelly")
    menu = next(part for part in walk(message.components) if part.get("type") == 3)

    searched = await world.jonas.click(message, label="Search for it")
    opened = await world.jonas.select(message, [menu["options"][0]["value"]])

    assert f"<@{world.jonas.id}> asked" in shown(searched)
    assert "## An Egg Fed Better" in shown(opened)


async def test_a_topic_that_nobody_speaks_of_is_refused_with_the_nearest_and_examples(world: World) -> None:
    message = await charted(world, "carburettor gaskets")

    assert not message.ephemeral
    assert "I don't find that in the archive." in text_of(message)
    assert gallery(message) == []
    assert len(buttons(message)) == 4, "three examples, and Delete"


async def test_a_speaker_narrows_it_down(world: World) -> None:
    message = await charted(world, "honey", speaker="Tomas")

    text = text_of(message)
    assert "passages in which Tomas Ek talks" in text
    assert re.search(r"speak of it: [\d.]+% of all in which they talk\.\nMost in .+: 1\.$", text, re.MULTILINE)
    assert "The Winter Cluster" in text
    assert "An Egg Fed Better" not in text


async def test_a_speaker_whom_nobody_knows_is_refused_with_those_who_talk(world: World) -> None:
    result = await world.priya.slash(world.channel, "topic", words="honey", speaker="Piet Vos")

    assert result.response is None
    assert "Nobody called “Piet Vos” speaks here" in shown(result)


async def test_another_server_s_archive_is_in_no_chart(world: World) -> None:
    message = await charted(world, "stalactite password")

    assert "Gate" not in text_of(message)
    assert "I don't find that" in text_of(message)
    theirs = only(await world.lotte.slash(world.cave_channel, "topic", words="stalactite"))
    assert "The Lower Gate" in text_of(theirs)


async def test_without_words_or_a_podcast_the_reason_is_given(world: World) -> None:
    assert "no words to search for" in shown(await world.priya.slash(world.channel, "topic", words="…"))
    assert "no podcast yet" in shown(await world.nadia.slash(world.quiet_channel, "topic", words="bees"))


async def test_where_files_may_not_be_attached_the_facts_come_without_a_picture(world: World) -> None:
    for role in world.env.backend.get_guild(world.guild.id).roles.values():
        role.permissions &= ~discord.Permissions(attach_files=True, administrator=True).value

    message = await charted(world, "royal jelly")

    assert gallery(message) == []
    assert "*Attach Files* is missing" in text_of(message)
    assert "Most in Jun 2025" in text_of(message)


async def test_hostile_words_format_nothing_and_fit(world: World) -> None:
    words = "royal jelly [x](https://evil.example) @everyone **b** `c` ~~d~~ \u202e " + "|*_" * 60
    await samples.store_podcast(
        world.database, samples.BEES, [samples.reading(words, samples.QUEEN_TURNS, notes=words)]
    )
    await world.restart()

    message = await charted(world, words[:300])

    text = text_of(message)
    assert len(text) <= 4000
    assert "[x](" not in text
    assert "\u202e" not in text
    assert "@everyone" not in text.replace("\\@everyone", "")


async def test_charts_have_a_cool_down_of_their_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # other tests have no cool-downs
    for _ in range(BOUNDS[Work.CHART].rate.burst):
        await charted(world, "honey")

    result = await world.priya.slash(world.channel, "topic", words="honey")

    assert only(result).ephemeral
    assert "You asked for several charts just now" in shown(result)
    assert "### 📈" in shown(await world.jonas.slash(world.channel, "topic", words="honey"))


async def test_speakers_are_suggested_from_this_server_only(world: World) -> None:
    offered = await world.priya.autocomplete(world.channel, "topic", "speaker", "")

    assert {choice["name"] for choice in offered} == {"Mara Lindqvist", "Tomas Ek", "Ines Okafor"}
