"""Votes by reactions: hearing of them, catching up on what came while the bot was away, and showing the tally."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord
from discord.ext import commands

from companion.archive.back_off import next_attempt
from companion.cogs.companion import QUIET, Companion
from companion.cogs.feature import Feature, every_minute
from companion.cogs.tally_pace import Shown
from companion.community.votes import Happened, What
from companion.community.votes import Votes as Kept
from companion.storage.ballots import Ballot

log = logging.getLogger(__name__)

A_MINUTE = 20
"""Ballots that are compared with Discord a minute, so that a long absence does not use up what Discord allows."""
WAITED_FOR = timedelta(hours=1)
"""So long what rests on all votes waits for those that were missed."""
_AT_ONCE = 200
"""Happenings that are stored in one transaction."""
_SHOWN_ON = 5
"""Messages about one subject on which its tally is kept up to date: the newest."""
_FORGIVEN = timedelta(days=1)
"""So long after a channel may be asked again its refusals are forgotten."""
_TYPES = {False: discord.ReactionType.normal, True: discord.ReactionType.burst}


class Votes(Feature):
    """Counts reactions to ballots.

    What happens is queued as it is heard of and stored in that order. When storing fails, or the gateway lost the
    session, every open ballot is compared with Discord's own lists, a few a minute.
    """

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self.kept = Kept(bot.database)
        self._heard: deque[Happened] = deque()
        self._taking: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._missed_until = bot.database.clock.now()
        self._comparing: int | None = None
        """The message whose reactions are being listed, unless they were wiped off it since."""
        self._refused: dict[int, tuple[int, datetime]] = {}
        """How often in a row each channel was closed to the bot, and until when it is not asked again."""
        self._ballots: dict[int, Ballot] = {}
        self._shown = Shown(self._show)

    async def cog_unload(self) -> None:
        await super().cog_unload()
        if self._catching_up is not None:
            self._catching_up.cancel()
        await self.settled()

    @commands.Cog.listener()
    async def on_shard_ready(self, _shard: int) -> None:
        """A new session: what happened before it will never be told."""
        self._missed_until = self.bot.database.clock.now()

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        if event.member is None or not event.member.bot:
            self._hear_mark(What.CAME, event)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self._hear_mark(What.WENT, event)

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self._hear(What.CLEARED, [event.message_id])

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self._hear(What.CLEARED, [event.message_id], written(event.emoji))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        self._hear(What.DELETED, [event.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        self._hear(What.DELETED, sorted(event.message_ids))

    @every_minute
    async def look_after(self, now: datetime) -> None:
        """Goes on comparing ballots with Discord, beside whatever else is due."""
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self.catch_up(now), name="comparing ballots")
            self._catching_up.add_done_callback(self._caught_up)

    async def catch_up(self, now: datetime) -> None:
        """Compares with Discord, one after the other, the newest ballots of which something may have been missed.

        A channel that is closed to the bot is left alone for a while, the longer the more often it was: to ask again
        and again would have Discord ban the bot. Votes there stand as they are known until then.
        """
        for ballot in await self.kept.to_reconcile(self._missed_until, A_MINUTE, self._closed(now), self.bot.share):
            if ballot.channel_id in self._closed(now):
                continue
            try:
                await self._compare(ballot)
                self._refused.pop(ballot.channel_id, None)
            except discord.NotFound:
                self._hear(What.DELETED, [ballot.message_id])
            except discord.Forbidden:
                self._leave_alone(ballot.channel_id, now)
            except discord.HTTPException as error:
                log.warning("comparing ballots goes on later: %s", error)
                return

    async def behind(self, now: datetime) -> bool:
        """Are there votes that were given while nobody listened, and are still to be counted? After an hour what could
        not be compared until then is waited for no longer."""
        late = now - self._missed_until >= WAITED_FOR
        return not late and await self.kept.behind(self._missed_until, self._closed(now), self.bot.share)

    def _leave_alone(self, channel_id: int, now: datetime) -> None:
        times = self._refused.get(channel_id, (0, now))[0] + 1
        again = next_attempt(times, now) or now
        recent = {one: known for one, known in self._refused.items() if now < known[1] + _FORGIVEN}
        self._refused = recent | {channel_id: (times, again)}
        log.warning("channel %d with ballots is closed to me; it is tried again %s", channel_id, again)

    def _closed(self, now: datetime) -> set[int]:
        """The channels that are left alone now."""
        return {channel_id for channel_id, (_, until) in self._refused.items() if until > now}

    async def settled(self) -> None:
        """Waits until all that was heard of is stored and shown."""
        while self._taking is not None:
            await asyncio.gather(self._taking, return_exceptions=True)
            await asyncio.sleep(0)  # what follows its end is called in the loop's next turn
        await self._shown.finish()

    async def _compare(self, ballot: Ballot) -> None:
        self._comparing = ballot.message_id
        position = await self.kept.position()
        started = self.bot.database.clock.now()
        message = await self._message(ballot).fetch()
        rules = await self.kept.rules(ballot.guild_id)
        listed: dict[tuple[str, bool], set[int]] = {}
        for reaction in message.reactions:
            if rules.value(written(reaction.emoji)):
                for burst in _TYPES:
                    listed[written(reaction.emoji), burst] = await _members(reaction, burst=burst)
        if self._comparing != ballot.message_id:
            return  # the list is older than that: once more, in a minute
        if await self.kept.reconcile(ballot, listed, position, started):
            await self._changed([ballot])

    def _hear_mark(self, what: What, event: discord.RawReactionActionEvent) -> None:
        if self.bot.user is None or event.user_id != self.bot.user.id:
            self._hear(what, [event.message_id], written(event.emoji), event.user_id, burst=event.burst)

    def _hear(
        self,
        what: What,
        message_ids: Sequence[int],
        emoji: str | None = None,
        member_id: int = 0,
        *,
        burst: bool = False,
    ) -> None:
        now = self.bot.database.clock.now()
        if what in (What.CLEARED, What.DELETED) and self._comparing in message_ids:
            self._comparing = None
        self._heard += [Happened(what, one, now, member_id, emoji, burst) for one in message_ids]
        if self._taking is None:
            self._begin_taking()

    def _begin_taking(self) -> None:
        self._taking = asyncio.create_task(self._take(), name="taking votes")
        self._taking.add_done_callback(self._taken)

    async def _take(self) -> None:
        while self._heard:
            some = [self._heard.popleft() for _ in range(min(_AT_ONCE, len(self._heard)))]
            await self._changed(await self.kept.take(some))

    def _taken(self, task: asyncio.Task[None]) -> None:
        self._taking = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("votes could not be stored, and will be looked up", exc_info=error)
            self._missed_until = self.bot.database.clock.now()
        if self._heard:
            self._begin_taking()

    def _caught_up(self, task: asyncio.Task[None]) -> None:
        self._catching_up = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("ballots could not be compared", exc_info=error)

    async def _changed(self, ballots: Sequence[Ballot]) -> None:
        """Plans that the tally is shown anew, on every message about these subjects."""
        for subject in dict.fromkeys(one.subject for one in ballots if one.subject.kind in self.bot.tallied):
            for ballot in (await self.kept.shown_on([subject]))[:_SHOWN_ON]:
                self._ballots[ballot.message_id] = ballot
                self._shown.changed(ballot.message_id)

    async def _show(self, message_id: int) -> None:
        ballot = self._ballots.pop(message_id, None)
        shown = None if ballot is None else self.bot.tallied.get(ballot.subject.kind)
        if ballot is None or shown is None:
            return  # what is voted on so is no longer served
        now = self.bot.database.clock.now()
        if ballot.channel_id in self._closed(now):
            return
        try:
            view = await shown(ballot, await self.kept.tally(ballot.subject))
            if view is not None:
                await self._message(ballot).edit(view=view, allowed_mentions=QUIET)
        except discord.NotFound:
            self._hear(What.DELETED, [message_id])
        except discord.Forbidden:
            self._leave_alone(ballot.channel_id, now)
        except discord.HTTPException as error:
            # Reactions are still told of, so the votes count; the next change tries again.
            log.warning("the tally on message %d could not be shown: %s", message_id, error)

    def _message(self, ballot: Ballot) -> discord.PartialMessage:
        channel = self.bot.get_partial_messageable(ballot.channel_id, guild_id=ballot.guild_id)
        return channel.get_partial_message(ballot.message_id)


async def are_behind(bot: Companion, now: datetime) -> bool:
    """Whether what rests on all votes has to wait: `Votes.behind`."""
    votes = bot.get_cog("Votes")
    return isinstance(votes, Votes) and await votes.behind(now)


def written(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """The emoji as votes are kept with it."""
    if isinstance(emoji, str):
        return emoji
    return emoji.name or "" if emoji.id is None else f"_:{emoji.id}"


async def _members(reaction: discord.Reaction, *, burst: bool) -> set[int]:
    """Who reacted so, bots left out. The bot's own is not worth asking for."""
    total = reaction.burst_count if burst else reaction.normal_count
    if total <= (reaction.me_burst if burst else reaction.me):
        return set()
    # More may have come since the message was fetched: by its own count the library would leave the last ones out.
    seen: set[int] = set()
    members: set[int] = set()
    async for user in reaction.users(limit=sys.maxsize, type=_TYPES[burst]):
        if user.id in seen:
            break  # a Discord that is simulated knows no pages, and gives the first for ever
        seen.add(user.id)
        if not user.bot:
            members.add(user.id)
    return members


async def setup(bot: Companion) -> None:
    await bot.add_cog(Votes(bot))
