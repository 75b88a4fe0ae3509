from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import simcord

from companion.cogs.views import catalogue_ids
from companion.storage import subscriptions
from companion.storage.episodes import Chapter, EpisodeType, Person
from companion.storage.mentions import EditorsPick, Link, LinkKind, PickOrigin
from companion.storage.podcasts import PodcastFacts
from companion.storage.readings import Reading
from tests import samples
from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of, walk

MANY = 23
HOSTILE = "# [free](https://evil.example) @everyone <@1> **x** \u202eevil `code` " + "\\*_~|" * 60


def field_notes(count: int = MANY) -> list[Reading]:
    """Short episodes, a day apart."""
    began = datetime(2023, 1, 1, 9, tzinfo=UTC)
    return [
        samples.reading(f"Field Notes {number}", samples.QUEEN_TURNS[:2], published=began + timedelta(days=number))
        for number in range(count)
    ]


def options_of(message: simcord.ResponseMessage) -> dict[str, str]:
    """The values of a message's menu, by label."""
    menu = next(part for part in walk(message.components) if part.get("type") == 3)
    return {str(option["label"]): str(option["value"]) for option in menu["options"]}


async def listed(world: World, **options: str) -> simcord.ResponseMessage:
    return only(await world.priya.slash(world.channel, "episodes", **options))


async def opened(world: World, name: str) -> simcord.ResponseMessage:
    return only(await world.priya.slash(world.channel, "episode", name=name))


def refusal(result: simcord.InteractionResult) -> str:
    """What the member alone reads, with nothing left in the channel."""
    assert result.response is None
    assert all(message.ephemeral for message in result.followups)
    return shown(result)


async def with_readings(world: World, *readings: Reading) -> None:
    await samples.store_podcast(world.database, samples.BEES, readings)


async def press_forged(
    world: World, member: simcord.MemberActor, message: simcord.ResponseMessage, custom_id: str
) -> simcord.InteractionResult:
    """Presses a button that the bot never made."""
    stored = world.env.backend.get_message(message.channel_id, message.id)
    first: dict[str, Any] = next(
        part for part in walk(stored.components) if part.get("type") == 2 and "custom_id" in part
    )  # type: ignore[assignment]
    first["custom_id"] = custom_id
    return await member.click(message, custom_id=custom_id)


async def test_the_list_is_public_newest_first_with_what_there_is_of_each(world: World) -> None:
    message = await listed(world)

    text = text_of(message)
    assert not message.ephemeral
    assert "2 episodes" in text
    assert text.index("**An Egg Fed Better**") < text.index("**The Winter Cluster**")
    assert f"<t:{int(datetime(2024, 1, 17, 9, tzinfo=UTC).timestamp())}:D>" in text
    assert "1 h 4 min · transcript" in text
    assert "The Lower Gate" not in text


async def test_trailers_bonus_episodes_and_those_without_a_transcript_say_so(world: World) -> None:
    trailer = samples.reading("Coming Soon", (), notes="A new season about bees and what they are up to.")
    bonus = samples.reading("Honey on Bread", samples.QUEEN_TURNS)
    await with_readings(
        world,
        replace(trailer, facts=replace(trailer.facts, type=EpisodeType.TRAILER, duration=90.0)),
        replace(bonus, facts=replace(bonus.facts, type=EpisodeType.BONUS)),
    )

    text = text_of(await listed(world))

    assert "**Coming Soon** · *trailer*\n-# no date · 2 min · notes only" in text
    assert "**Honey on Bread** · *bonus*" in text


async def test_guests_are_those_whom_the_feed_credits_else_those_who_are_not_heard_all_the_time(world: World) -> None:
    credited = samples.reading("Credited", samples.QUEEN_TURNS)
    joint = [replace(turn, speaker="Tomas Ek / Zoe Lund") for turn in samples.WINTER_TURNS[:1]]
    people = (Person("Mara Lindqvist", "host"), Person("Ada [Guest]", "guest"))
    await with_readings(
        world,
        *field_notes(3),
        samples.reading("Two at Once", joint),
        replace(credited, facts=replace(credited.facts, people=people, duration=60.0)),
    )

    text = text_of(await listed(world))

    assert "with Ada \\[Guest\\] ·" in text
    assert "with Tomas Ek ·" in text, "Mara and Ines are in nearly every episode"
    assert "with Tomas Ek, Zoe Lund ·" in text


async def test_the_asker_turns_pages_in_place_and_others_in_private_also_after_a_restart(world: World) -> None:
    await with_readings(world, *field_notes())
    message = await listed(world)
    first = text_of(message)
    assert "25 episodes · newest first · page 1 of 3" in first

    await world.restart()
    await world.priya.click(message, label="Page 2 ›")
    assert "page 2 of 3" in text_of(message)

    result = await world.jonas.click(message, label="Page 3 ›")
    private = only(result)
    assert private.ephemeral
    assert "page 3 of 3" in text_of(private)
    assert "page 2 of 3" in text_of(message)

    await world.jonas.click(private, label="‹ Page 2")
    assert "page 2 of 3" in text_of(private)


async def test_every_episode_is_on_exactly_one_page(world: World) -> None:
    await with_readings(world, *field_notes())
    message = await listed(world)
    found = list(options_of(message))
    for page in (2, 3):
        await world.priya.click(message, label=f"Page {page} ›")
        found += options_of(message)

    assert sorted(found) == sorted(
        [*(f"Field Notes {number}" for number in range(MANY)), "An Egg Fed Better", "The Winter Cluster"]
    )


async def test_words_narrow_the_list_on_every_page(world: World) -> None:
    await with_readings(world, *field_notes())
    message = await listed(world, words="notes field")

    await world.priya.click(message, label="Page 2 ›")

    text = text_of(message)
    assert "23 episodes with “notes field” in the title" in text
    assert "Winter" not in text
    assert "page 2 of 3" in text


async def test_words_that_no_title_has_are_refused_with_what_to_do(world: World) -> None:
    result = await world.priya.slash(world.channel, "episodes", words="volcano *")

    assert "No episode has “volcano \\*” in its title" in refusal(result)
    assert "/search" in shown(result)


async def test_one_podcast_of_several(world: World) -> None:
    other = await samples.store_podcast(
        world.database, PodcastFacts("https://moss.example/feed", "Moss Hour", None, private=False), field_notes(1)
    )
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, other.id, world.database.clock.now())

    both = text_of(await listed(world))
    one = text_of(await listed(world, podcast="moss"))
    offered = await world.priya.autocomplete(world.channel, "episodes", "podcast", "")

    assert "-# Moss Hour · <t:" in both
    assert "### 🎙️ Episodes of Moss Hour" in one
    assert "Winter" not in one
    assert {choice["name"] for choice in offered} == {"Hive Minds", "Moss Hour"}


async def test_another_server_s_podcast_is_named_nowhere(world: World) -> None:
    for wanted in ("Cave Notes", str(world.caves.id), samples.CAVES.key):
        result = await world.priya.slash(world.channel, "episodes", podcast=wanted)
        assert "choose one of “Hive Minds”" in refusal(result)
    assert await world.priya.autocomplete(world.channel, "episodes", "podcast", "cave") == []

    message = await opened(world, "Winter")
    forged = await press_forged(world, world.priya, message, catalogue_ids.listing(0, world.caves.id, ""))
    assert "Lower Gate" not in shown(forged) + text_of(message)
    assert "not one of this server's podcasts" in shown(forged)


async def test_a_server_without_a_podcast_and_one_without_episodes_are_told_so(world: World) -> None:
    for command in ("episodes", "episode"):
        options = {"name": "x"} if command == "episode" else {}
        assert "no podcast yet" in shown(await world.nadia.slash(world.quiet_channel, command, **options))

    empty = await samples.store_podcast(
        world.database, PodcastFacts("https://new.example/feed", "Brand New", None, private=False), ()
    )
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.nadia.guild.id, empty.id, world.database.clock.now())
    assert "no episode in the archive yet" in shown(await world.nadia.slash(world.quiet_channel, "episodes"))


async def test_hostile_titles_format_nothing_and_fit(world: World) -> None:
    notes = [
        samples.reading(f"{number} {HOSTILE}", samples.QUEEN_TURNS, chapters=[Chapter(1.0, HOSTILE)] * 30)
        for number in range(12)
    ]
    people = tuple(Person(HOSTILE, HOSTILE) for _ in range(20))
    await with_readings(world, *(replace(one, facts=replace(one.facts, people=people)) for one in notes))

    message = await listed(world, words=HOSTILE[:30])
    episode = await world.priya.select(message, [next(iter(options_of(message).values()))])

    for text in (text_of(message), shown(episode)):
        assert len(text) <= 4000
        assert "[free](" not in text
        assert "@everyone" not in text.replace("\\@everyone", "")
        assert "\u202e" not in text


async def test_an_episode_opens_in_public_with_all_that_is_known_of_it(world: World) -> None:
    read = samples.reading(
        "The Swarm",
        samples.WINTER_TURNS,
        chapters=(Chapter(0.0, "Heating"), Chapter(130.0, "Wool", soft=True), Chapter(None, "Untimed")),
        published=datetime(2025, 1, 1, tzinfo=UTC),
    )
    links = (
        Link("https://arxiv.org/abs/2401.01234v2", "Shivering bees", LinkKind.PAPER, "2401.01234"),
        Link("https://arxiv.org/pdf/2401.01234", "the same paper", LinkKind.PAPER, "2401.01234"),
        Link("https://doi.org/10.1000/182", "A handbook", LinkKind.PAPER, "10.1000/182"),
        Link("https://wool.example/", "Wool *shop*"),
        Link("https://data.example/hives?page=2", "A whole paragraph about hives and what is said of them. " * 4),
        Link("javascript:alert(1)", "no link"),
    )
    words = " ".join(turn.text for turn in samples.WINTER_TURNS).split()
    first = words.index("freeze") - 4
    pick = EditorsPick(PickOrigin.QUOTATION, "A hive never freezes", 90.0, 95.0, True, first, first + 8, 0.8)
    bite = EditorsPick(PickOrigin.SOUNDBITE, "Wool kills", 150.0, 160.0, False)
    facts = replace(read.facts, season=2, number=7.0, video_url="https://www.youtube.com/watch?v=aaaaaaaaaaa")
    await with_readings(world, replace(read, facts=facts, links=links, picks=(pick, bite), convention="Name: text"))

    message = await opened(world, "swarm")

    text = text_of(message)
    assert not message.ephemeral
    assert "## The Swarm\n-# Hive Minds · <t:1735689600:D> · 1 h 4 min · season 2, episode 7" in text
    assert "**Heard in it** Tomas Ek, Mara Lindqvist" in text
    assert "- [0:00](https://bees.example/audio.mp3#t=0) Heating" in text
    assert "- [\\~2:10](https://bees.example/audio.mp3#t=130) Wool" in text
    assert "- Untimed" in text
    assert text.count("2401.01234") == 2, "a paper once: its link and its id"
    assert "📄 [Shivering bees](https://arxiv.org/abs/2401.01234v2) · arXiv 2401.01234" in text
    assert "📄 [A handbook](https://doi.org/10.1000/182) · DOI 10.1000/182" in text
    assert "- [Wool \\*shop\\*](https://wool.example/)" in text
    assert "- [data\\.example/hives?page=2](https://data.example/hives?page=2)" in text
    assert "A whole paragraph" not in text
    assert "javascript:" not in text
    assert (
        "**Tomas Ek** · [▸\u00a0\\~1:30](https://bees.example/audio.mp3#t=90)\n> A hive does not freeze from cold"
        in text
    )
    assert "A hive never freezes" not in text, "what was said is shown, not what the notes make of it"
    assert "★ Wool kills · [▸\u00a02:30]" in text
    assert "6 turns · written as `Name: text` · times with ~ are approximate (17% of its turns)" in text
    urls = {str(part["label"]): part["url"] for part in walk(message.components) if part.get("url")}
    assert urls == {
        "Episode page": "https://bees.example/episode",
        "Audio": "https://bees.example/audio.mp3",
        "Video": "https://www.youtube.com/watch?v=aaaaaaaaaaa",
    }


async def test_long_lists_are_cut_between_entries_and_their_rest_is_a_press_away(world: World) -> None:
    chapters = [Chapter(10.0 * number, f"Chapter the {number}th, on bees and their keepers") for number in range(120)]
    await with_readings(world, samples.reading("Long", samples.WINTER_TURNS, chapters=chapters))
    message = await opened(world, "Long")
    assert "Chapter the 0th" in text_of(message)
    assert "Chapter the 119th" not in text_of(message)

    private = only(await world.jonas.click(message, label="Chapters: all 120"))
    seen = text_of(private)
    assert private.ephemeral
    while "›" in str(buttons(private)):
        await world.jonas.click(private, label=next(label for label in buttons(private) if "›" in label))
        seen += text_of(private)

    assert all(f"Chapter the {number}th" in seen for number in range(120))
    assert seen.count("Chapter the 60th") == 1


async def test_an_episode_without_a_transcript_says_what_it_is_searched_by(world: World) -> None:
    await with_readings(world, samples.reading("Only Notes", (), notes="Some notes about a hive and its keeper."))

    assert "no transcript of it yet" in text_of(await opened(world, "Only Notes"))


async def test_search_in_it_posts_a_search_of_that_episode_also_after_a_restart(world: World) -> None:
    message = await opened(world, "Winter")

    form = await world.jonas.click(message, label="Search in it")
    assert "The Winter Cluster" in str(form.modal)
    await world.restart()
    result = await world.jonas.submit_modal(form, {"query": "royal jelly"})

    assert not only(result).ephemeral
    assert f"<@{world.jonas.id}> asked · only in *The Winter Cluster*" in shown(result)


async def test_a_menu_in_a_private_view_opens_the_episode_in_private(world: World) -> None:
    await with_readings(world, *field_notes())
    message = await listed(world)
    public = await world.jonas.select(message, [options_of(message)["Field Notes 20"]])
    private = only(await world.jonas.click(message, label="Page 2 ›"))

    opened_there = await world.jonas.select(private, [next(iter(options_of(private).values()))])

    assert not only(public).ephemeral
    assert "## Field Notes 20" in shown(public)
    assert only(opened_there).ephemeral


@pytest.mark.parametrize("press", ["episode:search:{id}", "episode:chapters:{id}", "episode:links:{id}:3"])
async def test_presses_that_name_another_server_s_episode_show_nothing_of_it(world: World, press: str) -> None:
    gate = await samples.only_episode(world.database, world.caves)
    message = await opened(world, "Winter")

    result = await press_forged(world, world.priya, message, press.format(id=gate.id))

    assert result.modal is None
    assert "no longer in the archive" in shown(result)
    assert "Gate" not in shown(result)


async def test_names_of_another_server_s_episodes_are_neither_suggested_nor_found(world: World) -> None:
    gate = await samples.only_episode(world.database, world.caves)

    assert await world.priya.autocomplete(world.channel, "episode", "name", "gate") == []
    for name in ("gate", str(gate.id)):
        result = await world.priya.slash(world.channel, "episode", name=name)
        assert "There is no episode" in refusal(result)
    assert "The Lower Gate" in shown(await world.lotte.slash(world.cave_channel, "episode", name="gate"))


async def test_a_button_that_nobody_knows_is_answered(world: World) -> None:
    message = await opened(world, "Winter")

    assert "I don't know this button" in shown(await press_forged(world, world.priya, message, "episode:dance:1"))


@pytest.mark.parametrize(("command", "options"), [("episodes", {}), ("episode", {"name": "Winter"}), ("about", {})])
async def test_whoever_asked_deletes_the_answer_and_nobody_else(
    world: World, command: str, options: dict[str, str]
) -> None:
    message = only(await world.priya.slash(world.channel, command, **options))

    refused = await world.jonas.click(message, label="Delete")
    await world.priya.click(message, label="Delete")

    assert "Only who asked for this can delete it" in shown(refused)
    assert message.id not in [left.id for left in world.channel.history()]


async def test_private_views_have_nothing_to_delete(world: World) -> None:
    await with_readings(world, *field_notes())
    message = await listed(world)
    private = only(await world.jonas.click(message, label="Page 2 ›"))
    opened_there = only(await world.jonas.select(private, [next(iter(options_of(private).values()))]))

    assert "Delete" in buttons(message)
    assert "Delete" not in buttons(private)
    assert "Delete" not in buttons(opened_there)
