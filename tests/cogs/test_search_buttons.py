from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from companion.cogs.views import custom_ids
from companion.storage import searches, subscriptions
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of

MANY = 14


async def searched(
    world: World, query: str = "bees winter hive honey queen", **options: str
) -> simcord.ResponseMessage:
    return only(await world.priya.slash(world.channel, "search", query=query, **options))


async def with_many_episodes(world: World) -> None:
    """More episodes than fit on a page, each with its own words about bees."""
    readings = [samples.reading(f"Field Notes {number}", (samples.QUEEN_TURNS[1],), notes="") for number in range(MANY)]
    await samples.store_podcast(world.database, samples.BEES, readings)
    # A bot that runs would answer from what it had, until it has loaded them.
    await world.restart()


async def press_forged(
    world: World, member: simcord.MemberActor, message: simcord.ResponseMessage, custom_id: str
) -> simcord.InteractionResult:
    """Presses a button that the bot never made: simulated Discord checks ids, a forger's would not."""
    stored = world.env.backend.get_message(message.channel_id, message.id)
    _first_button(stored.components)["custom_id"] = custom_id
    return await member.click(message, custom_id=custom_id)


def _first_button(components: list[dict[str, Any]]) -> dict[str, Any]:
    for component in components:
        if component.get("type") == 2:
            return component
        if found := _first_button(component.get("components", [])):
            return found
    return {}


async def test_the_asker_turns_the_public_page_there_and_back(world: World) -> None:
    await with_many_episodes(world)
    message = await searched(world, "royal jelly queen")
    first = text_of(message)

    await world.priya.click(message, label="Page 2 ›")
    second = text_of(message)
    await world.priya.click(message, label="‹ Page 1")

    assert "page 2" in second
    assert second != first
    assert text_of(message) == first


async def test_anybody_else_turns_pages_in_private(world: World) -> None:
    await with_many_episodes(world)
    message = await searched(world, "royal jelly queen")
    before = text_of(message)

    result = await world.jonas.click(message, label="Page 2 ›")

    private = only(result)
    assert private.ephemeral
    assert "page 2" in text_of(private)
    assert text_of(message) == before

    await world.jonas.click(private, label="‹ Page 1")
    assert "page 2" not in text_of(private)
    assert text_of(message) == before


async def test_a_page_lists_five_results_and_no_result_twice(world: World) -> None:
    await with_many_episodes(world)
    message = await searched(world, "royal jelly queen")
    first = buttons(message)["Context"]
    await world.priya.click(message, label="Page 2 ›")
    second = buttons(message)["Context"]

    assert len(first) == len(second) == 5
    assert not set(first) & set(second)


async def test_a_riff_posts_a_new_search_that_credits_the_first(world: World) -> None:
    message = await searched(world, "how do bees stay warm", speaker="Tomas")

    form = await world.jonas.click(message, label="Riff")
    assert form.modal is not None
    assert "how do bees stay warm" in str(form.modal)
    result = await world.jonas.submit_modal(form, {"query": "how do bees stay dry"})

    posted = only(result)
    text = text_of(posted)
    assert not posted.ephemeral
    assert "### 🔎 how do bees stay dry" in text
    assert f"🎸 <@{world.jonas.id}> riffs on <@{world.priya.id}>'s [search “how do bees stay warm”]" in text
    assert f"https://discord.com/channels/{world.guild.id}/{world.channel.id}/{message.id}" in text
    assert "said by Tomas Ek" in text
    assert text_of(message).startswith("### 🔎 how do bees stay warm")


async def test_a_riff_on_a_riff_credits_the_riff(world: World) -> None:
    message = await searched(world, "warm bees")
    form = await world.jonas.click(message, label="Riff")
    riff = only(await world.jonas.submit_modal(form, {"query": "dry bees"}))
    form = await world.priya.click(riff, label="Riff")
    second = only(await world.priya.submit_modal(form, {"query": "gentle bees"}))

    assert f"riffs on <@{world.jonas.id}>'s [search “dry bees”]" in text_of(second)


async def test_two_members_riff_on_one_search_at_the_same_time(world: World) -> None:
    message = await searched(world)
    forms = [await member.click(message, label="Riff") for member in (world.priya, world.jonas)]

    first = await world.priya.submit_modal(forms[0], {"query": "warm bees"})
    second = await world.jonas.submit_modal(forms[1], {"query": "wet bees"})

    assert "warm bees" in shown(first)
    assert "wet bees" in shown(second)


async def test_a_form_that_was_open_during_a_restart_still_counts(world: World) -> None:
    form = await world.jonas.click(await searched(world), label="Riff")
    await world.restart()

    assert "gentle queens" in shown(await world.jonas.submit_modal(form, {"query": "gentle queens"}))


async def test_a_riff_without_words_is_refused(world: World) -> None:
    form = await world.jonas.click(await searched(world), label="Riff")

    result = await world.jonas.submit_modal(form, {"query": "…"})

    assert only(result).ephemeral
    assert "no words to search for" in shown(result)


async def test_more_like_this_posts_similar_passages_without_the_passage_itself(world: World) -> None:
    message = await searched(world, "shiver thirty-four degrees")
    like = buttons(message)["More like this"][0]

    result = await world.jonas.click(message, custom_id=like)

    posted = only(result)
    assert not posted.ephemeral
    assert "### ✨ More like “" in text_of(posted)
    assert f"<@{world.jonas.id}> asked, from <@{world.priya.id}>'s [search](" in text_of(posted)
    passage = like.rsplit(":", 1)[1]
    assert all(not custom_id.endswith(passage) for custom_id in buttons(posted)["Context"])


async def test_more_like_this_is_headed_by_the_words_that_were_quoted(world: World) -> None:
    message = await searched(world, "how much honey does a colony need to see May")
    first = buttons(message)["More like this"][0]
    assert not re.search(r"q0-\d+$", first)

    here = await world.jonas.click(message, custom_id=first)
    context = only(await world.jonas.click(message, custom_id=buttons(message)["Context"][0]))
    from_there = await world.jonas.click(context, label="More like this")

    quoted = re.search(r"^> (.{30})", text_of(message), re.MULTILINE)
    assert quoted is not None
    for told in (shown(here), shown(from_there)):
        assert f"### ✨ More like “{quoted[1].replace('**', '')[:20]}" in told


async def test_context_shows_the_turns_around_a_result_to_the_presser_alone(world: World) -> None:
    message = await searched(world, "wool keeps the damp in")
    result = await world.jonas.click(message, custom_id=buttons(message)["Context"][0])

    private = only(result)
    text = text_of(private)
    assert private.ephemeral
    assert "> **Wool keeps the damp in" in text
    assert "*The Winter Cluster*" in text
    assert "**Mara Lindqvist**" in text
    assert text.index("Mara Lindqvist") < text.index("> **Wool keeps the damp in")


async def test_context_sets_off_what_the_result_quoted_and_nothing_else(world: World) -> None:
    message = await searched(world, "wool keeps the damp in")
    (quoted,) = re.findall(r"^> (.+)$", text_of(message), re.MULTILINE)[:1]
    context = text_of(only(await world.jonas.click(message, custom_id=buttons(message)["Context"][0])))

    (bold,) = re.findall(r"^> .*?\*\*(.+?)\*\*", context, re.MULTILINE)
    assert bold == quoted.replace("**", "")


async def test_from_the_context_it_goes_on_to_similar_passages(world: World) -> None:
    message = await searched(world, "wool keeps the damp in")
    private = only(await world.jonas.click(message, custom_id=buttons(message)["Context"][0]))

    result = await world.jonas.click(private, label="More like this")

    assert not only(result).ephemeral
    assert "More like" in shown(result)


async def test_an_example_is_asked_as_the_presser_s_own_search(world: World) -> None:
    nothing = await searched(world, "bees", after="2031")
    label, ids = next((label, ids) for label, ids in buttons(nothing).items() if ids[0].startswith("search:try:"))

    result = await world.jonas.click(nothing, custom_id=ids[0])

    assert f"### 🔎 {label}" in shown(result)
    assert f"<@{world.jonas.id}> asked" in shown(result)


async def test_every_button_works_after_a_restart(world: World) -> None:
    await with_many_episodes(world)
    message = await searched(world, "royal jelly queen")
    await world.restart()

    turned = await world.jonas.click(message, label="Page 2 ›")
    form = await world.jonas.click(message, label="Riff")
    like = await world.jonas.click(message, custom_id=buttons(message)["More like this"][0])
    context = await world.jonas.click(message, custom_id=buttons(message)["Context"][0])

    assert "page 2" in shown(turned)
    assert form.modal is not None
    assert "More like" in shown(like)
    assert "royal jelly" in shown(context)


async def test_buttons_still_find_the_passage_when_the_episode_was_read_again(world: World) -> None:
    message = await searched(world, "wool keeps the damp in")
    await samples.store_podcast(world.database, samples.BEES, samples.bee_readings())

    result = await world.jonas.click(message, custom_id=buttons(message)["Context"][0])

    assert "> **Wool keeps the damp in" in shown(result)


async def test_a_search_of_another_server_is_unknown_here(world: World) -> None:
    theirs = only(await world.lotte.slash(world.cave_channel, "search", query="password of the lower gate"))
    ours = await searched(world)

    # Delete names no search: it means the message that it is on.
    for custom_id in (ids[0] for label, ids in buttons(theirs).items() if label != "Delete"):
        result = await press_forged(world, world.priya, ours, custom_id)
        # An example names no search: it is asked anew, of the presser's own archive.
        if not custom_ids.TRY.fullmatch(custom_id):
            assert "I don't know this search any more" in shown(result)
        assert "stalactite" not in shown(result)
        assert result.modal is None


async def test_a_passage_of_another_server_s_podcast_is_unknown_here(world: World) -> None:
    ours = await searched(world)
    search_id = buttons(ours)["Riff"][0].split(":")[2]
    episode = await samples.only_episode(world.database, world.caves)

    for press in ("context", "like"):
        forged = f"search:{press}:{search_id}:{episode.id}s0-60w0-20"
        result = await press_forged(world, world.priya, ours, forged)
        assert "no longer in the archive" in shown(result)
        assert "stalactite" not in shown(result)


@pytest.mark.parametrize(
    ("custom_id", "expected"),
    [
        ("search:page:999999999999999999:1", "I don't know this search"),
        ("search:page:{id}:999", "There is no page"),
        ("search:riff:0", "I don't know this search"),
        ("search:context:{id}:999999s0-1w0-1", "no longer in the archive"),
        ("search:context:{id}:1s999999-999999w9999999-9999999", "no longer in the archive"),
        ("search:context:{id}:1x0-1w0-1", "I don't know this button"),
        ("search:delete:{id}", "I don't know this button"),
        ("search:try:***", "no words to search for"),
    ],
)
async def test_a_forged_button_is_answered_by_a_sentence(world: World, custom_id: str, expected: str) -> None:
    message = await searched(world)
    search_id = buttons(message)["Riff"][0].split(":")[2]

    result = await press_forged(world, world.jonas, message, custom_id.format(id=search_id))

    assert expected in shown(result)
    assert all(message.ephemeral for message in [*result.followups, *filter(None, [result.response])])


async def test_a_form_for_a_search_of_another_server_is_refused(world: World) -> None:
    theirs = only(await world.lotte.slash(world.cave_channel, "search", query="gate"))
    form = await world.jonas.click(await searched(world), label="Riff")
    stolen = buttons(theirs)["Riff"][0].replace("riff", "riffed")
    interaction = world.env.backend.interactions[max(world.env.backend.interactions)]
    assert interaction.modal is not None
    interaction.modal["custom_id"] = stolen

    result = await world.jonas.submit_modal(form, {"query": "stalactite"})

    assert "I don't know this search any more" in shown(result)


async def test_searches_are_remembered_with_their_message(world: World) -> None:
    message = await searched(world, "bees")
    search_id = int(buttons(message)["Riff"][0].split(":")[2])

    async with world.database.read() as connection:
        stored = await searches.get(connection, search_id)

    assert stored is not None
    assert (stored.text, stored.member_name, stored.message_id) == ("bees", "Priya", message.id)


async def test_a_deleted_episode_leaves_a_sentence_where_its_passage_was(world: World) -> None:
    message = await searched(world, "wool keeps the damp in")
    emptied = [samples.reading("The Winter Cluster", ())]
    await samples.store_podcast(world.database, samples.BEES, emptied)

    result = await world.jonas.click(message, custom_id=buttons(message)["Context"][0])

    assert "no longer in the archive" in shown(result)


async def test_the_title_of_an_episode_is_not_shown_once_the_server_has_left_its_podcast(world: World) -> None:
    message = await searched(world, "bees", episode="Winter Cluster")
    now = world.database.clock.now()
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, world.caves.id, now)
        await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

    form = await world.jonas.click(message, label="Riff")
    text = shown(await world.jonas.submit_modal(form, {"query": "stalactite"}))

    assert "Winter Cluster" not in text
    assert "Piet Vos" in text
