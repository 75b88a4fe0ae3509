"""What members' reactions amount to: one vote a member and subject, over all its messages and emoji.

The rule, in one place (`vote`): the reaction that came last of those that are there decides. Taking one back always
counts, and then the one before it decides again. Whose own the subject is does not vote on it, nor do accounts that
were younger than the server wants when they reacted. (Bots never get here.) What is stored is derived from the
reactions that are there, so it does not matter in which order, or how often, their comings and goings are told of.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from companion.storage import ballots, highlight_rules, stand_ins
from companion.storage import votes as kept
from companion.storage.ballots import Ballot, Subject
from companion.storage.engine import AsyncConnection, Database
from companion.storage.shards import Shards
from companion.storage.votes import Mark, Origin, Reaction, Tally

_AS_PICTURE = "\ufe0f"
_SHADE = "EMOJI MODIFIER"
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

MadeBy = Callable[[AsyncConnection, Subject], Awaitable[int | None]]
"""Who made a subject, if a member did."""


@dataclass(frozen=True, slots=True)
class VotingRules:
    """What a server chose: the emoji for and against, as Discord writes them, and how old an account has to be.

    Those that were chosen before, and stand under older messages, go on counting.
    """

    up: str = "👍"
    down: str = "👎"
    account_age: timedelta = timedelta(days=7)
    former_up: tuple[str, ...] = ()
    former_down: tuple[str, ...] = ()

    @property
    def emoji(self) -> tuple[str, str]:
        return self.up, self.down

    def value(self, emoji: str) -> int:
        """1 for, -1 against, 0 neither. All shades of skin are the same, and all names of a custom emoji."""
        shown = same_emoji(emoji)
        is_up = shown in map(same_emoji, (self.up, *self.former_up))
        return is_up - (shown in map(same_emoji, (self.down, *self.former_down)))


class What(Enum):
    """What can happen to the reactions of a message. ``CLEARED``: all of them, or all of one emoji."""

    CAME = auto()
    WENT = auto()
    CLEARED = auto()
    DELETED = auto()


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a message's reactions, of a member and an emoji where it was about those."""

    what: What
    message_id: int
    at: datetime
    member_id: int = 0
    emoji: str | None = None
    burst: bool = False

    @property
    def mark(self) -> Mark:
        return Mark(self.message_id, self.member_id, self.emoji or "", self.burst)


class Votes:
    """The votes of all servers, over one database. ``made_by`` tells whose a subject is."""

    def __init__(self, database: Database, made_by: MadeBy = ballots.maker) -> None:
        self._database = database
        self._made_by = made_by

    async def rules(self, guild_id: int) -> VotingRules:
        """What the server chose."""
        async with self._database.read() as connection:
            return await _rules(connection, guild_id)

    async def open_ballot(self, message_id: int, guild_id: int, channel_id: int, subject: Subject) -> None:
        """Counts reactions to the message as votes on the subject from now on."""
        opened = Ballot(message_id, guild_id, channel_id, subject, self._database.clock.now())
        async with self._database.write() as connection:
            await ballots.add(connection, opened)

    async def take(self, happenings: Sequence[Happened]) -> list[Ballot]:
        """Takes in what happened, in this order; what is on no open ballot is left alone.

        Returns the ballots by which a vote changed.
        """
        ids = {one.message_id for one in happenings}
        async with self._database.read() as connection:
            if not await ballots.open_among(connection, ids):
                return []  # most reactions of a server are about nothing of ours, and need no writing
        changed: dict[int, Ballot] = {}
        async with self._database.write() as connection:
            known = await ballots.open_among(connection, ids)
            moved: dict[tuple[Subject, int], Ballot] = {}
            standing = {
                guild_id: await stand_ins.of(connection, guild_id, {one.member_id for one in happenings})
                for guild_id in {ballot.guild_id for ballot in known.values()}
            }
            for happened in happenings:
                ballot = known.get(happened.message_id)
                if ballot is not None:
                    aliases = {one: to for one, to in standing[ballot.guild_id].items() if one == happened.member_id}
                    counted = await self._counted(connection, ballot.subject, aliases)
                    one = replace(happened, member_id=counted.get(happened.member_id, happened.member_id))
                    for member_id in await _taken(connection, ballot, one):
                        moved[ballot.subject, member_id] = ballot
            for (_, member_id), ballot in moved.items():
                if await self._decide(connection, ballot, member_id):
                    changed[ballot.message_id] = ballot
        return list(changed.values())

    async def tally(self, subject: Subject) -> Tally:
        """The votes on a subject."""
        return (await self.tallies([subject])).get(subject, Tally())

    async def tallies(self, subjects: Collection[Subject]) -> dict[Subject, Tally]:
        """The votes on these subjects; those without any are left out."""
        async with self._database.read() as connection:
            return await kept.tallies(connection, subjects)

    async def shown_on(self, subjects: Collection[Subject]) -> list[Ballot]:
        """The open ballots about these subjects, the newest first."""
        async with self._database.read() as connection:
            return await ballots.open_of(connection, subjects)

    async def to_reconcile(
        self, before: datetime, limit: int, besides: Collection[int] = (), share: Shards | None = None
    ) -> list[Ballot]:
        """Open ballots whose reactions were not compared with Discord's since ``before``, the newest first; none in the
        channels ``besides``, and of the servers of these shards alone."""
        async with self._database.read() as connection:
            return await ballots.to_reconcile(connection, before, limit, besides, share)

    async def behind(self, since: datetime, besides: Collection[int] = (), share: Shards | None = None) -> bool:
        """Is there one of these from before then?"""
        async with self._database.read() as connection:
            return await ballots.stale(connection, since, besides, share)

    async def position(self) -> int:
        """To be remembered before reactions are listed, for `reconcile`."""
        async with self._database.read() as connection:
            return await kept.position(connection)

    async def reconcile(
        self, ballot: Ballot, listed: Mapping[tuple[str, bool], Collection[int]], position: int, at: datetime
    ) -> bool:
        """Makes what is known of the message's reactions what Discord ``listed``: the members of each emoji and type.

        Emoji that vote and were not listed are on it no more; others are left alone. So is what came or went after that
        ``position`` of the ledger, since the list may be older than that. Returns whether a vote changed.
        """
        async with self._database.write() as connection:
            if not await ballots.open_among(connection, [ballot.message_id]):
                return False
            everybody = {one for members in listed.values() for one in members}
            standing = await stand_ins.of(connection, ballot.guild_id, everybody)
            counted = await self._counted(connection, ballot.subject, standing)
            there = {
                Mark(ballot.message_id, counted.get(member_id, member_id), emoji, burst)
                for (emoji, burst), members in listed.items()
                for member_id in members
            }
            known = {one.mark for one in await kept.on_message(connection, ballot.message_id)}
            rules = await _rules(connection, ballot.guild_id)
            known = {mark for mark in known if (mark.emoji, mark.burst) in listed or rules.value(mark.emoji)}
            newer = await kept.touched(connection, ballot.message_id, position)
            missed = _in_order((there ^ known) - newer)
            for mark in missed:
                record = kept.came if mark in there else kept.went
                await record(connection, ballot, mark, at, Origin.RECONCILED)
            members = sorted({mark.member_id for mark in missed})
            changes = [await self._decide(connection, ballot, member_id) for member_id in members]
            await ballots.reconciled(connection, ballot.message_id, at)
        return any(changes)

    async def close(self, message_ids: Collection[int]) -> None:
        """Counts no more votes on these messages. Those that were given stand."""
        async with self._database.write() as connection:
            await ballots.close(connection, message_ids)

    async def forget(self, subject: Subject) -> None:
        """Forgets a subject that was deleted, with its ballots and votes."""
        async with self._database.write() as connection:
            await ballots.remove_subject(connection, subject)

    async def _counted(
        self, connection: AsyncConnection, subject: Subject, standing: Mapping[int, int]
    ) -> dict[int, int]:
        """Those of whom another number is ``standing`` in the place who are counted on the subject under it: who made
        it, and whose reactions to it were there when the server was asked to forget them."""
        if not standing:
            return {}
        made_by = await self._made_by(connection, subject)
        return {
            member_id: alias
            for member_id, alias in standing.items()
            if alias == made_by or await kept.of_member(connection, subject, alias)
        }

    async def _decide(self, connection: AsyncConnection, ballot: Ballot, member_id: int) -> bool:
        made_by = await self._made_by(connection, ballot.subject)
        there = await kept.of_member(connection, ballot.subject, member_id)
        decided = vote(there, await _rules(connection, ballot.guild_id), made_by)
        return await kept.decide(connection, ballot, member_id, decided)


def vote(there: Iterable[Reaction], rules: VotingRules, made_by: int | None = None) -> tuple[int, datetime] | None:
    """What one member's reactions to a subject's messages amount to: 1 or -1, and since when; None for no vote.

    The last decides. Of two that were learnt of in the same instant, after an absence, nobody knows which was last:
    where they contradict each other neither counts.
    """
    valid = [
        (one.since, value)
        for one in there
        if (value := rules.value(one.mark.emoji))
        and one.mark.member_id != made_by
        and one.since - created(one.mark.member_id) >= rules.account_age
    ]
    if not valid:
        return None
    last = max(since for since, _ in valid)
    values = {value for since, value in valid if since == last}
    return (values.pop(), last) if len(values) == 1 else None


def created(snowflake: int) -> datetime:
    """When Discord made an id, such as that of an account."""
    return _DISCORD_EPOCH + timedelta(milliseconds=snowflake >> 22)


def same_emoji(emoji: str) -> str:
    """The same for all shades of an emoji and, of a custom one, whatever its name: those can be changed."""
    name, colon, number = emoji.rpartition(":")
    if colon and name and number.isdecimal():
        return number
    kept_of_it = (one for one in emoji if one != _AS_PICTURE and not unicodedata.name(one, "").startswith(_SHADE))
    return "".join(kept_of_it)


async def _rules(connection: AsyncConnection, guild_id: int) -> VotingRules:
    wishes = await highlight_rules.wishes_of(connection, guild_id)
    return VotingRules(wishes.up, wishes.down, wishes.account_age, wishes.former_up, wishes.former_down)


async def _taken(connection: AsyncConnection, ballot: Ballot, one: Happened) -> list[int]:
    """Takes in one happening; whose reactions are not what they were."""
    if one.what is What.CAME:
        return [one.member_id] if await kept.came(connection, ballot, one.mark, one.at, Origin.SEEN) else []
    if one.what is What.WENT:
        return [one.member_id] if await kept.went(connection, ballot, one.mark, one.at, Origin.SEEN) else []
    there = [reaction.mark for reaction in await kept.on_message(connection, ballot.message_id)]
    gone = [mark for mark in there if one.emoji in (None, mark.emoji)]
    for mark in _in_order(gone):
        await kept.went(connection, ballot, mark, one.at, Origin.SEEN)
    if one.what is What.DELETED:
        await ballots.close(connection, [ballot.message_id])
    return [mark.member_id for mark in gone]


def _in_order(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda mark: (mark.member_id, mark.emoji, mark.burst))
