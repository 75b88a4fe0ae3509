"""Looking over a server's paper clubs: channels that are gone, what lacks for posts, threads and events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from companion.community.check_posts import CheckedPost, CheckedThreads, PlaceOf
from companion.community.permissions import DISCUSSIONS, EVENTS, SESSIONS, Permission, missing
from companion.storage.series import Series


@dataclass(frozen=True, slots=True)
class CheckedClub:
    """A club that meets. ``lost_venue`` is the voice or stage channel that it met in, where that is gone."""

    name: str
    post: CheckedPost
    threads: CheckedThreads | None
    lost_venue: int | None

    @property
    def faultless(self) -> bool:
        """Does all of it work?"""
        return self.post.works and self.threads is None and self.lost_venue is None


@dataclass(frozen=True, slots=True)
class CheckedClubs:
    """A server's clubs, and what lacks in all of the server for their events. ``links``: can members subscribe to the
    calendar?"""

    clubs: tuple[CheckedClub, ...] = ()
    lacks_for_events: tuple[Permission, ...] = ()
    links: bool = True

    @property
    def faultless(self) -> bool:
        """Does all of it work? A calendar can be had as a file too."""
        return all(one.faultless for one in self.clubs) and not self.lacks_for_events


def check_clubs(clubs: Iterable[Series], place_of: PlaceOf, granted: int, *, links: bool) -> CheckedClubs:
    """Looks over the clubs that are not paused. ``granted`` are the bits of what the bot's roles allow in the server;
    nothing is wrong where there is no club."""
    running = [one for one in clubs if one.running]
    if not running:
        return CheckedClubs()
    lacks = missing(granted, EVENTS.needs)
    return CheckedClubs(tuple(_club(one, place_of) for one in running), lacks, links)


def _club(club: Series, place_of: PlaceOf) -> CheckedClub:
    place = place_of(club.channel_id)
    gone = place is None or not place.receives_posts
    post = CheckedPost(
        "paper club", club.channel_id, gone, SESSIONS, () if place is None else place.lacks(SESSIONS), "/club edit"
    )
    # In a channel `Place.lacks` leaves out what only matters in threads, which here is what matters.
    lacks = () if place is None or gone else missing(place.granted, DISCUSSIONS.needs)
    threads = CheckedThreads(club.channel_id, DISCUSSIONS, lacks) if lacks else None
    venue = club.venue_channel_id
    return CheckedClub(club.name, post, threads, venue if venue is not None and place_of(venue) is None else None)
