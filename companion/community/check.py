"""Looking over what a server decided: what would not work, as facts for those who manage it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from companion.community.channels import Place
from companion.community.check_clubs import CheckedClubs, check_clubs
from companion.community.check_posts import CheckedHighlights, CheckedThreads, PlaceOf, check_highlights, check_threads
from companion.community.permissions import FOR_PURPOSE, Permission
from companion.storage import channels, feeds, highlight_rules, podcasts, series, subscriptions
from companion.storage.channels import Purpose
from companion.storage.engine import Database
from companion.storage.podcasts import Podcast


class Meanings(Enum):
    """Whether searches compare meanings, will in a moment, or go by words alone."""

    COMPARED = auto()
    LOADING = auto()
    WORDS_ONLY = auto()

    @classmethod
    def now(cls, *, semantic: bool, loading: bool) -> Meanings:
        if semantic:
            return cls.COMPARED
        return cls.LOADING if loading else cls.WORDS_ONLY


@dataclass(frozen=True, slots=True)
class ChosenChannel:
    """The channel of a purpose: gone (or hidden from the bot), or there and lacking something, or nothing."""

    purpose: Purpose
    channel_id: int
    gone: bool
    lacks: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class FailingFeed:
    """A feed that could not be read so often in a row, since it last could at ``read_at``. It is asked again at
    ``again_at``, or at the next round."""

    podcast: Podcast
    failures: int
    read_at: datetime
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Check:
    """Everything that a server's managers may want to set right. ``here`` is the channel asked in."""

    here_id: int
    here_lacks: tuple[Permission, ...]
    chosen: tuple[ChosenChannel, ...]
    unchosen: tuple[Purpose, ...]
    podcasts: tuple[Podcast, ...]
    failing: tuple[FailingFeed, ...]
    meanings: Meanings
    highlights: CheckedHighlights = field(default_factory=CheckedHighlights)
    threads: tuple[CheckedThreads, ...] = ()
    clubs: CheckedClubs = field(default_factory=CheckedClubs)

    @property
    def faultless(self) -> bool:
        """Is there nothing to set right? A purpose without a channel may be meant so."""
        channels_work = not self.here_lacks and not any(one.gone or one.lacks for one in self.chosen)
        channels_work = channels_work and self.highlights.faultless and not self.threads and self.clubs.faultless
        return channels_work and bool(self.podcasts) and not self.failing and self.meanings is not Meanings.WORDS_ONLY


async def check(
    database: Database,
    guild_id: int,
    here: Place,
    place_of: PlaceOf,
    has_emoji: Callable[[str], bool],
    meanings: Meanings,
    granted: int,
    *,
    links: bool,
) -> Check:
    """Looks over a server, by what Discord knows of its channels and its emoji now.

    ``granted`` are the bits of what the bot's roles allow in all of it; ``links``: can members subscribe to calendars?
    """
    async with database.read() as connection:
        visible = await subscriptions.podcast_ids(connection, guild_id)
        known = [one for one in await podcasts.list_podcasts(connection) if one.id in visible]
        states = await feeds.by_ids(connection, visible)
        kept = await channels.chosen(connection, guild_id)
        rule = await highlight_rules.get(connection, guild_id)
        clubs = await series.of_guild(connection, guild_id)
    chosen = {purpose: (channel_id, place_of(channel_id)) for purpose, channel_id in kept.items()}
    failing = tuple(
        FailingFeed(one, state.failures, state.read_at, state.not_before)
        for one in known
        if (state := states.get(one.id)) is not None and state.failures
    )
    return Check(
        here_id=here.channel_id,
        here_lacks=here.lacks_to_answer(),
        chosen=tuple(
            ChosenChannel(purpose, channel_id, place is None, place.lacks(FOR_PURPOSE[purpose]) if place else ())
            for purpose, (channel_id, place) in chosen.items()
        ),
        unchosen=tuple(purpose for purpose in Purpose if purpose not in chosen),
        podcasts=tuple(known),
        failing=failing,
        meanings=meanings,
        highlights=check_highlights(rule, place_of, has_emoji),
        threads=check_threads(here, chosen.get(Purpose.NEWS, (0, None))[1]),
        clubs=check_clubs(clubs, place_of, granted, links=links),
    )
