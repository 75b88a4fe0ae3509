"""What managers read of what was asked in their server."""

from __future__ import annotations

import re
from collections.abc import Mapping

from companion.cogs.views.counting import counted
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.markdown import linked
from companion.cogs.views.times import relative
from companion.community.asked import FEWEST_THUMBS, AskedPage, Period
from companion.storage.asked import Totals, Unanswered

PERIODS: Mapping[Period, str] = {
    Period.DAY: "the last 24 hours",
    Period.WEEK: "this week: the last 7 days",
    Period.MONTH: "the last 30 days",
    Period.QUARTER: "the last 90 days",
}
PAGE = re.compile(rf"asked:page:(?P<period>{'|'.join(Period)}):(?P<page>[0-9]{{1,5}})")
_MICROS = 1_000_000
_QUESTION = 220


def page_id(period: Period, page: int) -> str:
    """What the button carries that turns to a page."""
    return f"asked:page:{period}:{page}"


def asked_message(guild_id: int, asked: AskedPage) -> Message:
    """Counts, what they say, and a page of what found nothing."""
    box = container(TEAL)
    of_pages = f" · page {asked.page + 1} of {asked.pages}" if asked.pages > 1 else ""
    box.add_item(text(f"### 📊 What was asked\n-# {PERIODS[asked.period]} · for you alone{of_pages}"))
    box.add_item(text(_totals(asked)))
    box.add_item(line())
    if asked.unanswered:
        found_nothing = "\n".join(_entry(guild_id, one) for one in asked.unanswered)
        again = "-# They are asked again whenever episodes come in. Whoever pressed *Tell me* is told then."
        box.add_item(text(f"**Found nothing** ({asked.totals.refused})\n{found_nothing}\n{again}"))
    else:
        box.add_item(
            text("Every question found something." if asked.totals.questions else "Nobody asked anything yet.")
        )
    turns = [button(f"‹ Page {asked.page}", page_id(asked.period, asked.page - 1))] if asked.page else []
    if asked.page + 1 < asked.pages:
        turns.append(button(f"Page {asked.page + 2} ›", page_id(asked.period, asked.page + 1)))
    if turns:
        box.add_item(row(turns))
    return Message(box)


def _totals(asked: AskedPage) -> str:
    totals = asked.totals
    counts = [
        f"**{counted(totals.questions, 'question')}** by {counted(totals.askers, 'member')}",
        f"{totals.refused} found nothing",
        *([f"{totals.deleted} deleted since"] if totals.deleted else []),
    ]
    lines = [" · ".join(counts), f"Liked: {_acceptance(asked)}"]
    if totals.right or totals.wrong:
        lines.append(f"Marked by hosts: ✔ {totals.right} · ✘ {totals.wrong}")
    lines.append(f"Cost: {_cost(totals)}")
    return "\n".join(lines)


def _acceptance(asked: AskedPage) -> str:
    up, down = asked.totals.up, asked.totals.down
    counted = f"👍 {up} · 👎 {down}"
    if asked.acceptance is None:
        return f"too few thumbs to say, {up + down} of at least {FEWEST_THUMBS} ({counted})"
    return f"**{asked.acceptance:.0%}** of thumbs are up ({counted})"


def _cost(totals: Totals) -> str:
    if not totals.tokens:
        return "nothing, no model wrote"
    tokens = counted(totals.tokens, "token")
    return (
        f"${totals.cost_micros / _MICROS:,.2f} for {tokens}" if totals.cost_micros else f"{tokens}, no price is known"
    )


def _entry(guild_id: int, one: Unanswered) -> str:
    url = None
    if one.message_id is not None:
        url = f"https://discord.com/channels/{guild_id}/{one.channel_id}/{one.message_id}"
    facts = [
        linked(relative(one.asked_at), url) if url else relative(one.asked_at),
        *([f"🔔 {one.waiting} waiting"] if one.waiting else []),
        *(["✅ found something since"] if one.found else []),
    ]
    return f"- {escaped_within(one.text, _QUESTION)}\n  -# {' · '.join(facts)}"
