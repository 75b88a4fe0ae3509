"""What those read who wait for an answer: that they do, that they don't, and at last the answer."""

from __future__ import annotations

from companion.archive.answers import Quotation
from companion.cogs.views import answer_ids, awaited_ids
from companion.cogs.views.answer import question_url, quotation_text
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.markdown import linked
from companion.community.awaited import LONGEST, Tidings, Wanted

_QUOTED = 700

_WANTED = {
    Wanted.WAITING: (
        "🔔 I ask this again whenever episodes come in, and tell you here once there is an answer: once, and you alone"
        f" are pinged. I give up after {LONGEST.days} days.\n-# Press *Tell me* again to take it back."
    ),
    Wanted.NO_LONGER: "✅ Taken back: you will not be told, and nothing is stored of that.",
    Wanted.TOLD: "You were told already: ask again with `/ask` to see all that answers it now.",
}


def wanted_message(wanted: Wanted) -> Message:
    """What became of a press on *Tell me*."""
    return sentence(_WANTED[wanted])


def told_message(tidings: Tidings, *, direct: bool) -> Message:
    """That a question is answered by now, with what was said. ``direct``: to the member alone, outside the server.

    The question's words are not repeated: who asked can still delete them.
    """
    member_id, question = tidings.awaited.member_id, tidings.question
    whose = "your question" if member_id == question.member_id else f"<@{question.member_id}>'s question"
    told = f"The archive answers {linked(whose, question_url(question))} by now:"
    box = container(TEAL)
    box.add_item(text(f"🔔 {told}" if direct else f"🔔 <@{member_id}> {told}"))
    sources = {one.number: one for one in tidings.answer.sources}
    several = len({one.hit.podcast.id for one in sources.values()}) > 1
    before: Quotation | None = None
    for quotation in tidings.answer.quotations:
        if quotation.number in sources:
            box.add_item(line())
            said = sources[quotation.number]
            box.add_item(text(quotation_text(quotation, said, _QUOTED, podcast=several, before=before)))
            before = quotation
    box.add_item(line())
    box.add_item(text("-# Quoted word for word. You asked to be told with *Tell me*; this is told once."))
    again = [] if direct else [button("Ask it now", answer_ids.riff(question.id), emoji="💬")]
    delete = button("Delete", awaited_ids.told(question.id, member_id), emoji="🗑️")
    box.add_item(row([*again, delete]))
    return Message(box)


def deleted_message() -> Message:
    """That the message is deleted with what was kept of the waiting."""
    return sentence("🗑️ Deleted, and nothing is stored of your waiting any more.")
