"""What happened in the sandbox's server until now: a week of daily highlights with its members' votes, a question that
two of them asked, a paper club, a duel that is open, and the recap of it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import discord
import simcord

from companion.bot import sandbox_club
from companion.cogs.companion import Companion
from companion.cogs.duels import Duels as DuelsCog
from companion.cogs.highlight_outlet import HighlightOutlet
from companion.cogs.public_channels import public_in
from companion.cogs.views.layout import Message
from companion.cogs.views.recap import Written, recap_box
from companion.community.chosen_clips import ChosenClips
from companion.community.daily_posts import DailyPosts
from companion.community.duels import Duels
from companion.community.recaps import KIND_OF
from companion.community.spans import Span, last_ended
from companion.storage import highlight_rules, highlight_slots, recaps
from companion.storage.engine import Database
from companion.storage.highlight_rules import EVERY_DAY, Approval, HighlightRule, Recap, Wishes
from companion.storage.highlight_slots import MONTHLY, WEEKLY, Slot, State

DAYS = 7
MESSAGES = DAYS + sandbox_club.MESSAGES + 4
"""What stands in the channel afterwards: highlights, two answers, what the club has there, the duel and the recap."""
ASKED = ("why is the bread robot so slow", "Why is the bread robot so slow?")
"""The same question, of two members."""
_VOTES = ("👍👍👍", "👍👎", "👍 👍", "👎 👎", "👍👍", "  👍", "👍")
"""What each of the members, in their order, thought of each day's; a space is nothing."""


async def live_a_week(
    database: Database,
    bot: Companion,
    channel: simcord.ChannelHandle,
    guild: simcord.GuildHandle,
    members: Sequence[simcord.MemberActor],
) -> None:
    """Lets the week happen. Its highlights come at this minute of the day, today's at once."""
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
        wishes=Wishes(account_days=0, recap=Recap.WEEKLY),  # they have only just been made
    )
    async with database.write() as connection:
        await highlight_rules.put(connection, rule)
        # The votes are of this hour, so of what ended before there is nothing to tell.
        for span, kinds in ((Span.WEEK, (WEEKLY, KIND_OF[Span.WEEK])), (Span.MONTH, (MONTHLY,))):
            for kind in kinds:
                ended = Slot(guild.id, kind, last_ended(now, span, rule), State.SKIPPED)
                await highlight_slots.put(connection, ended)
    posts, outlet = DailyPosts(database, ChosenClips(database, bot.picker).choose), HighlightOutlet(bot)
    asks = iter(zip(members, ASKED, strict=False))
    for days, votes in zip(reversed(range(DAYS)), _VOTES, strict=True):
        await posts.run_due(now - timedelta(days=days), outlet)
        message = max(channel.history(), key=lambda one: one.id)
        for member, emoji in zip(members, votes, strict=False):
            if emoji.strip():
                await member.react(message, emoji)
        if days in (4, 2):
            asker, question = next(asks)
            await asker.slash(channel, "ask", question=question)
    await sandbox_club.meet(database, bot, channel, guild, members)
    await _duel(database, bot, channel, members)
    await _tell(bot, channel, guild)


async def _duel(
    database: Database, bot: Companion, channel: simcord.ChannelHandle, members: Sequence[simcord.MemberActor]
) -> None:
    """One member puts two clips side by side, and the others have chosen; what they were told of that is not there."""
    *others, opener = members
    await opener.slash(channel, "clip duel")
    async with database.read() as connection:
        (duel,) = await recaps.open_duels(connection, opener.guild.id, database.clock.now())
    for member, left in zip(others, (True, False), strict=False):
        await Duels(database).choose(duel.guild_id, duel.id, member.id, left=left)
    shown = bot.get_cog("Duels")
    if isinstance(shown, DuelsCog):
        shown.changed(duel)


async def _tell(bot: Companion, channel: simcord.ChannelHandle, guild: simcord.GuildHandle) -> None:
    """The recap of the week."""
    here = bot.get_channel(channel.id)
    recap = await bot.recaps.until_now(guild.id, Span.WEEK, public_in(bot.get_guild(guild.id), channel.id))
    written = Written(await bot.recap_writer.prose(recap), bot.recap_writer.model or "")
    if isinstance(here, discord.TextChannel):
        await here.send(view=Message(recap_box(recap, written)), allowed_mentions=discord.AllowedMentions.none())
