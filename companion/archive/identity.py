"""Which episode of a feed is one that is known under another guid: feeds give new ones when they move."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from companion.storage.episodes import EpisodeFacts


def renamed(known: Collection[EpisodeFacts], items: Collection[EpisodeFacts]) -> dict[str, str]:
    """The old guid by the new, of episodes that the feed has under another guid than before.

    Only what left the feed can be renamed, and only into what is new in it. It is the same episode if two of these
    agree: the audio or the page, the title, the instant it was published.
    """
    held = {facts.guid for facts in items}
    gone = [facts for facts in known if facts.guid not in held]
    before = {facts.guid for facts in known}
    by_sign: dict[tuple[str, str], list[str]] = {}
    for facts in gone:
        for sign in _signs(facts):
            by_sign.setdefault(sign, []).append(facts.guid)
    result: dict[str, str] = {}
    taken: set[str] = set()
    for facts in items:
        if facts.guid in before:
            continue
        found = {guid for sign in _signs(facts) for guid in by_sign.get(sign, ())} - taken
        # Where two would fit, neither is told for sure.
        if len(found) == 1:
            result[facts.guid] = found.pop()
            taken.add(result[facts.guid])
    return result


def _signs(facts: EpisodeFacts) -> Iterator[tuple[str, str]]:
    """The pairs by which an episode can be recognised."""
    title = " ".join(facts.title.casefold().split())
    date = facts.published.isoformat() if facts.published else None
    places = [place for place in (_address(facts.audio_url), _address(facts.link)) if place]
    if date:
        yield title, date
    for place in places:
        yield title, place
        if date:
            yield date, place


def _address(url: str | None) -> str | None:
    """An address without its scheme and query, where trackers keep what changes."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".casefold()
