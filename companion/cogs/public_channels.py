"""Which channels everybody in a server can read: what was asked there may be told elsewhere in that server."""

from __future__ import annotations

from collections.abc import Callable

import discord


def public_in(guild: discord.Guild | None, channel_id: int | None) -> Callable[[int], bool]:
    """Tells of a channel, or of a thread that is open, whether whoever reads ``channel_id`` can read it, too: everybody
    may, or it is that channel or one of its threads. Of what the bot does not see it is not known, hence not so."""
    here = _channel(guild, channel_id)

    def public(other_id: int) -> bool:
        place = guild.get_channel_or_thread(other_id) if guild is not None else None
        channel = _channel(guild, other_id)
        if guild is None or channel is None or (isinstance(place, discord.Thread) and place.is_private()):
            return False
        if here is not None and channel.id == here.id:
            return True
        everybody = channel.permissions_for(guild.default_role)
        return everybody.view_channel and everybody.read_message_history

    return public


def _channel(guild: discord.Guild | None, channel_id: int | None) -> discord.abc.GuildChannel | None:
    """The channel; that of a thread, for one."""
    place = guild.get_channel_or_thread(channel_id) if guild is not None and channel_id is not None else None
    return place.parent if isinstance(place, discord.Thread) else place
