"""What members follow, each in the server where they asked for it: begun, listed and stopped.

What is kept of it names a member: in ``follows`` what they follow, in ``follow_notices`` what they were told of.
`Follows.forget` deletes all of it for one member of a server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from companion.archive.query import has_content
from companion.archive.results import Query
from companion.archive.search import Searcher
from companion.community.keeping import meant
from companion.community.visibility import OutsideServersError, visible_podcasts
from companion.community.wishes import checked_query, known_speaker
from companion.storage import follow_notices, follows, passages, podcasts, subscriptions
from companion.storage.engine import Database
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.follows import Follow, FollowKind, Subject, TellIn
from companion.storage.podcasts import Podcast
from companion.storage.saved import Owner

MOST = 25
"""Things that a member may follow in one server: as many as a menu has room for."""
LONGEST_TOPIC = 100


class NotFollowedError(NotFoundError):
    """Something that the member does not follow here."""

    def __init__(self) -> None:
        super().__init__("You don't follow that here. `/follow list` shows what you follow.")


class EnoughFollowedError(CompanionError):
    """The member follows as much as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"You follow {MOST} things in this server, which is all there is room for: `/follow stop` makes room."
        )


class NoTopicError(CompanionError):
    """Words that every episode says."""

    def __init__(self) -> None:
        super().__init__("Those are words that every episode says: follow what you want to hear of, in a few words.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants to be told, and where. ``guild_id`` is None in a direct message."""

    guild_id: int | None
    member_id: int
    tell_in: TellIn
    channel_id: int

    @property
    def owner(self) -> Owner:
        """Raises `OutsideServersError`."""
        if self.guild_id is None:
            raise OutsideServersError
        return Owner(self.guild_id, self.member_id)


@dataclass(frozen=True, slots=True)
class Followed:
    """What a member follows. ``podcast`` is the one followed, None for anything else and where the server sees it no
    more."""

    follow: Follow
    podcast: Podcast | None


@dataclass(frozen=True, slots=True)
class AlreadySaid:
    """What the archive says of a topic by now."""

    passages: int
    episodes: int


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of a wish to follow something.

    ``new``: it was not followed before; ``moved``: it was, and the member is told of it elsewhere from now on;
    ``said``: of a topic, what there is already.
    """

    followed: Followed
    new: bool
    moved: bool
    said: AlreadySaid | None = None


class Follows:
    """What all members follow, in one database."""

    def __init__(self, database: Database, searcher: Searcher) -> None:
        self._database = database
        self._searcher = searcher

    async def topic(self, wanted: Wanted, words: str) -> Begun:
        """Follows a topic. Raises `CompanionError` for no words, and for words that tell nothing."""
        text = checked_query(words)
        if not has_content(text):
            raise NoTopicError
        seen = await visible_podcasts(self._database, wanted.guild_id)
        begun = await self._begin(wanted, Subject(FollowKind.TOPIC, text))
        trace = await self._searcher.trace(Query(text, seen))
        said = AlreadySaid(
            sum(share.speaking for share in trace.shares), sum(share.speaking > 0 for share in trace.shares)
        )
        return replace(begun, said=said)

    async def speaker(self, wanted: Wanted, name: str) -> Begun:
        """Follows somebody who speaks in the server's podcasts. Raises `CompanionError` for anybody else."""
        seen = await visible_podcasts(self._database, wanted.guild_id)
        async with self._database.read() as connection:
            known = known_speaker(name, await passages.speakers(connection, seen))
        return await self._begin(wanted, Subject(FollowKind.SPEAKER, known))

    async def podcast(self, wanted: Wanted, name: str) -> Begun:
        """Follows one of the server's podcasts. Raises `CompanionError` for any other."""
        podcast = await meant(self._database, wanted.guild_id, name)
        return await self._begin(wanted, Subject(FollowKind.PODCAST, "", podcast.id))

    async def listed(self, guild_id: int | None, member_id: int) -> list[Followed]:
        """What the member follows here, the last one first."""
        if guild_id is None:
            raise OutsideServersError
        async with self._database.read() as connection:
            kept = await follows.listed(connection, Owner(guild_id, member_id))
        titles = await self._podcasts(guild_id)
        return [_with_podcast(one, titles) for one in kept]

    async def like(self, guild_id: int | None, member_id: int, typed: str) -> list[Followed]:
        """What the member follows here with every typed word in it, the last one first."""
        known = await self.listed(guild_id, member_id)
        return [one for one in known if all(word in _words(one) for word in typed.casefold().split())]

    async def stop(self, guild_id: int | None, member_id: int, follow_id: int) -> Followed:
        """Follows it no more, and says what that was. Of a member who follows nothing any more nothing is kept.

        ``guild_id`` is None in a direct message, where whatever is theirs can be stopped. Raises `NotFollowedError`.
        """
        async with self._database.write() as connection:
            known = await follows.get(connection, member_id, follow_id)
            if known is None or guild_id not in (None, known.owner.guild_id):
                raise NotFollowedError
            await follows.remove(connection, follow_id)
            if not await follows.count(connection, known.owner):
                await follow_notices.forget(connection, known.owner)
        return _with_podcast(known, await self._podcasts(known.owner.guild_id))

    async def forget(self, owner: Owner) -> None:
        """Keeps nothing of what a member followed in a server: they left it."""
        async with self._database.write() as connection:
            await follows.remove_all(connection, owner)
            await follow_notices.forget(connection, owner)

    async def _begin(self, wanted: Wanted, subject: Subject) -> Begun:
        owner = wanted.owner
        async with self._database.write() as connection:
            before, moved = await follows.find(connection, owner, subject), False
            if before is None:
                if await follows.count(connection, owner) >= MOST:
                    raise EnoughFollowedError
                now = self._database.clock.now()
                await follows.add(connection, owner, subject, wanted.tell_in, wanted.channel_id, now)
            elif moved := _elsewhere(before, wanted):
                await follows.tell_elsewhere(connection, before.id, wanted.tell_in, wanted.channel_id)
            kept = await follows.find(connection, owner, subject)
        if kept is None:
            raise RuntimeError("what was followed just now is followed")
        followed = _with_podcast(kept, await self._podcasts(owner.guild_id))
        return Begun(followed, before is None, moved)

    async def _podcasts(self, guild_id: int) -> Mapping[int, Podcast]:
        """The podcasts that the server sees."""
        async with self._database.read() as connection:
            return await podcasts.by_ids(connection, await subscriptions.podcast_ids(connection, guild_id))


def _elsewhere(before: Follow, wanted: Wanted) -> bool:
    """Is it another place? For direct messages it does not matter where they were asked for."""
    if before.tell_in is not wanted.tell_in:
        return True
    return wanted.tell_in is TellIn.THREAD and before.channel_id != wanted.channel_id


def _with_podcast(follow: Follow, known: Mapping[int, Podcast]) -> Followed:
    podcast_id = follow.subject.podcast_id
    return Followed(follow, None if podcast_id is None else known.get(podcast_id))


def _words(one: Followed) -> str:
    title = one.podcast.title if one.podcast else ""
    return f"{one.follow.subject.kind} {one.follow.subject.text} {title}".casefold()
