"""The button that deletes a public answer, and what it says when it did."""

from __future__ import annotations

import discord

from companion.cogs.views import custom_ids
from companion.cogs.views.layout import Message, button, sentence
from companion.community.deletion import Forgotten


def delete_button() -> discord.ui.Button[Message]:
    """For the last row of any public answer; a view for one member alone needs none.

    It carries nothing: which message is meant and who asked for it is what Discord says of the message pressed.
    """
    return button("Delete", custom_ids.delete(), emoji="🗑️")


def deleted_message(forgotten: Forgotten, *, was_gone: bool) -> Message:
    """What was deleted, and what stays."""
    message = "This answer was gone already" if was_gone else "The answer is deleted"
    record = ", and with it the record of who asked for what" if forgotten.search else ""
    riffs = len(forgotten.riffs)
    stay = f" {'A riff' if riffs == 1 else f'{riffs} riffs'} on it stay{'s' if riffs == 1 else ''}, without your words."
    return sentence(f"🗑️ {message}{record}.{stay if riffs else ''}")
