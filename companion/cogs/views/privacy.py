"""What a member reads of what is kept of them, for their eyes alone: what there is, what deleting does, what it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord

from companion.cogs.views import privacy_ids
from companion.cogs.views.counting import counted
from companion.cogs.views.fitting import lines_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.community.privacy import Forgotten, Held, Kept
from companion.community.retention import Terms
from companion.storage.privacy import Fate

_GOES = (Fate.DELETED, Fate.EMPTIED)
_NAMELESS = (Fate.STAND_IN, Fate.NOBODY)
_ROOM = LAYOUT_TEXT - 1300
"""For the lists; the rest is what stands around them."""


def shown_message(kept: Kept, terms: Terms) -> Message:
    """What is kept, what deleting would do with it and why, and buttons for both."""
    box = container(TEAL)
    where = _where(kept)
    if not kept.rows:
        box.add_item(text(f"### 🔐 I keep nothing of you {where}.\n{_elsewhere(kept)}"))
        return Message(box)
    box.add_item(text(f"### 🔐 What I keep of you {where}\n-# Only you see this."))
    for part in _parts(kept):
        box.add_item(line())
        box.add_item(text(part))
    box.add_item(line())
    box.add_item(
        text(
            f"-# Searches and questions are deleted after {counted(terms.log.days, 'day')} in any case, a server's data"
            f" {counted(terms.left.days, 'day')} after I was removed from it. {_elsewhere(kept)}"
        )
    )
    everywhere = kept.guild_id is None
    ways = [button("Get a copy", privacy_ids.export(everywhere=everywhere), emoji="📦")]
    if kept.of(*_GOES, *_NAMELESS):
        delete = privacy_ids.delete(everywhere=everywhere)
        ways.append(button("Delete…", delete, style=discord.ButtonStyle.danger, emoji="🗑️"))
    box.add_item(row(ways))
    return Message(box)


def confirm_message(kept: Kept) -> Message:
    """What would be deleted for good, before it is."""
    where = _where(kept)
    becomes, stays = list(_becomes(kept)), kept.of(Fate.STAYS)
    if not becomes:
        return sentence(f"🔐 I keep nothing of you {where} that could be deleted. {_elsewhere(kept)}")
    told = [f"### 🗑️ Delete what I keep of you {where}?", *becomes]
    if stays:
        told.append(f"{_counted(stays, 'stays', 'stay')} for a while: `/privacy show` says which, and why.")
    told.append("Nobody can undo this. Take a copy first with `/privacy export`, if you want one.")
    box = container(AMBER)
    box.add_item(text("\n".join(told)))
    forget = privacy_ids.forget(everywhere=kept.guild_id is None)
    box.add_item(
        row(
            [
                button("Delete for good", forget, style=discord.ButtonStyle.danger, emoji="🗑️"),
                button("Keep it", privacy_ids.keep()),
            ]
        )
    )
    return Message(box)


def forgotten_message(forgotten: Forgotten) -> Message:
    """What became of what there was, in the numbers of the question, what stays and why, and what Discord still shows
    for some minutes."""
    before, kept = forgotten.before, forgotten.stays
    told = [f"### ✅ Done: what I kept of you {_where(before)}", *_becomes(before)]
    if forgotten.messages:
        many = "1 message of mine is" if forgotten.messages == 1 else f"{forgotten.messages} messages of mine are"
        told.append(f"{many} being deleted, or shown without your name, some twenty a minute.")
    if kept.held:
        told += ["**What stays**", *_told(kept.held)]
    told.append(
        "-# What you wrote yourself in Discord, messages I sent you directly, and threads are yours to delete there."
        " Backups of whoever runs me keep what they had until they are replaced."
    )
    return sentence("\n".join(told))


def kept_message() -> Message:
    """That nothing was deleted."""
    return sentence("Nothing was deleted.")


def exported_message(kept: Kept, name: str) -> Message:
    """What is in the file of that name, which comes with it."""
    box = container(TEAL)
    told = (
        f"📦 All that names you {_where(kept)}, as JSON: by what it is about, with the table that has it, and what"
        " deleting would do.\n-# Only you see this. What managers wrote about a block is theirs, and"
        " not in it."
    )
    box.add_item(text(told))
    box.add_item(discord.ui.File(f"attachment://{name}"))
    return Message(box)


def _parts(kept: Kept) -> list[str]:
    parts: list[str] = []
    room = _ROOM
    for title, fates in (
        ("Goes when you delete it", _GOES),
        ("Stays without your name", _NAMELESS),
        ("Stays for now", (Fate.STAYS,)),
    ):
        if held := kept.of(*fates):
            lines, left = lines_within(list(_told(held)), room)
            more = [f"-# and {counted(left, 'line')} more: get a copy"] if left else []
            parts.append("\n".join([f"**{title}**", *lines, *more]))
            room -= len(parts[-1])
    return parts


def _becomes(kept: Kept) -> Iterable[str]:
    """What deleting does with how many entries."""
    if goes := kept.of(*_GOES):
        yield f"{_counted(goes, 'is', 'are')} deleted for good, and my answers to you with them."
    if nameless := kept.of(*_NAMELESS):
        yield f"{_counted(nameless, 'stays', 'stay')} without your name: votes go on counting."


def _told(held: Sequence[Held]) -> Iterable[str]:
    """A line for each kind; those of which the same is to be said are followed by it, once."""
    for why in dict.fromkeys(one.place.why for one in held):
        yield " · ".join(f"{one.place.what}: {one.rows}" for one in held if one.place.why == why)
        if why:
            yield f"-# {why}"


def _where(kept: Kept) -> str:
    if kept.guild_id is not None:
        return "in this server"
    return "anywhere" if kept.servers != 1 else "in one server"


def _elsewhere(kept: Kept) -> str:
    others = kept.servers if kept.guild_id is None else 0
    if kept.guild_id is not None:
        return "Other servers have their own: choose *everywhere*, or write `/privacy show` to me directly."
    return f"That is {others} servers." if others > 1 else ""


def _counted(held: Sequence[Held], of_one: str, of_many: str) -> str:
    """How many entries, as the beginning of a sentence, with its verb."""
    total = _total(held)
    return f"**{counted(total, 'entry', 'entries')}** {of_one if total == 1 else of_many}"


def _total(held: Sequence[Held]) -> int:
    return sum(one.rows for one in held)
