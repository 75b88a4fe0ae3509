"""How sure a first place is: in what share of the ways to leave out two votes the winner still leads. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from companion.community.bradley_terry import Numbers, chance, strengths
from companion.community.scores import SAME, Field, Score, ranked

_TRIED, _FEWEST_TRIED = 2000, 200
"""Ways that are tried, and how few at least; of more, so many that chance brings, the same ones for the same votes."""
_QUICK = 100
"""Clips in a field of which so many are tried in about a second; of more there are fewer, for it takes their cube."""
_AT_ONCE = 1_000_000
"""Numbers in the largest array while they are."""


def stability(field: Field, among: Collection[int] | None = None) -> float | None:
    """In what share of the ways to leave out two of all votes, by reactions or in duels, the same clip leads alone.

    None where none leads so. The prior and the number of voters are kept as they are. With ``among``, the leader is
    that of those clips, and votes that have no bearing on them are none.
    """
    table = ranked(field, among)
    if not table or table[0].tied or not table[0].votes:
        return None
    wanted = {one.counted.clip_id for one in table}
    field = _bearing_on(field, wanted)
    narrow = _contested(field, table)
    counts = np.concatenate(narrow.counts())
    # The last kind is of the votes that decide nothing, whichever of them are left out.
    counts = np.append(counts, _votes(field) - counts.sum())
    if counts.sum() < 2:
        return None
    first, second, weights = _ways(counts, _tries(narrow))
    cases = np.tile(counts, (len(first), 1))
    np.subtract.at(cases, (np.arange(len(first)), first), 1)
    np.subtract.at(cases, (np.arange(len(first)), second), 1)
    winner = table[0].counted.clip_id
    return float(weights @ _leads(narrow, cases[:, :-1], winner, wanted) / weights.sum())


def _bearing_on(field: Field, wanted: set[int]) -> Field:
    """The field without clips and duels that cannot move these clips' scores."""
    known = set(wanted)
    while grown := {
        clip_id
        for duel in field.duels
        if {duel.left_id, duel.right_id} & known
        for clip_id in (duel.left_id, duel.right_id)
        if clip_id not in known
    }:
        known |= grown
    return replace(
        field,
        clips=tuple(one for one in field.clips if one.clip_id in known),
        duels=tuple(duel for duel in field.duels if duel.left_id in known),
    )


def _contested(field: Field, table: list[Score]) -> Field:
    """The field without clips that were in no duel and lead in no way to leave out two votes."""
    winner = table[0].counted
    dueled = {clip_id for duel in field.duels for clip_id in (duel.left_id, duel.right_id)}
    if winner.clip_id in dueled:
        return field
    up, down, left, right = field.counts()
    clips = np.array([one.clip_id for one in field.clips])
    worst = strengths(field.evidence(np.maximum(up - 2, 0), down, left, right))[clips == winner.clip_id]
    best = strengths(field.evidence(up, np.maximum(down - 2, 0), left, right))
    near = {int(clip_id) for clip_id in clips[chance(best) >= chance(worst) - SAME]} | dueled | {winner.clip_id}
    return replace(field, clips=tuple(one for one in field.clips if one.clip_id in near))


def _tries(field: Field) -> int:
    larger = max(len(field.clips) / _QUICK, 1) if field.duels else 1
    return max(_FEWEST_TRIED, int(_TRIED / larger**3))


def _ways(counts: Numbers, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers]:
    """The kinds that two votes can be of, and in how many ways; so many that chance brings, where there are more."""
    kinds = np.flatnonzero(counts)
    places = np.triu_indices(len(kinds))
    first, second = kinds[places[0]], kinds[places[1]]
    weights = np.where(first == second, counts[first] * (counts[first] - 1) / 2, counts[first] * counts[second])
    if len(weights) > most:
        drawn = np.random.default_rng(0).choice(len(weights), most, p=weights / weights.sum())
        return first[drawn], second[drawn], np.ones(most)
    return first[weights > 0], second[weights > 0], weights[weights > 0]


def _leads(field: Field, cases: Numbers, winner: int, wanted: set[int]) -> NDArray[np.bool_]:
    """Whether the winner leads the wanted ones alone, in each case."""
    ends = np.cumsum([len(field.clips), len(field.clips), len(field.duels)])
    own = np.array([one.clip_id == winner for one in field.clips])
    rivals = np.array([one.clip_id in wanted for one in field.clips]) & ~own
    if not rivals.any():
        return np.ones(len(cases), np.bool_)
    room = max(1, _AT_ONCE // (len(field.clips) * max(len(field.clips), len(field.duels))))
    leads: list[NDArray[np.bool_]] = []
    for some in np.split(cases, range(room, len(cases), room)):
        up, down, left, right = np.split(some, ends, axis=1)
        shares = chance(strengths(field.evidence(up, down, left, right)))
        leads.append(shares[:, own][:, 0] > shares[:, rivals].max(axis=1) + SAME)
    return np.concatenate(leads)


def _votes(field: Field) -> float:
    return float(sum(values.sum() for values in field.counts()))
