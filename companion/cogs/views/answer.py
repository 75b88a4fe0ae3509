"""The message that answers a question: while it grows, when it is finished, and when nothing was found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import discord

from companion.archive.answers import Quotation, Source
from companion.archive.recordings import is_recordings
from companion.archive.results import Asked
from companion.cogs.views import answer_ids, limits
from companion.cogs.views.delete import delete_button
from companion.cogs.views.feedback import feedback_buttons, precedent_line, verdict_line
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped, escaped_line, escaped_sentence, linked, one_line, web_address
from companion.cogs.views.passages import fitted, heading, source
from companion.cogs.views.results import also_searched, limited_to
from companion.cogs.views.times import relative
from companion.cogs.views.understood import understood
from companion.community.outcomes import cited_in
from companion.community.questions import Answered
from companion.community.turning import turning_point
from companion.storage.questions import Question

FOOTER = 9
"""The id of the text under an answer, by which it is found again to be changed."""
_QUESTION = 300
_FILTER = 60
_PROSE = 2200
_QUOTED = 620
_QUOTED_UNDER_PROSE = 420
_NEAREST = 420
_MOST_NEAREST = 3
_MOST_OTHERS = 4
_SLACK = 60
_CITATION = re.compile(r"\\\[(\d{1,3})\\\]")
_WRITING = "-# ✍️"
_STILL_LOADING = "⏳ Found by words alone: the model that compares meanings is still loading."


def answer_message(shown: Answered) -> Message:
    """The answer as far as it is there, with everything that can be done from there."""
    found = shown.answer.results.answerable
    box = container(TEAL if found else AMBER)
    head, foot = _header(shown), _footer(shown)
    box.add_item(text(head))
    room = limits.LAYOUT_TEXT - len(head) - len(foot) - _SLACK
    for part in _answered(shown, room) if found else _refused(shown, room):
        box.add_item(line())
        box.add_item(text(part))
    box.add_item(line())
    box.add_item(discord.ui.TextDisplay(foot, id=FOOTER))
    box.add_item(row(_actions(shown)))
    box.add_item(row([*feedback_buttons(shown.question.id, refused=not found), delete_button()]))
    return Message(box)


def with_footer(message: discord.Message, question: Question) -> discord.ui.LayoutView | None:
    """A posted answer with what its question's record says of it now; None for a message that is no answer."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    foot = view.find_item(FOOTER)
    if not isinstance(foot, discord.ui.TextDisplay):
        return None
    first = foot.content.partition("\n")[0]
    if first.startswith(_WRITING) and question.outcome is not None and question.outcome.problem:
        first = f"-# ⚠️ {escaped_sentence(question.outcome.problem)}"
    foot.content = "\n".join(filter(None, (first, verdict_line(question))))
    return view


def question_url(question: Question) -> str | None:
    """Where the answer to a question stands, if it was posted."""
    if question.message_id is None:
        return None
    return f"https://discord.com/channels/{question.guild_id}/{question.channel_id}/{question.message_id}"


def _header(shown: Answered) -> str:
    """The question, who asked it and whose idea it was, what it is limited to, and how it was understood."""
    question = shown.question
    facts = [_asker(shown), limited_to(question.filters, shown.episode)]
    lines = [
        f"### 💬 {escaped_within(question.text, _QUESTION)}",
        f"-# {' · '.join(fact for fact in facts if fact)}",
    ]
    if taken_for := understood(shown.answer.results):
        lines.append(f"-# {taken_for}")
    if shown.answer.results.also:
        lines.append(f"-# Also searched for: {also_searched(shown.answer.results.also)}")
    if shown.precedent is not None:
        lines.append(precedent_line(shown.precedent))
    return "\n".join(lines)


def _asker(shown: Answered) -> str:
    """Who asked, and from whose question. The other's words are not repeated, so that they can be taken back."""
    question, origin = shown.question, shown.origin
    asker = f"<@{question.member_id}>"
    if question.riff_on is not None:
        if origin is None:
            return f"🎸 {asker} riffs on a deleted question"
        whose = "their own" if origin.member_id == question.member_id else f"<@{origin.member_id}>'s"
        return f"🎸 {asker} riffs on {whose} {linked('question', question_url(origin))}"
    if shown.parent is not None:
        return f"{asker} asked, going on from {linked('this', question_url(shown.parent))}"
    return f"{asker} asked"


def _footer(shown: Answered) -> str:
    """How the answer came about, in one line of small print."""
    answer = shown.answer
    if shown.writing:
        told = "✍️ Still being written …" if answer.prose else "✍️ The answer is being written from these passages …"
    elif answer.prose:
        model = answer.writing.model if answer.writing else (shown.question.outcome and shown.question.outcome.model)
        by = f"by {escaped_line(cut(one_line(model), _FILTER))}, " if model else ""
        again = " for the same question, asked before" if shown.again else ""
        told = f"🤖 Written {by}from the passages that it cites{again}. What is quoted is word for word."
    elif answer.problem:
        when = f" It writes again {relative(shown.writes_again)}." if shown.writes_again else ""
        told = f"⚠️ {escaped_sentence(cut(one_line(answer.problem), _QUESTION))}{when} Quoted word for word."
    elif answer.results.answerable:
        told = "Quoted word for word."
    else:
        told = "These are only the nearest passages." if answer.sources else "Nothing comes near it."
    return f"-# {told}{f' {_STILL_LOADING}' if shown.loading else ''}"


def _answered(shown: Answered, room: int) -> list[str]:
    """The prose, where there is any, the quotations, and where else it comes up."""
    answer = shown.answer
    sources = {source.number: source for source in answer.sources}
    parts: list[str] = []
    if answer.prose:
        parts.append(cited(answer.prose, sources, min(_PROSE, room)))
        room -= len(parts[0])
    limit = _QUOTED_UNDER_PROSE if answer.prose else _QUOTED
    quoted: set[int] = set()
    before: Quotation | None = None
    several = len({one.hit.podcast.id for one in answer.sources}) > 1
    for quotation in answer.quotations:
        said = sources.get(quotation.number)
        if said is None or room < limit:
            continue
        parts.append(quotation_text(quotation, said, limit, podcast=several, before=before))
        quoted.add(quotation.number)
        before = quotation
        room -= len(parts[-1])
    others = [_brief(one) for one in answer.sources if one.number not in quoted][:_MOST_OTHERS]
    fitting, _ = lines_within(others, room - _SLACK)
    if fitting:
        parts.append("\n".join(("-# Also near it:", *fitting)))
    return parts


def _refused(shown: Answered, room: int) -> list[str]:
    """That nothing answers, what comes nearest, and what the archive does cover."""
    answer = shown.answer
    nearest = answer.sources[:_MOST_NEAREST]
    parts = [f"**I don't find that in the archive.**{' These passages come nearest:' if nearest else ''}"]
    several = len({one.hit.podcast.id for one in nearest}) > 1
    for one in nearest:
        said = one.hit.snippet
        quotation = Quotation(
            one.number,
            said.text,
            said.speaker,
            said.start,
            said.approximate,
            said.uncertain,
            one.hit.url,
            one.hit.passage.chapter,
        )
        parts.append(quotation_text(quotation, one, _NEAREST, podcast=several))
    covers, _ = lines_within([f"- {escaped_within(title, 100)}" for title in answer.covers], min(600, room // 3))
    if covers:
        parts.append("\n".join(("The archive does cover, for example:", *covers)))
    return parts


def cited(prose: str, sources: dict[int, Source], limit: int) -> str:
    """The prose, escaped, its citations linked to the moments that they cite; without links where they would be too
    long. What is no source's number is no citation."""

    def known(match: re.Match[str]) -> str:
        return f"[{match[1]}]" if int(match[1]) in sources else ""

    def with_link(match: re.Match[str]) -> str:
        address = web_address(sources[int(match[1])].hit.url) if int(match[1]) in sources else None
        return f"[[{match[1]}]]({address})" if address else known(match)

    shown = escaped(prose)
    for written in (_CITATION.sub(with_link, shown), _CITATION.sub(known, shown)):
        if len(written) <= limit:
            return written
    return _CITATION.sub(known, escaped(cut(prose, limit - (len(shown) - len(prose)))))


def quotation_text(
    quotation: Quotation, said: Source, limit: int, *, podcast: bool, before: Quotation | None = None
) -> str:
    """What was said, with its number, by whom, when and where; in at most ``limit`` characters.

    Where what stands ``before`` it is from the same chapter of the same source, its place needs no second word.
    """
    hit = said.hit
    known = before is not None and (before.number, before.chapter) == (quotation.number, quotation.chapter)
    of = hit.podcast if podcast or is_recordings(hit.podcast) else None
    place = f"-# {source(hit.episode, of, quotation.chapter)}"
    head = ""
    for url, where in ((quotation.url, place), (None, place), (None, f"-# {source(hit.episode, None, None)}")):
        told = heading(
            quotation.speaker,
            hit.passage.kind,
            quotation.start,
            quotation.approximate,
            url,
            uncertain=quotation.uncertain,
        )
        head = f"`{quotation.number}` {told}" if known else f"`{quotation.number}` {told}\n{where}"
        if limit - len(head) >= limit // 3:
            break
    return f"{head}\n{fitted(quotation.text, (), limit - len(head) - 1)}"


def _brief(one: Source) -> str:
    """A passage in a line: who, when, in which episode."""
    said, hit = one.hit.snippet, one.hit
    told = heading(said.speaker, hit.passage.kind, said.start, said.approximate, hit.url, uncertain=said.uncertain)
    return f"-# `{one.number}` {told} · {source(hit.episode, None, None)}"


def _actions(shown: Answered) -> Sequence[discord.ui.Button[Message]]:
    question_id, answer = shown.question.id, shown.answer
    buttons = [
        button("Follow up", answer_ids.follow(question_id), discord.ButtonStyle.primary, emoji="↪️"),
        button("Riff", answer_ids.riff(question_id), emoji="🎸"),
        button("Sources", answer_ids.sources(question_id), emoji="📚"),
    ]
    if answer.results.answerable:
        told_of = [one.hit.episode.published for one in answer.sources if one.number in cited_in(answer)]
        days = [published.date() for published in told_of if published is not None]
        turning = turning_point(days, latest=answer.results.kind is Asked.LATEST)
        if turning.before is not None:
            buttons.append(button("Older", answer_ids.before(question_id, turning.before)))
        if turning.after is not None:
            buttons.append(button("Newer", answer_ids.after(question_id, turning.after)))
    return buttons
