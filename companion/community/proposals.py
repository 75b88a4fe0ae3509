"""Corrections of names as members propose them, from where they read the mistake.

Only where the managers of their server could accept one: members of another server are told so before they write.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from companion.archive.people import is_generic
from companion.community.aliases import not_keeper, require_fit, tidy_name, tidy_spelling
from companion.community.corrections import KINDS
from companion.community.keeping import keeps
from companion.community.noticed import labels_in, misheard, spoken_by
from companion.community.places import passages_at
from companion.community.visibility import OutsideServersError
from companion.storage import corrections, podcasts
from companion.storage.corrections import About, Correction, Mistake, Verdict
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode, Passage, Reference
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import Names, folded, names_in
from companion.storage.podcasts import Podcast

MOST_OF_MEMBER = 5
"""Open proposals of one member in one server."""
MOST = 50
"""Open proposals of one server."""


class NotProposedError(NotFoundError):
    """A proposal that is not the member's."""

    def __init__(self) -> None:
        super().__init__("This is not, or no longer, a correction that you proposed here.")


class NothingWrongError(CompanionError):
    """A proposal that would change nothing."""


class NotInPassageError(CompanionError):
    """Words that the passage does not have, or a label that does not speak in it."""


class TurnedDownError(CompanionError):
    """The same was proposed before, and rejected."""

    def __init__(self) -> None:
        super().__init__(
            "This server's managers turned down the same correction before. If you are sure of it, tell one of them:"
            " they can still enter it, with `/setup aliases`."
        )


class EnoughProposedError(CompanionError):
    """More is open than anybody would want to decide on."""


class Received(StrEnum):
    """What a proposal was taken as: nobody had made it, others had, or the same member had."""

    NEW = "new"
    JOINED = "joined"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Speaking:
    """Somebody who speaks in a passage: their label in the transcript, and who it is shown as."""

    label: str
    name: str

    @property
    def is_generic(self) -> bool:
        """Is nobody named, so that there is no name to be spelt wrong?"""
        return is_generic(self.name)


class Proposals:
    """What members propose, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def speakers_at(
        self, guild_id: int | None, reference: Reference, quoted: tuple[int, int] | None
    ) -> tuple[Speaking, ...]:
        """Who speaks in a passage, whoever says the ``quoted`` words (counted from its first) before the others.

        Raises `GonePassageError`, and `NotKeeperError` where nobody in this server could accept a correction.
        """
        found, episode, _ = await self._correctable(guild_id, reference)
        async with self._database.read() as connection:
            names = await names_in(connection, frozenset({episode.podcast_id}))
        labels = labels_in(found, reference, quoted)
        return tuple(Speaking(label, names.of(episode.podcast_id, episode.id, label)) for label in labels)

    async def propose(
        self, guild_id: int | None, member_id: int, reference: Reference, quoted: tuple[int, int] | None, typed: Mistake
    ) -> tuple[Correction, Received]:
        """Keeps what a member says is wrong in a passage, or joins them to who said so before.

        ``typed.spelling`` is a label for anything about a speaker. Raises `CompanionError` for what cannot be.
        """
        if guild_id is None:
            raise OutsideServersError
        found, episode, podcast = await self._correctable(guild_id, reference)
        typed = replace(typed, name=tidy_name(typed.name))
        if typed.about is About.TERM:
            typed = replace(typed, spelling=tidy_spelling(typed.spelling))
            place = misheard(found, reference, typed.spelling)
        else:
            place = spoken_by(found, reference, typed.spelling, quoted)
        if place is None:
            raise _not_in_passage(typed)
        async with self._database.write() as connection:
            mistake = _checked(await names_in(connection, frozenset({podcast.id})), episode, typed)
            if mistake.about in KINDS:
                spelling = tidy_spelling(mistake.spelling)
                await require_fit(connection, podcast, KINDS[mistake.about], spelling, mistake.name)
            received = await self._keep(connection, guild_id, member_id, place, episode, mistake)
            same = await corrections.same(connection, guild_id, podcast.id, episode.id, mistake)
        return next(one for one in same if one.verdict is Verdict.OPEN), received

    async def withdraw(self, guild_id: int | None, member_id: int, correction_id: int) -> tuple[Correction, bool]:
        """Makes a proposal the member's no more. Returns it as it was, and whether it stays: because others want it,
        or because it is decided on. Raises `NotProposedError`.
        """
        async with self._database.write() as connection:
            known = await corrections.get(connection, correction_id)
            if known is None or known.guild_id != guild_id or member_id not in known.proposers:
                raise NotProposedError
            await corrections.leave(connection, correction_id, member_id)
            stays = await corrections.get(connection, correction_id) is not None
        return known, stays

    async def of_member(self, guild_id: int | None, member_id: int, episode_id: int) -> list[Correction]:
        """What the member proposed in the server for an episode, in whatever state, the oldest first."""
        async with self._database.read() as connection:
            theirs = await corrections.of_member(connection, guild_id or 0, member_id)
        return [one for one in theirs if one.reference.episode_id == episode_id]

    async def _correctable(self, guild_id: int | None, reference: Reference) -> tuple[list[Passage], Episode, Podcast]:
        found, episode = await passages_at(self._database, guild_id, reference)
        async with self._database.read() as connection:
            podcast = (await podcasts.by_ids(connection, [episode.podcast_id]))[episode.podcast_id]
        if not await keeps(self._database, guild_id, podcast.id):
            raise not_keeper(podcast)
        return found, episode, podcast

    async def _keep(
        self,
        connection: AsyncConnection,
        guild_id: int,
        member_id: int,
        place: Reference,
        episode: Episode,
        mistake: Mistake,
    ) -> Received:
        same = await corrections.same(connection, guild_id, episode.podcast_id, episode.id, mistake)
        known = next((one for one in same if one.verdict is Verdict.OPEN), None)
        if known is not None and member_id in known.proposers:
            return Received.KNOWN
        if known is None and any(one.verdict is Verdict.REJECTED for one in same):
            raise TurnedDownError
        theirs = await corrections.of_member(connection, guild_id, member_id)
        if sum(one.verdict is Verdict.OPEN for one in theirs) >= MOST_OF_MEMBER:
            raise EnoughProposedError(
                f"{MOST_OF_MEMBER} corrections of yours are open here: wait until the managers decided on some of them."
            )
        now = self._database.clock.now()
        if known is not None:
            await corrections.join(connection, known.id, member_id, now)
            return Received.JOINED
        if len(await corrections.listed(connection, guild_id)) >= MOST:
            raise EnoughProposedError(
                f"{MOST} corrections are open in this server: its managers decide on them with `/setup corrections`."
                " Propose yours when there is room again."
            )
        await corrections.add(connection, guild_id, member_id, place, mistake, now)
        return Received.NEW


def _not_in_passage(typed: Mistake) -> NotInPassageError:
    if typed.about is About.TERM:
        return NotInPassageError(f"“{typed.spelling}” is not in this passage: write it as the text has it.")
    return NotInPassageError("Nobody with that label speaks in this passage: open its context again.")


def _checked(names: Names, episode: Episode, typed: Mistake) -> Mistake:
    """The mistake as it is kept: a person's by the name that is shown. Raises `NothingWrongError`."""
    podcast_id, name = episode.podcast_id, typed.name
    if typed.about is About.TERM:
        known = names.terms.get(podcast_id, {}).get(folded(typed.spelling))
        if known is not None and folded(known) == folded(name):
            raise NothingWrongError(f"“{typed.spelling}” stands for “{known}” already: a search for either finds both.")
        return typed
    shown = names.of(podcast_id, episode.id, typed.spelling)
    # A label that is named like itself stands for nobody else, whatever its name stands for.
    as_shown = name if typed.about is About.LABEL and name == typed.spelling else names.person(podcast_id, name)
    if shown in {name, as_shown}:
        raise NothingWrongError(f"They are shown as “{shown}” already, so there is nothing to correct.")
    return replace(typed, spelling=shown) if typed.about is About.PERSON else typed
