"""How the ranked passages are laid out for each kind of question: moments, episodes, people, or two side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from companion.archive.episode_results import found_episodes
from companion.archive.people_results import found_people, speaking_of_it, theirs_first
from companion.archive.query import Question
from companion.archive.ranking import Evidence, Ranking, rank, talks
from companion.archive.relevance import newest_first, relevant, telling
from companion.archive.results import Asked, Intent
from companion.archive.serving import Page, Pick, serve
from companion.archive.snapshot import Mask, Snapshot


@dataclass(frozen=True, slots=True)
class Section:
    """Picks that belong together. ``name`` is the episode or person they stand for, if the question asked for such;
    ``relevant`` counts the passages there that bear on it, and ``speaker`` is who is to be quoted."""

    picks: tuple[Pick, ...]
    name: str | None = None
    relevant: int = 0
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What there is to lay out: the evidence for a question, and the passages that may be shown."""

    snapshot: Snapshot
    question: Question
    evidence: Evidence
    mask: Mask
    ranking: Ranking
    weights: Mapping[str, float]
    """How much each of the question's terms counts."""
    meant: frozenset[int]
    """The episodes that may fill a page."""


def arranged(matter: Matter, intent: Intent | None, limit: int, offset: int) -> tuple[list[Section], bool]:
    """``limit`` results from the ``offset``-th place on, in sections, and whether there are more."""
    snapshot = matter.snapshot
    # By words alone, or for what is like a passage, scores fall off otherwise.
    cut = intent is not None and matter.evidence.similarities is not None
    ranking = telling(matter.ranking) if cut else matter.ranking
    newest = intent is not None and intent.newest_first
    match intent:
        case Intent(kind=Asked.WHICH_EPISODE):
            episodes = [
                Section((Pick(found.row, found.score),), snapshot.episodes[found.episode_id].title, found.relevant)
                for found in found_episodes(snapshot, ranking, newest_first=newest)
            ]
            return _page_of(episodes, limit, offset)
        case Intent(kind=Asked.EVERYONE):
            people = [
                Section((Pick(found.row, found.score),), found.name, found.relevant, found.name)
                for found in found_people(snapshot, matter.ranking, matter.weights, newest_first=newest)
            ]
            return _page_of(people, limit, offset)
        case Intent(kind=Asked.COMPARE):
            return _side_by_side(matter, intent, limit, offset)
        case Intent(kind=Asked.SAID_BY):
            who = intent.people[0]
            theirs = theirs_first(snapshot, matter.ranking, who, matter.weights)
            return _moments(matter, newest_first(snapshot, theirs) if newest else theirs, limit, offset, who)
        case _:
            return _moments(matter, newest_first(snapshot, ranking) if newest else ranking, limit, offset)


def _moments(
    matter: Matter, ranking: Ranking, limit: int, offset: int, speaker: str | None = None
) -> tuple[list[Section], bool]:
    pages = serve(matter.snapshot, ranking, matter.question, matter.weights, meant=matter.meant)
    picks, more = _between(pages, offset, offset + limit)
    return [Section(tuple(picks), speaker=speaker)], more


def _side_by_side(matter: Matter, intent: Intent, limit: int, offset: int) -> tuple[list[Section], bool]:
    """A section for each person: what they say that bears on it, or the nearest that they say."""
    share = max(1, limit // len(intent.people))
    first = share * (offset // max(limit, 1))
    least = relevant(matter.ranking).scores[-1:]
    sections: list[Section] = []
    more = False
    for name in intent.people:
        own = rank(matter.snapshot, matter.evidence, matter.mask & talks(matter.snapshot, name))
        near = int(np.sum(own.scores >= least)) if len(least) else 0
        close = Ranking(own.rows[:near], own.scores[:near])
        said = speaking_of_it(matter.snapshot, close, name, matter.weights)
        near = len(said.rows)
        theirs = said if near else Ranking(own.rows[:1], own.scores[:1])
        if intent.newest_first:
            theirs = newest_first(matter.snapshot, theirs)
        (section,), has_more = _moments(matter, theirs, share, first, name)
        sections.append(Section(section.picks, name, near, name))
        more = more or has_more
    return (sections if any(section.picks for section in sections) else []), more


def _page_of(sections: Sequence[Section], limit: int, offset: int) -> tuple[list[Section], bool]:
    return list(sections[offset : offset + limit]), len(sections) > offset + limit


def _between(pages: Iterable[Page], first: int, after: int) -> tuple[list[Pick], bool]:
    """The picks in these places, and whether there are more behind them: what a short page has no room for comes right
    after it. No page is made that is not needed."""
    picks: list[Pick] = []
    for page in pages:
        picks += page.picks
        if len(picks) >= after:
            return picks[first:after], page.more or len(picks) > after
    return picks[first:], False
