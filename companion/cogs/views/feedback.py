"""What is said of an answer: the buttons under it, a host's verdict on it, and what those who press are told."""

from __future__ import annotations

from collections.abc import Mapping

import discord

from companion.cogs.views import awaited_ids, feedback_ids
from companion.cogs.views.layout import TEAL, Message, button, container, row, sentence, text
from companion.cogs.views.markdown import linked
from companion.cogs.views.somebody import named
from companion.community.faq import Precedent
from companion.storage.questions import Question
from companion.storage.thumbs import Reason
from companion.storage.verdicts import Verdict

REASONS: Mapping[Reason, str] = {
    Reason.PASSAGE: "Wrong passage",
    Reason.ANSWER: "Wrong answer",
    Reason.LENGTH: "Too long",
}
_MARKS = {Verdict.RIGHT: "✔", Verdict.WRONG: "✘"}


def feedback_buttons(question_id: int, *, refused: bool) -> list[discord.ui.Button[Message]]:
    """The row under an answer: thumbs, and for a question that found nothing *Tell me*."""
    tell = [button("Tell me", awaited_ids.tell(question_id), emoji="🔔")] if refused else []
    return [_thumb(question_id, up=True), _thumb(question_id, up=False), *tell]


def verdict_line(question: Question) -> str:
    """What a host said of the answer, with credit; empty where none did."""
    stands = next((verdict for verdict in Verdict if verdict.value == question.verdict), None)
    if stands is None or question.judged_by is None:
        return ""
    return f"{_MARKS[stands]} marked {stands} by {named(question.judged_by)}"


def precedent_line(precedent: Precedent) -> str:
    """That the same was asked before, who marked the answer right, and where it is."""
    url = f"https://discord.com/channels/{precedent.guild_id}/{precedent.channel_id}/{precedent.message_id}"
    return f"💡 Asked before, marked right by {named(precedent.host_id)}: {linked('that answer', url)}"


def thumb_message(question_id: int, stands: bool | None) -> Message:
    """What became of a thumb, for who gave it; for a thumb down with the one question that may be answered."""
    if stands is None:
        return sentence("✅ Taken back: nothing is stored of your thumb any more.")
    if stands:
        return sentence("👍 Noted, from you. Press 👍 again to take it back.")
    box = container(TEAL)
    box.add_item(text("👎 Noted, from you. Press 👎 again to take it back.\nIf you like: what is wrong?"))
    whys = [button(label, feedback_ids.reason(question_id, why)) for why, label in REASONS.items()]
    box.add_item(row(whys))
    return Message(box)


def reason_message(reason: Reason) -> Message:
    """That the reason is noted."""
    return sentence(
        f"👎 Noted: *{REASONS[reason].lower()}*. Thank you. Press 👎 under the answer again to take it back."
    )


def mark_message(question: Question, *, changed: bool = False) -> Message:
    """What a host may say of an answer, and what stands; ``changed``: just now."""
    if line := verdict_line(question):
        told = f"✅ From now on this answer is {line}." if changed else f"This answer is {line}."
    elif changed:
        told = "✅ Taken back: the answer is not marked any more."
    else:
        told = "Is this answer right? Whoever reads it sees what you say, and that it was you."
    undo = "Press the same button again to take it back. What is marked ✔ is shown to whoever asks the same again."
    box = container(TEAL)
    box.add_item(text(f"{told}\n-# {undo}"))
    right = _mark(question, Verdict.RIGHT, "Right", discord.ButtonStyle.success)
    wrong = _mark(question, Verdict.WRONG, "Wrong", discord.ButtonStyle.danger)
    box.add_item(row([right, wrong]))
    return Message(box)


def _mark(question: Question, verdict: Verdict, label: str, style: discord.ButtonStyle) -> discord.ui.Button[Message]:
    stands = question.verdict == verdict.value
    return button(
        f"{_MARKS[verdict]} {label}",
        feedback_ids.verdict(question.id, verdict),
        style if stands else discord.ButtonStyle.secondary,
    )


def _thumb(question_id: int, *, up: bool) -> discord.ui.Button[Message]:
    return discord.ui.Button(emoji="👍" if up else "👎", custom_id=feedback_ids.thumb(question_id, up=up))
