"""Messages that members vote on: the reactions to vote with under them, and the tally on them as votes come."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import discord

from companion.cogs.companion import QUIET, Companion, Tallied
from companion.cogs.views.layout import Message
from companion.cogs.views.tally import retallied, tally_line
from companion.community.votes import Votes, VotingRules
from companion.storage.ballots import Ballot, Subject
from companion.storage.votes import Tally

log = logging.getLogger(__name__)

_SHOWN_ON = 5
"""Messages about a subject that are kept up to date: the newest."""
_REPLACED = 20
"""Messages about a subject that are replaced when nobody votes on it any more, the newest first."""


async def put_to_vote(bot: Companion, guild_id: int, channel_id: int, message_id: int, subject: Subject) -> None:
    """Counts reactions to the message as votes on the subject from now on, and puts those to vote with under it."""
    votes = Votes(bot.database)
    await votes.open_ballot(message_id, guild_id, channel_id, subject)
    channel = bot.get_partial_messageable(channel_id, guild_id=guild_id)
    await seed(channel.get_partial_message(message_id), await votes.rules(guild_id))


async def seed(message: discord.Message | discord.PartialMessage, rules: VotingRules) -> None:
    """Puts the reactions that votes are given with under a message, as far as the bot may."""
    for emoji in rules.emoji:
        try:
            await message.add_reaction(emoji.removeprefix("a:"))
        except discord.HTTPException as error:
            log.info("a message stands without reactions to vote with: %s", error)
            return


def keeps_tally(bot: Companion, ask: str) -> Tallied:
    """What shows a message anew that has a `tally_line` asking this: an entry for `Companion.tallied`."""

    async def shown(ballot: Ballot, tally: Tally) -> Message | None:
        channel = bot.get_partial_messageable(ballot.channel_id, guild_id=ballot.guild_id)
        rules = await Votes(bot.database).rules(ballot.guild_id)
        try:
            message = await channel.fetch_message(ballot.message_id)
        except (discord.Forbidden, discord.NotFound):
            raise  # whoever shows tallies leaves the channel alone, or forgets the message
        except discord.HTTPException as error:
            log.info("the votes on a message in guild %d are not up to date: %s", ballot.guild_id, error)
            return None
        return retallied(message, tally_line(tally, ask, rules.emoji))

    return shown


async def show_anew(bot: Companion, subject: Subject, message: Message) -> None:
    """Puts ``message`` in place of the newest messages about a subject of which something else than votes changed."""
    await _put(bot, (await Votes(bot.database).shown_on([subject]))[:_SHOWN_ON], message)


async def replace_all(bot: Companion, subject: Subject, gone: Message) -> None:
    """Forgets the votes on a subject that is gone, and puts ``gone`` in place of the messages that were about it."""
    votes = Votes(bot.database)
    posted = await votes.shown_on([subject])
    await votes.forget(subject)
    await _put(bot, posted[:_REPLACED], gone)


async def close_all(bot: Companion, subject: Subject, closed: Message) -> None:
    """Counts no more votes on a subject, and puts ``closed`` in place of the messages that were about it. The votes
    that were given stand."""
    votes = Votes(bot.database)
    posted = await votes.shown_on([subject])
    await votes.close([one.message_id for one in posted])
    await _put(bot, posted[:_REPLACED], closed)


async def _put(bot: Companion, posted: Sequence[Ballot], message: Message) -> None:
    for ballot in posted:
        channel = bot.get_partial_messageable(ballot.channel_id, guild_id=ballot.guild_id)
        try:
            await channel.get_partial_message(ballot.message_id).edit(
                view=message, attachments=[], allowed_mentions=QUIET
            )
        except discord.HTTPException as error:
            log.info("a %s in guild %d still stands as it was: %s", ballot.subject.kind, ballot.guild_id, error)
