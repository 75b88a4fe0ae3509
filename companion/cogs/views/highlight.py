"""The daily highlight in words: over the post, in the offer to managers, in its schedule, and why it was picked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from companion.cogs.views import highlight_ids
from companion.cogs.views.clip import clip_message
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import AMBER, Message, button, row, sentence, text
from companion.cogs.views.markdown import escaped_sentence
from companion.cogs.views.times import moment, relative
from companion.community.clips import ShownClip
from companion.community.highlight_rules import Schedule, meant_for, weekdays_in
from companion.community.highlight_skips import Skip
from companion.community.highlights import Choice, Reason, why
from companion.storage.highlight_rules import Approval, HighlightRule
from companion.storage.highlight_slots import Slot, State

_REASONS = 8
_WHY = 400


def heading_of(slot: Slot, at: datetime) -> str:
    """What stands over a posted highlight; a late one says what it was meant for."""
    return f"🎧 Highlight of the day{late_line(at, late=slot.late)}"


def late_line(at: datetime, *, late: bool) -> str:
    """A line, with the end of the one before, for what is posted late: what it was meant for; empty for all else."""
    return f"\n-# It is late: it was meant for {moment(at)}, when I was not running." if late else ""


def offer_message(shown: ShownClip, slot: Slot, at: datetime, approval: Approval, decided: str = "") -> Message:
    """An offer to managers. ``decided`` is what one of them did with it, in Markdown."""
    silence = "it is posted all the same" if approval is Approval.POST else "nothing is posted that day"
    message = clip_message(shown, None, heading=f"🎧 The highlight for {moment(at)}?", private=True)
    told = decided or f"If nobody presses anything by {relative(at)}, {silence}."
    message.add_item(text(f"{_because(slot.reason)}{told}\n-# For those who may manage this server."))
    if slot.state not in (State.SKIPPED, State.SETTLED):
        ways = [
            button("Another", highlight_ids.another(slot.day, slot.offer), emoji="🔁"),
            button("Skip", highlight_ids.skip(slot.day, slot.offer), emoji="⏭️"),
        ]
        if slot.state is not State.APPROVED:
            name = highlight_ids.post(slot.day, slot.offer)
            ways.insert(0, button("Post", name, discord.ButtonStyle.success, emoji="✅"))
        message.add_item(row(ways))
    return message


def settled_message(shown: ShownClip, offer: Slot, daily: Slot, at: datetime) -> Message:
    """An offer after its date was decided: what came of it."""
    if daily.state is not State.POSTED:
        told = f"⏭️ Nothing was posted that day. {escaped_sentence(daily.reason or '')}".rstrip()
    elif daily.clip_id == offer.clip_id:
        told = f"✅ [It was posted]({_link(daily)})."
    else:
        told = f"⏭️ [Another clip]({_link(daily)}) was posted that day."
    return offer_message(shown, offer, at, Approval.NONE, told)


def approved(member_id: int, at: datetime) -> str:
    """What is said under an offer that a manager took."""
    return f"✅ <@{member_id}> lets it be posted {relative(at)}."


def turned_down(member_id: int) -> str:
    """What is said under an offer that a manager turned down."""
    return f"⏭️ <@{member_id}> skipped it: nothing is posted that day, unless with `/highlights now`."


def preview_message(shown: ShownClip, reason: str, at: datetime | None) -> Message:
    """What would be posted next, for the manager who asks."""
    when = f" for {moment(at)}" if at else ""
    message = clip_message(shown, None, heading=f"👀 Preview of the highlight{when}", private=True)
    told = "-# Votes, new episodes and whatever is posted until then may change it. Nobody else sees this."
    message.add_item(text(f"{_because(reason)}{told}"))
    return message


def set_up(schedule: Schedule) -> Message:
    """What the rule does, when the next post comes, and how to change it."""
    rule = schedule.rule
    asked = {
        Approval.NONE: "",
        Approval.POST: f" Managers are asked in <#{rule.approval_channel_id}> six hours before; silence posts it.",
        Approval.SKIP: f" Managers are asked in <#{rule.approval_channel_id}> six hours before; silence skips it.",
    }[rule.approval]
    return sentence(
        f"✅ A highlight comes to <#{rule.channel_id}>, {_when(rule)}.{asked}\n{_next(schedule)}\n"
        "-# `/highlights preview` shows what it would be, `/highlights now` posts it at once, `/highlights pause`"
        " stops it."
    )


def paused() -> Message:
    """That nothing comes any more."""
    return sentence("⏸️ No highlight is posted from now on. `/highlights resume` goes on with it; the rule is kept.")


def resumed(schedule: Schedule) -> Message:
    """What comes now."""
    return sentence(
        f"▶️ Highlights come again, {_when(schedule.rule)}. {_next(schedule)}\n"
        "-# What was due meanwhile does not come; `/highlights now` posts today's at once."
    )


def skipped(skip: Skip) -> Message:
    """Which one does not come, and which does, with a way to undo it."""
    already = "" if skip.new else " already, so nothing more was"
    pausing = "" if skip.new else "\n-# `/highlights pause` lets all go that come, until `/highlights resume`."
    message = sentence(f"⏭️ The highlight of {moment(skip.at)} is skipped{already}. {_next(skip.schedule)}{pausing}")
    message.add_item(row([button("Undo", highlight_ids.undo(skip.day), emoji="↩️")]))
    return message


def brought_back(at: datetime, schedule: Schedule) -> Message:
    """That one comes after all."""
    return sentence(f"↩️ The highlight of {moment(at)} is not skipped any more. {_next(schedule)}")


def posted_now(slot: Slot) -> Message:
    """Where it is."""
    return sentence(f"✅ Posted, as today's highlight: {_link(slot)}")


def posted_before(slot: Slot) -> Message:
    """That the date has its highlight, and where."""
    return sentence(
        f"⚠️ Today's highlight is [posted already]({_link(slot)}). There is one a day; the next comes by itself."
    )


def schedule_message(schedule: Schedule) -> Message:
    """When highlights come, and what became of the last ones."""
    rule = schedule.rule
    lines = [f"### 🎧 Daily highlight\nIn <#{rule.channel_id}>, {_when(rule)}."]
    if rule.paused_at is not None:
        because = f", because {rule.pause_reason}" if rule.pause_reason else ""
        lines.append(f"⏸️ Paused {relative(rule.paused_at)}{because}. Who manages this server can `/highlights resume`.")
    else:
        lines.append(_next(schedule))
        lines += [f"- {moment(at)}" for _, at in schedule.coming[1:4]]
    if schedule.past:
        lines.append("\n**Until now**")
        lines += [_past(rule, slot) for slot in schedule.past]
    return sentence("\n".join(lines))


def why_message(shown: ShownClip, slot: Slot, judged: Choice | None) -> Message:
    """Why a posted highlight was picked: what was said then, and each signal as the picker sees it now."""
    lines = [f"### Why “{escaped_within(shown.clip.title, 200)}”?\n-# {_link(slot)}"]
    if slot.reason:
        lines.append(escaped_sentence(slot.reason[:_WHY]))
    reasons = why(judged) if judged is not None else ()
    if judged is not None and reasons:
        lines.append(f"**Signal by signal, as this server's votes weigh them now** (in all {judged.score:+.2f})")
        lines += _table(reasons)
    lines.append("-# Votes move the weights: what is liked here is picked more often.")
    return sentence("\n".join(lines))


def pause_notice(reason: str) -> Message:
    """What managers are told by itself when the highlight cannot be posted."""
    return sentence(
        f"⏸️ The daily highlight is paused, because {reason}. Set that right, then"
        " `/highlights resume`, or choose another channel with `/highlights setup`.\n-# Told once.",
        AMBER,
    )


def _table(reasons: Sequence[Reason]) -> list[str]:
    shown = [f"- `{one.points:+.2f}` {escaped_sentence(one.said)}" for one in reasons[:_REASONS]]
    left = len(reasons) - len(shown)
    return [*shown, f"-# and {left} that matter less"] if left else shown


def _because(reason: str | None) -> str:
    return f"**Why this one:** {escaped_sentence(reason[:_WHY])}\n" if reason else ""


def _when(rule: HighlightRule) -> str:
    hour, minute = divmod(rule.minute, 60)
    return f"{weekdays_in(rule.days)} at {hour}:{minute:02} ({rule.zone.replace('_', ' ')})"


def _next(schedule: Schedule) -> str:
    at = schedule.next_at
    return f"The next one comes {moment(at)} ({relative(at)})." if at else "None is planned."


def _past(rule: HighlightRule, slot: Slot) -> str:
    at = meant_for(rule, slot.day)
    when = f"<t:{int(at.timestamp())}:D>" if at else str(slot.day)
    if slot.state is State.POSTED:
        return f"- {when}: [the clip]({_link(slot)}){' (late)' if slot.late else ''}"
    if slot.state is State.SKIPPED:
        return f"- {when}: none. {escaped_sentence(slot.reason or '')}".rstrip()
    return f"- {when}: on its way"


def _link(slot: Slot) -> str:
    return f"https://discord.com/channels/{slot.guild_id}/{slot.channel_id}/{slot.message_id}"
