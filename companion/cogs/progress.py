"""A message that tells how a long piece of work goes: an ordinary one, edited by its id, since the token of an
interaction ends after fifteen minutes; where the bot may not write, the command's own answer, for one member."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import discord

from companion.cogs.companion import QUIET, Interaction
from companion.cogs.views.layout import Message

log = logging.getLogger(__name__)

PACE = 2.0
"""Seconds between two edits, at least: Discord takes five in five seconds of a channel."""


class ProgressMessage:
    """Where it is told how the work of a command goes. The command must have been deferred for its member alone."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._message: discord.PartialMessage | None = None
        self._private = False
        self._render: Callable[[], Message] | None = None
        self._changed = asyncio.Event()
        self._pacer: asyncio.Task[None] | None = None

    @property
    def public(self) -> bool:
        """Was the message in the channel?"""
        return self._message is not None

    def show(self, render: Callable[[], Message]) -> None:
        """Shows what ``render`` makes, as soon as the pace allows; called again, the newest is shown."""
        self._render = render
        self._changed.set()
        if self._pacer is None:
            self._pacer = asyncio.create_task(self._keep_pace(), name="progress")

    async def end(self, view: Message, *, quietly: bool = False) -> None:
        """Shows the last state, whatever was still to be shown: ``quietly`` to the member alone, if nobody else was
        shown anything, and they can still be told."""
        if self._pacer is not None:
            self._pacer.cancel()
            await asyncio.gather(self._pacer, return_exceptions=True)
        self._private = self._private or (quietly and not self._interaction.is_expired())
        await self._put(view)

    async def _keep_pace(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._render is not None:
                # To its end: a message that was sent and not noted would be sent again.
                await asyncio.shield(asyncio.ensure_future(self._put(self._render())))
            await asyncio.sleep(PACE)

    async def _put(self, view: Message) -> None:
        """Sends the message, or edits it. What Discord refuses is logged: the work goes on without being told of."""
        try:
            if self._message is not None:
                await self._message.edit(view=view, allowed_mentions=QUIET)
            elif self._private or not await self._send(view):
                self._private = True
                if not self._interaction.is_expired():
                    await self._interaction.edit_original_response(view=view)
        except discord.HTTPException as error:
            log.info("progress could not be shown: %s", error)

    async def _send(self, view: Message) -> bool:
        """Posts the message in the channel. False where the bot may not."""
        channel, granted = self._interaction.channel, self._interaction.app_permissions
        in_thread = isinstance(channel, discord.Thread)
        may_send = granted.send_messages_in_threads if in_thread else granted.send_messages
        if not isinstance(channel, discord.abc.Messageable) or not (granted.view_channel and may_send):
            return False
        try:
            sent = await channel.send(view=view)
        except discord.Forbidden:
            return False
        there = self._interaction.client.get_partial_messageable(sent.channel.id, guild_id=self._interaction.guild_id)
        self._message = there.get_partial_message(sent.id)
        return True
