"""The line of a message that says how members voted, and how to."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

import discord

from companion.cogs.views.layout import Message
from companion.storage.votes import Tally

UP, DOWN = "👍", "👎"
_TALLY = "-# 🗳️ "
_CUSTOM_EMOJI = re.compile(r"(a:)?(\w{1,32}):(\d{15,22})")


def tally_line(tally: Tally, ask: str, emoji: tuple[str, str] = (UP, DOWN)) -> str:
    """The votes on something on one line or, while there are none, what is asked about it, and how to vote."""
    up, down = (shown_emoji(one) for one in emoji)
    if not tally.up and not tally.down:
        return f"{_TALLY}{ask} Vote with {up} or {down}."
    return f"{_TALLY}{tally.up} {up} · {tally.down} {down}"


def shown_emoji(emoji: str) -> str:
    """An emoji, written as reactions are, as messages write it."""
    custom = _CUSTOM_EMOJI.fullmatch(emoji)
    return emoji if custom is None else f"<{custom[1] or ':'}{custom[2]}:{custom[3]}>"


def retallied(message: discord.Message, told: str) -> Message | None:
    """The message as it stands, with its pictures and files, and with this `tally_line`; None where it never had one.

    Of a message with several, such as a list, the first is changed.
    """
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    box = view.children[0] if view.children else None
    if not isinstance(box, discord.ui.Container):
        return None
    lines = [one for one in box.walk_children() if isinstance(one, discord.ui.TextDisplay)]
    tallied = next((one for one in lines if one.content.startswith(_TALLY)), None)
    if tallied is None:
        return None
    tallied.content = told
    with_own_files(view)
    view.remove_item(box)
    return Message(cast("discord.ui.Container[Message]", box))


def with_own_files(view: discord.ui.LayoutView) -> None:
    """Lets what was read from a message show its pictures and files as that message's own: Discord tells of its own
    copies of them, whose addresses end some day."""
    for item in list(view.walk_children()):
        if isinstance(item, discord.ui.MediaGallery):
            item.items = [
                discord.MediaGalleryItem(_attachment(one.media), description=one.description) for one in item.items
            ]
        elif isinstance(item, discord.ui.File):
            item.media = discord.UnfurledMediaItem(_attachment(item.media))


def _attachment(media: discord.UnfurledMediaItem) -> str:
    """The address of a message's own attachment, as messages write it."""
    parts = urlsplit(media.url)
    return f"attachment://{(parts.path or parts.netloc).rpartition('/')[2]}"
