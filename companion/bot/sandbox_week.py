"""What happened in the sandbox's server until now: a week of daily highlights, with its members' votes on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import simcord

from companion.cogs.companion import Companion
from companion.cogs.highlight_outlet import HighlightOutlet
from companion.community.chosen_clips import ChosenClips
from companion.community.daily_posts import DailyPosts
from companion.storage import highlight_rules
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Wishes

DAYS = 7
_VOTES = ("👍👍👍", "👍👎", "👍 👍", "👎 👎", "👍👍👍", "  👍", "👍")
"""What each of the members, in their order, thought of each day's; a space is nothing."""


async def live_a_week(
    database: Database,
    bot: Companion,
    channel: simcord.ChannelHandle,
    guild: simcord.GuildHandle,
    members: Sequence[simcord.MemberActor],
) -> None:
    """Posts the highlights of the last days and of today, this hour each, and lets the members vote on them."""
    now = database.clock.now().replace(second=0, microsecond=0)
    rule = HighlightRule(
        guild_id=guild.id,
        channel_id=channel.id,
        zone="UTC",
        minute=now.hour * 60 + now.minute,
        days=EVERY_DAY,
        approval=Approval.NONE,
        approval_channel_id=None,
        set_by=members[0].id,
        since=now - timedelta(days=DAYS - 1),
        wishes=Wishes(account_days=0),  # they have only just been made
    )
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
    posts, outlet = DailyPosts(database, ChosenClips(database, bot.picker).choose), HighlightOutlet(bot)
    for days, votes in zip(reversed(range(DAYS)), _VOTES, strict=True):
        await posts.run_due(now - timedelta(days=days), outlet)
        message = max(channel.history(), key=lambda one: one.id)
        for member, emoji in zip(members, votes, strict=False):
            if emoji.strip():
                await member.react(message, emoji)
