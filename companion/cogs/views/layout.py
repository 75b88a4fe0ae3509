"""The frame that every message of the bot has: one column with a coloured edge, within Discord's bounds."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import limits

TEAL = discord.Colour(0x2BB3A3)
AMBER = discord.Colour(0xE3A13B)


class Message(discord.ui.LayoutView):
    """A finished layout. Its buttons are answered by what their custom_ids say, so the library keeps no copy of it.

    (A view that is not stopped stays in the library's memory, and would answer a press a second time.)
    """

    def __init__(self, container: discord.ui.Container[Message]) -> None:
        super().__init__(timeout=None)
        self.add_item(container)
        self.stop()


def container(colour: discord.Colour) -> discord.ui.Container[Message]:
    return discord.ui.Container(accent_colour=colour)


def text(content: str) -> discord.ui.TextDisplay[Message]:
    return discord.ui.TextDisplay(content)


def line() -> discord.ui.Separator[Message]:
    return discord.ui.Separator()


def button(
    label: str, custom_id: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary, emoji: str | None = None
) -> discord.ui.Button[Message]:
    return discord.ui.Button(
        label=limits.cut(label, limits.BUTTON_LABEL), custom_id=custom_id, style=style, emoji=emoji
    )


def row(buttons: Sequence[discord.ui.Button[Message]]) -> discord.ui.ActionRow[Message]:
    return discord.ui.ActionRow(*buttons)


def sentence(content: str, colour: discord.Colour = TEAL) -> Message:
    """A message of one text."""
    box = container(colour)
    box.add_item(text(limits.cut(content, limits.LAYOUT_TEXT)))
    return Message(box)
