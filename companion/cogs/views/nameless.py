"""A message of the bot without the name of somebody who asked to be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import discord

from companion.cogs.views.tally import with_own_files

SOMEBODY = "somebody"
_NAMED = re.compile(r"<@!?([0-9]{1,19})>")
_MOST = 1 << 63


def named_in(words: Iterable[str]) -> frozenset[int]:
    """The ids of the members, or bots, whom the texts name."""
    found = {int(name) for text in words for name in _NAMED.findall(text)}
    return frozenset(one for one in found if 0 < one < _MOST)


def texts_of(components: Iterable[Any]) -> Iterator[str]:
    """The texts in the components of a message, or in the items of one that is to be sent."""
    for component in components:
        if isinstance(component, discord.TextDisplay | discord.ui.TextDisplay):
            yield component.content
        else:
            yield from texts_of(getattr(component, "children", ()))


def nameless(words: str, member_id: int) -> str:
    """The words with nobody in the member's place, and without what of theirs a riff quotes."""
    whose = rf"<@!?{member_id}>"
    origin = rf"{whose}'s (?:\[search(?:\\.|[^\]\\])*\]\([^)\s]*\)|search(?: “[^”]*”)?)"
    return re.sub(whose, SOMEBODY, re.sub(origin, "a deleted search", words))


def without(message: discord.Message, member_id: int) -> discord.ui.LayoutView | None:
    """The message as it stands, with its pictures and files, without the member; None where it does not name them."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    changed = False
    for item in view.walk_children():
        if isinstance(item, discord.ui.TextDisplay):
            told = nameless(item.content, member_id)
            changed |= told != item.content
            item.content = told
    with_own_files(view)
    return view if changed else None
