from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from companion.cogs import clip_media, server_icons
from companion.cogs.server_icons import MOST_BYTES, ServerIcons
from companion.storage import highlight_rules
from companion.storage.clock import SystemClock
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes
from tests.cogs.conftest import World
from tests.cogs.test_clip_posts import posted


class Pictures:
    """The pictures of Discord: what is asked for, and what comes."""

    def __init__(self, *answers: bytes | Exception | None) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def get_from_cdn(self, url: str) -> bytes:
        self.asked.append(url)
        answer = self.answers.pop(0)
        if answer is None:
            await asyncio.sleep(60)
        if isinstance(answer, Exception):
            raise answer
        return answer or b""

    def guild(self, key: str | None = "a" * 32) -> discord.Guild:
        state: Any = SimpleNamespace(http=self)
        icon = None if key is None else discord.Asset._from_guild_icon(state, 7, key)  # pyright: ignore[reportPrivateUsage]
        return cast("discord.Guild", SimpleNamespace(icon=icon))


async def test_an_icon_is_asked_for_once_small_and_as_a_png() -> None:
    pictures, icons = Pictures(b"picture"), ServerIcons()

    assert [await icons.of(pictures.guild()) for _ in range(3)] == [b"picture"] * 3

    (url,) = pictures.asked
    assert url.endswith(f"/icons/7/{'a' * 32}.png?size=128")


async def test_another_picture_is_asked_for_anew_and_one_that_moves_stands_still() -> None:
    pictures, icons = Pictures(b"old", b"new"), ServerIcons()

    assert await icons.of(pictures.guild()) == b"old"
    assert await icons.of(pictures.guild("a_" + "b" * 32)) == b"new"
    assert pictures.asked[1].endswith(".png?size=128")


async def test_a_server_without_icon_and_one_that_was_left_have_none() -> None:
    pictures, icons = Pictures(), ServerIcons()

    assert await icons.of(pictures.guild(None)) is None
    assert await icons.of(None) is None
    assert pictures.asked == []


@pytest.mark.parametrize(
    "trouble",
    [
        discord.DiscordException("gone"),
        aiohttp.ClientConnectionError(),
        ConnectionResetError(),
        b"x" * (MOST_BYTES + 1),
        None,
    ],
)
async def test_where_it_cannot_be_had_there_is_none_and_it_is_asked_for_again_later(
    trouble: bytes | Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_icons, "PATIENCE", 0.05)
    pictures, icons = Pictures(trouble, b"picture"), ServerIcons()

    assert await icons.of(pictures.guild()) is None
    assert await icons.of(pictures.guild()) is None
    assert len(pictures.asked) == 1
    monkeypatch.setattr(server_icons, "RETRIED_AFTER", -1.0)
    assert await icons.of(pictures.guild()) == b"picture"


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_icons, "_KEPT", 2)
    pictures, icons = Pictures(b"1", b"2", b"3", b"1"), ServerIcons()

    for key in ("a", "b", "a", "c", "a"):
        await icons.of(pictures.guild(key * 32))

    assert len(pictures.asked) == 3
    await icons.of(pictures.guild("b" * 32))
    assert len(pictures.asked) == 4


@pytest.mark.parametrize("wished", [True, False])
async def test_the_icon_is_on_the_card_where_the_server_wishes_for_it(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch, wished: bool
) -> None:
    drawn: list[bytes | None] = []

    async def of(*_: object) -> bytes:
        return b"picture"

    def quote_card(_shown: object, _theme: object, logo: bytes | None) -> None:
        drawn.append(logo)

    monkeypatch.setattr(ServerIcons, "of", of)
    monkeypatch.setattr(clip_media, "quote_card", quote_card)
    wishes = Wishes(card_logo=wished)
    rule = HighlightRule(
        world.guild.id, world.channel.id, "UTC", 0, EVERY_DAY, Approval.NONE, None, 1, SystemClock().now(), wishes
    )
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)

    await posted(world)

    assert drawn == [b"picture" if wished else None]
