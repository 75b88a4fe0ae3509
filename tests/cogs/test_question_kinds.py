"""Every kind of question, asked in Discord."""

from __future__ import annotations

import re

import pytest
import simcord

from companion.archive.encoders import ToyEncoder
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, text_of

KINDS = {
    "which episode was about royal jelly?": "Episodes about “royal jelly”.",
    "latest on honey": "Newest first: “honey”.",
    "what did Tomas say about damp": "What **Tomas Ek** said about “damp”.",
    "compare what Tomas and Ines said about honey": "**Tomas Ek** and **Ines Okafor** on “honey”, side by side.",
    "who talked about queens": "Everyone who talked about “queens”.",
}


async def asked(world: World, query: str, **options: str) -> simcord.ResponseMessage:
    return only(await world.priya.slash(world.channel, "search", query=query, **options))


@pytest.mark.parametrize(("query", "understood"), KINDS.items())
async def test_the_answer_says_how_the_question_was_understood(world: World, query: str, understood: str) -> None:
    assert understood in text_of(await asked(world, query)).splitlines()


async def test_a_question_for_a_moment_needs_no_explanation(world: World) -> None:
    lines = text_of(await asked(world, "how do bees heat the hive")).splitlines()

    assert lines[2].startswith("**")


async def test_which_episode_lists_episodes_each_with_its_best_moment(world: World) -> None:
    text = text_of(await asked(world, "which episode was about royal jelly?"))

    assert text.count("**An Egg Fed Better**") == 1
    assert text.count("**The Winter Cluster**") <= 1
    assert text.index("**An Egg Fed Better**") < text.index("**Ines Okafor**")
    assert re.search(r"> .*\*\*royal jelly\*\*", text)


async def test_the_latest_comes_by_date_whatever_fits_better(world: World) -> None:
    text = text_of(await asked(world, "latest on queens and bees"))

    assert text.index("*An Egg Fed Better*") < text.index("*The Winter Cluster*")


async def test_two_people_stand_under_their_names(world: World) -> None:
    message = await asked(world, "compare what Tomas and Ines said about honey")
    lines = text_of(message).splitlines()

    assert lines.index("### **Tomas Ek**") < lines.index("### **Ines Okafor**")
    quotations = [line for line in lines if line.startswith("> ")]
    assert all("honey" in line for line in quotations)
    assert len(buttons(message)["Context"]) == len(quotations)


async def test_whoever_says_nothing_close_to_it_is_said_to(world: World) -> None:
    lines = text_of(await asked(world, "compare Tomas and Ines on royal jelly")).splitlines()

    assert lines[lines.index("### **Tomas Ek**") + 1] == "-# Says nothing close to it. The nearest:"
    assert "nothing close" not in lines[lines.index("### **Ines Okafor**") + 1]


async def test_everyone_who_talked_about_it_stands_there_once(world: World) -> None:
    lines = text_of(await asked(world, "who talked about honey")).splitlines()

    people = [line.split("**")[1] for line in lines if line.startswith("**") and "▸" in line]
    assert sorted(people) == ["Ines Okafor", "Tomas Ek"]


async def test_people_of_another_server_s_podcast_are_not_known_by_name(world: World) -> None:
    text = text_of(await asked(world, "what did piet say about blind shrimp"))

    assert "Piet Vos" not in text
    assert "What **" not in text


async def test_days_that_hold_nothing_are_left_and_that_is_said(world: World) -> None:
    text = text_of(await asked(world, "who talked about honey in march 2019"))

    assert "nothing near it in what you named, so all of it was searched." in text
    assert "**Tomas Ek**" in text


async def test_an_episode_named_in_the_question_is_named_in_the_answer(world: World) -> None:
    text = text_of(await asked(world, "how many mites are too many in the winter cluster episode"))

    assert "Only in *The Winter Cluster*." in text


@pytest.mark.parametrize("query", KINDS)
async def test_any_kind_of_answer_works_after_a_restart(world: World, query: str) -> None:
    message = await asked(world, query)
    await world.restart()

    context = await world.jonas.click(message, custom_id=buttons(message)["Context"][0])
    alike = await world.jonas.click(message, custom_id=buttons(message)["More like this"][0])
    form = await world.jonas.click(message, label="Riff")
    riff = only(await world.jonas.submit_modal(form, {"query": "which episode was about mites"}))

    assert only(context).ephemeral
    assert "More like" in text_of(only(alike))
    assert "Episodes about “mites”." in text_of(riff)


@pytest.mark.parametrize("query", ["which episode was about royal jelly", "latest on royal jelly"])
async def test_pages_of_episodes_go_there_and_back(world: World, query: str) -> None:
    readings = [samples.reading(f"Field Notes {number}", (samples.QUEEN_TURNS[1],), notes="") for number in range(9)]
    await samples.store_podcast(world.database, samples.BEES, readings)
    await samples.embed(world.database, ToyEncoder())
    await world.restart()
    message = await asked(world, query)
    first = buttons(message)["Context"]
    await world.priya.click(message, label="Page 2 ›")
    second = buttons(message)["Context"]

    assert not set(first) & set(second)
    await world.priya.click(message, label="‹ Page 1")
    assert buttons(message)["Context"] == first


@pytest.mark.parametrize(
    "query",
    [
        "which episode was about @everyone **bees** [x](https://evil.example) ||y|| `z`",
        "who talked about <@1> # bees > honey",
        "latest on *honey* ~~and~~ _wax_",
        "compare Tomas and Ines on @here [honey](https://evil.example)",
        "what did Tomas say about ``` honey @everyone",
    ],
)
async def test_hostile_topics_format_nothing_and_mention_nobody(world: World, query: str) -> None:
    message = await asked(world, query)
    understood = text_of(message).splitlines()[2]

    assert "“" in understood
    topic = understood.partition("“")[2]
    assert not re.search(r"(?<!\\)(?:\*\*|\[|\|\||`|~~|<@|@everyone|@here)", topic.partition("”")[0])
    assert not message.message.mention_everyone


async def test_what_nobody_talked_about_is_refused_with_the_nearest(world: World) -> None:
    text = text_of(await asked(world, "which episode was about submarine warfare doctrine"))

    assert "I don't find that in the archive." in text
    assert "Episodes about “submarine warfare doctrine”." in text
