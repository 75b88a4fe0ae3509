from __future__ import annotations

import re
import threading

import pytest
import simcord

from companion.archive.encoders import EncoderError, ToyEncoder
from companion.bot.client import CompanionBot
from companion.storage import subscriptions
from tests import samples
from tests.cogs.conftest import World, loaded
from tests.cogs.messages import buttons, only, shown, text_of

HOSTILE = "@everyone **bees** [click](https://evil.example) <@1> ||hive|| `x` # heat"


async def test_a_search_answers_in_public_with_who_said_what_when_and_where(world: World) -> None:
    result = await world.priya.slash(world.channel, "search", query="how do bees heat the hive")

    message = only(result)
    assert not message.ephemeral
    text = text_of(message)
    assert "how do bees heat the hive" in text
    assert f"<@{world.priya.id}> asked" in text
    assert "**Tomas Ek**" in text
    assert "*The Winter Cluster*" in text
    assert "<t:1705482000:D>" in text
    assert re.search(r"\[▸\u00a0(\\~)?0:4\d\]\(https://bees\.example/audio\.mp3#t=4\d\)", text)
    assert re.search(r"> .*\*\*(bees|heat|hive)", text)


async def test_a_search_is_acknowledged_before_anything_is_looked_up(world: World) -> None:
    await world.priya.slash(world.channel, "search", query="bees")

    callbacks = [entry for entry in world.env.http_requests if entry.path.endswith("/callback")]
    assert callbacks[-1].json is not None
    assert callbacks[-1].json["type"] == 5


async def test_the_words_shown_are_the_words_said(world: World) -> None:
    result = await world.priya.slash(world.channel, "search", query="powdered sugar mites")

    said = [turn.text for turn in (*samples.WINTER_TURNS, *samples.QUEEN_TURNS)]
    notes = [reading.notes for reading in samples.bee_readings()]
    quotations = re.findall(r"^> (.+)$", text_of(only(result)), re.MULTILINE)
    assert quotations
    for quotation in quotations:
        words = re.sub(r"\\(.)", r"\1", quotation.replace("**", ""))
        assert any(words in text for text in (*said, *notes)), words


@pytest.mark.parametrize(
    ("options", "expected", "unexpected"),
    [
        ({"episode": "egg fed"}, "An Egg Fed Better", "The Winter Cluster*"),
        ({"speaker": "ines"}, "Ines Okafor", "Tomas Ek"),
        ({"after": "2025"}, "An Egg Fed Better", "The Winter Cluster*"),
        ({"before": "2024-01-17"}, "The Winter Cluster", "An Egg Fed Better"),
    ],
)
async def test_filters_leave_only_what_they_name(
    world: World, options: dict[str, str], expected: str, unexpected: str
) -> None:
    text = shown(await world.priya.slash(world.channel, "search", query="bees and honey", **options))

    assert expected in text
    assert unexpected not in text
    assert " only " in f" {text}"


async def test_a_server_with_several_podcasts_searches_one_of_them(world: World) -> None:
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, world.caves.id, world.database.clock.now())
    words = "the bees in a cluster, the shrimp in a lake"
    (offered,) = await world.priya.autocomplete(world.channel, "search", "podcast", "cave", query=words)

    everywhere = shown(await world.priya.slash(world.channel, "search", query=words))
    narrowed = only(await world.priya.slash(world.channel, "search", query=words, podcast=offered["value"]))
    varied = await world.jonas.submit_modal(await world.jonas.click(narrowed, label="Riff"), {"query": "the shrimp"})
    elsewhere = await world.priya.slash(world.channel, "search", query=words, podcast="cave", speaker="Tomas Ek")
    nothing = shown(await world.priya.slash(world.channel, "search", query="bees", podcast="cave", before="2024"))

    assert "The Winter Cluster" in everywhere
    assert "The Lower Gate" in everywhere
    assert "only in *Cave Notes*" in text_of(narrowed)
    assert "The Winter Cluster" not in text_of(narrowed)
    assert "only in *Cave Notes*" in shown(varied)
    assert "Nobody called “Tomas Ek” speaks here. Often heard: Piet Vos." in shown(elsewhere)
    assert "Nothing fits these filters." in nothing
    assert "The Winter Cluster" in nothing


async def test_a_podcast_that_the_server_left_since_is_not_named_under_its_searches(world: World) -> None:
    async with world.database.write() as connection:
        await subscriptions.subscribe(connection, world.guild.id, world.caves.id, world.database.clock.now())
    narrowed = only(await world.priya.slash(world.channel, "search", query="the shrimp", podcast="cave"))
    async with world.database.write() as connection:
        await subscriptions.unsubscribe(connection, world.guild.id, world.caves.id)

    varied = await world.jonas.submit_modal(await world.jonas.click(narrowed, label="Riff"), {"query": "the lake"})

    assert "Cave Notes" not in shown(varied)
    assert "The Lower Gate" not in shown(varied)


async def test_the_newest_comes_first_where_that_is_asked_for(world: World) -> None:
    best = shown(await world.priya.slash(world.channel, "search", query="kilos of honey for the winter"))
    newest = shown(
        await world.priya.slash(world.channel, "search", query="kilos of honey for the winter", newest_first=True)
    )

    assert best.index("The Winter Cluster") < best.index("An Egg Fed Better")
    assert newest.index("An Egg Fed Better") < newest.index("The Winter Cluster")
    assert "asked · newest first" in newest
    assert "newest first" not in best


async def test_a_filter_that_matches_nothing_shows_the_nearest_passages_and_examples(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "search", query="bees heat", after="2031"))

    text = text_of(message)
    assert "Nothing fits these filters." in text
    assert "I don't find that" not in text
    assert "Tomas Ek" in text
    assert "Try one of these" in text
    assert any("search:try:" in ids[0] for ids in buttons(message).values())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"episode": "The Sound of Snow"}, "no episode"),
        ({"episode": "e"}, "episodes"),
        ({"episode": "The Lower Gate"}, "no episode"),
        ({"podcast": "Under the Hill"}, "is not one of this server's podcasts"),
        ({"speaker": "Piet Vos"}, "Nobody called"),
        ({"speaker": "a"}, "could be"),
        ({"after": "next week"}, "is not a date"),
        ({"before": "2024-13"}, "is not a date"),
        ({"after": "2024-02-30"}, "is not a date"),
        ({"query": "?!"}, "no words to search for"),
    ],
)
async def test_what_cannot_be_searched_is_refused_in_private_with_what_to_do(
    world: World, options: dict[str, str], expected: str
) -> None:
    result = await world.priya.slash(world.channel, "search", **{"query": "bees", **options})

    assert expected in shown(result)
    assert "Reference" not in shown(result)
    visible = world.channel.history(viewer=world.jonas)
    assert visible == []


async def test_a_podcast_of_another_server_does_not_exist_here(world: World) -> None:
    here = shown(await world.priya.slash(world.channel, "search", query="password of the lower gate stalactite"))
    there = shown(await world.lotte.slash(world.cave_channel, "search", query="password of the lower gate"))

    assert "Piet Vos" in there
    assert "Piet Vos" not in here
    assert "Lower Gate" not in here
    assert "secret-token" not in here + there


async def test_a_server_without_a_podcast_is_told_what_a_manager_does_next(world: World) -> None:
    result = await world.nadia.slash(world.quiet_channel, "search", query="bees")

    assert "no podcast yet" in shown(result)
    assert "`/setup podcasts add`" in shown(result)


async def test_a_podcast_that_the_server_left_is_gone_at_once(world: World) -> None:
    await world.priya.slash(world.channel, "search", query="bees")
    async with world.database.write() as connection:
        await subscriptions.unsubscribe(connection, world.guild.id, world.bees.id)

    assert "no podcast yet" in shown(await world.priya.slash(world.channel, "search", query="bees"))


async def test_hostile_words_format_nothing_and_mention_nobody(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "search", query=HOSTILE))

    heading = text_of(message).splitlines()[0]
    assert heading.startswith(r"### 🔎 \@everyone \*\*bees\*\* \[click\](https\://evil.example)")
    assert not message.message.mention_everyone
    assert message.message.role_mentions == []


async def test_six_thousand_characters_cannot_be_asked(world: World) -> None:
    with pytest.raises(simcord.OptionError):
        await world.priya.slash(world.channel, "search", query="bees " * 1200)


async def test_episodes_are_suggested_by_any_word_of_their_title_within_the_server(world: World) -> None:
    every = await world.priya.autocomplete(world.channel, "search", "episode", "")
    some = await world.priya.autocomplete(world.channel, "search", "episode", "cluster winter")
    other = await world.priya.autocomplete(world.channel, "search", "episode", "gate")

    assert [choice["name"] for choice in every] == ["An Egg Fed Better", "The Winter Cluster"]
    assert [choice["name"] for choice in some] == ["The Winter Cluster"]
    assert other == []


async def test_a_suggested_episode_can_be_searched(world: World) -> None:
    (choice,) = await world.priya.autocomplete(world.channel, "search", "episode", "cluster")

    text = shown(await world.priya.slash(world.channel, "search", query="mites", episode=choice["value"]))

    assert "only in *The Winter Cluster*" in text


async def test_speakers_are_suggested_the_most_talkative_first(world: World) -> None:
    speakers = await world.priya.autocomplete(world.channel, "search", "speaker", "")

    assert speakers[0]["value"] == "Mara Lindqvist"
    assert {choice["value"] for choice in speakers} == {"Mara Lindqvist", "Tomas Ek", "Ines Okafor"}


async def test_nothing_is_suggested_where_there_is_no_podcast(world: World) -> None:
    assert await world.nadia.autocomplete(world.quiet_channel, "search", "episode", "") == []
    assert await world.nadia.autocomplete(world.quiet_channel, "search", "speaker", "x") == []


async def test_the_message_menu_searches_for_what_a_message_says(world: World) -> None:
    said = await world.jonas.send(world.channel, f"<@{world.priya.id}> should I wrap hives in wool? https://a.example")

    result = await world.priya.context_menu(world.channel, "Search the archive", said)

    text = shown(result)
    assert "### 🔎 should I wrap hives in wool?" in text
    assert f"<@{world.priya.id}> asked" in text
    assert "Wool" in text or "wool" in text


async def test_the_message_menu_takes_the_beginning_of_a_long_message(world: World) -> None:
    said = await world.jonas.send(world.channel, "bees shiver in winter " * 80)

    text = shown(await world.priya.context_menu(world.channel, "Search the archive", said))

    assert "…" in text.splitlines()[0]
    assert "Tomas Ek" in text


async def test_the_message_menu_refuses_a_message_without_words(world: World) -> None:
    said = await world.jonas.send(world.channel, f"<@{world.priya.id}> 🐝 https://bees.example/page")

    assert "no words to search for" in shown(await world.priya.context_menu(world.channel, "Search the archive", said))


async def test_until_the_model_is_there_words_alone_are_compared_and_that_is_said(world: World) -> None:
    may_load = threading.Event()

    def load() -> ToyEncoder:
        may_load.wait()
        return ToyEncoder()

    bot = CompanionBot(world.database, load, shard_count=1)
    await world.become(bot)
    early = await world.priya.slash(world.channel, "search", query="shiver")
    may_load.set()
    await loaded(bot)
    late = await world.priya.slash(world.channel, "search", query="shiver")

    assert "Found by words alone" in shown(early)
    assert "Tomas Ek" in shown(early)
    assert "Found by words alone" not in shown(late)


async def test_without_a_model_search_goes_by_words_and_promises_nothing(world: World) -> None:
    def load() -> ToyEncoder:
        raise EncoderError("There is no such model.")

    bot = CompanionBot(world.database, load, shard_count=1)
    await world.become(bot)
    await loaded(bot)

    text = shown(await world.priya.slash(world.channel, "search", query="shiver"))

    assert "Tomas Ek" in text
    assert "Search again in a few seconds" not in text
