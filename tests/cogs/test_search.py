from __future__ import annotations

from tests.cogs.conftest import World
from tests.cogs.messages import shown


async def test_a_search_answers_in_public_with_who_said_what_when_and_where(world: World) -> None:
    result = await world.priya.slash(world.channel, "search", query="how do bees heat the hive")

    assert not result.ephemeral
    text = shown(result)
    print(text)
