"""Which of Discord's permissions each feature needs: the one place that the invite link, the checks and the README
agree with. A permission that no feature of this version uses is not asked for, and Administrator never is.

Names and bits: https://discord.com/developers/docs/topics/permissions
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Flag
from types import MappingProxyType
from urllib.parse import urlencode

from companion.storage.channels import Purpose


class Permission(Flag):
    """A permission, by its bit."""

    ADMINISTRATOR = 1 << 3
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNELS = 1 << 10
    SEND_MESSAGES = 1 << 11
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44

    @property
    def label(self) -> str:
        """The name that Discord shows for a single permission."""
        return (self.name or "").replace("_", " ").title().replace(" In ", " in ")


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that the bot does, and what it needs for it. ``does`` goes on after "I"."""

    does: str
    needs: Permission


ANSWERS = Feature(
    "post answers and the progress of a reading",
    Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES | Permission.SEND_MESSAGES_IN_THREADS,
)
CHARTS = Feature("show the chart of a topic, and the calendar of a paper club", Permission.ATTACH_FILES)
CREDITS = Feature(
    "take back credit to a deleted search in messages that are posted already",
    Permission.VIEW_CHANNELS | Permission.READ_MESSAGE_HISTORY,
)
# Reactions that came while the bot was away are read from the messages.
VOTES = Feature(
    "count votes on clips",
    Permission.VIEW_CHANNELS | Permission.ADD_REACTIONS | Permission.READ_MESSAGE_HISTORY,
)
# The history tells, after a crash, whether an episode was announced already.
NEWS = Feature(
    "announce new episodes",
    Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY,
)
# Members vote with reactions that the bot begins; the history tells, after a crash, whether one was posted already.
HIGHLIGHTS = Feature(
    "post a highlight every day",
    Permission.VIEW_CHANNELS
    | Permission.SEND_MESSAGES
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.READ_MESSAGE_HISTORY,
)
APPROVALS = Feature(
    "ask managers before a highlight is posted",
    Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY,
)
RECAPS = Feature("post a recap", Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES)
NOTICES = Feature("tell managers what they should know", Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES)
# The history tells, after a crash, whether a member was told already.
_IN_THREADS = Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES_IN_THREADS | Permission.READ_MESSAGE_HISTORY
UNDER_NEWS = Feature(
    "tell members, under an announcement, what they follow", _IN_THREADS | Permission.CREATE_PUBLIC_THREADS
)
OWN_THREADS = Feature(
    "tell members what they follow in a thread of their own", _IN_THREADS | Permission.CREATE_PRIVATE_THREADS
)
CONVERSATIONS = Feature(
    "open a thread in which a conversation goes on",
    Permission.VIEW_CHANNELS | Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS,
)
# The history tells, after a crash, whether a post or a reminder was sent already.
SESSIONS = Feature(
    "post a club's sessions and remind of them",
    Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY,
)
DISCUSSIONS = Feature("open a thread for a club's session", _IN_THREADS | Permission.CREATE_PUBLIC_THREADS)
# It lets the bot change and delete the events that it created itself, too.
EVENTS = Feature("keep a scheduled event for each session of a club", Permission.CREATE_EVENTS)

EVERYWHERE = (ANSWERS, CHARTS, CREDITS, VOTES)
"""What is done in any channel that a member asks in."""
FOR_PURPOSE: Mapping[Purpose, Feature] = MappingProxyType({Purpose.NEWS: NEWS, Purpose.NOTICES: NOTICES})
"""What is done in the channel of each purpose."""


def union(features: Iterable[Feature]) -> Permission:
    """Everything that these features need together."""
    needed = Permission(0)
    for feature in features:
        needed |= feature.needs
    return needed


INVITED = union(
    (
        *EVERYWHERE,
        *FOR_PURPOSE.values(),
        HIGHLIGHTS,
        APPROVALS,
        RECAPS,
        UNDER_NEWS,
        OWN_THREADS,
        CONVERSATIONS,
        SESSIONS,
        DISCUSSIONS,
        EVENTS,
    )
)
"""What the invite link asks for: what all features need, and no more."""


def missing(granted: int, needed: Permission) -> tuple[Permission, ...]:
    """The permissions of ``needed`` that the bits ``granted`` lack, in Discord's order. An administrator lacks none."""
    if granted & Permission.ADMINISTRATOR.value:
        return ()
    return tuple(one for one in Permission if one in needed and not granted & one.value)


def in_place(needed: Permission, *, thread: bool) -> Permission:
    """What of ``needed`` matters in a thread, or in a channel that is none."""
    if thread and Permission.SEND_MESSAGES in needed:
        return (needed & ~Permission.SEND_MESSAGES) | Permission.SEND_MESSAGES_IN_THREADS
    return needed if thread else needed & ~Permission.SEND_MESSAGES_IN_THREADS


def invite_link(application_id: int | str) -> str:
    """The address at which whoever manages a server lets the bot in, with exactly the permissions it needs."""
    asked = {
        "client_id": application_id,
        "permissions": INVITED.value,
        "scope": "bot applications.commands",
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def labels(permissions: Iterable[Permission]) -> str:
    """Their names in a row, for a sentence: "Send Messages and Attach Files"."""
    *most, last = [one.label for one in permissions]
    return f"{', '.join(most)} and {last}" if most else last
