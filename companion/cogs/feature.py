"""What the cogs of features have in common: buttons, a form and duties, which come and go with the cog."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from discord import app_commands
from discord.ext import commands

from companion.cogs.ballot_messages import keeps_tally
from companion.cogs.companion import Companion, Interaction
from companion.cogs.press import Press, answer_form, refuse_unknown

AnyFeature = TypeVar("AnyFeature", bound="Feature")
Minutely = Callable[[AnyFeature, datetime], Awaitable[None]]


def every_minute(duty: Minutely[AnyFeature]) -> Minutely[AnyFeature]:
    """Marks a method of a feature as one that is called every minute, with the time, while the bot is in touch with
    Discord: offline it is known of no server who is in it, and what the bot may do there."""

    @functools.wraps(duty)
    async def when_ready(self: AnyFeature, now: datetime) -> None:
        if self.bot.is_ready():
            await duty(self, now)

    marked: Any = when_ready
    marked.is_duty = True
    return marked


class Feature(commands.Cog):
    """A cog whose buttons and form are answered, and whose duties are done, as long as it is loaded."""

    presses: ClassVar[tuple[type[Press], ...]] = ()
    """Its buttons and menus."""
    prefix: ClassVar[str | tuple[str, ...]] = ()
    """How its custom_ids begin, in any version: a press of one that none of ``presses`` understands is refused."""
    again: ClassVar[str] = ""
    """A sentence on how to get buttons that work; said with that refusal."""
    form: ClassVar[re.Pattern[str] | None] = None
    """The custom_ids of its form, which `sent_in` answers."""
    voted_on: ClassVar[tuple[str, str] | None] = None
    """The kind of subject that it puts to the vote, and what its messages ask members: their tallies are kept up."""

    def __init__(self, bot: Companion) -> None:
        self.bot = bot
        own = [name for name, value in vars(type(self)).items() if getattr(value, "is_duty", False)]
        self._duties = [getattr(self, name) for name in own]

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*self.presses)
        self.bot.duties.extend(self._duties)
        if self.voted_on is not None:
            kind, ask = self.voted_on
            self.bot.tallied[kind] = keeps_tally(self.bot, ask)

    async def cog_unload(self) -> None:
        if self.voted_on is not None:
            del self.bot.tallied[self.voted_on[0]]
        for duty in self._duties:
            self.bot.duties.remove(duty)
        self.bot.remove_dynamic_items(*self.presses)

    @commands.Cog.listener("on_press")
    async def answer_presses(self, interaction: Interaction) -> None:
        """Answers the form, and presses that no button of this version understands."""
        if self.form is not None:
            await answer_form(interaction, self.form, functools.partial(self.sent_in, interaction))
        await refuse_unknown(interaction, self.prefix, self.presses, self.again)

    async def sent_in(self, interaction: Interaction, match: re.Match[str]) -> None:
        """What the form does that was sent in with that custom_id. Its errors are answered."""
        raise NotImplementedError


def add_to_group(bot: Companion, name: str, *added: Any) -> None:
    """Adds commands, or groups of them, to the group that a cog loaded before has brought. (They are typed by the cog
    that they are in, and most have none.)"""
    group = bot.tree.get_command(name)
    assert isinstance(group, app_commands.Group)  # noqa: S101  `bot/client.py` has the order
    for command in added:
        group.add_command(command)
