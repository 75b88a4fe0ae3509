"""``/setup podcasts``: which podcasts a server has. For managers' eyes alone, but for how a reading goes."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from discord import app_commands

from companion.archive.intake import Event
from companion.archive.links import LONGEST_TEMPLATE, LinkChange
from companion.archive.polling import place_of
from companion.cogs import suggestions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.failures import SURPRISE
from companion.cogs.fair_use import turn_of
from companion.cogs.feature import Feature, add_to_group
from companion.cogs.press import Press
from companion.cogs.progress import ProgressMessage
from companion.cogs.setup import ManagersGroup, require_manager
from companion.cogs.views import podcast_ids
from companion.cogs.views import podcasts as views
from companion.cogs.views.layout import sentence
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.community.fair_use import Work
from companion.community.reading_progress import ReadingProgress
from companion.community.subscriptions import LONGEST_ADDRESS
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast

log = logging.getLogger(__name__)

_WHICH = "Which podcast, where this server has several"
_LONGEST_OFFSET = 86_400
Offset = app_commands.Range[float, -_LONGEST_OFFSET, _LONGEST_OFFSET]


class UnsubscribePress(Press, template=podcast_ids.UNSUBSCRIBE):
    """Takes the podcast away."""

    async def pressed(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await interaction.response.defer()
        left = await interaction.client.subscriptions.unsubscribe(interaction.guild_id, self.match["podcast"])
        await interaction.edit_original_response(view=views.left_message(left))


class Podcasts(ManagersGroup):
    """``/setup podcasts``."""

    def __init__(self, bot: Companion) -> None:
        super().__init__(name="podcasts", description="Which podcasts this server has, and where their links lead")
        self.bot = bot
        self._readings: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Ends the readings that go on; their messages say so."""
        for task in self._readings:
            task.cancel()
        await asyncio.gather(*self._readings, return_exceptions=True)

    @app_commands.command()
    @app_commands.describe(
        url="The address of its RSS feed, as podcast apps use it",
        private="Keep it from other servers, unless they know its address too",
    )
    async def add(
        self, interaction: Interaction, url: app_commands.Range[str, 1, LONGEST_ADDRESS], private: bool = False
    ) -> None:
        """Read a podcast's feed, so that everything said in it can be searched here"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        address = await self.bot.subscriptions.check(interaction.guild_id, url)
        waits = self.bot.fair_use.is_full(Work.INGEST)
        turn = turn_of(interaction, Work.INGEST)
        await interaction.edit_original_response(view=views.waiting_message() if waits else views.opening_message())
        task = asyncio.create_task(self._read(interaction, turn, address, private), name="reading")
        self._readings.add(task)
        task.add_done_callback(self._readings.discard)

    @app_commands.command()
    async def known(self, interaction: Interaction) -> None:
        """Podcasts that this bot knows already and this server could have at once"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        offered = await self.bot.subscriptions.on_offer(interaction.guild_id, "", CHOICES)
        await interaction.edit_original_response(view=views.known_message(offered))

    @app_commands.command()
    @app_commands.describe(podcast="One that this bot knows already")
    async def subscribe(self, interaction: Interaction, podcast: str) -> None:
        """Let this server see a podcast that this bot knows already"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        added = await self.bot.subscriptions.subscribe(interaction.guild_id, podcast)
        await interaction.edit_original_response(view=views.added_message(added))

    @app_commands.command()
    @app_commands.describe(podcast=_WHICH)
    async def unsubscribe(self, interaction: Interaction, podcast: str | None = None) -> None:
        """Take a podcast away from this server"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        leaving = await self.bot.subscriptions.leaving(interaction.guild_id, podcast)
        await interaction.edit_original_response(view=views.confirm_message(leaving))

    @app_commands.command(name="list")
    async def list_podcasts(self, interaction: Interaction) -> None:
        """The podcasts of this server, and how their feeds do"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        listed = await self.bot.subscriptions.listed(interaction.guild_id)
        await interaction.edit_original_response(view=views.list_message(listed))

    @app_commands.command()
    @app_commands.describe(
        podcast=_WHICH,
        page_template="Where moments are shown, such as {link}#t={seconds}; none: in the audio or video again",
        audio_offset="Seconds by which the audio says it later than the transcript; negative for earlier",
        video_offset="Seconds by which the video says it later than the transcript; negative for earlier",
    )
    async def links(
        self,
        interaction: Interaction,
        podcast: str | None = None,
        page_template: app_commands.Range[str, 1, LONGEST_TEMPLATE] | None = None,
        audio_offset: Offset | None = None,
        video_offset: Offset | None = None,
    ) -> None:
        """Say where links to a moment lead, or see where they do"""
        await interaction.response.defer(thinking=True, ephemeral=True)
        change = LinkChange(page_template, audio_offset, video_offset)
        shown = await self.bot.subscriptions.links(interaction.guild_id, podcast, change)
        await interaction.edit_original_response(view=views.links_message(shown, changed=change != LinkChange()))

    @unsubscribe.autocomplete("podcast")
    @links.autocomplete("podcast")
    async def podcast_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggestions.podcasts(interaction, typed)

    @subscribe.autocomplete("podcast")
    async def offered_choices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [_choice(one) for one in await self.bot.subscriptions.on_offer(interaction.guild_id, typed, CHOICES)]

    async def _read(
        self, interaction: Interaction, turn: AbstractAsyncContextManager[None], address: str, private: bool
    ) -> None:
        """Reads the feed when it is its turn, telling how it goes."""
        message = ProgressMessage(interaction)
        progress = ReadingProgress()
        failure: str | None = None

        def heard(event: Event) -> None:
            nonlocal progress
            progress = progress.after(event)
            message.show(lambda: views.progress_message(progress))

        try:
            async with turn:
                added = await self.bot.subscriptions.add(
                    interaction.guild_id or 0, address, private=private, listener=heard
                )
        except asyncio.CancelledError:
            await message.end(views.interrupted_message())
            raise
        except CompanionError as error:
            log.info("refused a feed in guild %s: %s", interaction.guild_id, type(error).__name__)
            failure = str(error)
        except Exception as error:  # whatever it is, the manager is told; what it says may quote a secret address
            log.error("reading a feed failed in guild %s: %s", interaction.guild_id, place_of(error))  # noqa: TRY400
            failure = SURPRISE
        else:
            self.bot.archive_changed()
            await message.end(views.added_message(added, loading=True))
        if failure is not None:
            await message.end(views.failed_message(failure), quietly=True)
        if message.public and not interaction.is_expired():
            await interaction.edit_original_response(view=sentence("How it went is told in this channel."))


class PodcastButtons(Feature):
    """The buttons of ``/setup podcasts``, and its readings while the bot runs."""

    presses = (UnsubscribePress,)
    prefix = "podcasts:"
    again = "Use `/setup podcasts unsubscribe` again."

    def __init__(self, bot: Companion, group: Podcasts) -> None:
        super().__init__(bot)
        self._group = group

    async def cog_unload(self) -> None:
        await super().cog_unload()
        await self._group.stop()


def _choice(podcast: Podcast) -> app_commands.Choice[str]:
    return app_commands.Choice(name=cut(one_line(podcast.title), CHOICE_TEXT) or "—", value=str(podcast.id))


async def setup(bot: Companion) -> None:
    group = Podcasts(bot)
    add_to_group(bot, "setup", group)
    await bot.add_cog(PodcastButtons(bot, group))
