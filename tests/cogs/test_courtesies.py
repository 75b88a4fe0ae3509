from __future__ import annotations

import pytest

from companion.cogs.courtesies import Courtesy, courtesy
from tests.cogs.asking import QUESTION, answers_in
from tests.cogs.conftest import World
from tests.cogs.managers import managing
from tests.cogs.messages import buttons, only, shown, text_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("hello", Courtesy.GREETING),
        ("Hi there, Companion!", Courtesy.GREETING),
        ("Good morning everyone 👋", Courtesy.GREETING),
        ("hey, what’s up?", Courtesy.GREETING),
        ("thanks!", Courtesy.THANKS),
        ("Thank you so much for that", Courtesy.THANKS),
        ("ok great", Courtesy.THANKS),
        ("what can you do?", Courtesy.HELP),
        ("hello, how does this work?", Courtesy.HELP),
    ],
)
def test_what_asks_nothing_is_recognised(said: str, meant: Courtesy) -> None:
    assert courtesy(said) is meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "🐝",
        "you",
        "ok",
        QUESTION,
        "hello world",
        "who said hello to the queen?",
        "thanks to what do bees stay warm?",
        "why do they say thank you to the bees",
        "what can you do about mites?",
        "how do you work with smoke",
        "help with swarming",
        "good queens",
        "hello " * 40,
    ],
)
def test_whatever_has_another_word_in_it_is_a_question(said: str) -> None:
    assert courtesy(said) is None


async def test_a_greeting_gets_a_friendly_sentence_and_searches_to_try(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "ask", question="hello"))

    assert message.ephemeral
    assert text_of(message).startswith("👋 Hello! Ask me what was said")
    assert "`/ask`" in text_of(message)
    examples = [ids[0] for ids in buttons(message).values()]
    assert len(examples) == 3
    assert all(example.startswith("search:try:") for example in examples)
    assert answers_in(world, world.channel) == []


async def test_nothing_is_recorded_of_a_greeting(world: World) -> None:
    await world.priya.slash(world.channel, "ask", question="thanks!")

    assert "Nobody asked anything yet" in shown(await managing(world).slash(world.channel, "asked"))


async def test_a_message_that_greets_is_asked_about_in_the_same_way(world: World) -> None:
    said = await world.jonas.send(world.channel, "Good morning all")

    told = await world.priya.context_menu(world.channel, "Ask about this", said)

    assert "👋 Hello!" in shown(told)


async def test_a_server_without_a_podcast_greets_too(world: World) -> None:
    message = only(await world.nadia.slash(world.quiet_channel, "ask", question="hi"))

    assert "👋 Hello!" in text_of(message)
    assert buttons(message) == {}
