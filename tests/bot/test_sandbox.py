from __future__ import annotations

import socket

import pytest

from companion.bot.sandbox import FIRST_RIFF, FIRST_SEARCH, SandboxError, opened
from companion.bot.sandbox_week import DAYS
from tests.cogs.messages import said_in, shown


async def test_the_sandbox_opens_on_a_talk_about_the_demo_archive() -> None:
    async with opened(None) as sandbox:
        messages = sandbox.channel.history(viewer=sandbox.members[0])[DAYS:]

        assert len(messages) == 3
        assert messages[1].author.name == "Companion"
        assert FIRST_SEARCH in str([component.to_dict() for component in messages[1].components])
        assert FIRST_RIFF in str([component.to_dict() for component in messages[2].components])


async def test_before_it_there_is_a_week_of_daily_highlights_with_votes() -> None:
    async with opened(None) as sandbox:
        said = said_in(sandbox.env, sandbox.channel)[:DAYS]
        assert all("Highlight of the day" in one for one in said)
        assert not any("It is late" in one for one in said)
        assert len({one.splitlines()[1] for one in said}) == DAYS
        best = shown(await sandbox.members[0].slash(sandbox.channel, "highlights top"))
        assert "3 for, 0 against" in best
        assert "3 members voted" in best


async def test_every_member_of_the_sandbox_can_search_it() -> None:
    async with opened(None) as sandbox:
        for member in sandbox.members:
            result = await member.slash(sandbox.channel, "search", query="hive sensor box", speaker="Mina Achterberg")
            assert "Mina Achterberg" in shown(result)


async def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SandboxError, match=f"cannot open on port {port}: choose another one with --port"):
            async with opened(None, port):
                pass


async def test_two_sandboxes_in_a_row_share_nothing() -> None:
    async with opened(None) as first:
        await first.members[0].slash(first.channel, "search", query="bread")
    async with opened(None) as second:
        assert len(second.channel.history(viewer=second.members[0])) == DAYS + 3
