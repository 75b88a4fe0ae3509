"""``/highlights``: the clip that a server gets every day. Managers decide about it; everybody may ask when and why."""

from __future__ import annotations

from datetime import datetime

from discord import app_commands

from companion.cogs.command_list import FOR_MANAGERS
from companion.cogs.companion import Companion, Interaction
from companion.cogs.feature import Feature, every_minute
from companion.cogs.highlight_buttons import PRESSES
from companion.cogs.highlight_outlet import HighlightOutlet
from companion.cogs.setup import guild_of, managed_guild
from companion.cogs.setup_channels import PostedIn, place_of
from companion.cogs.views import highlight as views
from companion.cogs.views import highlight_ids
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.community.chosen_clips import ChosenClips
from companion.community.clips import Clips
from companion.community.daily import local_day
from companion.community.daily_posts import NOTHING_GOOD, AlreadyPostedError, DailyPosts
from companion.community.days import first_day
from companion.community.highlight_rules import (
    HighlightRules,
    days_of,
    minute_of,
    zone_of,
    zones_like,
)
from companion.community.highlight_skips import HighlightSkips
from companion.storage import channels
from companion.storage.channels import Purpose
from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.highlight_history import Stretch
from companion.storage.highlight_rules import Approval

_APPROVALS = [
    app_commands.Choice(name="nobody is asked: it is posted by itself", value=Approval.NONE.value),
    app_commands.Choice(name="managers are asked; if nobody answers, it is posted", value=Approval.POST.value),
    app_commands.Choice(name="managers are asked; if nobody answers, it is skipped", value=Approval.SKIP.value),
]
_WEEKDAYS = ("every day", "Mon-Fri", "weekends", "Mon, Wed, Fri", "Tue, Thu", "Mon", "Fri", "Sun")


class NoModeratorsChannelError(CompanionError):
    """Nobody knows where managers are to be asked."""

    def __init__(self) -> None:
        super().__init__(
            "Where shall I ask managers? Name a channel of theirs as `moderators`, or choose one for notices with"
            " `/setup channels choose`."
        )


class NoHighlightError(NotFoundError):
    """There is no highlight to tell of."""

    def __init__(self, day: str | None) -> None:
        when = f"on {day.strip()[:20]}" if day else "here yet"
        super().__init__(f"No highlight was posted {when}. `/highlights schedule` shows the last ones and the next.")


class NothingToPreviewError(CompanionError):
    """The picker has nothing."""

    def __init__(self) -> None:
        super().__init__(
            f"{NOTHING_GOOD} So as things are, nothing would be posted; new episodes are looked through as they come."
        )


class Highlights(Feature):
    """The commands, the buttons under offers, and the posts, every minute."""

    highlights = app_commands.Group(
        name="highlights", description="A clip worth hearing again, every day", guild_only=True
    )
    presses = PRESSES
    prefix = highlight_ids.PREFIX
    again = "`/highlights schedule` shows what is planned now."

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._rules = HighlightRules(bot.database)
        self._chosen = ChosenClips(bot.database, bot.picker)
        self._posts = DailyPosts(bot.database, self._chosen.choose)
        self._clips = Clips(bot.database)
        self._outlet = HighlightOutlet(bot)

    @every_minute
    async def post_due(self, now: datetime) -> None:
        """Posts and offers whatever is due now."""
        await self._posts.run_due(now, self._outlet)

    @highlights.command(extras=FOR_MANAGERS)
    @app_commands.describe(
        channel="Where it is posted",
        time="At what time of day, such as 9:00 or 9am",
        zone="In which time zone: type a city",
        days="On which days, such as Mon-Fri or Mon, Thu; left out: every day",
        approval="Whether managers are asked six hours before, and what their silence means; left out: they are not",
        moderators="Where managers are asked; left out: in the channel for notices",
    )
    @app_commands.choices(approval=_APPROVALS)
    async def setup(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[int, PostedIn],
        time: str,
        zone: str,
        days: str | None = None,
        approval: str = Approval.NONE.value,
        moderators: app_commands.Transform[int, PostedIn] | None = None,
    ) -> None:
        """Choose where and when a highlight comes every day; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        when = minute_of(time), zone_of(zone), days_of(days)
        wanted = Approval(approval)
        asked_in = None
        if wanted is not Approval.NONE:
            asked_in = place_of(guild, moderators or await self._notices(guild.id))
        place = place_of(guild, channel)
        schedule = await self._rules.choose(guild.id, interaction.user.id, place, when, wanted, asked_in)
        await interaction.edit_original_response(view=views.set_up(schedule))

    @setup.autocomplete("zone")
    async def suggest_zones(self, _interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Zones, with the time there now."""
        known = zones_like(typed, self.bot.database.clock.now(), CHOICES)
        return [
            app_commands.Choice(name=cut(f"{name.replace('_', ' ')} · now {at:%H:%M}", CHOICE_TEXT), value=name)
            for name, at in known
        ]

    @setup.autocomplete("days")
    async def suggest_days(self, _interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """What days are often given."""
        some = [one for one in _WEEKDAYS if typed.strip().casefold() in one.casefold()]
        return [app_commands.Choice(name=one, value=one) for one in some]

    @highlights.command(extras=FOR_MANAGERS)
    async def pause(self, interaction: Interaction) -> None:
        """Post no highlights until `resume`; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await self._rules.pause(guild.id)
        await interaction.edit_original_response(view=views.paused())

    @highlights.command(extras=FOR_MANAGERS)
    async def resume(self, interaction: Interaction) -> None:
        """Go on with highlights; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=views.resumed(await self._rules.resume(guild.id)))

    @highlights.command(extras=FOR_MANAGERS)
    async def preview(self, interaction: Interaction) -> None:
        """What the next highlight would be, and why; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        schedule = await self._rules.schedule(guild.id)
        now = self.bot.database.clock.now()
        day, at = schedule.coming[0] if schedule.coming else (local_day(now, schedule.rule.zone), None)
        offered = await self._rules.offered(guild.id, day)
        if offered is not None:
            shown, reason = await self._clips.shown(guild.id, offered.clip_id), offered.reason
        elif (planned := await self._chosen.preview(guild.id, day)) is not None:
            shown, reason = planned
        else:
            raise NothingToPreviewError
        await interaction.edit_original_response(view=views.preview_message(shown, reason, at))

    @highlights.command(extras=FOR_MANAGERS)
    async def now(self, interaction: Interaction) -> None:
        """Post today's highlight at once; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        rule = await self._rules.rule(guild.id)
        try:
            message = views.posted_now(await self._posts.post_now(rule, self.bot.database.clock.now(), self._outlet))
        except AlreadyPostedError as error:
            # As any other refusal it would be escaped, and its link be none.
            message = views.posted_before(error.slot)
        await interaction.edit_original_response(view=message)

    @highlights.command(extras=FOR_MANAGERS)
    async def skip(self, interaction: Interaction) -> None:
        """Let the next highlight go; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(
            view=views.skipped(await HighlightSkips(self.bot.database).skip(guild.id))
        )

    @highlights.command()
    @app_commands.describe(day="Of which day, such as 2026-03-14; left out: the last one")
    async def why(self, interaction: Interaction, day: str | None = None) -> None:
        """Why a highlight was picked, signal by signal"""
        guild = guild_of(interaction)
        await interaction.response.defer(thinking=True)
        wanted = first_day(day)
        slot = await self._rules.posted(guild.id, wanted)
        if slot is None or slot.clip_id is None:
            raise NoHighlightError(day)
        shown = await self._clips.shown(guild.id, slot.clip_id)
        stretch = Stretch(shown.clip.episode_id, shown.clip.first_word, shown.clip.last_word)
        judged = await self.bot.picker.judged(guild.id, stretch)
        await interaction.edit_original_response(view=views.why_message(shown, slot, judged))

    @highlights.command()
    async def schedule(self, interaction: Interaction) -> None:
        """When highlights come, and what became of the last ones"""
        guild = guild_of(interaction)
        await interaction.response.defer(thinking=True)
        schedule = await self._rules.schedule(guild.id)
        await interaction.edit_original_response(view=views.schedule_message(schedule))

    async def _notices(self, guild_id: int) -> int:
        """The channel for notices. Raises `NoModeratorsChannelError`."""
        async with self.bot.database.read() as connection:
            known = (await channels.chosen(connection, guild_id)).get(Purpose.NOTICES)
        if known is None:
            raise NoModeratorsChannelError
        return known


async def setup(bot: Companion) -> None:
    await bot.add_cog(Highlights(bot))
