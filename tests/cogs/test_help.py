from __future__ import annotations

from tests.cogs.conftest import World
from tests.cogs.messages import buttons, only, shown, text_of


async def test_help_says_what_there_is_with_searches_from_this_server_s_archive(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "help"))

    text = text_of(message)
    assert message.ephemeral
    for feature in ("/search", "Riff", "More like this", "Context", "Search the archive"):
        assert feature in text
    assert "*Mara Lindqvist*" in text
    examples = [ids[0].removeprefix("search:try:") for ids in buttons(message).values()]
    assert set(examples) <= {
        "Heating a house of wax",
        "Why wool keeps the damp in",
        "Counting mites with sugar",
        "Sixteen days of royal jelly",
        "Breeding for temper",
    }
    assert len(examples) == 3


async def test_an_example_in_the_help_searches_in_public(world: World) -> None:
    message = only(await world.priya.slash(world.channel, "help"))

    result = await world.priya.click(message, custom_id=next(iter(buttons(message).values()))[0])

    assert not only(result).ephemeral
    assert f"<@{world.priya.id}> asked" in shown(result)


async def test_help_on_a_server_without_a_podcast_says_what_is_missing(world: World) -> None:
    text = shown(await world.nadia.slash(world.quiet_channel, "help"))

    assert "/search" in text
    assert "no podcast yet" in text
