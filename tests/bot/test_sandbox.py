from __future__ import annotations

import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import discord
import pytest
import pytest_asyncio

from companion.bot.client import CompanionBot
from companion.bot.sandbox import FIRST_RIFF, FIRST_SEARCH, Sandbox, SandboxError, opened
from companion.bot.sandbox_club import AUTHOR, CLUB, RECORDING
from companion.bot.sandbox_week import ASKED, DAYS, MESSAGES
from tests.cogs.messages import said_in, shown

pytestmark = pytest.mark.sqlite_only("a sandbox has a file of its own")

in_the_shared_one = pytest.mark.asyncio(loop_scope="module")
"""A loop has one simulation at most, so those that open their own have loops of their own."""


async def test_a_port_in_use_is_told_with_what_to_do_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("companion.bot.sandbox.Database")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SandboxError, match=f"cannot open on port {port}: choose another one with --port"):
            async with opened(None, port):
                pass


@pytest.mark.slow
async def test_two_sandboxes_in_a_row_share_nothing() -> None:
    async with opened(None) as first:
        await first.members[0].slash(first.channel, "search", query="bread")
    async with opened(None) as second:
        assert len(second.channel.history(viewer=second.members[0])) == MESSAGES + 3


@dataclass(frozen=True, slots=True)
class Beginning:
    """A sandbox, and what stood in its channel when it opened; tests may have said more in it since."""

    sandbox: Sandbox
    history: list[discord.Message]
    said: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def beginning() -> AsyncGenerator[Beginning]:
    async with opened(None) as sandbox:
        history = sandbox.channel.history(viewer=sandbox.members[0])
        yield Beginning(sandbox, history, said_in(sandbox.env, sandbox.channel))


@pytest.fixture
def sandbox(beginning: Beginning) -> Sandbox:
    return beginning.sandbox


@in_the_shared_one
async def test_the_sandbox_opens_on_a_talk_about_the_demo_archive(beginning: Beginning) -> None:
    messages = beginning.history[MESSAGES:]

    assert len(messages) == 3
    assert messages[1].author.name == "Companion"
    assert FIRST_SEARCH in str([component.to_dict() for component in messages[1].components])
    assert FIRST_RIFF in str([component.to_dict() for component in messages[2].components])


@in_the_shared_one
async def test_before_it_there_is_a_week_of_daily_highlights_with_votes(beginning: Beginning) -> None:
    sandbox = beginning.sandbox
    said = [one for one in beginning.said if "Highlight of the day" in one]
    assert len(said) == DAYS
    assert not any("It is late" in one for one in said)
    assert len({one.splitlines()[1] for one in said}) == DAYS
    best = shown(await sandbox.members[0].slash(sandbox.channel, "highlights top"))
    assert "3 for, 0 against" in best
    assert "3 members voted" in best


@in_the_shared_one
async def test_two_asked_the_same_a_duel_is_open_and_a_recap_tells_of_it_all(beginning: Beginning) -> None:
    *_, duel, recap = beginning.said[:MESSAGES]
    assert "Which is more worth hearing again?" in duel
    assert "2 members chose" in duel
    assert "The week here" in recap
    assert "🥇" in recap
    assert f"“{ASKED[1]}” · 2 members · [the answer](" in recap
    assert f"{DAYS} daily highlights" in recap
    assert "A duel that closes <t:" in recap


@in_the_shared_one
async def test_a_club_has_proposals_with_votes_a_session_that_members_come_to_and_a_recorded_one(
    beginning: Beginning,
) -> None:
    sandbox, said = beginning.sandbox, beginning.said
    proposals = [one for one in said if "📄 Proposed" in one]
    assert [one.splitlines()[-1] for one in proposals] == [
        "-# 🗳️ 1 👍 · 0 👎", "-# 🗳️ 1 👍 · 1 👎", "-# 🗳️ 2 👍 · 0 👎"
    ]  # fmt: skip
    assert any("**Pre-reading**, from the archive" in one for one in proposals)
    (post,) = [one for one in said if f"📅 **{CLUB}**" in one]
    assert f"🌟 **With {AUTHOR}, an author of the paper**" in post
    assert "**Going (2 of 12)**" in post
    assert "**Maybe (1)**" in post
    (thread,) = sandbox.channel.threads
    assert "What would you ask" in said_in(sandbox.env, thread)[0]
    priya = sandbox.members[0]
    assert f"[📼 recording]({RECORDING})" in shown(await priya.slash(sandbox.channel, "club history"))
    found = shown(await priya.slash(sandbox.channel, "search", query="what is a stop button for"))
    assert "Paper club recordings" in found
    assert "Polite Robots" in said[MESSAGES - 1]


@in_the_shared_one
async def test_nothing_more_comes_by_itself_until_the_next_day(sandbox: Sandbox) -> None:
    bot = sandbox.env.bot
    assert isinstance(bot, CompanionBot)
    before = len(said_in(sandbox.env, sandbox.channel))
    for duty in tuple(bot.duties):
        await duty(sandbox.database.clock.now())
    assert len(said_in(sandbox.env, sandbox.channel)) == before


@in_the_shared_one
async def test_every_member_of_the_sandbox_can_search_it(sandbox: Sandbox) -> None:
    for member in sandbox.members:
        result = await member.slash(sandbox.channel, "search", query="hive sensor box", speaker="Mina Achterberg")
        assert "Mina Achterberg" in shown(result)
