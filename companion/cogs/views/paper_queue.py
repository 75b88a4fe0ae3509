"""The papers that a server may read next, by its votes."""

from __future__ import annotations

import re

from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.markdown import linked
from companion.cogs.views.paper import authors_within, when
from companion.cogs.views.somebody import named
from companion.community.paper_queue import Queue, Queued
from companion.community.papers import ShownPaper
from companion.storage.sessions import State as Held

PAGE = re.compile(r"paper:queue:(?P<page>[0-9]{1,3})")
PER_PAGE = 8
_SCHEDULED = 3
_WHOLE, _SHORT = (120, 2), (60, 1)
"""Characters of a title, and authors: the latter where the former would not fit into a message."""
_ROOM = 3700
"""Characters for all that is listed on a page."""
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def turned_to(page: int) -> str:
    """That page of the queue."""
    return f"paper:queue:{page}"


def queue_message(queue: Queue, guild_id: int, page: int = 0, *, private: bool = False) -> Message:
    """A page of the queue, counted from 0; the last one, where there are fewer. ``private``: one member's alone."""
    pages = max(1, -(-len(queue.entries) // PER_PAGE))
    page = min(page, pages - 1)
    box = container(TEAL)
    box.add_item(text(f"### 📚 Papers to read\n-# {_facts(queue, page, pages)}"))
    scheduled, told = _listed(queue, guild_id, page, *_WHOLE)
    if len(scheduled) + len(told) > _ROOM:
        scheduled, told = _listed(queue, guild_id, page, *_SHORT)
    if scheduled:
        box.add_item(text(scheduled))
        box.add_item(line())
    if told:
        box.add_item(text(told))
        box.add_item(text("-# Vote on the papers’ own messages. Few votes pull a paper to the middle, not to the top."))
    else:
        box.add_item(text("Nothing is waiting. `/paper propose` puts a paper here: an arXiv link will do."))
    box.add_item(line())
    ways = [button(f"‹ Page {page}", turned_to(page - 1))] if page else []
    if page + 1 < pages:
        ways.append(button(f"Page {page + 2} ›", turned_to(page + 1)))
    if not private:
        ways.append(delete_button())
    if ways:
        box.add_item(row(ways))
    return Message(box)


def _facts(queue: Queue, page: int, pages: int) -> str:
    many = len(queue.entries)
    parts = [f"{many} {'paper' if many == 1 else 'papers'} in the queue"]
    if many:
        voted = {0: "nobody voted yet", 1: "1 member voted"}
        parts.append(voted.get(queue.voters, f"{queue.voters} members voted"))
    if queue.covered:
        parts.append(f"{queue.covered} covered so far")
    if pages > 1:
        parts.append(f"page {page + 1} of {pages}")
    return " · ".join(parts)


def _listed(queue: Queue, guild_id: int, page: int, title: int, authors: int) -> tuple[str, str]:
    """What is scheduled, on the first page, and the page's proposals; ``title`` are the characters of a title."""
    scheduled = queue.scheduled[:_SCHEDULED] if page == 0 else ()
    before = page * PER_PAGE
    entries = enumerate(queue.entries[before : before + PER_PAGE], before + 1)
    return (
        "\n".join(_scheduled(one, title) for one in scheduled),
        "\n".join(_entry(place, one, queue, guild_id, title, authors) for place, one in entries),
    )


def _entry(place: int, one: Queued, queue: Queue, guild_id: int, longest: int, authors: int) -> str:
    paper = one.paper
    # Discord counts the numbers of a list itself, whatever they are: ties are said in words.
    mark = f"{place}." if one.too_few or one.tied else _MEDALS.get(one.rank, f"{place}.")
    posted = queue.posted.get(paper.id)
    card = f"https://discord.com/channels/{guild_id}/{posted[0]}/{posted[1]}" if posted else None
    facts = [authors_within(paper.authors, authors)] if paper.authors else []
    facts.append(f"{one.tally.up} for, {one.tally.down} against" if one.tally.votes else "no votes yet")
    facts += ["too few votes"] if one.too_few and one.tally.votes else []
    facts += ["tied"] if one.tied and one.tally.votes else []
    more = sum(voice.member_id != paper.proposed_by for voice in one.voices)
    facts.append(f"by {named(paper.proposed_by)}" + (f" and {more} more" if more else ""))
    title = linked(escaped_within(paper.title, longest), card)
    return f"{mark} **{title}**\n-# {' · '.join(facts)}"


def _scheduled(shown: ShownPaper, longest: int) -> str:
    planned = [one for one in shown.meetings if one.session.state is Held.PLANNED]
    told = f"\n-# {when(planned[0])}" if planned else ""
    return f"**{escaped_within(shown.paper.title, longest)}**{told}"
