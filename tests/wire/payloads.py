"""What this Discord says of users, members, servers and channels: its own fields, with invented values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bot.loopback import APPLICATION_ID, USER

ALL_PERMISSIONS = (1 << 53) - 1
JOINED = "2026-01-01T00:00:00+00:00"
TEXT, DIRECT, VOICE, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 2, 11, 12
COMMAND, PRESS, COMPLETION, FORM = 2, 3, 4, 5
"""Types of interactions."""

_OPTIONS = {str: 3, int: 4, bool: 5, float: 10}


@dataclass(slots=True)
class WireGuild:
    """A server. ``channels`` are type and name by id; everybody is let do what ``permissions`` says.

    Where there is no channel of its own given, it has one, whose id is the server's plus one. The bot ``joined`` it
    then.
    """

    id: int
    name: str = "Bees"
    channels: dict[int, tuple[int, str]] = field(default_factory=dict[int, tuple[int, str]])
    permissions: int = ALL_PERMISSIONS
    owner_id: int = 1
    joined: str = JOINED

    def __post_init__(self) -> None:
        if not self.channels:
            self.channels = {self.id + 1: (TEXT, "podcast")}

    @property
    def channel_id(self) -> int:
        """Its first channel."""
        return next(iter(self.channels))

    def channel(self, channel_id: int) -> dict[str, Any]:
        """A channel of it, as Discord tells of it."""
        kind, name = self.channels[channel_id]
        told: dict[str, Any] = {
            "id": str(channel_id), "type": kind, "name": name, "position": 0, "permission_overwrites": [],
            "guild_id": str(self.id), "parent_id": None, "nsfw": False, "topic": None, "rate_limit_per_user": 0,
        }  # fmt: skip
        if kind == VOICE:
            told |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
        return told

    def created(self) -> dict[str, Any]:
        """What GUILD_CREATE says."""
        everyone = {
            "id": str(self.id), "name": "@everyone", "color": 0, "hoist": False, "position": 0,
            "permissions": str(self.permissions), "managed": False, "mentionable": False, "flags": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        }  # fmt: skip
        return {
            "id": str(self.id), "name": self.name, "owner_id": str(self.owner_id), "unavailable": False,
            "roles": [everyone], "channels": [self.channel(one) for one in self.channels],
            "members": [member(USER) | {"joined_at": self.joined}], "member_count": 300, "emojis": [], "stickers": [],
            "features": [], "threads": [], "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "verification_level": 0, "premium_tier": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
            "system_channel_flags": 0, "preferred_locale": "en-US", "afk_timeout": 60, "icon": None, "banner": None,
            "splash": None, "discovery_splash": None, "description": None, "vanity_url_code": None, "large": False,
            "premium_progress_bar_enabled": False, "joined_at": JOINED, "application_id": None,
        }  # fmt: skip


def user(member_id: int) -> dict[str, Any]:
    """Any member's user, or the bot's."""
    if member_id == int(APPLICATION_ID):
        return USER
    return {
        "id": str(member_id), "username": f"bee{member_id}", "global_name": None, "discriminator": "0",
        "avatar": None, "bot": False,
    }  # fmt: skip


def member(of: dict[str, Any]) -> dict[str, Any]:
    """A member of a server, without roles of their own."""
    return {
        "user": of, "roles": [], "nick": None, "avatar": None, "joined_at": JOINED, "premium_since": None,
        "deaf": False, "mute": False, "flags": 0, "pending": False, "communication_disabled_until": None,
    }  # fmt: skip


def option(name: str, value: Any) -> dict[str, Any]:
    """An option of a command that a member filled in, of the type that its value has."""
    return {"name": name, "type": _OPTIONS[type(value)], "value": value}


def command_data(path: Sequence[str], options: Sequence[dict[str, Any]], kind: int = 1) -> dict[str, Any]:
    """The data of an interaction by ``/path``: its first word is the command, the others are its groups."""
    inner = list(options)
    for depth, name in reversed(list(enumerate(path))[1:]):
        inner = [{"name": name, "type": 1 if depth == len(path) - 1 else 2, "options": inner}]
    return {"id": "1", "name": path[0], "type": kind, "options": inner}
