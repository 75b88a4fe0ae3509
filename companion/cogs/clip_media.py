"""What a posted clip is seen and heard by: its quote card and its audio. Without either it is posted all the same."""

from __future__ import annotations

import asyncio
import io
import logging
from dataclasses import dataclass

import discord

from companion.archive.audio_clips import clip_audio
from companion.archive.audio_parts import AudioError
from companion.archive.fetch import FetchError
from companion.cogs.companion import Companion
from companion.cogs.server_icons import ServerIcons
from companion.cogs.views.clip import AUDIO, CARD
from companion.cogs.views.quote_card import DARK, Theme, alt, quote_card
from companion.community.card_colours import colours_of, written
from companion.community.clips import ShownClip
from companion.community.fair_use import Work
from companion.storage import highlight_rules, statistics
from companion.storage.highlight_rules import Wishes

log = logging.getLogger(__name__)

_PATIENCE = 40.0
"""Seconds that a post waits for its audio."""
_LEAD, _WIDER = 0.3, 2.0
"""Seconds of audio more on either side: where times are known, and where they are approximate."""
_ICONS = ServerIcons()


@dataclass(frozen=True, slots=True)
class Media:
    """The attachments of a posted clip, as far as there are any. ``alt`` is what the card shows; empty
    without one."""

    card: bytes | None = None
    audio: bytes | None = None
    alt: str = ""

    def files(self) -> list[discord.File]:
        """To be sent once."""
        files: list[discord.File] = []
        if self.card is not None:
            files.append(discord.File(io.BytesIO(self.card), CARD, description=self.alt))
        if self.audio is not None:
            files.append(discord.File(io.BytesIO(self.audio), AUDIO))
        return files


async def media_of(bot: Companion, shown: ShownClip) -> Media:
    """The card in the server's colours, with its icon where it wishes for that, and the audio."""
    async with bot.database.read() as connection:
        wishes = await highlight_rules.wishes_of(connection, shown.clip.guild_id)
    logo = await _ICONS.of(bot.get_guild(shown.clip.guild_id)) if wishes.card_logo else None
    async with bot.fair_use.own_turn(Work.CHART):
        card = await asyncio.to_thread(quote_card, shown, theme_of(wishes), logo)
        told = "" if card is None else await asyncio.to_thread(alt, shown)
    return Media(card, await _audio(bot, shown), told)


def theme_of(wishes: Wishes) -> Theme:
    """The colours that a server wishes for, and the usual ones in place of others."""
    colours = colours_of(wishes)
    ink = written(colours.text)
    # The usual faint letters may be nowhere to be seen on another ground.
    usual = wishes.card_text is None and wishes.card_background is None
    return Theme(written(colours.background), ink, DARK.faint if usual else ink, written(colours.accent))


async def _audio(bot: Companion, shown: ShownClip) -> bytes | None:
    clip, facts = shown.clip, shown.episode.facts
    if bot.audio is None or facts.audio_url is None or clip.start is None or clip.end is None:
        return None
    async with bot.database.read() as connection:
        heard = await statistics.heard_until(connection, [clip.episode_id])
    wider = _WIDER if clip.approximate else _LEAD
    start, end = (second + shown.podcast.audio_offset for second in (clip.start - wider, clip.end + wider))
    try:
        async with asyncio.timeout(_PATIENCE):
            return await clip_audio(
                facts.audio_url, start, end, bot.audio, facts.duration or heard.get(clip.episode_id) or None
            )
    except (AudioError, FetchError, TimeoutError) as error:
        log.info("clip %d is posted without audio: %s", clip.id, error or "it took too long")
        return None
