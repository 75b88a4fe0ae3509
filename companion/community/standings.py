"""Which clips a server likes best, by its votes and duels. What they say of a clip: `community/scores.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.community.clips import Clips, GoneClipError, ShownClip
from companion.community.scores import Field, Score, field_of, ranked
from companion.community.stability import stability
from companion.community.visibility import visible_podcasts
from companion.storage import clips as stored_clips
from companion.storage import episodes
from companion.storage import standings as stored
from companion.storage.clips import Clip
from companion.storage.engine import AsyncConnection, Database
from companion.storage.names import folded, names_in

_EVER = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clip stands: by ``up`` votes for it and ``down`` against, and by duels, in which ``won`` chose it and
    ``lost`` the other."""

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
    won: int = 0
    lost: int = 0

    @property
    def liked(self) -> bool:
        """Are there more votes for it than against it, or did more choose it in duels than the others?"""
        return self.up > self.down or self.won > self.lost


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
        """The one that leads alone, is liked, and has votes enough."""
        first = self.standings[0] if self.standings else None
        return None if first is None or first.tied or first.too_few or not first.liked else first


class Standings:
    """The rankings of all servers, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ranking(
        self,
        guild_id: int | None,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        votes_until: datetime | None = None,
        episode_id: int | None = None,
        speaker: str | None = None,
    ) -> Ranking:
        """The clips that were posted, or in a duel that ended, from ``since`` on and before ``until``, by the votes of
        that span, or ``votes_until`` a later time; only those of an episode, or of a speaker, where one is given. The
        prior and the ranks' scores are those of all clips, so that filtering moves no score."""
        known, field = await self._field(guild_id, since, until, votes_until, episode_id, speaker)

        def judged() -> tuple[list[Score], float | None]:
            return ranked(field, known), stability(field, known)

        # Many duels are many equations.
        scores, stable = await asyncio.to_thread(judged)
        return Ranking(tuple(_standing(known, one) for one in scores), field.voters, stable)

    async def standings(self, guild_id: int | None, since: datetime | None = None) -> list[Standing]:
        """The standings of `ranking` alone."""
        known, field = await self._field(guild_id, since)
        return [_standing(known, one) for one in await asyncio.to_thread(ranked, field, known)]

    async def _field(
        self,
        guild_id: int | None,
        since: datetime | None,
        until: datetime | None = None,
        votes_until: datetime | None = None,
        episode_id: int | None = None,
        speaker: str | None = None,
    ) -> tuple[dict[int, Clip], Field]:
        """The clips that are wanted, by id, and all of which votes of that span are."""
        seen = await visible_podcasts(self._database, guild_id)
        start, guild = since or _EVER, guild_id or 0
        async with self._database.read() as connection:
            known = {one.id: one for one in await stored_clips.of_guild(connection, guild, seen)}
            counted = await stored.counted(connection, guild, start, until, votes_until)
            duels = await stored.compared(connection, guild, start, self._database.clock.now(), until)
            voters = await stored.voters(connection, guild, start, votes_until or until)
            if episode_id is not None:
                known = {number: clip for number, clip in known.items() if clip.episode_id == episode_id}
            if speaker is not None:
                known = await _heard(connection, known, speaker, seen)
        return known, field_of(counted, voters, duels)


async def with_clips(
    clips: Clips, guild_id: int | None, standings: Iterable[Standing]
) -> list[tuple[Standing, ShownClip]]:
    """The standings with all that is shown of their clips. What was deleted a moment ago is left out."""
    found: list[tuple[Standing, ShownClip]] = []
    for standing in standings:
        try:
            found.append((standing, await clips.shown(guild_id, standing.clip.id)))
        except GoneClipError:
            continue
    return found


def _standing(known: Mapping[int, Clip], one: Score) -> Standing:
    return Standing(
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
        one.won,
        one.lost,
    )


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
