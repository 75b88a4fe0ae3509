"""What every cog may expect of the running bot."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord.ext import commands

from companion.archive.search import Searcher
from companion.community.blocks import Blocks
from companion.community.fair_use import FairUse
from companion.community.searches import Searches
from companion.storage.engine import Database


class Companion(commands.AutoShardedBot):
    """A Discord client with the archive at hand. ``bot/client.py`` has the one that runs."""

    database: Database
    searcher: Searcher
    searches: Searches
    fair_use: FairUse
    blocks: Blocks


Interaction: TypeAlias = discord.Interaction[Companion]
