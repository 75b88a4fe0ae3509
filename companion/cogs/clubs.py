"""``/club``: the paper clubs of a server. Managers begin and change them; everybody may ask what comes next.

What is done with single sessions is in `cogs/club_sessions.py`.
"""

from __future__ import annotations

import re

import discord
from discord import app_commands

from companion.cogs.club_choices import (
    every_choices,
    suggest_clubs,
    suggest_stopped_clubs,
    suggest_venues,
    suggest_zones,
)
from companion.cogs.command_list import FOR_MANAGERS
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature
from companion.cogs.setup import managed_guild
from companion.cogs.setup_channels import PostedIn, place_of
from companion.cogs.views import club as views
from companion.cogs.views.club_sessions import next_message
from companion.community.channels import NoSuchChannelError, Place
from companion.community.club_rules import WEEKDAYS, frequency_of, weekday_of
from companion.community.club_setup import ClubSetup
from companion.community.club_wishes import NAME, Wanted, When, Where, reminders_of
from companion.community.clubs import Clubs as Kept
from companion.community.fair_use import Work
from companion.community.highlight_rules import NotATimeError, zone_of
from companion.community.spoken_times import days_meant, minutes_of
from companion.storage.errors import CompanionError
from companion.storage.series import Venue

_PLACE = 100
"""Characters that Discord allows for where an event is."""
_MENTION = re.compile(r"(?:<#)?(?P<id>[0-9]{15,20})>?")
_VENUES = {discord.ChannelType.voice: Venue.VOICE, discord.ChannelType.stage_voice: Venue.STAGE}
_OPTIONS = {
    "name": "What it is called",
    "weekday": "On which day of the week",
    "time": "At what time of day there, such as noon, 12:00 or 5pm",
    "zone": "In which time zone: type a city",
    "channel": "Where I post about it",
    "host": "Who hosts it, and decides about its sessions",
    "venue": "Where it meets: a voice or stage channel, or a link or place in words",
    "capacity": "How many have a place, whoever comes later waits; 0 for no limit",
    "every": "How often: week, two weeks, or such as “first of the month”; left out: every week",
    "duration": "How many minutes it lasts; left out: 60",
    "first": "On which day it meets first, such as 2026-03-06; left out: as soon as it can",
    "assign": "So many days before, the top of the vote is assigned to a free date; -1 for never",
    "reminders": "When those who come are reminded; left out: 1 day, 1 hour, start",
}


class NotOneTimeError(CompanionError):
    """A time of day that may be two."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed.strip()[:20]}” may be two times of day: write 5am or 17:00; midnight is 0:00 of the day that"
            " begins."
        )


class NotAPlaceError(CompanionError):
    """A place that is too long for an event."""

    def __init__(self) -> None:
        super().__init__(f"Where a club meets can be told in {_PLACE} characters: give a link, or a shorter name.")


class Clubs(Feature):
    """The group of commands, and those of them that are about whole clubs."""

    club = app_commands.Group(name="club", description="Paper clubs: when they meet, and who presents", guild_only=True)

    def __init__(self, bot: Companion) -> None:
        super().__init__(bot)
        self._setup = ClubSetup(bot.database)
        self._kept = Kept(bot.database)

    @club.command(extras=FOR_MANAGERS)
    @app_commands.describe(**_OPTIONS)
    @app_commands.autocomplete(zone=suggest_zones, venue=suggest_venues, every=every_choices)
    async def create(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, NAME],
        weekday: str,
        time: str,
        zone: str,
        channel: app_commands.Transform[int, PostedIn],
        host: discord.Member | None = None,
        venue: str | None = None,
        capacity: int | None = None,
        every: str | None = None,
        duration: int | None = None,
        first: str | None = None,
        assign: int | None = None,
        reminders: str | None = None,
    ) -> None:
        """Begin a club that meets by a rule; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        place = place_of(guild, channel)
        wanted = Wanted(
            name=name,
            when=self._when(weekday, every, time, zone_of(zone), first),
            place=place,
            where=venue_of(guild, venue or f"<#{channel}>"),
            hosted_by=host.id if host else None,
            duration=duration,
            capacity=capacity,
            assign_days=assign,
            reminders=reminders_of(reminders) if reminders else None,
        )
        decided = await self._setup.create(guild.id, interaction.user.id, wanted)
        await interaction.edit_original_response(view=views.created(decided))

    @club.command(extras=FOR_MANAGERS)
    @app_commands.describe(club="Which club; needed where there are several", **_OPTIONS)
    @app_commands.autocomplete(club=suggest_clubs, zone=suggest_zones, venue=suggest_venues, every=every_choices)
    async def edit(
        self,
        interaction: Interaction,
        club: str | None = None,
        name: app_commands.Range[str, 1, NAME] | None = None,
        weekday: str | None = None,
        time: str | None = None,
        zone: str | None = None,
        channel: app_commands.Transform[int, PostedIn] | None = None,
        host: discord.Member | None = None,
        venue: str | None = None,
        capacity: int | None = None,
        every: str | None = None,
        duration: int | None = None,
        first: str | None = None,
        assign: int | None = None,
        reminders: str | None = None,
    ) -> None:
        """Change a club and with it its sessions to come; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        before = await self._kept.club(guild.id, club)
        zone = zone_of(zone) if zone else None
        wanted = Wanted(
            name=name,
            when=self._when(weekday, every, time, zone, first, before.rule.zone),
            place=_posted_in(guild, channel),
            where=venue_of(guild, venue) if venue else None,
            hosted_by=host.id if host else None,
            duration=duration,
            capacity=capacity,
            assign_days=assign,
            reminders=reminders_of(reminders) if reminders else None,
        )
        decided = await self._setup.edit(guild.id, before.name, wanted)
        await interaction.edit_original_response(view=views.edited(decided))

    @club.command(extras=FOR_MANAGERS)
    @app_commands.describe(club="Which club; needed where there are several")
    @app_commands.autocomplete(club=suggest_clubs)
    async def pause(self, interaction: Interaction, club: str | None = None) -> None:
        """Let no sessions come until `resume`; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=views.paused(await self._setup.pause(guild.id, club)))

    @club.command(extras=FOR_MANAGERS)
    @app_commands.describe(club="Which club; needed where several are paused or ended")
    @app_commands.autocomplete(club=suggest_stopped_clubs)
    async def resume(self, interaction: Interaction, club: str | None = None) -> None:
        """Go on with a club that was paused or ended; for those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=views.resumed(await self._setup.resume(guild.id, club)))

    @club.command(extras=FOR_MANAGERS)
    @app_commands.describe(club="Which club; needed where there are several")
    @app_commands.autocomplete(club=suggest_clubs)
    async def end(self, interaction: Interaction, club: str | None = None) -> None:
        """End a club; what it held stays in its history. For those who manage this server"""
        guild = managed_guild(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(view=views.ended(await self._setup.end(guild.id, club)))

    @club.command()
    @app_commands.describe(club="Of which club; left out: of all")
    @app_commands.autocomplete(club=suggest_clubs)
    async def next(self, interaction: Interaction, club: str | None = None) -> None:
        """What comes next: when, which paper, who presents"""
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
            clubs = await self._kept.clubs(interaction.guild_id)
            meetings = await self._kept.coming(interaction.guild_id, club)
        await interaction.edit_original_response(view=next_message(meetings, clubs))

    @create.autocomplete("weekday")
    @edit.autocomplete("weekday")
    async def suggest_weekdays(self, _interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The days of the week."""
        wanted = typed.strip().casefold()
        return [app_commands.Choice(name=one, value=one) for one in WEEKDAYS if one.casefold().startswith(wanted)]

    def _when(
        self,
        weekday: str | None,
        every: str | None,
        time: str | None,
        zone: str | None,
        first: str | None,
        now_in: str = "",
    ) -> When:
        """What was typed of the rule. ``now_in`` is the zone that the club has, where none was typed."""
        now = self.bot.database.clock.now()
        return When(
            weekday=None if weekday is None else weekday_of(weekday),
            frequency=None if every is None else frequency_of(every),
            minute=None if time is None else _minute_of(time),
            zone=zone,
            first=() if first is None else days_meant(first, now, zone or now_in),
        )


def venue_of(guild: discord.Guild, typed: str) -> Where:
    """Where a club meets: a channel of the server for voices, by its mention or its name, or else the words. Raises
    `NotAPlaceError`."""
    typed = " ".join(typed.split())
    mentioned = _MENTION.fullmatch(typed)
    named = guild.get_channel(int(mentioned["id"])) if mentioned else None
    if named is None:
        known = [*guild.voice_channels, *guild.stage_channels]
        named = next((one for one in known if one.name.casefold() == typed.removeprefix("#").casefold()), None)
    if named is None:
        if len(typed) > _PLACE:
            raise NotAPlaceError
        return Where(Venue.EXTERNAL, text=typed)
    venue = _VENUES.get(named.type)
    return Where(Venue.EXTERNAL, text=f"#{named.name}"[:_PLACE]) if venue is None else Where(venue, named.id)


def _posted_in(guild: discord.Guild, channel_id: int | None) -> Place | None:
    """The channel to post in from now on; None where none was named. Raises `NoSuchChannelError`."""
    if channel_id is None:
        return None
    place = place_of(guild, channel_id)
    if place is None:
        raise NoSuchChannelError
    return place


def _minute_of(typed: str) -> int:
    """The minute after midnight that is meant. Raises `NotATimeError` and `NotOneTimeError`."""
    minutes = minutes_of(typed)
    if len(minutes) > 1:
        raise NotOneTimeError(typed)
    for minute in minutes:
        return minute
    raise NotATimeError(typed)


async def setup(bot: Companion) -> None:
    await bot.add_cog(Clubs(bot))
