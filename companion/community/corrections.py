"""Corrections of names that members proposed (`proposals.py`), as the managers who decide on them see them.

A proposal is its server's own, and does nothing. Accepting it does what a moderator does with names (`aliases.py`), so
only the server that keeps the podcast can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from companion.archive.expansion import pattern
from companion.community.aliases import not_keeper, put_alias, put_label
from companion.community.keeping import keeps
from companion.community.places import GonePassageError, Quoted, quoted_at
from companion.community.visibility import visible_podcasts
from companion.storage import channels, corrections, episodes, podcasts, subscriptions
from companion.storage.channels import Purpose
from companion.storage.corrections import About, Correction, Verdict
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import AliasKind
from companion.storage.podcasts import Podcast

PER_PAGE = 3
KINDS = {About.PERSON: AliasKind.PERSON, About.TERM: AliasKind.TERM}
"""What becomes an alias, and of which kind. A label is named in its episode instead."""


class UnknownCorrectionError(NotFoundError):
    """A proposal that was withdrawn, went with its episode, or is another server's."""

    def __init__(self) -> None:
        super().__init__(
            "I don't know this correction any more: it was withdrawn, or its episode is gone. `/setup corrections`"
            " lists those that are open."
        )


class AlreadyDecidedError(CompanionError):
    """Somebody was quicker."""

    def __init__(self, verdict: Verdict, *, by_same: bool) -> None:
        who = "You have" if by_same else "A manager has"
        super().__init__(f"{who} {verdict} this already, so nothing changed now.")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with what whoever decides on it wants to see.

    ``place`` is None where the passage is gone; ``turns`` are those of the episode that have the label, for a label.
    """

    correction: Correction
    podcast: Podcast
    episode: Episode
    place: Quoted | None
    turns: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a server's open proposals, the oldest first; ``page`` counts from 0."""

    proposed: tuple[Proposed, ...]
    page: int
    pages: int
    total: int


class Corrections:
    """What managers are asked and decide, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int | None, correction_id: int) -> Proposed:
        """A proposal of this server, of a podcast that it sees. Raises `UnknownCorrectionError` for any other."""
        visible = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            known = await corrections.get(connection, correction_id)
            if known is None or known.guild_id != guild_id or known.podcast_id not in visible:
                raise UnknownCorrectionError
            proposed = await _proposed(connection, known)
        return await self._quoting(proposed)

    async def page(self, guild_id: int | None, page: int) -> Page:
        """A page of what is open in the server; the last page for one that is behind it."""
        visible = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            known = await corrections.listed(connection, guild_id or 0)
            known = [one for one in known if one.podcast_id in visible]
            pages = max((len(known) + PER_PAGE - 1) // PER_PAGE, 1)
            page = min(page, pages - 1)
            some = [await _proposed(connection, one) for one in known[page * PER_PAGE : (page + 1) * PER_PAGE]]
        return Page(tuple([await self._quoting(one) for one in some]), page, pages, len(known))

    async def decide(self, guild_id: int | None, correction_id: int, member_id: int, *, accept: bool) -> Proposed:
        """A manager accepts a proposal, which takes effect, or rejects it. Of two at once, one does.

        Raises `UnknownCorrectionError`, `AlreadyDecidedError`, `NotKeeperError` where another server keeps the podcast
        by now, and `CompanionError` where the names do not allow it any more; it then stays open.
        """
        proposed = await self.get(guild_id, correction_id)
        if accept and not await keeps(self._database, guild_id, proposed.podcast.id):
            raise not_keeper(proposed.podcast)
        async with self._database.write() as connection:
            known = await corrections.get(connection, correction_id)
            if known is None:
                raise UnknownCorrectionError
            if known.verdict is not Verdict.OPEN:
                raise AlreadyDecidedError(known.verdict, by_same=known.decided_by == member_id)
            if accept:
                await self._put(connection, proposed)
            verdict = Verdict.ACCEPTED if accept else Verdict.REJECTED
            await corrections.decide(connection, correction_id, verdict, member_id, self._database.clock.now())
        return await self.get(guild_id, correction_id)

    async def untold(self) -> list[tuple[Correction, int]]:
        """What the managers of a server that chose a channel for it were not asked yet, with that channel."""
        async with self._database.read() as connection:
            known = await corrections.untold(connection)
            chosen = await channels.of_purpose(connection, Purpose.NOTICES) if known else {}
            guilds = {one.guild_id for one in known} & chosen.keys()
            seen = {guild_id: await subscriptions.podcast_ids(connection, guild_id) for guild_id in guilds}
        return [(one, chosen[one.guild_id]) for one in known if one.podcast_id in seen.get(one.guild_id, ())]

    async def claim(self, correction_id: int) -> Proposed | None:
        """Takes its message over from every other process. None where there is nothing to send any more."""
        async with self._database.write() as connection:
            if not await corrections.claim(connection, correction_id, self._database.clock.now()):
                return None
            known = await corrections.get(connection, correction_id)
            proposed = await _proposed(connection, known) if known else None
        return await self._quoting(proposed) if proposed else None

    async def not_sent(self, correction_id: int) -> None:
        """The message was refused, so that it is certain that nobody has it."""
        async with self._database.write() as connection:
            await corrections.release(connection, correction_id)

    async def sent(self, correction_id: int, channel_id: int, message_id: int) -> None:
        """The message is there."""
        async with self._database.write() as connection:
            await corrections.told(connection, correction_id, channel_id, message_id)

    async def _put(self, connection: AsyncConnection, proposed: Proposed) -> None:
        mistake = proposed.correction.mistake
        if mistake.about is About.LABEL:
            await put_label(connection, proposed.episode, mistake.spelling, mistake.name)
        else:
            now = self._database.clock.now()
            kind = KINDS[mistake.about]
            await put_alias(connection, proposed.podcast, kind, mistake.spelling, mistake.name, now)

    async def _quoting(self, proposed: Proposed) -> Proposed:
        """The same with what is said there now."""
        correction, mistake = proposed.correction, proposed.correction.mistake
        try:
            place = await quoted_at(self._database, correction.guild_id, correction.reference)
        except GonePassageError:
            return proposed
        if mistake.about is About.TERM:
            misheard = pattern(mistake.spelling)
            spans = [tuple(match.span() for match in misheard.finditer(said.text)) for said in place.quotes]
            quotes = [replace(said, matches=at) for said, at in zip(place.quotes, spans, strict=True)]
            place = replace(place, quotes=tuple(quotes))
        return replace(proposed, place=place)


async def _proposed(connection: AsyncConnection, correction: Correction) -> Proposed:
    """The proposal without its quotation."""
    mistake, episode_id = correction.mistake, correction.reference.episode_id
    podcast = (await podcasts.by_ids(connection, [correction.podcast_id]))[correction.podcast_id]
    episode = (await episodes.get(connection, [episode_id]))[episode_id]
    turns = 0
    if mistake.about is About.LABEL:
        turns = sum(turn.speaker == mistake.spelling for turn in await episodes.turns(connection, episode_id))
    return Proposed(correction, podcast, episode, None, turns)
