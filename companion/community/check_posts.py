"""Looking over what comes by itself with highlights, and over threads: channels that are gone or lack something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from companion.community.channels import Place
from companion.community.permissions import (
    APPROVALS,
    CONVERSATIONS,
    HIGHLIGHTS,
    UNDER_NEWS,
    Feature,
    Permission,
    missing,
)
from companion.storage.highlight_rules import Approval, HighlightRule

PlaceOf = Callable[[int], Place | None]
"""What Discord knows of a server's channel now; None where it is gone, or hidden from the bot."""


@dataclass(frozen=True, slots=True)
class CheckedPost:
    """A channel that something is done in by itself: gone, or there and lacking something, or nothing. ``name`` is the
    channel's, after "the", and ``command`` chooses another."""

    name: str
    channel_id: int
    gone: bool
    feature: Feature
    lacks: tuple[Permission, ...]
    command: str

    @property
    def works(self) -> bool:
        return not self.gone and not self.lacks


@dataclass(frozen=True, slots=True)
class CheckedThreads:
    """What the bot lacks in a channel for the threads that it opens there."""

    channel_id: int
    feature: Feature
    lacks: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """Highlights that are paused, since when, and why where managers did not want it."""

    since: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class CheckedHighlights:
    """What a rule's posts need: its channels, whether it is paused, and emoji to vote with that are there no more."""

    posts: tuple[CheckedPost, ...] = ()
    paused: Paused | None = None
    gone_emoji: tuple[str, ...] = ()

    @property
    def faultless(self) -> bool:
        """Does all of it work? That managers paused it is no fault."""
        stuck = self.paused is not None and self.paused.reason is not None
        return all(one.works for one in self.posts) and not stuck and not self.gone_emoji


def check_highlights(
    rule: HighlightRule | None, place_of: PlaceOf, has_emoji: Callable[[str], bool]
) -> CheckedHighlights:
    """Looks over a server's rule; nothing is wrong where it has none."""
    if rule is None:
        return CheckedHighlights()
    wanted = [("daily highlight", rule.channel_id, HIGHLIGHTS, "/highlights setup")]
    if rule.approval is not Approval.NONE and rule.approval_channel_id is not None:
        wanted.append(("approval of highlights", rule.approval_channel_id, APPROVALS, "/highlights setup"))
    if rule.wishes.hall_of_fame is not None:
        wanted.append(("hall of fame", rule.wishes.hall_of_fame, HIGHLIGHTS, "/highlights hall-of-fame"))
    posts: list[CheckedPost] = []
    for name, channel_id, feature, command in wanted:
        place = place_of(channel_id)
        gone = place is None or not place.receives_posts
        lacks = () if place is None else place.lacks(feature)
        posts.append(CheckedPost(name, channel_id, gone, feature, lacks, command))
    paused = None if rule.paused_at is None else Paused(rule.paused_at, rule.pause_reason)
    gone_emoji = tuple(one for one in (rule.wishes.up, rule.wishes.down) if not has_emoji(one))
    return CheckedHighlights(tuple(posts), paused, gone_emoji)


def check_threads(here: Place, news: Place | None) -> tuple[CheckedThreads, ...]:
    """What lacks for threads of conversations where managers asked, and under announcements."""
    found: list[CheckedThreads] = []
    if not here.thread:
        found.append(_lacking(here, CONVERSATIONS))
    if news is not None:
        found.append(_lacking(news, UNDER_NEWS))
    return tuple(one for one in found if one.lacks)


def _lacking(place: Place, feature: Feature) -> CheckedThreads:
    # In a channel `Place.lacks` leaves out what only matters in threads, which here is what matters.
    return CheckedThreads(place.channel_id, feature, missing(place.granted, feature.needs))
