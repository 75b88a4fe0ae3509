"""What the bot knows, what it compares, and what it keeps of members."""

from __future__ import annotations

from companion.archive.recordings import is_recordings
from companion.cogs.views.counting import counted
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import TEAL, Message, container, line, row, text
from companion.cogs.views.times import day, length, relative
from companion.community.about import About, PodcastState
from companion.storage.statistics import Totals

_NAME = 80
_ROOM = 2500

_KEPT = """\
**What is kept of members**
**`/privacy show`** says what is kept of you, and `/privacy delete` deletes it. Whoever runs me has all of it in plain \
words: PRIVACY.md.
- Of each search and question: who asked (id and name), what, with which filters, in which channel, when, and what was \
answered. {searches} of this server. Whoever asked, and those who manage messages, can delete an answer under it.
- What members save, follow, wait for or think of an answer, until they take it back.
- Messages are read only where somebody picks *Search the archive* or *Ask about this* on one, mentions me, or replies \
to me, and, where whoever runs me allows it, in the threads of conversations."""


def about_message(about: About, version: str) -> Message:
    """The archive, podcast by podcast and together, the model, and what is stored of members."""
    box = container(TEAL)
    box.add_item(text(f"### ℹ️ What is in the archive\n{_summary(about.totals)}"))
    alone = len(about.podcasts) == 1
    kept, left = lines_within([_state(state, alone=alone) for state in about.podcasts], _ROOM)
    more = [f"-# and {counted(left, 'more podcast')}"] if left else []
    box.add_item(text("\n".join((*kept, *more))))
    box.add_item(line())
    box.add_item(text(_search(about)))
    box.add_item(line())
    searches = f"{about.searches:,} {'search is' if about.searches == 1 else 'searches are'} kept"
    box.add_item(text(_KEPT.format(searches=searches)))
    box.add_item(text(f"-# Companion {version} · `/help` says what it can do"))
    box.add_item(row([delete_button()]))
    return Message(box)


def _summary(totals: Totals) -> str:
    if not totals.episodes:
        return "No episode has been read yet."
    lines = [f"**{totals.episodes:,}** {_plural('episode', totals.episodes)}, {_transcribed(totals)}"]
    spoken = [
        f"{_long(totals.seconds)} of talk" if totals.seconds else "",
        f"{totals.words:,} words" if totals.words else "",
        f"{totals.passages:,} {_plural('passage', totals.passages)} to find",
    ]
    lines.append(" · ".join(part for part in spoken if part))
    if totals.first and totals.newest:
        lines.append(f"First {day(totals.first)} · newest {day(totals.newest)}")
    return "\n".join(lines)


def _transcribed(totals: Totals) -> str:
    if totals.transcribed == totals.episodes:
        return "all with a transcript" if totals.episodes > 1 else "with a transcript"
    if totals.episodes - totals.transcribed == 1:
        return f"**{totals.transcribed:,}** with a transcript, the other by its show notes"
    return f"**{totals.transcribed:,}** with a transcript, the others by their show notes"


def _state(state: PodcastState, *, alone: bool) -> str:
    """A podcast on a line; what is told of it together with others is not told again where it is ``alone``."""
    totals = state.totals
    facts = [
        "" if alone else f"{totals.episodes:,} {_plural('episode', totals.episodes)}",
        f"newest {day(totals.newest)}" if totals.newest and not alone else "",
        _read(state),
        f"the last {_plural('attempt', state.failures, counted=True)} failed" if state.failures else "",
    ]
    name = escaped_within(state.podcast.title, _NAME) or f"Podcast {state.podcast.id}"
    return f"- **{name}** · {' · '.join(fact for fact in facts if fact)}"


def _read(state: PodcastState) -> str:
    if state.read_at:
        return f"feed read {relative(state.read_at)}"
    return "added by hosts" if is_recordings(state.podcast) else "read from files"


def _search(about: About) -> str:
    if about.model is not None:
        named = escaped_within(about.model, _NAME)
        compared = f"Searches compare words and meanings, with the model *{named}*, on the bot's own machine."
        return f"**How it searches**\n{compared}"
    if about.loading:
        return "**How it searches**\nBy words alone for now: the model that compares meanings is still loading."
    return "**How it searches**\nBy words alone: there is no model that compares meanings."


def _long(seconds: float) -> str:
    return f"{round(seconds / 3600):,} hours" if seconds >= 36_000 else length(seconds)


def _plural(noun: str, count: int, *, counted: bool = False) -> str:
    word = noun if count == 1 else f"{noun}s"
    return f"{count:,} {word}" if counted and count != 1 else word
