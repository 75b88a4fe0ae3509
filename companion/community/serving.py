"""Which stretch a day gets: the rules that no score overrides, and the choice among what they leave.

Pure: the same candidates, taste, history, day and seed give the same choice, in every process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from companion.community.taste import Taste
from companion.community.weights import VOTES
from companion.storage.highlight_candidates import Candidate
from companion.storage.highlight_history import Posted, Stretch


@dataclass(frozen=True, slots=True)
class Serving:
    """How the days are filled. Cool-downs are in days; those of episodes and speakers give way where an archive is too
    small for them."""

    bar: float = 0.45
    """The lowest score, before chance, that is posted: one stretch in six of a real podcast's reaches it."""
    clip_days: int = 365
    episode_days: int = 6
    speaker_days: int = 2
    fresh_days: int = 7
    """An episode that came out since goes first, once."""
    recent_days: int = 60
    recent_every: int = 3
    """Of so many posts one is of an episode that came out within `recent_days`, and the others are older, where there
    are both: old episodes are as good."""
    of_episode: int = 12
    considered: int = 60
    """Of so many of each episode's best, so many of the best are drawn from."""


class Rule(StrEnum):
    """What decided among which candidates the score chose."""

    NEW = "new"
    RECENT = "recent"
    OLDER = "older"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Choice:
    """A stretch of an episode that was chosen.

    ``signals`` are its own, and ``parts`` what each of them added to the ``score``. It was ``explored`` where another
    had the best score, and this one might please more for all that is known.
    """

    episode_id: int
    first_word: int
    last_word: int
    score: float
    parts: Mapping[str, float]
    signals: Mapping[str, float]
    explored: bool
    rule: Rule

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.episode_id, self.first_word, self.last_word)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What the rules leave, the best score first, and the rule that decided."""

    candidates: tuple[Candidate, ...]
    rule: Rule


SAME = 1 / 3
"""The share of the shorter of two stretches that both have, from which they are one clip to those who hear them."""


def same(candidate: Candidate, stretch: Stretch) -> bool:
    """Would it be the same clip again?"""
    if candidate.episode_id != stretch.episode_id:
        return False
    shared = candidate.shared(stretch.first_word, stretch.last_word)
    return shared >= SAME * min(candidate.words, stretch.words)


def parts_of(candidate: Candidate, taste: Taste) -> dict[str, float]:
    """What speaks for the candidate and against it, signal by signal; with its own votes, where it had any."""
    parts = taste.parts(candidate.signals)
    alike = [clip for clip in taste.clips.get(candidate.episode_id, ()) if same(candidate, clip.stretch)]
    if alike:
        nearest = max(alike, key=lambda clip: candidate.shared(clip.stretch.first_word, clip.stretch.last_word))
        parts[VOTES] = nearest.score.mean
    return parts


def shortlist(
    candidates: Iterable[Candidate],
    rules: Serving,
    taste: Taste,
    history: Sequence[Posted],
    day: date,
    refused: Collection[Stretch] = (),
) -> Shortlist:
    """What may be posted on that day, the best first. ``refused`` was offered for it already, and turned down."""
    past = [one for one in history if one.day < day or not one.daily]
    survey = _surveyed(candidates, rules, taste, past, day, refused)
    if fresh := _fresh(survey.left, past, day, rules):
        return _ranked(fresh, Rule.NEW, rules)
    left = survey.left
    for rested in _rests(survey, past, day, rules):
        # Rather a voice of yesterday, or even an episode, than nothing.
        left = [(score, one) for score, one in left if rested(one)] or left
    return _mixed(left, survey, past, day, rules)


def choose(
    candidates: Iterable[Candidate],
    rules: Serving,
    taste: Taste,
    history: Sequence[Posted],
    day: date,
    seed: int,
    refused: Collection[Stretch] = (),
) -> Choice | None:
    """The day's stretch, or None where nothing may be posted that is good enough.

    Thompson sampling: weights are drawn from what is known of them, and the best by these is chosen.
    """
    return drawn(shortlist(candidates, rules, taste, history, day, refused), taste, seed)


def drawn(listed: Shortlist, taste: Taste, seed: int) -> Choice | None:
    """The one of the list that is best by a taste drawn with that seed."""
    if not listed.candidates:
        return None
    possible = taste.drawn(np.random.default_rng(seed))
    chosen = max(listed.candidates, key=lambda one: _score(one, possible))
    best = max(_score(one, taste) for one in listed.candidates)
    return choice_of(chosen, taste, listed.rule, explored=_score(chosen, taste) < best)


def choice_of(candidate: Candidate, taste: Taste, rule: Rule, *, explored: bool = False) -> Choice:
    """The candidate, with what the taste says of it."""
    parts = parts_of(candidate, taste)
    return Choice(
        candidate.episode_id,
        candidate.first_word,
        candidate.last_word,
        sum(parts.values()),
        parts,
        candidate.signals,
        explored,
        rule,
    )


def seed_of(guild_id: int, day: date, offered: int = 0) -> int:
    """The seed of a server's day; of what is offered after so many were turned down, another."""
    digest = hashlib.blake2b(f"{guild_id} {day.isoformat()} {offered}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


_Scored = tuple[float, Candidate]


def _score(candidate: Candidate, taste: Taste) -> float:
    return sum(parts_of(candidate, taste).values())


def _unheard(
    past: Sequence[Posted], refused: Collection[Stretch], day: date, rules: Serving
) -> Callable[[Candidate], bool]:
    """Tells what was not posted within the cool-down of clips."""
    since = day - timedelta(days=rules.clip_days)
    heard: dict[int, list[Stretch]] = {}
    for stretch in [*refused, *(one.stretch for one in past if one.day > since)]:
        heard.setdefault(stretch.episode_id, []).append(stretch)
    return lambda one: not any(same(one, stretch) for stretch in heard.get(one.episode_id, ()))


@dataclass(slots=True)
class _Survey:
    """What is there above the bar: whose and of which episodes, and, of each episode, the best that were not heard.

    ``voices`` are the speakers of what was a highlight of late. Nothing else is held, since there may be very many.
    """

    episodes: set[int]
    recent: set[int]
    speakers: set[str]
    voices: dict[Stretch, set[str]]
    unheard: dict[int, list[_Scored]]

    @property
    def left(self) -> list[_Scored]:
        return [pair for episode_id in sorted(self.unheard) for pair in self.unheard[episode_id]]


def _surveyed(
    candidates: Iterable[Candidate],
    rules: Serving,
    taste: Taste,
    past: Sequence[Posted],
    day: date,
    refused: Collection[Stretch],
) -> _Survey:
    survey = _Survey(set(), set(), set(), {}, {})
    unheard = _unheard(past, refused, day, rules)
    lately = [one.stretch for one in past if one.daily and one.day >= day - timedelta(days=rules.speaker_days)]
    for one in candidates:
        if (score := _score(one, taste)) < rules.bar:
            continue
        survey.episodes.add(one.episode_id)
        if _is_recent(one, day, rules):
            survey.recent.add(one.episode_id)
        if one.speaker:
            survey.speakers.add(one.speaker)
            for stretch in lately:
                if same(one, stretch):
                    survey.voices.setdefault(stretch, set()).add(one.speaker)
        if unheard(one):
            own = survey.unheard.setdefault(one.episode_id, [])
            own.append((score, one))
            if len(own) > 2 * rules.of_episode:
                own[:] = sorted(own, key=_by_score)[: rules.of_episode]
    for own in survey.unheard.values():
        own[:] = sorted(own, key=_by_score)[: rules.of_episode]
    return survey


def _rests(
    survey: _Survey, past: Sequence[Posted], day: date, rules: Serving
) -> tuple[Callable[[Candidate], bool], Callable[[Candidate], bool]]:
    """Tell what is not of an episode of the last days, and what is not of a speaker of the last days."""
    daily = [one for one in past if one.daily]
    # With fewer of them than days of rest, some day would have nothing.
    after_episode = day - timedelta(days=min(rules.episode_days, len(survey.episodes) - 1))
    after_speaker = day - timedelta(days=min(rules.speaker_days, len(survey.speakers) - 1))
    tired = {one.stretch.episode_id for one in daily if one.day >= after_episode}
    lately = [one.stretch for one in daily if one.day >= after_speaker]
    heard = {speaker for stretch in lately for speaker in survey.voices.get(stretch, ())}
    return lambda one: one.episode_id not in tired, lambda one: one.speaker not in heard


def _fresh(left: Sequence[_Scored], past: Sequence[Posted], day: date, rules: Serving) -> list[_Scored]:
    """The candidates of the newest episode that came out in the last days and was no highlight yet."""
    served = {one.stretch.episode_id for one in past if one.daily}
    new = [
        (score, one)
        for score, one in left
        if one.episode_id not in served and _age(one, day) in range(rules.fresh_days)
    ]
    newest = max((_published(one), one.episode_id) for _, one in new)[1] if new else None
    return [(score, one) for score, one in new if one.episode_id == newest]


def _mixed(left: Sequence[_Scored], survey: _Survey, past: Sequence[Posted], day: date, rules: Serving) -> Shortlist:
    """Recent episodes take turns with older ones."""
    recent = [(score, one) for score, one in left if _is_recent(one, day, rules)]
    older = [(score, one) for score, one in left if not _is_recent(one, day, rules)]
    if not recent or not older:
        return _ranked(left, Rule.ANY, rules)
    daily = [one for one in past if one.daily][: rules.recent_every - 1]
    if any(one.stretch.episode_id in survey.recent for one in daily):
        return _ranked(older, Rule.OLDER, rules)
    return _ranked(recent, Rule.RECENT, rules)


def _ranked(scored: Sequence[_Scored], rule: Rule, rules: Serving) -> Shortlist:
    ranked = sorted(scored, key=_by_score)
    return Shortlist(tuple(one for _, one in ranked[: rules.considered]), rule)


def _by_score(pair: _Scored) -> tuple[float, int, int, int]:
    """The best first, and always in the same order."""
    score, one = pair
    return -score, one.episode_id, one.first_word, one.last_word


def _published(candidate: Candidate) -> date:
    return candidate.published.date() if candidate.published else date.min


def _age(candidate: Candidate, day: date) -> int:
    """Days since it came out; far below zero where that is not known."""
    return (day - candidate.published.date()).days if candidate.published else -1


def _is_recent(candidate: Candidate, day: date, rules: Serving) -> bool:
    return 0 <= _age(candidate, day) < rules.recent_days
