"""A proposed paper as it is posted: what it is, who wants it, what the archive has of it, and the votes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.archive.paper_references import Kind, PaperReference, addresses
from companion.archive.sentences import sentence_spans
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import CUSTOM_ID, LAYOUT_TEXT, cut
from companion.cogs.views.markdown import escaped_line, linked, one_line, quotation
from companion.cogs.views.passages import result, source
from companion.cogs.views.somebody import named
from companion.cogs.views.tally import DOWN, UP, tally_line
from companion.cogs.views.times import calendar_day, day, moment, relative
from companion.community.club_sessions import Meeting
from companion.community.papers import Came, ShownPaper, Withdrawn
from companion.community.pre_reading import NOTHING, Mention, PreReading
from companion.storage.papers import Paper, State, Voice
from companion.storage.sessions import State as Held

ASK = "Read it together?"
"""What members are asked about a proposal."""
FILL = re.compile(r"paper:fill:(?P<canonical>(?:arxiv|doi|openreview|url):[^\s@]+)(?:@(?P<version>[0-9]{1,3}))?")
_TITLE = 250
_AUTHORS = 5
_NAME = 60
_ABSTRACT, _SHORTEST_ABSTRACT = 600, 100
_PASSAGE = 420
_WHY = 200
_WHYS, _WANTED_BY = 2, 5
_MEETINGS = 2
_LINKED_TITLE = 200
"""Characters of an address that stands under the title alone, not in it too, where it has more."""
_NAMED = {Kind.ARXIV: "arXiv", Kind.DOI: "doi", Kind.OPENREVIEW: "OpenReview"}
_HEADINGS = {
    Came.NEW: "📄 Proposed",
    Came.SECONDED: "🙌 One more wants this",
    Came.KNOWN: "📄 You proposed this already",
    Came.AGAIN: "📄 Back in the queue",
    Came.COVERED: "✅ This was covered already",
}
_STATES = {
    State.PROPOSED: "📄 In the queue",
    State.SCHEDULED: "🗓️ Scheduled",
    State.COVERED: "✅ Covered",
    State.WITHDRAWN: "📄 Withdrawn",
    State.EXPIRED: "📄 Expired",
}


def fill(reference: PaperReference) -> str | None:
    """Opens the form in which a paper is described that no catalogue describes; None where it is too long to carry."""
    version = f"@{reference.version}" if reference.version is not None else ""
    custom_id = f"paper:fill:{reference.canonical}{version}"
    return custom_id if len(custom_id) <= CUSTOM_ID and FILL.fullmatch(custom_id) else None


def paper_message(
    shown: ShownPaper,
    came: Came | None = None,
    reading: PreReading = NOTHING,
    emoji: tuple[str, str] = (UP, DOWN),
) -> Message:
    """A paper. ``came`` is what the proposal came to that is answered with it; None where nobody proposed it now.

    Where room is short, the last passages to read before give way, then the abstract.
    """
    paper = shown.paper
    box = container(AMBER if came is Came.NEW else TEAL)
    heading = _STATES[paper.state] if came is None else _HEADINGS[came]
    top = f"-# {heading}\n### {_title(shown)}\n-# {_facts(shown)}\n{_links(shown.reference)}"
    wanted = "\n".join([*(when(one) for one in shown.meetings[-_MEETINGS:]), *_wanted(shown)])
    tally = tally_line(shown.tally, ASK, emoji) if put_to_vote(shown) else ""
    room = LAYOUT_TEXT - len(top) - len(wanted) - len(tally)
    told = paper.abstract is not None and room >= _SHORTEST_ABSTRACT
    abstract = abstract_within(paper.abstract or "", min(_ABSTRACT, room)) if told else ""
    read_before, _ = lines_within(_reading(reading), room - len(abstract))
    box.add_item(text(top))
    if abstract:
        box.add_item(text(abstract))
    box.add_item(text(wanted))
    if read_before:
        box.add_item(line())
        for part in read_before:
            box.add_item(text(part))
    if tally:
        box.add_item(text(tally))
    box.add_item(line())
    box.add_item(row([delete_button()]))
    return Message(box)


def put_to_vote(shown: ShownPaper) -> bool:
    """Do members vote on it, as it stands?"""
    return shown.paper.state is State.PROPOSED


def unknown_message(reference: PaperReference, why_not: str) -> Message:
    """That somebody has to say what the paper is before it is proposed, with the button to do so. ``why_not`` is
    Markdown."""
    box = container(AMBER)
    box.add_item(text(f"📄 {linked(escaped_line(cut(reference.canonical, 120)), reference.url)}\n{why_not}"))
    custom_id = fill(reference)
    if custom_id is None:
        box.add_item(text("-# Propose it by the address of a page about it instead."))
        box.add_item(row([delete_button()]))
    else:
        box.add_item(
            text("-# It is not proposed yet. Whoever tells its title and authors, by the button, proposes it.")
        )
        box.add_item(row([button("Title and authors", custom_id, emoji="✏️"), delete_button()]))
    return Message(box)


def withdrawn_message(withdrawn: Withdrawn) -> Message:
    """What became of a withdrawn proposal, to who withdrew it."""
    title = escaped_within(withdrawn.paper.title, _TITLE)
    if withdrawn.gone:
        return sentence(f"🗑️ Withdrawn from the queue, with its votes: “{title}”. Anybody can propose it again.")
    return sentence(f"✅ You want “{title}” no more. Others do, so it stays in the queue, with its votes.")


def gone_message(paper: Paper) -> Message:
    """What stands in place of a card whose paper was withdrawn."""
    return sentence(f"🗑️ “{escaped_within(paper.title, _TITLE)}” was withdrawn. `/paper propose` brings it back.")


def expired_message(paper: Paper) -> Message:
    """What stands in place of a card whose paper waited too long."""
    return sentence(
        f"⌛ “{escaped_within(paper.title, _TITLE)}” left the queue: nobody voted for it in a long time."
        " `/paper propose` brings it back, with its votes."
    )


def abstract_within(abstract: str, limit: int) -> str:
    """An abstract in at most ``limit`` characters of Markdown, cut after a sentence where one fits."""
    plain = one_line(abstract)
    whole = escaped_line(plain)
    if len(whole) <= limit:
        return whole
    fits = ""
    for _, end in sentence_spans(plain):
        shown = escaped_line(plain[:end])
        if len(shown) > limit - 2:
            break
        fits = shown
    return f"{fits} …" if fits else escaped_within(plain, limit)


def when(meeting: Meeting) -> str:
    """The session that a paper is in: its club, its time, who presents, and the recording."""
    session = meeting.session
    held = session.state is Held.HELD
    parts = [
        f"{'✅' if held else '🗓️'} **{escaped_within(meeting.series.name, _NAME)}**",
        day(session.starts_at) if held else moment(session.starts_at),
    ]
    if session.presented_by is not None:
        parts.append(f"presented by <@{session.presented_by}>")
    if session.author:
        parts.append(f"with its author {escaped_within(session.author, _NAME)}")
    if held and session.recording_url:
        parts.append(linked("recording", session.recording_url))
    return " · ".join(parts)


def _title(shown: ShownPaper) -> str:
    url = shown.reference.url
    return linked(escaped_within(shown.paper.title, _TITLE), url if len(url) <= _LINKED_TITLE else None)


def _facts(shown: ShownPaper) -> str:
    paper, reference = shown.paper, shown.reference
    parts = [authors_within(paper.authors)] if paper.authors else []
    if paper.published is not None:
        parts.append(calendar_day(paper.published))
    if reference.kind is not Kind.URL:
        version = f"v{reference.version}" if reference.version is not None else ""
        parts.append(escaped_line(cut(f"{_NAMED[reference.kind]}:{reference.identity}{version}", 120)))
    if reference.version is not None and (shown.newest or 0) > reference.version:
        parts.append(f"v{shown.newest} is out")
    return " · ".join(parts) or "its authors are not known"


def authors_within(authors: Sequence[str], most: int = _AUTHORS) -> str:
    """The first authors, escaped, and how many there are more."""
    names = [escaped_within(name, _NAME) for name in authors[:most]]
    more = len(authors) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _links(reference: PaperReference) -> str:
    found = addresses(reference)
    page = {Kind.ARXIV: "Abstract", Kind.OPENREVIEW: "Reviews"}.get(reference.kind, "Page")
    kinds = ((page, found.page), ("PDF", found.pdf), ("HTML, for phones", found.html))
    return " · ".join(linked(f"**{label}**", url) for label, url in kinds if url)


def _wanted(shown: ShownPaper) -> list[str]:
    paper = shown.paper
    told = [f"-# Proposed by {named(paper.proposed_by)} {relative(paper.proposed_at)}"]
    others = [voice for voice in shown.voices if voice.member_id != paper.proposed_by]
    if others:
        names = ", ".join(f"<@{voice.member_id}>" for voice in others[:_WANTED_BY])
        more = len(others) - _WANTED_BY
        told[0] += f" · also wanted by {names}" + (f" and {more} more" if more > 0 else "")
    # Quotations come last: the line after one would run on into it.
    return [*told, *(_why(voice) for voice in [one for one in shown.voices if one.why][:_WHYS])]


def _why(voice: Voice) -> str:
    return f"{quotation(escaped_within(voice.why, _WHY))} — <@{voice.member_id}>"


def _reading(reading: PreReading) -> list[str]:
    """What the archive has, each passage apart: a line after a quotation would run on into it."""
    parts = [result(hit, _PASSAGE) for hit in reading.passages]
    parts += ["\n".join(_mention(one) for one in reading.mentions)] if reading.mentions else []
    if not parts:
        return []
    return [f"**Pre-reading**, from the archive\n{parts[0]}", *parts[1:]]


def _mention(mention: Mention) -> str:
    return f"📎 Linked in the show notes of {source(mention.episode, None, None)}"
