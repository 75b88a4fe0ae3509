"""The button that deletes a public message, and what it says when it did."""

from __future__ import annotations

from enum import Enum, auto

import discord

from companion.cogs.views import custom_ids
from companion.cogs.views.layout import AMBER, TEAL, Message, button, sentence
from companion.community.deletion import Forgotten


class Fate(Enum):
    """What became of the message."""

    DELETED = auto()
    GONE = auto()
    KEPT = auto()


def delete_button() -> discord.ui.Button[Message]:
    """For the last row of any public message that somebody asked for; a view for one member alone needs none.

    It carries nothing: which message is meant and who asked for it is what Discord says of the message pressed.
    """
    return button("Delete", custom_ids.delete(), emoji="🗑️")


def deleted_message(forgotten: Forgotten, fate: Fate) -> Message:
    """What was deleted, what stays, and what to do about that."""
    record = "the record of who asked for what"
    if fate is Fate.KEPT:
        deleted = f" I have deleted {record}." if forgotten.recorded else ""
        cure = "Whoever may manage messages here can delete it in its menu."
        return sentence(f"⚠️ Discord does not let me delete this message. {cure}{deleted}{_stays(forgotten)}", AMBER)
    what = "answer" if forgotten.recorded else "message"
    told = f"The {what} is deleted" if fate is Fate.DELETED else f"This {what} was gone already"
    with_it = f", and with it {record}" if forgotten.recorded else ""
    return sentence(f"🗑️ {told}{with_it}.{_stays(forgotten)}", TEAL)


def _stays(forgotten: Forgotten) -> str:
    if forgotten.clip:
        return " The clip itself stays, with its votes: `/clip delete` takes it away."
    many = len(forgotten.riffs)
    if not many:
        return ""
    return f" {'A riff on it stays' if many == 1 else f'{many} riffs on it stay'}, without its words."
