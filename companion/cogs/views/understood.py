"""How a question was understood, in words, so that members see it and can change theirs."""

from __future__ import annotations

from collections.abc import Sequence

from companion.archive.results import Asked, Intent, Results
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, one_line
from companion.storage.episodes import Episode

_TOPIC = 100
_NAME = 60
_TITLE = 60


def understood(results: Results) -> str:
    """One line on what the question was taken to ask for; empty for a moment anywhere, which needs no word."""
    intent = results.intent
    if intent is None:
        return ""
    place = _place(intent, [hit.episode for hit in results.hits])
    if intent.kind is Asked.MOMENT:
        said = f"Only {place}" if place else ""
    else:
        newest = "newest first" if intent.newest_first and intent.kind is not Asked.LATEST else ""
        said = ", ".join(part for part in (_asked(intent), newest, place) if part)
    if intent.widened:
        elsewhere = "nothing near it in what you named, so all of it was searched"
        said = f"{said}; {elsewhere}" if said else elsewhere.capitalize()
    return f"{said}." if said else ""


def names_of(people: Sequence[str]) -> str:
    """ "Ana, Ben and Cleo", in bold."""
    shown = [f"**{escaped_line(cut(one_line(name), _NAME))}**" for name in people]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""


def _asked(intent: Intent) -> str:
    topic = f"“{escaped_line(cut(one_line(intent.topic), _TOPIC))}”"
    people = names_of(intent.people)
    match intent.kind:
        case Asked.WHICH_EPISODE:
            return f"Episodes about {topic}"
        case Asked.LATEST:
            return f"Newest first: {topic}"
        case Asked.SAID_BY:
            return f"What {people} said about {topic}"
        case Asked.COMPARE:
            return f"{people} on {topic}, side by side"
        case Asked.EVERYONE:
            return f"Everyone who talked about {topic}"
        case Asked.MOMENT:
            return topic


def _place(intent: Intent, episodes: Sequence[Episode]) -> str:
    """The episode and the days that the words of the question name."""
    parts: list[str] = []
    title = next((episode.title for episode in episodes if episode.id == intent.episode_id), None)
    if title is not None:
        parts.append(f"in *{escaped_line(cut(one_line(title), _TITLE))}*")
    if intent.after is not None:
        parts.append(f"from {intent.after.isoformat()}")
    if intent.before is not None:
        parts.append(f"until {intent.before.isoformat()}")
    return " ".join(parts)
