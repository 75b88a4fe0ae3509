"""The picker of highlights: what is worth hearing again today, in this server's taste.

Candidates (`community/candidates.py`) have signals; an open linear score weighs them (`community/weights.py`); the
rules of serving decide what may be posted (`community/serving.py`); votes move the weights (`community/taste.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from companion.archive.lexical import terms
from companion.archive.moment_words import MOST
from companion.archive.query import tells
from companion.archive.search import Searcher
from companion.community.candidates import Candidates
from companion.community.serving import (
    Choice,
    Rule,
    Serving,
    Shortlist,
    choice_of,
    choose,
    drawn,
    same,
    seed_of,
    shortlist,
)
from companion.community.taste import PRIOR, Dueled, Taste, Voted, learnt
from companion.community.visibility import published_podcasts
from companion.community.weights import SIGNALS, VOTED, VOTES
from companion.storage import highlight_candidates, highlight_history, highlight_weights, passages, subscriptions
from companion.storage.address import Address
from companion.storage.engine import Database
from companion.storage.highlight_candidates import Candidate
from companion.storage.highlight_history import Decided, Judged, Posted, Stretch
from companion.storage.highlight_weights import Weight

__all__ = ["Choice", "Picker", "Reason", "Rule", "Serving", "choose", "in_words", "why"]

EPISODES_A_TICK = 3
"""Episodes whose candidates are made in one go by the schedule, some tenths of a second each, in a thread."""
EPISODES_AT_A_PICK = 10
"""And before a pick, which may be the first: the newest of the server's."""
_REMEMBERED = timedelta(days=120)
"""What was posted for so long is what a candidate repeats, or does not."""
_USUAL_LIKENESS, _LIKENESS_DEVIATION = 0.12, 0.06
"""The share of telling terms that a stretch has in common with the likest of some fifty others, as is usual."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a signal says of a choice, and what it adds to its score."""

    signal: str
    said: str
    points: float


def why(choice: Choice) -> tuple[Reason, ...]:
    """What speaks for a choice and against it, what weighs most first."""
    reasons = [
        Reason(signal, _said(signal, choice), points) for signal, points in choice.parts.items() if abs(points) >= 0.005
    ]
    return tuple(sorted((one for one in reasons if one.said), key=lambda one: -abs(one.points)))


def in_words(choice: Choice, most: int = 4) -> str:
    """Why this one, in a few words of one line."""
    reasons = why(choice)
    for_it = [one.said for one in reasons if one.points > 0][:most]
    said = f"{_RULES[choice.rule]}: {', '.join(for_it)}." if for_it else f"{_RULES[choice.rule]}."
    return (
        f"{said} Another has a higher score; this one is to find out what is liked here." if choice.explored else said
    )


_RULES = {
    Rule.NEW: "A new episode goes first",
    Rule.RECENT: "The turn of a recent episode",
    Rule.OLDER: "The turn of an older episode",
    Rule.ANY: "The best of what was not heard lately",
}


def _said(signal: str, choice: Choice) -> str:
    if signal == VOTES:
        return VOTED.much if choice.parts[signal] > 0 else VOTED.little
    return SIGNALS[signal].much if choice.signals[signal] > 0 else SIGNALS[signal].little


class Picker:
    """Picks for all servers, over one database."""

    def __init__(self, database: Database, searcher: Searcher, rules: Serving | None = None) -> None:
        self._database = database
        self._rules = rules or Serving()
        self._candidates = Candidates(database, searcher)
        self.searcher = searcher

    async def make_ready(self, _now: datetime) -> None:
        """Makes some of the candidates that are missing: a duty of the schedule."""
        await self._candidates.make(EPISODES_A_TICK)

    async def pick(self, guild_id: int, day: date, refused: Collection[Stretch] = ()) -> Choice | None:
        """What the server hears on that day; None where nothing is good enough.

        ``refused`` are choices for that day that were turned down: another is offered. The same votes, history, archive
        and day give the same choice.
        """
        taste = await self.learn(guild_id)
        async with self._database.read() as connection:
            podcasts = await published_podcasts(connection, guild_id)
            history = await highlight_history.posted(connection, guild_id)
        await self._candidates.make(EPISODES_AT_A_PICK, podcasts)

        def listed_now() -> Shortlist:
            candidates = highlight_candidates.of_podcasts(self._database.address, podcasts)
            return shortlist(candidates, self._rules, taste, history, day, refused)

        # A big archive has tens of thousands.
        listed = await asyncio.to_thread(listed_now)
        listed = await self._with_repeats(listed, history, day)
        return drawn(listed, taste, seed_of(guild_id, day, len(refused)))

    async def best(self, guild_id: int, episode_id: int) -> Choice | None:
        """The best clip of one episode in the server's taste; None where nothing in it is good enough."""
        taste = await self.learn(guild_id)
        async with self._database.read() as connection:
            podcasts = await subscriptions.podcast_ids(connection, guild_id)
        # It may have come a moment ago.
        await self._candidates.make(EPISODES_AT_A_PICK, podcasts)
        async with self._database.read() as connection:
            found = await highlight_candidates.of_episode(connection, episode_id)
        choices = [choice_of(one, taste, Rule.ANY) for one in found]
        good = [one for one in choices if one.score >= self._rules.bar]
        return max(good, key=lambda one: (one.score, -one.first_word), default=None)

    async def judged(self, guild_id: int, stretch: Stretch) -> Choice | None:
        """A stretch as the picker sees it now, whoever chose it; None where it knows nothing of it."""
        taste = await self.learn(guild_id)
        async with self._database.read() as connection:
            found = await highlight_candidates.of_episode(connection, stretch.episode_id)
        nearest = _nearest(found, stretch)
        return None if nearest is None else choice_of(nearest, taste, Rule.ANY)

    async def learn(self, guild_id: int) -> Taste:
        """The server's taste by all votes that stand; kept, for whoever asks what it is."""
        async with self._database.read() as connection:
            votes = await highlight_history.judged(connection, guild_id)
            duels = await highlight_history.decided(connection, guild_id)
            before = await highlight_weights.of_server(connection, guild_id)
        # A year of votes takes some tenths of a second.
        taste = await asyncio.to_thread(_learnt, self._database.address, votes, duels)
        kept: Mapping[str, Weight] = {} if taste is PRIOR else taste.weights
        if kept != before:
            async with self._database.write() as connection:
                await highlight_weights.replace(connection, guild_id, kept, self._database.clock.now())
        return taste

    async def _with_repeats(self, listed: Shortlist, history: Sequence[Posted], day: date) -> Shortlist:
        """The same list, with how much each repeats of what was posted."""
        lately = [one.stretch for one in history if one.day > day - _REMEMBERED]
        if not lately or not listed.candidates:
            return listed
        wanted = [Stretch(one.episode_id, one.first_word, one.last_word) for one in listed.candidates]
        async with self._database.read() as connection:
            texts = {stretch: await passages.spoken(connection, *_bounds(stretch)) for stretch in [*lately, *wanted]}
        repeats = await asyncio.to_thread(_repeats, texts, wanted, lately)
        candidates = tuple(
            replace(one, signals={**one.signals, "repeats": value})
            for one, value in zip(listed.candidates, repeats, strict=True)
        )
        return replace(listed, candidates=candidates)


def _bounds(stretch: Stretch) -> tuple[int, int, int]:
    return stretch.episode_id, stretch.first_word, stretch.last_word


def _telling(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if tells(term))


def _learnt(address: Address, votes: Sequence[Judged], duels: Sequence[Decided]) -> Taste:
    """The taste by these votes and duels, as far as there are candidates at their stretches. Belongs in a thread."""
    stretches = [one.stretch for one in votes] + [side for one in duels for side in (one.left, one.right)]
    known = highlight_candidates.of_episodes(address, {stretch.episode_id for stretch in stretches})
    signals = {
        stretch: nearest.signals
        for stretch in stretches
        if (nearest := _nearest(known.get(stretch.episode_id, ()), stretch)) is not None
    }
    return learnt(
        [Voted(one.stretch, signals[one.stretch], one.up, one.down) for one in votes if one.stretch in signals],
        [
            Dueled(signals[one.left], signals[one.right], one.for_left, one.for_right)
            for one in duels
            if one.left in signals and one.right in signals
        ],
    )


def _repeats(texts: Mapping[Stretch, str], wanted: Sequence[Stretch], lately: Sequence[Stretch]) -> list[float]:
    """How much each of the wanted has in common with the likest of those posted lately, on the scale of signals.
    Belongs in a thread."""
    telling = {stretch: _telling(text) for stretch, text in texts.items()}

    def likeness(one: frozenset[str], other: frozenset[str]) -> float:
        return 2 * len(one & other) / max(len(one) + len(other), 1)

    likest = [max(likeness(telling[one], telling[other]) for other in lately) for one in wanted]
    return [max(-MOST, min(MOST, (value - _USUAL_LIKENESS) / _LIKENESS_DEVIATION)) for value in likest]


def _nearest(candidates: Sequence[Candidate], stretch: Stretch) -> Candidate | None:
    """The candidate that is most like a stretch of its episode; None where none is nearly it."""
    alike = [one for one in candidates if same(one, stretch)]

    def likeness(one: Candidate) -> float:
        shared = one.shared(stretch.first_word, stretch.last_word)
        return shared / (one.words + stretch.words - shared)

    return max(alike, key=likeness, default=None)
