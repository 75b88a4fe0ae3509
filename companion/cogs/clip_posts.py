"""Posting clips: as the answer to a command, or by itself; voted on wherever they are."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.ballot_messages import put_to_vote, replace_all
from companion.cogs.clip_media import Media, media_of
from companion.cogs.companion import Companion, Interaction
from companion.cogs.failures import ANSWERED
from companion.cogs.views.clip import clip_message, gone_message
from companion.cogs.views.layout import Message
from companion.community.clips import ShownClip
from companion.community.votes import Votes
from companion.storage.ballots import CLIP, Subject
from companion.storage.clips import Clip


async def answer_with(interaction: Interaction, shown: ShownClip, *, heading: str = "") -> None:
    """Answers a deferred interaction with the clip, in public, and opens the vote on it.

    The words are there at once; the card and the audio come when they are made.
    """
    votes = Votes(interaction.client.database)
    subject = Subject(CLIP, shown.clip.id)
    rules, tally = await votes.rules(shown.clip.guild_id), await votes.tally(subject)
    message = await interaction.edit_original_response(
        view=clip_message(shown, tally, heading=heading, emoji=rules.emoji)
    )
    interaction.extras[ANSWERED] = True
    await put_to_vote(interaction.client, shown.clip.guild_id, interaction.channel_id or 0, message.id, subject)
    if not interaction.app_permissions.attach_files:
        return
    media = await media_of(interaction.client, shown)
    if files := media.files():
        view = clip_message(
            shown,
            await votes.tally(subject),
            heading=heading,
            emoji=rules.emoji,
            card=media.alt,
            audio=media.audio is not None,
        )
        await interaction.edit_original_response(view=view, attachments=files)


async def post_clip(
    bot: Companion,
    channel: discord.TextChannel | discord.Thread,
    shown: ShownClip,
    *,
    heading: str,
    nonce: str,
    below: str = "",
    ways: Sequence[discord.ui.Button[Message]] = (),
) -> discord.Message:
    """Posts the clip by itself, with card and audio, and opens the vote on it. The texts and buttons are those of
    `clip_message`.

    Raises `discord.HTTPException` where it was not sent.
    """
    votes = Votes(bot.database)
    subject = Subject(CLIP, shown.clip.id)
    rules, tally = await votes.rules(shown.clip.guild_id), await votes.tally(subject)
    allowed = channel.permissions_for(channel.guild.me).attach_files
    media = await media_of(bot, shown) if allowed else Media()
    view = clip_message(
        shown,
        tally,
        heading=heading,
        below=below,
        ways=ways,
        emoji=rules.emoji,
        card=media.alt,
        audio=media.audio is not None,
    )
    message = await channel.send(view=view, files=media.files(), nonce=nonce)
    await put_to_vote(bot, shown.clip.guild_id, channel.id, message.id, subject)
    return message


async def take_down(bot: Companion, clip: Clip) -> None:
    """Forgets the votes on a deleted clip, and says in the messages that carry it that it was deleted."""
    await replace_all(bot, Subject(CLIP, clip.id), gone_message())
