"""One episode: what there is to read about it, and the form that searches in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from companion.cogs.views import catalogue_ids
from companion.cogs.views.catalogue_ids import Part
from companion.cogs.views.counting import counted
from companion.cogs.views.delete import delete_button
from companion.cogs.views.episodes import mark
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, text
from companion.cogs.views.limits import LAYOUT_TEXT, MODAL_TITLE, cut
from companion.cogs.views.markdown import escaped_line, is_honest, linked, one_line, quotation, web_address
from companion.cogs.views.passages import played_from
from companion.cogs.views.riff import QUERY
from companion.cogs.views.somebody import named
from companion.cogs.views.times import clock_time, day, length
from companion.community.episode_pages import EpisodePage, LinkedChapter, Quote, TranscriptFacts
from companion.community.wishes import LONGEST_QUERY
from companion.storage.episodes import Episode, Person
from companion.storage.mentions import Link

_TITLE = 200
_NAME = 60
_MOST_PEOPLE = 12
_LABEL = 100
_QUOTE = 280
_FEW_QUOTES = 2
_ROOM = LAYOUT_TEXT - 100
"""Characters for all lists of a message: the rest is for what frames them."""
_SHARES = {Part.QUOTES: 0.3, Part.CHAPTERS: 0.65, Part.LINKS: 1.0}
"""Of what is left when a list's turn comes, in the order in which they are shown."""
_NAMES = {Part.QUOTES: "Picked by its makers", Part.CHAPTERS: "Chapters", Part.LINKS: "Papers and links"}
_PART_PAGE = 3400


@dataclass(frozen=True, slots=True)
class _List:
    """Lines of one kind, and how many of them at most are shown beside the others."""

    part: Part
    lines: Sequence[str]
    most: int


def episode_message(page: EpisodePage, *, private: bool = False) -> Message:
    """The episode, with as much of each list as there is room for, and buttons to the rest.

    A ``private`` view is for one member alone.
    """
    box = container(TEAL)
    head = _head(page)
    box.add_item(text(head))
    foot = _foot(page.transcript)
    room = _ROOM - len(head) - len(foot)
    left: list[discord.ui.Button[Message]] = []
    for one in _lists(page):
        if not one.lines:
            continue
        title = f"**{_NAMES[one.part]}**"
        kept, missing = lines_within(one.lines[: one.most], int(room * _SHARES[one.part]) - len(title) - 1)
        missing += max(0, len(one.lines) - one.most)
        if missing:
            name = f"{_NAMES[one.part]}: all {len(one.lines)}"
            left.append(button(name, catalogue_ids.part(one.part, page.episode.id)))
        if kept:
            box.add_item(line())
            shown = "\n".join((title, *kept))
            box.add_item(text(shown))
            room -= len(shown)
    box.add_item(line())
    box.add_item(text(foot))
    box.add_item(
        row(
            [
                button("Search in it", catalogue_ids.search(page.episode.id), discord.ButtonStyle.primary, emoji="🔎"),
                *_ways(page),
                *([] if private else [delete_button()]),
            ]
        )
    )
    if left:
        box.add_item(row(left))
    return Message(box)


def part_message(page: EpisodePage, part: Part, number: int) -> Message:
    """A page of one of the episode's lists; the last one for a page behind it."""
    lines = next(one.lines for one in _lists(page) if one.part is part)
    pages = _pages(lines)
    number = min(number, len(pages) - 1)
    of_pages = f" · page {number + 1} of {len(pages)}" if len(pages) > 1 else ""
    box = container(TEAL)
    box.add_item(text(f"### {_NAMES[part]}\n-# *{escaped_within(page.episode.title, _TITLE)}*{of_pages}"))
    box.add_item(text("\n".join(pages[number]) or "There are none any more."))
    turns: list[discord.ui.Button[Message]] = []
    if number:
        turns.append(button(f"‹ Page {number}", catalogue_ids.part(part, page.episode.id, number - 1)))
    if number + 1 < len(pages):
        turns.append(button(f"Page {number + 2} ›", catalogue_ids.part(part, page.episode.id, number + 1)))
    if turns:
        box.add_item(row(turns))
    return Message(box)


def search_modal(episode: Episode) -> discord.ui.Modal:
    """The form that searches in the episode; what is sent in is read by `riff.typed_query`, also after a restart."""
    field = discord.ui.TextInput[discord.ui.Modal](custom_id=QUERY, min_length=1, max_length=LONGEST_QUERY)
    modal = discord.ui.Modal(
        title=cut("Search in this episode", MODAL_TITLE),
        custom_id=catalogue_ids.searched(episode.id),
        timeout=None,
    )
    label = discord.ui.Label[discord.ui.Modal](
        text="What do you want to hear about?",
        description=cut(f"In: {one_line(episode.title)}", 100),
        component=field,
    )
    modal.add_item(label)
    modal.stop()
    return modal


def _lists(page: EpisodePage) -> tuple[_List, ...]:
    links = [*map(_paper, page.papers), *map(_link, page.links)]
    return (
        _List(Part.QUOTES, [_quoted(quote) for quote in page.quotes], _FEW_QUOTES),
        _List(Part.CHAPTERS, [_chapter(one) for one in page.chapters], len(page.chapters)),
        _List(Part.LINKS, links, len(links)),
    )


def _pages(lines: Sequence[str]) -> list[list[str]]:
    pages: list[list[str]] = []
    rest = list(lines)
    while rest:
        kept, _ = lines_within(rest, _PART_PAGE)
        pages.append(kept or rest[:1])
        rest = rest[len(pages[-1]) :]
    return pages or [[]]


def _head(page: EpisodePage) -> str:
    facts = page.episode.facts
    number = None if facts.number is None else f"{facts.number:g}"
    placed = ", ".join(
        part
        for part in (
            f"season {facts.season}" if facts.season is not None else "",
            f"episode {number}" if number else "",
        )
        if part
    )
    about = [
        escaped_within(page.podcast.title, _NAME),
        day(facts.published) if facts.published else "no date",
        length(page.seconds) if page.seconds else "",
        placed,
        f"*{mark(facts.type)}*" if mark(facts.type) else "",
    ]
    title = escaped_within(facts.title, _TITLE) or f"Episode {page.episode.id}"
    lines = [f"## {title}", f"-# {' · '.join(part for part in about if part)}"]
    presenter = [f"{named(page.presented_by)} (presenter)"] if page.presented_by else []
    credited = presenter + [_credited(person) for person in facts.people]
    heard = [escaped_within(name, _NAME) for name in page.speakers]
    if credited:
        lines.append(f"**With** {_some(credited)}")
    elif heard:
        lines.append(f"**Heard in it** {_some(heard)}")
    return "\n".join(lines)


def _credited(person: Person) -> str:
    name = escaped_within(person.name, _NAME)
    return f"{name} ({escaped_within(person.role, _NAME)})" if person.role else name


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_PEOPLE} more" if len(names) > _MOST_PEOPLE else ""
    return f"{', '.join(names[:_MOST_PEOPLE])}{more}"


def _foot(told: TranscriptFacts | None) -> str:
    if told is None:
        return "-# There is no transcript of it yet: it is searched by its show notes."
    parts = [f"Transcript of {counted(told.turns, 'turn')}"]
    if told.convention:
        parts.append(f"written as `{one_line(told.convention.partition(',')[0]).replace('`', '')[:_LABEL]}`")
    if told.unnamed:
        parts.append("no speaker named" if told.unnamed == told.turns else f"{told.unnamed:,} without a speaker")
    if not told.timed:
        parts.append("no times")
    elif told.approximate:
        share = round(100 * told.approximate / told.timed)
        parts.append(f"times with ~ are approximate ({max(share, 1)}% of its turns)")
    else:
        parts.append("times as it has them")
    return f"-# {' · '.join(parts)}"


def _ways(page: EpisodePage) -> list[discord.ui.Button[Message]]:
    facts = page.episode.facts
    ways = (("Episode page", facts.link), ("Audio", facts.audio_url), ("Video", facts.video_url))
    known = [(label, web_address(url)) for label, url in ways]
    return [discord.ui.Button(label=label, url=url) for label, url in known if url]


def _chapter(one: LinkedChapter) -> str:
    title = escaped_within(one.chapter.title, _LABEL) or "—"
    if one.chapter.start is None:
        return f"- {title}"
    time = escaped_line(clock_time(one.chapter.start, one.chapter.soft))
    return f"- {linked(time, one.url)} {title}"


def _paper(link: Link) -> str:
    """The name of a paper, and what names it everywhere."""
    identity = escaped_within(link.reference or "", _LABEL)
    kind = "DOI" if (link.reference or "").startswith("10.") else "arXiv"
    return f"- 📄 {linked(_words(link), link.url)}{f' · {kind} {identity}' if identity else ''}"


def _link(link: Link) -> str:
    return f"- {linked(_words(link), link.url)}"


def _words(link: Link) -> str:
    """What a link stands on; its address, where that is a whole paragraph that says little of where it leads."""
    stands_on = one_line(link.text) if is_honest(link.text, link.url) else ""
    if len(stands_on) > _LABEL:
        stands_on = ""
    return escaped_within(stands_on, _LABEL + 20) or escaped_within(link.url.partition("://")[2] or link.url, _LABEL)


def _quoted(quote: Quote) -> str:
    """A quotation under its speaker and time. A soundbite's title is the makers' words, so it is no block quote."""
    at = (
        linked(played_from(escaped_line(clock_time(quote.start, quote.approximate))), quote.url)
        if quote.start is not None
        else ""
    )
    said = escaped_within(cut(one_line(quote.text), _QUOTE), 2 * _QUOTE)
    if not quote.said:
        return " · ".join(part for part in (f"★ {said}", at) if part)
    name = escaped_within(quote.speaker, _NAME) if quote.speaker else "*speaker uncertain*"
    return "\n".join((" · ".join(part for part in (f"**{name}**", at) if part), quotation(said)))
