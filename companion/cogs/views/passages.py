"""One passage as text: who says it, when, in which episode, and its words as a quotation."""

from __future__ import annotations

from itertools import pairwise

from companion.archive.recordings import is_recordings
from companion.archive.results import Hit
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import Spans, emphasised, escaped_line, linked, one_line, quotation, web_address
from companion.cogs.views.times import clock_time, day
from companion.community.places import Quoted
from companion.storage.episodes import Episode, Kind
from companion.storage.mentions import EditorsPick, PickOrigin
from companion.storage.podcasts import Podcast

_NAME = 80
_TITLE = 120
_QUOTATION = 160


def result(hit: Hit, limit: int, *, podcast: bool = False, more: str = "") -> str:
    """A search result in at most ``limit`` (300 or more) characters of Markdown; ``more`` stands behind its source.

    Where room is short, the podcast's title (shown for ``podcast``) and the chapter give way first, then the link, then
    the end of the quotation.
    """
    said, all_of = hit.snippet, hit.podcast if podcast or is_recordings(hit.podcast) else None
    head = place = ""
    room = 0
    for url, title, chapter in ((hit.url, all_of, hit.passage.chapter), (hit.url, None, None), (None, None, None)):
        head = heading(said.speaker, hit.passage.kind, said.start, said.approximate, url, uncertain=said.uncertain)
        place = f"-# {source(hit.episode, title, chapter)}{picked(hit.picked)}{f' · {more}' if more else ''}"
        room = limit - len(head) - len(place) - 2
        if room >= _QUOTATION:
            break
    # The quotation comes last: the line after one would run on into it.
    return f"{head}\n{place}\n{fitted(said.text, said.matches, room)}"


def quoted(place: Quoted, episode: Episode, limit: int) -> str:
    """Words that were marked at some time, in at most ``limit`` (300 or more) characters; the link gives way first.

    Whoever else is heard in them is named over their own.
    """
    said, passage = place.quote, place.passage
    for url in (place.url, None):
        head = heading(said.speaker, passage.kind, said.start, said.approximate, url, uncertain=said.uncertain)
        top = f"{head}\n-# {source(episode, None, passage.chapter)}"
        if words := fitted(said.text, said.matches, limit - len(top) - 1):
            shown = f"{top}\n{words}"
            return f"{shown}{_then(place, limit - len(shown))}"
    return f"-# {source(episode, None, None)}"


def _then(place: Quoted, room: int) -> str:
    """The turns after the first, as far as there is room; a line each for who speaks and for their words."""
    shown = ""
    for before, said in pairwise(place.quotes):
        head = heading(said.speaker, place.passage.kind, None, said.approximate, None, uncertain=said.uncertain)
        top = "\n" if said.speaker is not None and said.speaker == before.speaker else f"\n{head}\n"
        words = fitted(said.text, said.matches, room - len(shown) - len(top))
        if not words:
            break
        shown += f"{top}{words}"
    return shown


def picked(pick: EditorsPick | None) -> str:
    """That the episode's makers chose this moment, to be put behind its source."""
    if pick is None:
        return ""
    return " · ★ quoted in the show notes" if pick.origin is PickOrigin.QUOTATION else " · ★ picked by its makers"


def heading(
    speaker: str | None,
    kind: Kind,
    start: float | None,
    approximate: bool,
    url: str | None,
    *,
    uncertain: bool = False,
) -> str:
    """Speaker and time on one line; the time, or the word *listen*, carries the link."""
    address = web_address(url)
    if kind is Kind.NOTES:
        return f"**Show notes** · {linked('open', address)}" if address else "**Show notes**"
    name = f"**{escaped_line(cut(one_line(speaker), _NAME))}**" if speaker else "*speaker uncertain*"
    name = f"{name} (*speaker uncertain*)" if speaker and uncertain else name
    if start is None:
        return f"{name} · {linked('listen', address)}" if address else name
    time = escaped_line(clock_time(start, approximate))
    return f"{name} · {linked(played_from(time), address) if address else time}"


def played_from(time: str) -> str:
    """The label of a link that plays from that time on, which no phone breaks over two lines."""
    return f"▸\N{NO-BREAK SPACE}{time}"


def source(episode: Episode, podcast: Podcast | None, chapter: str | None) -> str:
    """Where it was said, on one line: podcast, episode, date, chapter."""
    parts = [f"*{escaped_line(cut(one_line(episode.title), _TITLE))}*"]
    if podcast is not None:
        parts.insert(0, escaped_line(cut(one_line(podcast.title), _NAME)))
    if episode.published is not None:
        parts.append(day(episode.published))
    if chapter and one_line(chapter):
        parts.append(escaped_line(cut(one_line(chapter), _NAME)))
    return " · ".join(parts)


def fitted(words: str, spans: Spans, limit: int) -> str:
    """The longest beginning of ``words`` whose block quote, with its escapes and bold marks, keeps to ``limit``."""
    room = min(len(words), limit)
    while room > 0:
        shown = cut(words, room)
        kept = len(shown) if shown == words else len(shown) - 1
        inside = [(start, min(end, kept)) for start, end in spans if start < kept]
        markdown = quotation(emphasised(shown, inside))
        if len(markdown) <= limit:
            return markdown
        room -= max(1, (len(markdown) - limit) // 2)
    return ""
