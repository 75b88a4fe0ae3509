"""What a server did in a week or a month, for everybody who was not there: the clips it liked best, what was asked
most, new episodes, papers that were read, clips that were made, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from companion.archive.recordings import is_recordings
from companion.community.asked_most import AskedMost, SharedQuestions, VectorOf
from companion.community.clips import Clips, ShownClip
from companion.community.daily import LOOKED_BACK, upcoming
from companion.community.recap_clubs import ClubNews, club_news
from companion.community.spans import Span, between
from companion.community.standings import Ranking, Standing, Standings, with_clips
from companion.community.visibility import visible_podcasts
from companion.storage import ballots, highlight_rules, highlight_slots, podcasts, recaps
from companion.storage.ballots import CLIP, Subject
from companion.storage.duels import Duel
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.highlight_rules import HighlightRule
from companion.storage.highlight_slots import Slot
from companion.storage.podcasts import Podcast
from companion.storage.recaps import ClipsMade

BEST = 3
"""Clips that a recap names; those of a tie may be more than would be of use."""
QUESTIONS = 5
EPISODES = 8
DUELS = 2

KIND_OF = {Span.WEEK: "recap week", Span.MONTH: "recap month"}
"""The kinds of slots, by the first date of the week or the month."""
SPAN_OF = {kind: span for span, kind in KIND_OF.items()}
_UP_TO_NOW = {Span.WEEK: timedelta(days=7), Span.MONTH: timedelta(days=30)}
"""What is told of by the wish of the moment, whatever day it is."""

Public = Callable[[int], bool]
"""May everybody who reads the recap read that channel, too?"""


@dataclass(frozen=True, slots=True)
class LikedClip:
    """A clip with its votes. ``posted`` is where it can be voted on: channel and message."""

    standing: Standing
    shown: ShownClip
    posted: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """An episode that came out, and of which podcast."""

    episode: Episode
    podcast: Podcast


@dataclass(frozen=True, slots=True)
class Recap:
    """What a server did from ``since`` to ``until``.

    ``best`` has the clips that got votes, the best first; ``episodes`` the newest first, and ``more_episodes`` are left
    out. ``next_highlight`` is None where none is planned.
    """

    guild_id: int
    span: Span
    since: datetime
    until: datetime
    ranking: Ranking
    best: tuple[LikedClip, ...]
    asked: AskedMost
    episodes: tuple[NewEpisode, ...]
    more_episodes: int
    made: ClipsMade
    duels: tuple[Duel, ...]
    next_highlight: datetime | None
    clubs: ClubNews = field(default_factory=ClubNews)

    @property
    def eventful(self) -> bool:
        """Is there anything to tell of?"""
        told = self.best, self.asked.asked, self.episodes, self.clubs.read, self.made.clips, self.made.highlights
        return any(told)


class Recaps:
    """What all servers did, in one database. ``vector_of`` gives a text's unit vector, or None without a model."""

    def __init__(self, database: Database, vector_of: VectorOf) -> None:
        self._database = database
        self._asked = SharedQuestions(database, vector_of)
        self._standings = Standings(database)
        self._clips = Clips(database)

    async def until_now(self, guild_id: int | None, span: Span, public: Public) -> Recap:
        """The last seven, or thirty, days. Raises `CompanionError` for a server that sees no podcast."""
        now = self._database.clock.now()
        return await self.between(guild_id, span, now - _UP_TO_NOW[span], now, public)

    async def of_slot(self, rule: HighlightRule, slot: Slot, public: Public) -> Recap:
        """The week or month that the slot is for, which goes from the minute of one recap to that of the next, so that
        nothing is told twice; votes count until it is posted. Raises as `until_now`."""
        span = SPAN_OF[slot.kind]
        start, end = between(slot.day, span, rule)
        votes_until = max(end, slot.claimed_at) if slot.claimed_at else None
        return await self.between(rule.guild_id, span, start, end, public, votes_until)

    async def between(
        self,
        guild_id: int | None,
        span: Span,
        since: datetime,
        until: datetime,
        public: Public,
        votes_until: datetime | None = None,
    ) -> Recap:
        """The week, or month, between these instants, by the votes until then, or ``votes_until`` a later time."""
        await visible_podcasts(self._database, guild_id)
        guild, now = guild_id or 0, self._database.clock.now()
        ranking = await self._standings.ranking(guild, since, until, votes_until=votes_until)
        asked = await self._asked.most(guild, since, until, public, QUESTIONS)
        async with self._database.read() as connection:
            found = await recaps.new_episodes(connection, guild, since, until)
            of = await podcasts.by_ids(connection, {one.podcast_id for one in found})
            # What clubs recorded is told of with what they read.
            found = [one for one in found if not is_recordings(of[one.podcast_id])]
            clubs = await club_news(connection, guild, since, until, now, public)
            made = await recaps.clips_made(connection, guild, since, until)
            duels = [one for one in await recaps.open_duels(connection, guild, now) if public(one.channel_id)]
            rule = await highlight_rules.get(connection, guild)
            slots = await highlight_slots.of_servers(connection, [guild], (now - LOOKED_BACK).date())
        coming = () if rule is None or rule.paused_at else upcoming(now, rule, slots)
        return Recap(
            guild_id=guild,
            span=span,
            since=since,
            until=until,
            ranking=ranking,
            best=tuple(await self._liked(guild, ranking, public)),
            asked=asked,
            episodes=tuple(NewEpisode(one, of[one.podcast_id]) for one in found[:EPISODES]),
            more_episodes=max(0, len(found) - EPISODES),
            made=made,
            duels=tuple(duels[:DUELS]),
            next_highlight=next((at for _, at in coming), None),
            clubs=clubs,
        )

    async def _liked(self, guild_id: int, ranking: Ranking, public: Public) -> list[LikedClip]:
        voted = [one for one in ranking.standings if one.votes][:BEST]
        async with self._database.read() as connection:
            open_ones = await ballots.open_of(connection, [Subject(CLIP, one.clip.id) for one in voted])
        # The newest come first.
        posted = {
            one.subject.id: (one.channel_id, one.message_id) for one in reversed(open_ones) if public(one.channel_id)
        }
        shown = await with_clips(self._clips, guild_id, voted)
        return [LikedClip(one, clip, posted.get(one.clip.id)) for one, clip in shown]
