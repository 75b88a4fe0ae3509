"""What members save for themselves: passages to come back to, each in the server where it was saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from companion.archive.quoting import narrowed, words_of
from companion.community.places import GonePassageError, Quoted, passages_at, quoted_at
from companion.community.visibility import OutsideServersError, visible_podcasts
from companion.community.wishes import has_words
from companion.storage import episodes, saved
from companion.storage.engine import Database
from companion.storage.episodes import Episode, Reference
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.saved import Owner, Saved

MOST = 200
"""Passages that a member may keep in one server."""
PER_PAGE = 5


class NotSavedError(NotFoundError):
    """Something that the member does not keep here."""

    def __init__(self) -> None:
        super().__init__("This is not among what you saved here. `/saved list` shows what is.")


class NothingSavedError(NotFoundError):
    """A member who keeps nothing here."""

    def __init__(self) -> None:
        super().__init__("You have saved nothing here yet: press Save under a search result.")


class EnoughSavedError(CompanionError):
    """The member keeps as much as they may."""

    def __init__(self) -> None:
        super().__init__(f"You have saved {MOST} passages here, which is all there is room for: remove some first.")


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What was saved, as it is in the archive now. ``place`` is None where it is there no more."""

    id: int
    episode: Episode
    place: Quoted | None


@dataclass(frozen=True, slots=True)
class SavedPage:
    """Some of what a member saved in a server, newest first; ``page`` counts from 0.

    ``hidden`` were saved of podcasts that the server sees no more; they are not counted in ``total``.
    """

    bookmarks: tuple[Bookmark, ...]
    page: int
    pages: int
    total: int
    hidden: int


class SavedPassages:
    """What all members saved, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(
        self, guild_id: int | None, member_id: int, reference: Reference, quoted: tuple[int, int] | None
    ) -> tuple[Bookmark, bool]:
        """Keeps the words of a passage that a result ``quoted`` (counted from its first), or all of it.

        Returns what is kept, and whether it was not before. Raises `GonePassageError` and `EnoughSavedError`.
        """
        owner = _owner(guild_id, member_id)
        found, _ = await passages_at(self._database, guild_id, reference)
        if quoted is not None:
            words = reference.first_word + quoted[0], reference.first_word + quoted[1]
            quoting = next((one for one in found if words_of(one, *words)), found[0])
            reference = narrowed(quoting, reference, *words)
        async with self._database.write() as connection:
            if await saved.count(connection, owner) >= MOST:
                raise EnoughSavedError
            new = await saved.add(connection, owner, reference, self._database.clock.now())
            kept = await saved.listed(connection, owner)
        same = next(one for one in kept if _place(one.reference) == _place(reference))
        return await self._bookmark(guild_id, same), new

    async def remove(self, guild_id: int | None, member_id: int, saved_id: int) -> None:
        """Keeps it no more. Raises `NotSavedError`."""
        async with self._database.write() as connection:
            removed = await saved.remove(connection, _owner(guild_id, member_id), saved_id)
        if not removed:
            raise NotSavedError

    async def page(self, guild_id: int | None, member_id: int, page: int) -> SavedPage:
        """A page of what the member saved here; the last page for one that is behind it."""
        shown, hidden = await self._visible(guild_id, member_id)
        pages = max((len(shown) + PER_PAGE - 1) // PER_PAGE, 1)
        page = min(page, pages - 1)
        some = shown[page * PER_PAGE : (page + 1) * PER_PAGE]
        bookmarks = tuple([await self._bookmark(guild_id, one) for one in some])
        return SavedPage(bookmarks, page, pages, len(shown), hidden)

    async def every(self, guild_id: int | None, member_id: int) -> tuple[Bookmark, ...]:
        """All that the member saved here of podcasts that the server sees, newest first. Raises `NothingSavedError`."""
        shown, _ = await self._visible(guild_id, member_id)
        if not shown:
            raise NothingSavedError
        return tuple([await self._bookmark(guild_id, one) for one in shown])

    async def like(self, guild_id: int | None, member_id: int, typed: str) -> list[tuple[Saved, Episode]]:
        """What the member saved here of episodes that have every typed word in their title, the last one first."""
        shown, _ = await self._visible(guild_id, member_id)
        async with self._database.read() as connection:
            known = await episodes.get(connection, list({one.reference.episode_id for one in shown}))
        named = [(one, known[one.reference.episode_id]) for one in shown]
        return [(one, episode) for one, episode in named if has_words(episode.title, typed)]

    async def _visible(self, guild_id: int | None, member_id: int) -> tuple[Sequence[Saved], int]:
        """What the member saved here of podcasts that the server sees, and how many there are of others."""
        visible = await visible_podcasts(self._database, guild_id)
        async with self._database.read() as connection:
            kept = await saved.listed(connection, _owner(guild_id, member_id))
        shown = [one for one in kept if one.podcast_id in visible]
        return shown, len(kept) - len(shown)

    async def _bookmark(self, guild_id: int | None, kept: Saved) -> Bookmark:
        episode_id = kept.reference.episode_id
        async with self._database.read() as connection:
            episode = (await episodes.get(connection, [episode_id]))[episode_id]
        try:
            place = await quoted_at(self._database, guild_id, kept.reference)
        except GonePassageError:
            place = None
        return Bookmark(kept.id, episode, place)


def _owner(guild_id: int | None, member_id: int) -> Owner:
    if guild_id is None:
        raise OutsideServersError
    return Owner(guild_id, member_id)


def _place(reference: Reference) -> Reference:
    """What two references to the same beginning have in common."""
    return replace(reference, start=None, end=None, last_word=reference.first_word)
