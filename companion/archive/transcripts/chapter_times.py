"""The times of chapters, checked against the turns: corrected where the turns know better, soft where nothing tells.

A list in the notes is often made for another cut: its times are off by the length of an intro, or later after each
advertisement, or stretched. Its chapters still begin where somebody begins to speak, so a drift that puts most of them
on the starts of turns explains the list; it may change now and then. Where none does, the words of the titles are
looked for: some chapters then have an anchor in the talk, and the drift of the others lies between those of their
neighbours.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from companion.archive.lexical import terms
from companion.storage.episodes import Chapter, Turn

_FARTHEST = 600.0
"""Seconds that a list may drift."""
_SAME = 1.5
"""Seconds within which two drifts are one: lists are rounded."""
_STATES = 8
_JUMP, _MISSED = 2.5, 0.4
"""What it costs, in chapters that fit, to change the drift, and to leave a chapter off the turns."""
_LEAST_FITTING, _MOST_BY_CHANCE = 0.6, 0.01
_OPENING = 60
"""Words at the beginning of a chapter in which those of its title are looked for."""
_LEAST_TOLD = 0.28
_EXACT = 0.3
"""What it tells, besides, that a chapter begins just where the list says."""
_TOLD_AS_LISTED = 0.7
_FEWEST_ANCHORS, _LEAST_ANCHORED = 3, 0.3
_STEEPEST = 0.3
"""Seconds by which a drift may change for a second of talk."""
_SLACK = 20.0


def placed(
    chapters: Sequence[Chapter], turns: Sequence[Turn], duration: float | None = None, within: float = 3.0
) -> tuple[Chapter, ...]:
    """The chapters in order of time.

    A soft one that begins ``within`` seconds of a marked turn takes that turn's time, and so does one that does when
    the drift of its list is taken off, or where its title begins to be talked of; any other stays soft, at the time
    that the drift gives it. A chapter outside of the episode (``duration``, or all turns, in seconds), or out of order,
    is soft whoever says it.
    """
    end = max([duration or 0.0, *(turn.end or turn.start or 0.0 for turn in turns)])
    listed = _in_order(chapters, end)
    starts = sorted({turn.start for turn in turns if turn.start is not None and not turn.approximate})
    soft = [nth for nth, chapter in enumerate(listed) if chapter.soft and chapter.start is not None]
    times = [listed[nth].start or 0.0 for nth in soft]
    corrected = _shifted(times, starts) if starts and soft else None
    to_find = [listed[nth].title for nth in soft] if starts and not corrected else []
    anchors = _anchors(to_find, times, turns, within) if to_find else {}
    known = [(0.0, 0.0), *((times[place], start - times[place]) for place, start in anchors.items())]
    for place, nth in enumerate(soft):
        time = times[place]
        if anchors:
            near = anchors.get(place)
            time = min(time + _between(known, time), end)
        else:
            time = corrected[place] if corrected else time
            near = _nearest(starts, time, within)
        listed[nth] = replace(listed[nth], start=max(time, 0.0) if near is None else near, soft=near is None)
    return tuple(sorted(listed, key=lambda chapter: chapter.start if chapter.start is not None else -1.0))


def _in_order(chapters: Sequence[Chapter], end: float) -> list[Chapter]:
    """The chapters, those soft that cannot be where they say: behind the end, or before one that was named earlier."""
    known: list[Chapter] = []
    latest = 0.0
    for chapter in chapters:
        wrong = chapter.start is not None and (0 < end < chapter.start or chapter.start < latest)
        known.append(replace(chapter, soft=True) if wrong else chapter)
        if chapter.start is not None and not wrong:
            latest = chapter.start
    return known


def _nearest(starts: Sequence[float], time: float, within: float) -> float | None:
    """The start that is nearest to a time, and within so many seconds of it. ``starts`` are in order."""
    nth = bisect_left(starts, time)
    near = min(starts[max(0, nth - 1) : nth + 1], key=lambda start: abs(start - time), default=None)
    return near if near is not None and abs(near - time) <= within else None


def _shifted(times: Sequence[float], starts: Sequence[float]) -> list[float] | None:
    """The times without their drift, where one, or a few in a row, puts most on starts; None where none does."""
    votes = Counter(
        round((start - time) / _SAME)
        for time in times
        for start in starts[bisect_left(starts, time - _FARTHEST) : bisect_left(starts, time + _FARTHEST)]
    )
    near = {step: votes[step - 1] + 2 * votes[step] + votes[step + 1] for step in votes}
    steps = sorted(near, key=lambda step: (-near[step], abs(step)))[:_STATES]
    drifts = [0.0, *(step * _SAME for step in steps)]
    path = _path(times, starts, drifts)
    fitting = [_nearest(starts, time + drift, _SAME) for time, drift in zip(times, path, strict=True)]
    count = sum(start is not None for start in fitting)
    covered = min(1.0, 2 * _SAME * len(starts) / max(starts[-1] - starts[0], 1.0))
    jumps = sum(before != after for before, after in pairwise(path))
    tried = (2 * _FARTHEST / _SAME) ** (jumps + 1)
    if count < _LEAST_FITTING * len(times) or _by_chance(count, len(times), covered) * tried > _MOST_BY_CHANCE:
        return None
    if any(time + drift > after + later for (time, drift), (after, later) in pairwise(zip(times, path, strict=True))):
        return None
    return [time + drift for time, drift in zip(times, path, strict=True)]


def _by_chance(count: int, among: int, share: float) -> float:
    """The probability that so many, or more, of some chapters begin with turns that cover a share of the time."""
    return sum(math.comb(among, k) * share**k * (1 - share) ** (among - k) for k in range(count, among + 1))


def _path(times: Sequence[float], starts: Sequence[float], drifts: Sequence[float]) -> list[float]:
    """The drift of each chapter on the best way through them (Viterbi, 1967): fits are good, changes cost."""
    scores = [-_JUMP * (drift != 0) for drift in drifts]
    ways: list[list[int]] = []
    for time in times:
        best = max(range(len(drifts)), key=lambda state: scores[state])
        way = [state if scores[state] >= scores[best] - _JUMP else best for state in range(len(drifts))]
        fits = [1.0 if _nearest(starts, time + drift, _SAME) is not None else -_MISSED for drift in drifts]
        scores = [scores[before] - _JUMP * (before != state) + fits[state] for state, before in enumerate(way)]
        ways.append(way)
    state = max(range(len(drifts)), key=lambda nth: scores[nth])
    path: list[float] = []
    for way in reversed(ways):
        path.append(drifts[state])
        state = way[state]
    return path[::-1]


def _anchors(titles: Sequence[str], times: Sequence[float], turns: Sequence[Turn], within: float) -> dict[int, float]:
    """The starts of those chapters, by place, where the words of the title begin to be said; none where too few are
    told by the talk, or where the list tells as well as it is."""
    talk = _Talk(turns)
    told: list[tuple[int, float, float]] = []
    as_listed = 0.0
    for place, (title, time) in enumerate(zip(titles, times, strict=True)):
        weights = talk.weights(title)
        as_listed += max(talk.tells(weights, talk.position(time)), 0.0)
        for start, first in talk.opens:
            share = talk.tells(weights, first) if abs(start - time) <= _FARTHEST else 0.0
            exact = _EXACT * (abs(start - time) <= within)
            if share >= _LEAST_TOLD or exact:
                told.append((place, start, share + exact))
    chain = _chain(told, times)
    words = sum(weight for _, _, weight in chain)
    enough = len(chain) >= max(_FEWEST_ANCHORS, _LEAST_ANCHORED * len(times))
    return {place: start for place, start, _ in chain} if enough and as_listed <= _TOLD_AS_LISTED * words else {}


class _Talk:
    """The words of the turns, as they are compared, with the places where turns begin."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.opens: list[tuple[float, int]] = []
        """Time and first word of every turn that has a mark of its own."""
        self._turns = len(turns)
        self._spread: Counter[str] = Counter()
        self._places: dict[str, list[int]] = {}
        self._length = 0
        for turn in turns:
            said = terms(turn.text)
            if turn.start is not None and not turn.approximate:
                self.opens.append((turn.start, self._length))
            for position, word in enumerate(said, self._length):
                self._places.setdefault(word, []).append(position)
            self._length += len(said)
            self._spread.update(set(said))

    def weights(self, title: str) -> dict[str, float]:
        """What each word of a title tells, that is said at all; nothing where all of them are said all the time."""
        weights = {word: math.log(self._turns / self._spread[word]) for word in set(terms(title)) if self._spread[word]}
        return weights if sum(weights.values()) > math.log(max(self._turns, 2)) / 2 else {}

    def tells(self, weights: Mapping[str, float], first: int) -> float:
        """The share of the weights that is said from a word on, the sooner the more, less half of what was said just
        before."""
        told = 0.0
        for word, weight in weights.items():
            ahead = _next(self._places[word], first)
            if ahead < _OPENING:
                told += weight * (1 - ahead / _OPENING / 2)
            if _next(self._places[word], first - _OPENING) < _OPENING:
                told -= weight / 2
        return told / max(sum(weights.values()), 1e-9)

    def position(self, time: float) -> int:
        """The word that is said at a time, as if at one pace between the turns that have marks."""
        nth = bisect_left(self.opens, (time, 0))
        if nth == 0:
            return 0
        start, first = self.opens[nth - 1]
        if nth == len(self.opens):
            return first
        end, after = self.opens[nth]
        return first + int((after - first) * (time - start) / max(end - start, 1.0))


def _next(positions: Sequence[int], first: int) -> float:
    """How many words there are from one to the next of these positions."""
    nth = bisect_left(positions, first)
    return positions[nth] - first if nth < len(positions) else math.inf


def _chain(told: Sequence[tuple[int, float, float]], times: Sequence[float]) -> list[tuple[int, float, float]]:
    """The pairs that go forward in list and talk, at one pace, and tell most together."""
    scores = [weight for _, _, weight in told]
    before: list[int | None] = [None] * len(told)
    for nth, (place, start, weight) in enumerate(told):
        for earlier in range(nth):
            other, begins, _ = told[earlier]
            listed, talked = times[place] - times[other], start - begins
            if other < place and talked > 0 and abs(talked - listed) <= _STEEPEST * listed + _SLACK:
                score = scores[earlier] + weight - abs(talked - listed) / _FARTHEST
                if score > scores[nth]:
                    scores[nth], before[nth] = score, earlier
    chain: list[tuple[int, float, float]] = []
    at = max(range(len(told)), key=lambda nth: scores[nth], default=None)
    while at is not None:
        chain.append(told[at])
        at = before[at]
    return chain[::-1]


def _between(known: Sequence[tuple[float, float]], time: float) -> float:
    """The drift at a time, on the line between the two known ones around it; the nearest one's beyond them."""
    nth = bisect_left([at for at, _ in known], time)
    if nth == 0 or nth == len(known):
        return known[min(nth, len(known) - 1)][1]
    (before, first), (after, last) = known[nth - 1], known[nth]
    return first + (last - first) * (time - before) / max(after - before, 1.0)
