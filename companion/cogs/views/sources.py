"""What an answer rests on, for the presser alone: its passages with their scores, and what a model was told."""

from __future__ import annotations

import discord

from companion.cogs.views import answer_ids
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.cogs.views.markdown import visible
from companion.cogs.views.passages import fitted, heading, source
from companion.community.evidence import ShownSource, SourcesPage
from companion.storage.episodes import Passage
from companion.storage.questions import Outcome, Question

_QUESTION = 200
_SEARCHED = 300
_INTERVENTION = 120
_MOST_INTERVENTIONS = 4
_SOURCE = 950
_TITLE = 60
_SLACK = 60
_LETTERS = "abcde"
_PROMPT = 3400
"""Characters of a prompt that are shown at once."""


def sources_message(shown: SourcesPage) -> Message:
    """A page of the sources of an answer."""
    box = container(TEAL)
    outcome = shown.question.outcome
    head = f"### 📚 Sources of “{escaped_within(shown.question.text, _QUESTION)}”\n{_facts(outcome)}"
    pins = _pins(shown)
    room = min(_SOURCE, (LAYOUT_TEXT - len(head) - len(pins) - _SLACK) // max(1, len(shown.sources)))
    box.add_item(text(head))
    for one in shown.sources:
        box.add_item(line())
        box.add_item(text(_source(one, room)))
        if shown.pinnable and one.passage is not None and not one.pinned:
            pin = answer_ids.pin(shown.question.id, shown.page, one.source.reference, pinned=False)
            box.add_item(row([button("Pin to this thread", pin, emoji="📌")]))
    if not shown.sources:
        box.add_item(text("There are none yet." if outcome is None else "Nothing came near the question."))
    if pins:
        box.add_item(line())
        box.add_item(text(pins))
        box.add_item(row(_unpins(shown)))
    if turns := _turns(shown):
        box.add_item(line())
        box.add_item(row(turns))
    return Message(box)


def prompt_message(question: Question, prompt: str, page: int) -> Message:
    """What the model was told, a part of it at a time."""
    parts = prompt_parts(prompt)
    page = min(page, len(parts) - 1)
    box = container(TEAL)
    which = f" · part {page + 1} of {len(parts)}" if len(parts) > 1 else ""
    box.add_item(text(f"### 🧾 What the model was told{which}\n```\n{parts[page]}\n```"))
    turns = [button("Sources", answer_ids.sources(question.id), emoji="📚")]
    if page:
        turns.append(button(f"‹ Part {page}", answer_ids.prompt(question.id, page - 1)))
    if page + 1 < len(parts):
        turns.append(button(f"Part {page + 2} ›", answer_ids.prompt(question.id, page + 1)))
    box.add_item(row(turns))
    return Message(box)


def prompt_parts(prompt: str) -> list[str]:
    """The prompt in parts that fit into a code block, cut between lines where there are any. Nothing in it can end the
    block."""
    left = visible(prompt).replace("```", "ˋˋˋ")
    parts: list[str] = []
    while len(left) > _PROMPT:
        at = left.rfind("\n", _PROMPT // 2, _PROMPT)
        at = at if at > 0 else _PROMPT
        parts.append(left[:at])
        left = left[at:].lstrip("\n")
    return [*parts, left or " "]


def _facts(outcome: Outcome | None) -> str:
    """How it was searched, and what a model did: in small print."""
    if outcome is None:
        return "-# Still being answered."
    lines = [f"Searched for: {escaped_within(outcome.searched, _SEARCHED)}"]
    spent = [f"Answered in {outcome.seconds:.1f} s"]
    if outcome.model:
        spent.append(f"by the model {escaped_within(outcome.model, 60)}")
    if outcome.prompt_tokens is not None:
        spent.append(f"{outcome.prompt_tokens} tokens read, {outcome.completion_tokens or 0} written")
    lines.append(" · ".join(spent))
    for kind, sentence in outcome.interventions[:_MOST_INTERVENTIONS]:
        lines.append(f"✂️ {escaped_within(kind, 60)}: {escaped_within(sentence, _INTERVENTION)}")
    if len(outcome.interventions) > _MOST_INTERVENTIONS:
        lines.append(f"✂️ and {len(outcome.interventions) - _MOST_INTERVENTIONS} more")
    return "\n".join(f"-# {told}" for told in lines)


def _pins(shown: SourcesPage) -> str:
    """What is pinned to the thread, a line each; empty where nothing is."""
    lines = ["**📌 Pinned to this thread**"]
    for letter, pin in zip(_LETTERS, shown.pins, strict=False):
        if pin.passage is None or pin.episode is None or pin.quote is None:
            lines.append(f"-# `{letter}` This passage is no longer in the archive.")
            continue
        kind, said = pin.passage.kind, pin.quote
        told = heading(said.speaker, kind, said.start, said.approximate, None, uncertain=said.uncertain)
        lines.append(f"-# `{letter}` {escaped_within(pin.episode.title, _TITLE)} · {told}")
    return "\n".join(lines) if shown.pins else ""


def _unpins(shown: SourcesPage) -> list[discord.ui.Button[Message]]:
    return [
        button(f"Unpin {letter}", answer_ids.pin(shown.question.id, shown.page, pin.reference, pinned=True))
        for letter, pin in zip(_LETTERS, shown.pins, strict=False)
    ]


def _source(one: ShownSource, limit: int) -> str:
    """The passage, each speaker's words as a quotation."""
    used = " · cited" if one.source.cited else ""
    facts = f"`{one.number}` score {one.source.score:.2f}{used}{' · 📌 pinned' if one.pinned else ''}"
    if one.passage is None or one.episode is None:
        return f"{facts}\n-# This passage is no longer in the archive."
    head = f"{facts}\n-# {source(one.episode, None, one.passage.chapter)}"
    return "\n".join((head, *_pieces(one.passage, one.url, limit - len(head))))


def _pieces(passage: Passage, url: str | None, room: int) -> list[str]:
    ends = [piece.offset for piece in passage.pieces[1:]] + [len(passage.text)]
    shown: list[str] = []
    for piece, end in zip(passage.pieces, ends, strict=True):
        # Before a name that follows a quotation stands an empty line, or it would run on into it.
        gap = "\n" if shown else ""
        head = heading(
            piece.speaker,
            passage.kind,
            piece.start,
            piece.approximate,
            None if shown else url,
            uncertain=piece.uncertain,
        )
        words = fitted(passage.text[piece.offset : end].strip(), (), room - len(head) - 2)
        if not words:
            break
        shown.append(f"{gap}{head}\n{words}")
        room -= len(shown[-1]) + 1
    return shown


def _turns(shown: SourcesPage) -> list[discord.ui.Button[Message]]:
    question_id = shown.question.id
    turns: list[discord.ui.Button[Message]] = []
    if shown.page:
        turns.append(button(f"‹ Page {shown.page}", answer_ids.sources(question_id, shown.page - 1)))
    if shown.page + 1 < shown.pages:
        turns.append(button(f"Page {shown.page + 2} ›", answer_ids.sources(question_id, shown.page + 1)))
    if shown.prompt:
        turns.append(button("Prompt", answer_ids.prompt(question_id), emoji="🧾"))
    return turns
