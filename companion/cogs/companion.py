"""What every cog may expect of the running bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

import discord
from discord.ext import commands

from companion.archive.fetch import FetchesSpans
from companion.archive.search import Searcher
from companion.cogs.requests import Requests
from companion.cogs.views.layout import Message
from companion.community.asking_places import AskingPlaces
from companion.community.blocks import Blocks
from companion.community.budgets import Budgets
from companion.community.fair_use import FairUse
from companion.community.highlights import Picker
from companion.community.papers import Papers
from companion.community.questions import Questions
from companion.community.recap_prose import RecapWriter
from companion.community.recaps import Recaps
from companion.community.recordings import Recordings
from companion.community.retention import Terms
from companion.community.retractions import Namings
from companion.community.searches import Searches
from companion.community.subscriptions import Subscriptions
from companion.storage.ballots import Ballot
from companion.storage.engine import Database
from companion.storage.shards import Shards
from companion.storage.votes import Tally

QUIET = discord.AllowedMentions.none()
"""For edits of messages and for follow-ups. To all else that is sent discord.py applies the client's own, which mention
nobody either."""
UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that is there no more."""

Duty = Callable[[datetime], Awaitable[None]]
"""Does whatever is due at that instant."""

Tallied = Callable[[Ballot, Tally], Awaitable[Message | None]]
"""What a message that is voted on shows with that tally; None to leave it as it is."""


class Companion(commands.AutoShardedBot):
    """A Discord client with the archive at hand. ``bot/client.py`` has the one that runs."""

    database: Database
    requests: Requests
    """What is being answered."""
    searcher: Searcher
    namings: Namings
    """Which messages of the bot name whom."""
    searches: Searches
    questions: Questions
    budgets: Budgets
    recaps: Recaps
    recap_writer: RecapWriter
    asking_places: AskingPlaces
    picker: Picker
    fair_use: FairUse
    audio: FetchesSpans | None
    """What reads the audio of clips; None for none."""
    blocks: Blocks
    subscriptions: Subscriptions
    papers: Papers
    recordings: Recordings
    terms: Terms
    """How long what is kept."""
    web_address: str | None
    """Where members reach the bot's web server, without a slash at its end; None where they do not."""
    duties: list[Duty]
    """What is called every minute, in this order. Cogs add theirs."""
    share: Shards | None
    """The shards that this process has, where several processes share the servers; None where it has all."""
    tallied: dict[str, Tallied]
    """How messages about each kind of subject are shown anew when votes come. Cogs add theirs."""

    @property
    def leads(self) -> bool:
        """Does this process do what concerns no server, but the archive? Of several over one database one does."""
        return self.share is None or self.share.lead

    def serves(self, guild_id: int) -> bool:
        """Is the server this process's to look after, whether the bot is in it or not?"""
        return self.share is None or self.share.has(guild_id)

    def archive_changed(self) -> None:
        """There are new texts: they are searched and embedded soon."""
        raise NotImplementedError


Interaction: TypeAlias = discord.Interaction[Companion]
