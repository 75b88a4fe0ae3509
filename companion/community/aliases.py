"""Names as moderators keep them: other spellings of people and things, and who a label is in one episode.

The names of a podcast are one table, whoever reads them. Only the server that keeps the podcast (`keeping.py`) edits
them, and the operator at the command line; other servers see them in effect.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from companion.archive.people import is_generic
from companion.community.keeping import NotKeeperError, keeps, known_to, meant
from companion.community.visibility import visible_podcasts
from companion.storage import aliases, episodes
from companion.storage.aliases import LONGEST_SPELLING, Alias, NamedLabel, Origin
from companion.storage.engine import AsyncConnection, Database
from companion.storage.episodes import Episode
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.names import AliasKind, AliasState, Names, folded, names_in
from companion.storage.passages import speakers
from companion.storage.podcasts import Podcast

LONGEST_NAME = 80
MOST_ALIASES = 1000
"""Aliases of one podcast: every search looks for all of them."""


class UnfitNameError(CompanionError):
    """A spelling or a name that cannot be kept."""


class UnknownSpellingError(NotFoundError):
    """A spelling that stands for nothing here."""

    def __init__(self, spelling: str) -> None:
        listed = "`/setup aliases list`, or `companion aliases` with the podcast, shows what does."
        super().__init__(f"“{_short(spelling)}” stands for nothing else here. {listed}")


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit made of a spelling, and what was known of it before. ``podcast`` is where it holds."""

    podcast: Podcast
    alias: Alias
    before: Alias | None


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Who a label of an episode is now, and who it was shown as before."""

    episode: Episode
    label: str
    name: str
    before: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All names of a podcast. ``episodes`` are those in which labels are named, by id."""

    podcast: Podcast
    accepted: tuple[Alias, ...]
    proposed: tuple[Alias, ...]
    labels: tuple[NamedLabel, ...]
    episodes: dict[int, Episode]


class Aliases:
    """What moderators and the operator do with names, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def readable(self, guild_id: int | None, name: str | None) -> Podcast:
        """A podcast that the server sees, as `keeping.meant` has it."""
        return await meant(self._database, guild_id, name)

    async def editable(self, guild_id: int | None, name: str | None) -> Podcast:
        """`readable`, and the server may edit its names. Raises `NotKeeperError` where another one keeps them."""
        podcast = await self.readable(guild_id, name)
        if not await keeps(self._database, guild_id, podcast.id):
            raise not_keeper(podcast)
        return podcast

    async def kept(self, podcast: Podcast) -> Kept:
        """Every name of the podcast."""
        async with self._database.read() as connection:
            known = await aliases.listed(connection, [podcast.id], [AliasState.ACCEPTED, AliasState.PROPOSED])
            labels = await aliases.named_labels(connection, frozenset({podcast.id}))
            of_labels = await episodes.get(connection, {label.episode_id for label in labels})
        return Kept(
            podcast,
            tuple(alias for alias in known if alias.state is AliasState.ACCEPTED),
            tuple(alias for alias in known if alias.state is AliasState.PROPOSED),
            tuple(label for label in labels if label.name != label.label),
            dict(of_labels),
        )

    async def add(self, podcast: Podcast, spelling: str, name: str, kind: AliasKind | None = None) -> Change:
        """Lets a spelling stand for a name. Without a ``kind`` it is a person's where somebody of either speaks.

        Raises `UnfitNameError` where that cannot be.
        """
        spelling, name = tidy_spelling(spelling), tidy_name(name)
        async with self._database.write() as connection:
            if kind is None:
                heard = {
                    one for speaker in await speakers(connection, frozenset({podcast.id})) for one in speaker.spellings
                }
                kind = AliasKind.PERSON if heard & {folded(spelling), folded(name)} else AliasKind.TERM
            return await put_alias(connection, podcast, kind, spelling, name, self._database.clock.now())

    async def remove(self, podcast: Podcast, spelling: str) -> Change:
        """Lets a spelling stand for itself again, and no ingest join it anew. Raises `UnknownSpellingError`."""
        for kind in AliasKind:
            async with self._database.read() as connection:
                before = await aliases.get(connection, podcast.id, kind, spelling)
            if before is not None and before.state is AliasState.ACCEPTED:
                return await self._decide(podcast, kind, spelling, AliasState.REJECTED, [AliasState.ACCEPTED])
        raise UnknownSpellingError(spelling)

    async def accept(self, podcast: Podcast, kind: AliasKind, spelling: str) -> Change:
        """Puts a proposal into effect. Raises `UnknownSpellingError` for what is not proposed any more."""
        return await self._decide(podcast, kind, spelling, AliasState.ACCEPTED, [AliasState.PROPOSED])

    async def reject(self, podcast: Podcast, kind: AliasKind, spelling: str) -> Change:
        """Turns a proposal down for good. Raises `UnknownSpellingError` for what is not proposed any more."""
        return await self._decide(podcast, kind, spelling, AliasState.REJECTED, [AliasState.PROPOSED])

    async def _decide(
        self, podcast: Podcast, kind: AliasKind, spelling: str, state: AliasState, among: Sequence[AliasState]
    ) -> Change:
        async with self._database.write() as connection:
            before = await aliases.get(connection, podcast.id, kind, spelling)
            if before is None or before.state not in among:
                raise UnknownSpellingError(spelling)
            alias = replace(before, state=state)
            await aliases.put(connection, alias, self._database.clock.now())
        return Change(podcast, alias, before)

    async def name_label(self, allowed: frozenset[int] | None, episode: str, label: str, name: str) -> LabelChange:
        """Says who a label is in one episode of the ``allowed`` podcasts (None: of any); its own name leaves it as is.

        Raises `CompanionError` for an episode or a label that is not there.
        """
        name = tidy_name(name)
        async with self._database.write() as connection:
            return await put_label(connection, await episodes.find(connection, episode[:200], allowed), label, name)

    async def keepable(self, guild_id: int | None) -> frozenset[int]:
        """The podcasts whose names the server may edit. Raises `CompanionError` where there is none."""
        seen = await visible_podcasts(self._database, guild_id)
        kept = frozenset([one for one in seen if await keeps(self._database, guild_id, one)])
        if not kept:
            raise not_keeper((await known_to(self._database, guild_id))[0])
        return kept

    async def labels_of(self, allowed: frozenset[int], episode: str) -> list[str]:
        """The labels of an episode of these podcasts; none where no episode is meant."""
        async with self._database.read() as connection:
            try:
                found = await episodes.find(connection, episode[:200], allowed)
            except NotFoundError:
                return []
            return (await aliases.labels(connection, frozenset({found.podcast_id}))).get(found.id, [])

    async def names_like(self, podcast: Podcast, typed: str, limit: int) -> list[str]:
        """Names that a spelling may stand for: of speakers, and those that have other spellings already."""
        async with self._database.read() as connection:
            heard = [speaker.name for speaker in await speakers(connection, frozenset({podcast.id}))]
            known = await aliases.listed(connection, [podcast.id], [AliasState.ACCEPTED])
        every = dict.fromkeys([*heard, *(alias.name for alias in known)])
        return [name for name in every if folded(typed) in folded(name)][:limit]

    async def spellings_like(self, podcast: Podcast, typed: str, limit: int) -> list[Alias]:
        """The accepted spellings that have what was typed in them, or in their names."""
        async with self._database.read() as connection:
            known = await aliases.listed(connection, [podcast.id], [AliasState.ACCEPTED])
        return [one for one in known if folded(typed) in one.spelling or folded(typed) in folded(one.name)][:limit]


async def put_alias(
    connection: AsyncConnection, podcast: Podcast, kind: AliasKind, spelling: str, name: str, now: datetime
) -> Change:
    """Lets a tidy spelling stand for a tidy name. Raises `UnfitNameError` where that cannot be."""
    await require_fit(connection, podcast, kind, spelling, name)
    before = await aliases.get(connection, podcast.id, kind, spelling)
    alias = Alias(podcast.id, kind, folded(spelling), name, AliasState.ACCEPTED, Origin.MODERATOR)
    await aliases.put(connection, alias, now)
    return Change(podcast, alias, before)


async def require_fit(connection: AsyncConnection, podcast: Podcast, kind: AliasKind, spelling: str, name: str) -> None:
    """Raises `UnfitNameError` where `put_alias` would."""
    _check(await names_in(connection, frozenset({podcast.id})), podcast, kind, spelling, name)
    new = await aliases.get(connection, podcast.id, kind, spelling) is None
    if new and len(await aliases.listed(connection, [podcast.id])) >= MOST_ALIASES:
        raise UnfitNameError(f"“{podcast.title}” has {MOST_ALIASES:,} spellings already: remove some first.")


async def put_label(connection: AsyncConnection, episode: Episode, label: str, name: str) -> LabelChange:
    """Says who a label is in the episode, by a tidy name. Raises `NotFoundError` for a label that is not there."""
    podcast = frozenset({episode.podcast_id})
    known = (await aliases.labels(connection, podcast)).get(episode.id, [])
    fits = [one for one in known if one == label] or [one for one in known if folded(one) == folded(label)]
    if not fits:
        heard = ", ".join(known[:10]) or "nobody; its transcript has no labels"
        raise NotFoundError(f"Nobody is labelled “{_short(label)}” in “{episode.title}”. Labelled there: {heard}.")
    before = (await names_in(connection, podcast)).of(episode.podcast_id, episode.id, fits[0])
    await aliases.name_label(connection, NamedLabel(episode.id, fits[0], name, Origin.MODERATOR))
    return LabelChange(episode, fits[0], name, before)


def tidy_spelling(text: str) -> str:
    """A spelling as it is kept but for its case. Raises `UnfitNameError` for nothing, and for too much."""
    return _tidy(text, "spelling", LONGEST_SPELLING)


def tidy_name(text: str) -> str:
    """A name as it is shown. Raises `UnfitNameError` for nothing, and for too much."""
    return _tidy(text, "name", LONGEST_NAME)


def not_keeper(podcast: Podcast) -> NotKeeperError:
    """What members of a server read that does not keep the podcast."""
    return NotKeeperError(f"The names of “{podcast.title}” cannot be changed", "companion aliases")


def _check(known: Names, podcast: Podcast, kind: AliasKind, spelling: str, name: str) -> None:
    if kind is AliasKind.PERSON and is_generic(spelling):
        raise UnfitNameError(
            f"“{spelling}” may be somebody else in every episode: name it in one with `/setup aliases label`, or"
            " `companion aliases --label`."
        )
    if kind is AliasKind.TERM and folded(spelling) == folded(name):
        raise UnfitNameError(f"“{spelling}” and “{name}” are the same for a search.")
    spellings = (known.people if kind is AliasKind.PERSON else known.terms).get(podcast.id, {})
    onward, seen = folded(name), set[str]()
    while onward in spellings and onward not in seen:
        seen.add(onward)
        onward = folded(spellings[onward])
    if folded(spelling) != folded(name) and folded(spelling) in {onward, *seen}:
        raise UnfitNameError(f"“{name}” stands for “{spelling}” here: remove “{name}” first, then add “{spelling}”.")


def _tidy(text: str, what: str, longest: int) -> str:
    """The text on one line, without invisible characters."""
    line = " ".join(text.split())
    line = "".join(sign for sign in line if not unicodedata.category(sign).startswith("C"))
    if not any(sign.isalnum() for sign in line):
        raise UnfitNameError(f"The {what} has no letter in it: write it as it is read or shown.")
    if len(folded(line)) > longest or len(line) > longest:
        raise UnfitNameError(f"The {what} is longer than {longest} characters: give a shorter one.")
    return line


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
