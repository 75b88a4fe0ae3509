"""A search as a member types it: put in good form, and what it names looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from companion.community.days import between
from companion.community.keeping import named_among
from companion.storage import episodes, passages
from companion.storage import podcasts as stored_podcasts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import folded
from companion.storage.passages import Speaker
from companion.storage.searches import Filters

LONGEST_QUERY = 300
"""Characters. More than that is a pasted text, and would push its own results off the message."""
_NAMED = 5
"""Of the things that typed words fit."""


class NothingAskedError(CompanionError):
    """A query without a word in it."""

    def __init__(self) -> None:
        super().__init__("There are no words to search for: write a question or a few words.")


@dataclass(frozen=True, slots=True)
class Wish:
    """A search as typed: the query in good form, the days understood, the names not yet looked up."""

    text: str
    episode: str | None = None
    speaker: str | None = None
    after: date | None = None
    before: date | None = None
    podcast: str | None = None
    newest_first: bool = False

    @classmethod
    def typed(
        cls,
        text: str,
        episode: str | None = None,
        speaker: str | None = None,
        after: str | None = None,
        before: str | None = None,
        podcast: str | None = None,
        *,
        newest_first: bool = False,
    ) -> Wish:
        """Cuts a query that is too long. Raises `NothingAskedError`, `NotADayError` or `DaysInReverseError`."""
        days = between(after, before)
        return cls(checked_query(text), episode or None, speaker or None, *days, podcast or None, newest_first)


def checked_query(text: str) -> str:
    """The query on one line, in at most `LONGEST_QUERY` characters. Raises `NothingAskedError` for no words."""
    line = " ".join(text.split())
    if not re.search(r"\w", line):
        raise NothingAskedError
    if len(line) > LONGEST_QUERY:
        head = line[: LONGEST_QUERY - 1]
        line = (head[: head.rfind(" ")] if " " in head[LONGEST_QUERY // 2 :] else head) + "…"
    return line


def query_in_message(content: str) -> str:
    """What a message asks, without the mentions, emoji, timestamps and addresses in it."""
    return re.sub(r"<(?:[@#:/]|a:|t:|id:)[^<>\s]*>|https?://\S+", " ", content)


def has_words(name: str, typed: str) -> bool:
    """Does a name have every word that was typed so far?"""
    return all(word in name.casefold() for word in typed.casefold().split())


def typed_id(typed: str) -> int | None:
    """The id that an option has where a suggestion was chosen; None for words."""
    digits = typed.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


class SeveralFitError(CompanionError):
    """Typed words that several things have, which are named."""

    def __init__(self, typed: str, what: str, named: Sequence[str]) -> None:
        some = "; ".join(named[:_NAMED])
        more = "; and others" if len(named) > _NAMED else ""
        super().__init__(
            f"“{' '.join(typed.split())[:60]}” fits several {what}: {some}{more}. Choose one as you type, or write more"
            " of its words."
        )


async def looked_up(database: Database, wish: Wish, podcasts: frozenset[int]) -> Filters:
    """What the wish is limited to: its names, looked up in these podcasts. Raises `NotFoundError` for unknown ones."""
    limits = Filters(after=wish.after, before=wish.before, newest_first=wish.newest_first)
    episode_id = speaker = podcast_id = None
    if not wish.podcast and not wish.episode and not wish.speaker:
        return limits
    async with database.read() as connection:
        if wish.podcast:
            known = await stored_podcasts.by_ids(connection, podcasts)
            podcast_id = named_among(list(known.values()), wish.podcast).id
            podcasts = frozenset({podcast_id})
        if wish.episode:
            episode_id = (await episodes.find(connection, wish.episode[:200], podcasts)).id
        if wish.speaker:
            speaker = known_speaker(wish.speaker, await passages.speakers(connection, podcasts))
    return replace(limits, episode_id=episode_id, speaker=speaker, podcast_id=podcast_id)


def known_speaker(typed: str, known: Sequence[Speaker]) -> str:
    """The name that is meant by one of its spellings or an unambiguous part of one. Raises `NotFoundError` with the
    choices."""
    wanted = folded(typed)[:100]
    whole = [speaker.name for speaker in known if folded(speaker.name) == wanted]
    spelled = whole or [speaker.name for speaker in known if wanted in speaker.spellings]
    fits = spelled or [speaker.name for speaker in known if wanted and any(wanted in s for s in speaker.spellings)]
    if len(fits) == 1 or whole:
        return fits[0]
    shown = " ".join(typed.split())[:60]
    if fits:
        raise NotFoundError(f"“{shown}” could be {', '.join(fits[:5])}: choose one of them.")
    if not known:
        raise NotFoundError("The transcripts here name no speakers: leave the speaker out.")
    often = ", ".join(speaker.name for speaker in known[:5])
    raise NotFoundError(f"Nobody called “{shown}” speaks here. Often heard: {often}.")
