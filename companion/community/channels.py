"""Which channel a server wants what in: chosen, taken back, and refused where the bot could do nothing."""

from __future__ import annotations

from dataclasses import dataclass

from companion.community.permissions import (
    EVERYWHERE,
    FOR_PURPOSE,
    Feature,
    Permission,
    in_place,
    labels,
    missing,
    union,
)
from companion.storage import channels, subscriptions
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.errors import CompanionError


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as Discord knows it now. ``granted`` are the bits of what the bot may do in it; ``receives_posts`` says
    whether it is of a kind that takes announcements."""

    channel_id: int
    granted: int
    thread: bool = False
    receives_posts: bool = True

    def lacks(self, *features: Feature) -> tuple[Permission, ...]:
        """What is missing here for all of these."""
        return missing(self.granted, in_place(union(features), thread=self.thread))

    def lacks_to_answer(self) -> tuple[Permission, ...]:
        """What is missing here for what members ask for."""
        return self.lacks(*EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of a purpose's channel. ``before`` is the one it had; ``podcasts``: has the server any?"""

    purpose: Purpose
    channel_id: int
    before: int | None
    podcasts: bool


class NoSuchPurposeError(CompanionError):
    """A purpose of another version, or a made-up one."""

    def __init__(self, typed: str) -> None:
        known = " or ".join(f"`{purpose}`" for purpose in Purpose)
        super().__init__(f"“{typed[:20]}” is nothing that a channel can be chosen for: choose {known}.")


class NoSuchChannelError(CompanionError):
    """A channel that is gone, hidden from the bot, or another server's."""

    def __init__(self) -> None:
        super().__init__(
            "I know no such channel in this server: it may be deleted, or hidden from me. Choose another, or let me"
            " view it under the channel's settings → Permissions."
        )


class WrongKindOfChannelError(CompanionError):
    """A forum, a voice channel, a category or a thread."""

    def __init__(self) -> None:
        super().__init__("Posts need a text channel or an announcement channel: choose one of those.")


class ForbiddenChannelError(CompanionError):
    """A channel in which the bot may not do what it is chosen for."""

    def __init__(self, feature: Feature, lacks: tuple[Permission, ...]) -> None:
        super().__init__(
            f"To {feature.does} in that channel I still need {labels(lacks)}. Give me that under the channel's settings"
            " → Permissions → Advanced permissions → Companion, then choose the channel again."
        )


class NothingChosenError(CompanionError):
    """A purpose without a channel cannot lose it."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(f"No channel is chosen for {purpose}, so there is nothing to forget.")


def purpose_of(typed: str) -> Purpose:
    """The purpose of that name. Raises `NoSuchPurposeError`."""
    try:
        return Purpose(typed)
    except ValueError:
        raise NoSuchPurposeError(typed) from None


class ServerChannels:
    """What managers decide about channels, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def choose(self, guild_id: int, purpose: Purpose, place: Place | None, member_id: int) -> Choice:
        """Gives the purpose a channel of the server; ``place`` is None where the server has none such.

        Raises `CompanionError` for a channel in which nothing could be posted, with what to do.
        """
        if place is None:
            raise NoSuchChannelError
        if not place.receives_posts:
            raise WrongKindOfChannelError
        feature = FOR_PURPOSE[purpose]
        if lacks := place.lacks(feature):
            raise ForbiddenChannelError(feature, lacks)
        async with self._database.write() as connection:
            before = (await channels.chosen(connection, guild_id)).get(purpose)
            now = self._database.clock.now()
            await channels.choose(connection, guild_id, purpose, place.channel_id, member_id, now)
            podcasts = await subscriptions.podcast_ids(connection, guild_id)
        return Choice(purpose, place.channel_id, before, bool(podcasts))

    async def forget(self, guild_id: int, purpose: Purpose) -> int:
        """Takes the purpose's channel away, and returns it. Raises `NothingChosenError`."""
        async with self._database.write() as connection:
            before = (await channels.chosen(connection, guild_id)).get(purpose)
            if before is None:
                raise NothingChosenError(purpose)
            await channels.forget(connection, guild_id, purpose)
        return before

    async def chosen(self, guild_id: int) -> dict[Purpose, int]:
        """The channel of each purpose that has one."""
        async with self._database.read() as connection:
            return await channels.chosen(connection, guild_id)
