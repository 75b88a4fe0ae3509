"""Which clips a server likes best, with what is not known of that.

**The score.** A clip that was posted ``p`` times in a server where ``a`` members voted on anything in that span had
``n = p·a`` chances to get a vote; a vote against it takes away one for it, so it used ``k = max(0, up − down)`` of
them. The share θ of its chances that such a clip would use in the long run has a Beta prior whose mean is the server's
own, ``m = (Σk + 1) / (Σn + 2)`` over all its clips of that span, and which weighs as much as one more post, ``s = a``,
though never less than `LEAST_STRENGTH` chances:

    θ ~ Beta(m·s + k, (1 − m)·s + n − k)        score = (m·s + k) / (s + n)

So few votes pull a clip to the middle, not to the top, and what was posted twice does not win by that alone. The
interval holds θ with a probability of 90%. This is the Beta-Binomial model with an empirical prior (Efron and Morris
1975; Gelman et al., Bayesian Data Analysis, chapter 5), with chances to vote as its trials.

Duels are not in it: each shows its own result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations

from companion.community.beta import quantile
from companion.community.visibility import visible_podcasts
from companion.storage import clips as stored_clips
from companion.storage import episodes
from companion.storage import standings as stored
from companion.storage.clips import Clip
from companion.storage.engine import AsyncConnection, Database
from companion.storage.names import folded, names_in
from companion.storage.standings import Counted

LEAST_STRENGTH = 5.0
"""Chances that the prior weighs at least."""
FEW = 3
"""A clip with fewer votes than this is said to have too few."""
_TAIL = 0.05
_SAME = 1e-9
"""Scores that differ by no more are the same."""
_EVER = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Score:
    """A clip's share of its chances, shrunk, with the bounds between which it lies with 90% probability.

    ``rank`` counts from 1; clips of the same score share it and are ``tied``.
    """

    counted: Counted
    score: float
    low: float
    high: float
    rank: int = 0
    tied: bool = False

    @property
    def votes(self) -> int:
        return self.counted.up + self.counted.down

    @property
    def too_few(self) -> bool:
        """Were there too few votes to say anything?"""
        return self.votes < FEW


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clip stands."""

    clip: Clip
    score: float
    low: float
    high: float
    votes: int
    too_few: bool
    tied: bool
    rank: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Clips, the best first, and how many members voted.

    ``stability`` is the share of ways to leave out any two of all votes in which the same clip still leads alone; None
    where none leads alone.
    """

    standings: tuple[Standing, ...]
    voters: int
    stability: float | None

    @property
    def winner(self) -> Standing | None:
        """The one that leads alone, with votes enough."""
        first = self.standings[0] if self.standings else None
        return None if first is None or first.tied or first.too_few else first


class Standings:
    """The rankings of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ranking(
        self,
        guild_id: int | None,
        since: datetime | None = None,
        *,
        episode_id: int | None = None,
        speaker: str | None = None,
    ) -> Ranking:
        """The clips that were posted ``since``, by the votes of that span; only those of an episode, or of a speaker,
        where one is given. The prior and the ranks' scores are those of all clips, so that filtering moves no score."""
        seen = await visible_podcasts(self._database, guild_id)
        start = since or _EVER
        async with self._database.read() as connection:
            known = {one.id: one for one in await stored_clips.of_guild(connection, guild_id or 0, seen)}
            counted = await stored.counted(connection, guild_id or 0, start)
            voters = await stored.voters(connection, guild_id or 0, start)
            if episode_id is not None:
                known = {number: clip for number, clip in known.items() if clip.episode_id == episode_id}
            if speaker is not None:
                known = await _heard(connection, known, speaker, seen)
        mean = server_mean(counted, voters)
        wanted = [one for one in counted if one.clip_id in known]
        scores = ranked(wanted, voters, mean)
        standings = tuple(
            Standing(
                known[one.counted.clip_id],
                one.score,
                one.low,
                one.high,
                one.votes,
                one.too_few,
                one.tied,
                one.rank,
                one.counted.up,
                one.counted.down,
            )
            for one in scores
        )
        return Ranking(standings, voters, stability(wanted, voters, mean))

    async def standings(
        self,
        guild_id: int | None,
        since: datetime | None = None,
        *,
        episode_id: int | None = None,
        speaker: str | None = None,
    ) -> list[Standing]:
        """The standings of `ranking` alone."""
        return list((await self.ranking(guild_id, since, episode_id=episode_id, speaker=speaker)).standings)


async def _heard(
    connection: AsyncConnection, known: Mapping[int, Clip], speaker: str, seen: frozenset[int]
) -> dict[int, Clip]:
    """Those of the clips in which somebody of that name speaks, by the transcript's label or by who that is."""
    names = await names_in(connection, seen)
    of = await episodes.get(connection, list({clip.episode_id for clip in known.values()}))
    wanted = folded(speaker)

    def speaks(clip: Clip, label: str) -> bool:
        podcast_id = of[clip.episode_id].podcast_id
        return wanted in (folded(label), folded(names.of(podcast_id, clip.episode_id, label)))

    return {
        number: clip
        for number, clip in known.items()
        if any(turn.speaker and speaks(clip, turn.speaker) for turn in clip.turns)
    }


def server_mean(counted: Sequence[Counted], voters: int) -> float:
    """The share of chances that the server's clips use: m, from 0 to 1, neither of them included."""
    used = sum(max(0, one.up - one.down) for one in counted)
    return (used + 1) / (sum(_chances(one, voters) for one in counted) + 2)


def ranked(counted: Sequence[Counted], voters: int, mean: float) -> list[Score]:
    """These clips by their scores, the best first; of equal ones those with votes enough, then the older."""
    scores = [_score(one, voters, mean) for one in counted]
    scores.sort(key=lambda one: (-round(one.score, 12), one.too_few, one.counted.clip_id))
    found: list[Score] = []
    for number, one in enumerate(scores, 1):
        same = bool(found) and found[-1].score - one.score <= _SAME
        if same:
            found[-1] = replace(found[-1], tied=True)
        found.append(replace(one, rank=found[-1].rank if same else number, tied=same))
    return found


def stability(counted: Sequence[Counted], voters: int, mean: float) -> float | None:
    """In what share of the ways to leave out two of all votes the same clip leads alone; None where none leads so.

    The prior and the number of voters are kept as they are.
    """
    scores = ranked(counted, voters, mean)
    total = sum(one.votes for one in scores)
    if total < 2 or scores[0].tied or not scores[0].votes:
        return None
    winner, rivals = scores[0].counted, [one.counted for one in scores[1:]]

    def share(one: Counted, up: int = 0, down: int = 0) -> float:
        return _shrunk(replace(one, up=one.up - up, down=one.down - down), voters, mean)

    # Whoever is behind even with the most favourable two votes left out is no rival.
    worst = share(winner, up=min(2, winner.up))
    rivals = [one for one in rivals if share(one, down=min(2, one.down)) >= worst - _SAME]
    # Votes of one clip and one direction are alike: pairs are counted by what they are of.
    kinds = [(one, up, 1 - up, (one.up if up else one.down)) for one in (winner, *rivals) for up in (1, 0)]
    kinds = [kind for kind in kinds if kind[3]]
    of_others = total - sum(number for *_, number in kinds)

    def leads_without(*left_out: tuple[Counted, int, int]) -> bool:
        gone = {one.clip_id: [0, 0] for one, _, _ in left_out}
        for one, up, down in left_out:
            gone[one.clip_id][0] += up
            gone[one.clip_id][1] += down
        now = {one.clip_id: share(one, *gone.get(one.clip_id, (0, 0))) for one in (winner, *rivals)}
        best = now.pop(winner.clip_id)
        return all(best > one + _SAME for one in now.values())

    held = of_others * (of_others - 1) // 2
    for one, up, down, number in kinds:
        held += number * of_others * leads_without((one, up, down))
        if number > 1:
            held += number * (number - 1) // 2 * leads_without((one, up, down), (one, up, down))
    for (one, up, down, number), (other, its_up, its_down, its_number) in combinations(kinds, 2):
        held += number * its_number * leads_without((one, up, down), (other, its_up, its_down))
    return held / (total * (total - 1) // 2)


def _score(one: Counted, voters: int, mean: float) -> Score:
    successes, failures = _posterior(one, voters, mean)
    low, high = (quantile(tail, successes, failures) for tail in (_TAIL, 1 - _TAIL))
    return Score(one, _shrunk(one, voters, mean), low, high)


def _shrunk(one: Counted, voters: int, mean: float) -> float:
    successes, failures = _posterior(one, voters, mean)
    return successes / (successes + failures)


def _posterior(one: Counted, voters: int, mean: float) -> tuple[float, float]:
    strength = max(float(voters), LEAST_STRENGTH)
    used = max(0, one.up - one.down)
    return mean * strength + used, (1 - mean) * strength + _chances(one, voters) - used


def _chances(one: Counted, voters: int) -> int:
    # Whoever voted had the chance to, even where voters are counted of another span.
    return max(one.posts * voters, one.up + one.down)
