"""What managers read of whom they blocked."""

from __future__ import annotations

from collections.abc import Sequence

from companion.cogs.views import custom_ids
from companion.cogs.views.layout import TEAL, Message, button, container, row, sentence, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.cogs.views.somebody import named
from companion.cogs.views.times import day
from companion.storage.blocks import Block

PER_PAGE = 10


def blocked(block: Block) -> Message:
    """What the block does, and how to undo it."""
    return sentence(
        f"🚫 <@{block.member_id}> is blocked from now on: I answer none of their commands and buttons in this server,"
        f" and tell them so. What they asked until now stays.{_reason(block)}\n"
        "-# Nobody else is told. `/setup members unblock` undoes it."
    )


def unblocked(member_id: int) -> Message:
    """That the member may go on."""
    return sentence(f"✅ <@{member_id}> may use me in this server again, from now on.")


def list_message(blocks: Sequence[Block], page: int) -> Message:
    """A page of who is blocked; the last page for one that is behind it."""
    pages = max((len(blocks) + PER_PAGE - 1) // PER_PAGE, 1)
    page = min(page, pages - 1)
    box = container(TEAL)
    of_pages = f"\n-# {len(blocks)} members · page {page + 1} of {pages}" if pages > 1 else ""
    box.add_item(text(f"### 🚫 Blocked members{of_pages}"))
    shown = blocks[page * PER_PAGE : (page + 1) * PER_PAGE]
    box.add_item(text("\n".join(map(_entry, shown)) or "Nobody is blocked: `/setup members block` blocks a member."))
    turns = [button(f"‹ Page {page}", custom_ids.blocked_members(page - 1))] if page else []
    if page + 1 < pages:
        turns.append(button(f"Page {page + 2} ›", custom_ids.blocked_members(page + 1)))
    if turns:
        box.add_item(row(turns))
    return Message(box)


def _entry(block: Block) -> str:
    return f"<@{block.member_id}> · since {day(block.blocked_at)} · by {named(block.blocked_by)}{_reason(block)}"


def _reason(block: Block) -> str:
    # A list of ten, each with its reason at full length and every sign of it escaped, still fits a message.
    return f"\n-# Reason: {escaped_line(cut(one_line(block.reason), 120))}" if block.reason else ""
