"""The channels that the bot posts in by itself, as Discord has them: gone, or closed to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from companion.bot.doctor.discord_api import DiscordApi, DiscordError
from companion.bot.doctor.findings import Finding, hint, ok, warning
from companion.community.channels import Place
from companion.community.check_clubs import check_clubs
from companion.community.check_posts import CheckedPost, CheckedThreads, check_highlights
from companion.community.permissions import EVENTS, FOR_PURPOSE, UNDER_NEWS, Permission, labels, missing
from companion.storage import channels, highlight_rules, series
from companion.storage.channels import Purpose
from companion.storage.engine import AsyncConnection, Database
from companion.storage.highlight_rules import HighlightRule
from companion.storage.series import Series

MOST = 20
"""Servers whose channels are asked for: a few requests each."""
_POSTS = (0, 5)
"""The types of channels that take posts: text and announcement channels."""
_CURE = "There: the channel's settings → Permissions → Advanced permissions → Companion."


async def check(database: Database, discord: DiscordApi, servers: frozenset[int]) -> Sequence[Finding]:
    """Looks at the channels of highlights, of their approval and hall of fame, of news and notices, and of paper clubs
    with their threads, in some of these servers."""
    async with database.read() as connection:
        found = [await _posting(connection, one) for one in sorted(servers)]
    posting = [one for one in found if one.any]
    if not posting:
        return []
    findings: list[Finding] = []
    try:
        bot_id = str((await discord.get("/users/@me"))["id"])
        for one in posting[:MOST]:
            findings += _looked_over(one, await _places(discord, one.guild_id, bot_id))
    except DiscordError as failed:
        return [*findings, hint(f"The channels could not all be looked at. {failed}", "Run this again.")]
    looked_at = min(len(posting), MOST)
    return findings or [ok(f"What comes by itself can be posted in all {looked_at} servers that were looked at.")]


@dataclass(frozen=True, slots=True)
class _Posting:
    """What is posted in a server by itself."""

    guild_id: int
    rule: HighlightRule | None
    chosen: Mapping[Purpose, int]
    clubs: Sequence[Series]

    @property
    def any(self) -> bool:
        return self.rule is not None or bool(self.chosen) or any(one.running for one in self.clubs)


async def _posting(connection: AsyncConnection, guild_id: int) -> _Posting:
    return _Posting(
        guild_id,
        await highlight_rules.get(connection, guild_id),
        await channels.chosen(connection, guild_id),
        await series.of_guild(connection, guild_id),
    )


def _looked_over(one: _Posting, places: Mapping[int, Place]) -> Iterator[Finding]:
    highlights = check_highlights(one.rule, places.get, lambda _: True)
    # What lacks in the whole server is told with its permissions.
    clubs = check_clubs(one.clubs, places.get, EVENTS.needs.value, links=True).clubs
    for post in [*highlights.posts, *_chosen(one.chosen, places), *(club.post for club in clubs)]:
        where = f"In server {one.guild_id} the channel of the {post.name} ({post.channel_id})"
        if post.gone:
            cure = f"There: `{post.command}` with another channel, or let the bot view this one again."
            yield warning(f"{where} is deleted, or hidden from the bot.", cure)
        elif post.lacks:
            yield warning(f"{where} lacks {labels(post.lacks)} for the bot.", _CURE)
    news = places.get(one.chosen.get(Purpose.NEWS, 0))
    under_news = (CheckedThreads(news.channel_id, UNDER_NEWS, missing(news.granted, UNDER_NEWS.needs)),) if news else ()
    for threads in [*under_news, *(club.threads for club in clubs if club.threads)]:
        if threads.lacks:
            where = f"In server {one.guild_id} the channel {threads.channel_id}"
            yield warning(f"{where} lacks {labels(threads.lacks)} for the bot to {threads.feature.does}.", _CURE)
    for club in clubs:
        if club.lost_venue is not None:
            yield warning(
                f"In server {one.guild_id} the channel {club.lost_venue} that a club meets in is deleted, or hidden"
                " from the bot.",
                "There: `/club edit` with another venue.",
            )
    if highlights.paused is not None and highlights.paused.reason is not None:
        told = f"In server {one.guild_id} highlights are paused, because {highlights.paused.reason}."
        yield warning(told, "Set that right, then `/highlights resume` there.")


def _chosen(chosen: Mapping[Purpose, int], places: Mapping[int, Place]) -> Iterator[CheckedPost]:
    for purpose, channel_id in chosen.items():
        place, feature = places.get(channel_id), FOR_PURPOSE[purpose]
        gone = place is None or not place.receives_posts
        lacks = () if place is None else place.lacks(feature)
        command = f"/setup channels choose purpose:{purpose}"
        yield CheckedPost(str(purpose), channel_id, gone, feature, lacks, command)


async def _places(discord: DiscordApi, guild_id: int, bot_id: str) -> dict[int, Place]:
    """The server's channels that the bot can view, with what it may do in each. Raises `DiscordError`."""
    roles: list[dict[str, Any]] = await discord.get(f"/guilds/{guild_id}/roles")
    member: dict[str, Any] = await discord.get(f"/guilds/{guild_id}/members/{bot_id}")
    known: list[dict[str, Any]] = await discord.get(f"/guilds/{guild_id}/channels")
    own = {str(guild_id), *map(str, member.get("roles") or ())}
    base = 0
    for role in roles:
        if str(role["id"]) in own:
            base |= int(role["permissions"])
    places: dict[int, Place] = {}
    for channel in known:
        granted = _granted(base, channel.get("permission_overwrites") or [], guild_id, own, bot_id)
        if granted & (Permission.VIEW_CHANNELS | Permission.ADMINISTRATOR).value:
            number = int(channel["id"])
            places[number] = Place(number, granted, receives_posts=channel.get("type") in _POSTS)
    return places


def _granted(base: int, overwrites: Sequence[dict[str, Any]], guild_id: int, own: set[str], bot_id: str) -> int:
    """What the roles' permissions become in a channel: those for everyone, then for the roles, then for the bot.

    https://discord.com/developers/docs/topics/permissions#permission-overwrites
    """
    if base & Permission.ADMINISTRATOR.value:
        return base
    everyone = [one for one in overwrites if str(one["id"]) == str(guild_id)]
    roles = [one for one in overwrites if str(one["id"]) in own and one not in everyone]
    member = [one for one in overwrites if str(one["id"]) == bot_id]
    for layer in (everyone, roles, member):
        for one in layer:
            base &= ~int(one["deny"])
        for one in layer:
            base |= int(one["allow"])
    return base
