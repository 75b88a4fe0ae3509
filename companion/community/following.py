"""New episodes that members are told of because they hold what these follow, each exactly once.

An episode counts for a member if it came into the archive after they began to follow, and is news to the server
(`community/news.py`). It is looked at once its vectors are there, or by its words alone where there is no model or
the vectors are late; and again whenever it changes, until it holds something or is no news any more. All that it holds
for a member is told in one message, as is all that several episodes hold that are there at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from companion.archive.awaited import Held, talk_of, words_by
from companion.archive.search import Searcher
from companion.community.news import CLAIM_LASTS, STALE, is_news
from companion.community.nonces import nonce_of
from companion.community.searches import Searches
from companion.storage import (
    announcements,
    episodes,
    follow_notices,
    follows,
    passages,
    podcasts,
    subscriptions,
    vectors,
)
from companion.storage.engine import Database
from companion.storage.episodes import Episode
from companion.storage.follow_notices import Claim, Unlooked
from companion.storage.follows import Follow, FollowKind, TellIn
from companion.storage.names import names_in
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner

PATIENCE = timedelta(hours=6)
"""How long the vectors of a new episode are waited for before its words alone decide."""

Turn = Callable[[], AbstractAsyncContextManager[None]]
"""A turn among the members who search."""


@dataclass(frozen=True, slots=True)
class Match:
    """Something that a member follows, and what the episode holds of it; None for a podcast, which holds it all."""

    follow: Follow
    held: Held | None


@dataclass(frozen=True, slots=True)
class MatchedEpisode:
    """An episode that holds what a member follows.

    ``announced`` are the channel and the message in which the server was told of it, if it was.
    """

    episode: Episode
    podcast: Podcast
    revision: int
    matches: tuple[Match, ...]
    announced: tuple[int, int] | None

    @property
    def tell_in(self) -> TellIn:
        """Where the member is told of it: one who wants a direct message for a part of it gets one."""
        wanted = {match.follow.tell_in for match in self.matches}
        return TellIn.DIRECT if TellIn.DIRECT in wanted else TellIn.THREAD

    @property
    def channel_id(self) -> int:
        """Where the member asked to be told so."""
        return next(match.follow.channel_id for match in self.matches if match.follow.tell_in is self.tell_in)


@dataclass(frozen=True, slots=True)
class Tidings:
    """What one message tells a member. ``mark`` makes it known again.

    ``claimed_before`` is when somebody else was about to send it, of whom nothing was heard again.
    """

    owner: Owner
    episodes: tuple[MatchedEpisode, ...]
    mark: str
    claimed_before: datetime | None = None

    @property
    def tell_in(self) -> TellIn:
        return self.episodes[0].tell_in

    @property
    def channel_id(self) -> int:
        """The channel in which the member asked for it."""
        return self.episodes[0].channel_id

    @property
    def thread_id(self) -> int | None:
        """The member's own thread in that channel."""
        every = (match.follow for one in self.episodes for match in one.matches)
        return next((one.thread_id for one in every if one.channel_id == self.channel_id and one.thread_id), None)

    @property
    def announced(self) -> tuple[int, int] | None:
        """The channel and the message in which the server was told of the first that it was told of."""
        return next((one.announced for one in self.episodes if one.announced), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Episodes that a member is told of if they hold what the member follows."""

    owner: Owner
    episodes: tuple[Unlooked, ...]

    @property
    def follows(self) -> tuple[Follow, ...]:
        return tuple(follow for one in self.episodes for follow in one.follows)


class Following:
    """What members are to be told of, over one database and one searcher, which looks in its ``turn`` among members."""

    def __init__(self, database: Database, searcher: Searcher, searches: Searches, turn: Turn) -> None:
        self._database = database
        self._searcher = searcher
        self._searches = searches
        self._turn = turn

    async def waiting(self, now: datetime) -> list[Waiting]:
        """The members for whom there are episodes to be looked at, with those that can be by now."""
        async with self._database.read() as connection:
            found = await follow_notices.unlooked(connection, now - STALE, now - CLAIM_LASTS)
            found = [one for one in found if is_news(one, now)]
            model = self._searcher.model_id
            asked = {one.episode_id for one in found if _asks_for_meaning(one)}
            late = await vectors.lacking(connection, model, asked) if model and asked else frozenset[int]()
        if self._searches.loading:
            late = asked
        ready = [
            one for one in found if not (_asks_for_meaning(one) and one.episode_id in late and is_patient(one, now))
        ]
        return [Waiting(owner, tuple(some)) for owner, some in groupby(ready, key=lambda one: one.owner)]

    async def look(self, waiting: Sequence[Waiting], now: datetime) -> AsyncGenerator[Tidings]:
        """What these members are to be told now, found as it is asked for. `claim` each before it is sent."""
        if any(_asks_for_meaning(one) for member in waiting for one in member.episodes):
            # A load that goes on may have begun before an episode was there: the second one surely begins after that.
            await self._searcher.refresh()
            await self._searcher.refresh()
        look = _Look(self._database, self._searcher, self._turn)
        for member in waiting:
            matched: list[tuple[MatchedEpisode, Claim | None]] = []
            nothing: dict[int, int] = {}
            for one in member.episodes:
                match = await look.at(one)
                if match is None:
                    nothing[one.episode_id] = one.revision
                else:
                    matched.append((match, one.claim))
            if nothing:
                async with self._database.write() as connection:
                    await follow_notices.settle_nothing(connection, member.owner, nothing, now, now - CLAIM_LASTS)
            for tidings in together(member.owner, matched):
                yield tidings

    async def claim(self, tidings: Tidings, now: datetime) -> Tidings | None:
        """Takes it over from everybody else: what is left of it to be told. None where nothing is, because others were
        quicker, or the member stopped following, or the server left the podcast."""
        owner = tidings.owner
        async with self._database.write() as connection:
            visible = await subscriptions.podcast_ids(connection, owner.guild_id)
            followed = {one.id: one for one in await follows.listed(connection, owner)}
            left = [_still(one, followed) for one in tidings.episodes if one.podcast.id in visible]
            revisions = {one.episode.id: one.revision for one in left if one.matches}
            claimed = await follow_notices.claim(connection, owner, revisions, tidings.mark, now, now - CLAIM_LASTS)
        told = tuple(one for one in left if one.episode.id in claimed)
        return replace(tidings, episodes=told) if told else None

    async def sent(self, tidings: Tidings, channel_id: int, message_id: int) -> None:
        """The message was sent."""
        await self._settle(tidings, (channel_id, message_id))

    async def refused(self, tidings: Tidings) -> None:
        """Nothing was sent, and nothing will be: there is no place where the member could be told."""
        await self._settle(tidings, None)

    async def keep_thread(self, tidings: Tidings, thread_id: int) -> None:
        """The member has a thread of their own where they asked for it."""
        async with self._database.write() as connection:
            await follows.keep_thread(connection, tidings.owner, tidings.channel_id, thread_id)

    async def _settle(self, tidings: Tidings, place: tuple[int, int] | None) -> None:
        ids = [one.episode.id for one in tidings.episodes]
        async with self._database.write() as connection:
            await follow_notices.finalise(connection, tidings.owner, ids, place)


class _Look:
    """One look at new episodes. What several members follow is looked for once."""

    def __init__(self, database: Database, searcher: Searcher, turn: Turn) -> None:
        self._database = database
        self._searcher = searcher
        self._turn = turn
        self._known: dict[tuple[int, FollowKind, str], Held | None] = {}

    async def at(self, one: Unlooked) -> MatchedEpisode | None:
        """What the episode holds of what the member follows; None where that is nothing."""
        async with self._database.read() as connection:
            episode = (await episodes.get(connection, [one.episode_id])).get(one.episode_id)
            podcast = await podcasts.get(connection, one.podcast_id)
            told = await announcements.messages(connection, one.owner.guild_id, [one.episode_id])
        if episode is None or podcast is None:
            return None
        matches: list[Match] = []
        for follow in one.follows:
            if follow.subject.kind is FollowKind.PODCAST:
                matches.append(Match(follow, None))
            elif (held := await self._held(follow, episode, podcast)) is not None:
                matches.append(Match(follow, held))
        if not matches:
            return None
        return MatchedEpisode(episode, podcast, one.revision, tuple(matches), told.get(episode.id))

    async def _held(self, follow: Follow, episode: Episode, podcast: Podcast) -> Held | None:
        subject = follow.subject
        known = episode.id, subject.kind, subject.key
        if known not in self._known:
            if subject.kind is FollowKind.TOPIC:
                async with self._turn():
                    self._known[known] = await talk_of(self._searcher, subject.text, episode)
            else:
                async with self._database.read() as connection:
                    stored = await passages.of_episode(connection, episode.id)
                    names = await names_in(connection, frozenset({podcast.id}))
                self._known[known] = words_by(subject.text, episode, podcast, stored, names)
        return self._known[known]


def is_patient(one: Unlooked, now: datetime) -> bool:
    """Are the episode's vectors worth waiting for? Not for ever: they may never be made."""
    return now - one.stored < PATIENCE


def together(owner: Owner, matched: Sequence[tuple[MatchedEpisode, Claim | None]]) -> list[Tidings]:
    """The messages that tell a member of these episodes: one for all that are told in the same place.

    What one message was to tell that somebody claimed before is told in one again, so that it is found if it was sent.
    """
    messages: dict[object, list[MatchedEpisode]] = {}
    claims: dict[object, Claim] = {}
    for one, claim in matched:
        place = (one.tell_in,) if one.tell_in is TellIn.DIRECT else (one.tell_in, one.channel_id, one.announced)
        key = place if claim is None else claim.mark
        messages.setdefault(key, []).append(one)
        if claim is not None:
            claims[key] = claim
    return [
        Tidings(owner, tuple(some), claims[key].mark, claims[key].at)
        if key in claims
        else Tidings(owner, tuple(some), _mark(owner, some))
        for key, some in messages.items()
    ]


def _mark(owner: Owner, some: Sequence[MatchedEpisode]) -> str:
    return nonce_of("", owner.guild_id, owner.member_id, *(one.episode.id for one in some))


def _asks_for_meaning(one: Unlooked) -> bool:
    return any(follow.subject.kind is FollowKind.TOPIC for follow in one.follows)


def _still(one: MatchedEpisode, followed: Mapping[int, Follow]) -> MatchedEpisode:
    """As the member follows it now: they may have stopped, or got a thread of their own for another message."""
    kept = [match for match in one.matches if match.follow.id in followed]
    return replace(one, matches=tuple(replace(match, follow=followed[match.follow.id]) for match in kept))
