"""The channels that highlights are posted in by themselves, as Discord has them: gone, or closed to the bot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from companion.bot.doctor.discord_api import DiscordApi, DiscordError
from companion.bot.doctor.findings import Finding, hint, ok, warning
from companion.community.channels import Place
from companion.community.check_posts import check_highlights
from companion.community.permissions import Permission, labels
from companion.storage import highlight_rules
from companion.storage.engine import Database

MOST = 20
"""Servers whose channels are asked for: a few requests each."""
_POSTS = (0, 5)
"""The types of channels that take posts: text and announcement channels."""


async def check(database: Database, discord: DiscordApi, servers: frozenset[int]) -> Sequence[Finding]:
    """Looks at the channels of daily highlights, of their approval and of halls of fame in some of these servers."""
    async with database.read() as connection:
        found = [await highlight_rules.get(connection, one) for one in sorted(servers)]
    rules = [rule for rule in found if rule is not None]
    if not rules:
        return []
    findings: list[Finding] = []
    try:
        bot_id = str((await discord.get("/users/@me"))["id"])
        for rule in rules[:MOST]:
            places = await _places(discord, rule.guild_id, bot_id)
            checked = check_highlights(rule, places.get, lambda _: True)
            for post in checked.posts:
                where = f"In server {rule.guild_id} the channel of the {post.name} ({post.channel_id})"
                if post.gone:
                    cure = f"There: `{post.command}` with another channel, or let the bot view this one again."
                    findings.append(warning(f"{where} is deleted, or hidden from the bot.", cure))
                elif post.lacks:
                    cure = "There: the channel's settings → Permissions → Advanced permissions → Companion."
                    findings.append(warning(f"{where} lacks {labels(post.lacks)} for the bot.", cure))
            if checked.paused is not None and checked.paused.reason is not None:
                told = f"In server {rule.guild_id} highlights are paused, because {checked.paused.reason}."
                findings.append(warning(told, "Set that right, then `/highlights resume` there."))
    except DiscordError as failed:
        return [*findings, hint(f"Channels of highlights could not all be looked at. {failed}", "Run this again.")]
    looked_at = min(len(rules), MOST)
    return findings or [ok(f"Highlights can be posted in all {looked_at} servers that have them and were looked at.")]


async def _places(discord: DiscordApi, guild_id: int, bot_id: str) -> dict[int, Place]:
    """The server's channels that the bot can view, with what it may do in each. Raises `DiscordError`."""
    roles: list[dict[str, Any]] = await discord.get(f"/guilds/{guild_id}/roles")
    member: dict[str, Any] = await discord.get(f"/guilds/{guild_id}/members/{bot_id}")
    channels: list[dict[str, Any]] = await discord.get(f"/guilds/{guild_id}/channels")
    own = {str(guild_id), *map(str, member.get("roles") or ())}
    base = 0
    for role in roles:
        if str(role["id"]) in own:
            base |= int(role["permissions"])
    places: dict[int, Place] = {}
    for channel in channels:
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
