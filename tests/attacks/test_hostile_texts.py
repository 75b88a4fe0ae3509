"""Whatever feeds, transcripts and members write: nothing of it mentions, links, formats or hides anything.

A podcast with hostile words in each field, and members who type such words into each option of each command there is.
What is looked at is every body that the bot sends to Discord.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import discord
import pytest
import pytest_asyncio
import simcord

from companion import cogs
from companion.cogs.views.markdown import escaped, visible
from tests.attacks.hostile import UNSEEN, ZALGO, faults, hostile, sent
from tests.attacks.typed import Filler
from tests.cogs.asking import mention
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import walk
from tests.cogs.test_strangers import commands
from tests.publisher import publishing

SAID = "The tide keeps a diary of every boat"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who there is in a server, and where they talk."""

    member: simcord.MemberActor
    manager: simcord.MemberActor
    channel: simcord.ChannelHandle


def _item(number: int) -> str:
    title, notes = hostile(f"Tides {number}", 900), hostile("Notes on tides", 3000)
    turns = "\n\n".join(
        f"{name} [00:{minute:02}:00]: {SAID}, number {minute}. {hostile('And so on.', 700)}".replace("\n", " ")
        for minute, name in enumerate(("Ann", "Bo**b**", "Ann", "<@1234567890123456>", "Ann", "Bob"))
    )
    chapters = "".join(f"\n(0{minute}:00) {hostile('Chapter', 200)}".replace("\n", " ") for minute in range(3))
    legal = "".join(one for one in f"{notes}\n\n{chapters}\n\n{turns}" if one in "\n\t" or one >= " ")
    named = "".join(one for one in title if one >= " ")
    return (
        f"<item><guid>tide-{number}</guid><title>{escape(named)}</title><link>https://pod.example/{number}</link>"
        f"<pubDate>Fri, 0{number} Mar 2024 06:00:00 GMT</pubDate>"
        f'<enclosure url="https://pod.example/{number}.mp3" type="audio/mpeg" length="1"/>'
        f'<podcast:person role="guest">{escape(named[:200])}</podcast:person>'
        f"<description>{escape(legal)}</description></item>"
    )


@pytest_asyncio.fixture
async def tides(world: World) -> AsyncGenerator[World]:
    """A server whose only podcast is hostile."""
    async with publishing() as publisher:
        items = [_item(number) for number in range(1, 4)]
        name = escape("".join(one for one in hostile("Tides", 500) if one >= " "))
        url = publisher.publish("/tides", items, name)
        added = await bot_of(world).subscriptions.add(world.nadia.guild.id, url)
        assert added.episodes == 3
        await bot_of(world).searcher.refresh()
        yield world


def _faults_of(world: World, since: int) -> list[str]:
    return [fault for path, body in sent(iter(world.env.http_requests[since:])) for fault in faults(path, body)]


async def test_nothing_that_a_feed_says_means_anything_to_discord(tides: World) -> None:
    since, channel = len(tides.env.http_requests), tides.quiet_channel
    boss = managing(tides, tides.nadia.guild, "boss")
    filler = Filler(Somebody(tides.nadia, boss, channel), tides.nadia.guild.create_role("anything"))
    for command in commands(tides):
        if command.qualified_name == "setup podcasts remove":
            continue
        options = await filler.filled(command)
        for option in command.parameters:
            # What would leave nothing to show is left out; what is looked for is what was said.
            if option.name in ("query", "question", "words") and option.type is discord.AppCommandOptionType.string:
                options[option.name] = SAID
            if option.name in ("after", "before", "speaker") and not option.required:
                options.pop(option.name, None)
        answer = await boss.slash(channel, command.qualified_name, **options)
        for message in (answer.response, *answer.followups):
            if message is not None:
                await _press_everything(boss, message)
    await boss.send(channel, mention(tides, f"what {SAID}"))
    for posted in channel.history():
        await _press_everything(boss, posted)

    said = str([body for _, body in sent(iter(tides.env.http_requests[since:]))])
    assert said.count("diary") > 20
    assert list(dict.fromkeys(_faults_of(tides, since))) == []


async def _press_everything(member: simcord.MemberActor, message: simcord.ResponseMessage | discord.Message) -> None:
    for part in list(walk(getattr(message, "components", []) if isinstance(message, simcord.ResponseMessage) else [])):
        if part.get("type") == 2 and "custom_id" in part and part["custom_id"] != "answer:delete":
            try:
                await member.click(message, custom_id=str(part["custom_id"]))
            except (simcord.SetupError, simcord.BackendError):
                continue  # an earlier press took it away


async def test_nothing_that_members_type_means_anything_to_discord(world: World) -> None:
    since, boss = len(world.env.http_requests), managing(world)
    filler = Filler(Somebody(world.priya, boss, world.channel), world.guild.create_role("anything"))
    tried = 0
    for words in ("", "winter"):
        for command in commands(world):
            options = await filler.filled(command, hostile(words))
            await boss.slash(world.channel, command.qualified_name, **options)
            tried += 1
    await boss.send(world.channel, mention(world, hostile("winter", 1500)))

    assert tried > 100
    assert _faults_of(world, since) == []


@pytest.mark.parametrize("text", [ZALGO, f"e\u0301{ZALGO}{ZALGO}", "\u0301" * 50], ids=("a letter", "three", "none"))
def test_marks_do_not_pile_up_over_other_lines(text: str) -> None:
    assert len(visible(text)) <= 12
    assert escaped("Hồ Chí Minh, שָׁלוֹם, ที่นี่, e\u0323\u0302") == "Hồ Chí Minh, שָׁלוֹם, ที่นี่, e\u0323\u0302"


def test_what_is_unseen_is_taken_out() -> None:
    assert visible(UNSEEN).strip() == ""


def test_edits_and_follow_ups_say_that_they_mention_nobody() -> None:
    """discord.py applies the client's own ``allowed_mentions`` to everything else, but not to these."""
    unsaid: list[str] = []
    for module in Path(cogs.__path__[0]).glob("*.py"):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            named = {keyword.arg for keyword in call.keywords}
            edits = call.func.attr == "edit" and named & {"view", "content"}
            follows_up = call.func.attr == "send" and ast.unparse(call.func.value).endswith("followup")
            if (edits or follows_up) and "allowed_mentions" not in named:
                unsaid.append(f"{module.name}:{call.lineno}")
    assert unsaid == []
