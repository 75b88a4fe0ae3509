"""What members vote on, ranked: by the share of votes that each would get, shrunk where there are few. The formula is
that of `community/scores.py`, without duels: each thing is asked about once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from companion.community.scores import field_of, ranked
from companion.storage.ballots import Subject
from companion.storage.standings import Counted
from companion.storage.votes import Tally

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Placed(Generic[Thing]):
    """Something that is voted on, and where it stands. ``score`` is from 0 to 1; ``rank`` counts from 1, and things of
    the same score share it and are ``tied``; ``too_few``: there were too few votes to say anything."""

    thing: Thing
    tally: Tally
    score: float
    rank: int
    tied: bool
    too_few: bool


def by_votes(things: Mapping[Subject, Thing], tallies: Mapping[Subject, Tally], voters: int) -> list[Placed[Thing]]:
    """The things by their votes, the best first; of equal ones those with votes enough, then the first given.

    ``voters`` is how many members voted on any of them.
    """
    every: Sequence[tuple[Subject, Thing]] = list(things.items())
    counted = [
        Counted(place, tally.up, tally.down, 1)
        for place, (subject, _) in enumerate(every)
        for tally in (tallies.get(subject, Tally()),)
    ]
    return [
        Placed(
            every[one.counted.clip_id][1],
            Tally(one.counted.up, one.counted.down),
            one.score,
            one.rank,
            one.tied,
            one.too_few,
        )
        for one in ranked(field_of(counted, voters))
    ]
