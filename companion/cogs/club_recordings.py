"""``/club recording`` and ``/club history``: what clubs held, and what stays of it."""

from __future__ import annotations

import logging

import discord
from discord import app_commands

from companion.cogs.club_choices import Choices
from companion.cogs.companion import QUIET, Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, add_to_group
from companion.cogs.press import Press, is_theirs
from companion.cogs.views import history as views
from companion.cogs.views.layout import Message
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, cut
from companion.cogs.views.markdown import one_line
from companion.community.club_hosts import require_club_host
from companion.community.club_sessions import Meeting
from companion.community.fair_use import Work
from companion.community.recordings import LONGEST_ADDRESS, LONGEST_NOTES, Held, Recorded, Replacement, Sent
from companion.storage import series
from companion.storage.errors import CompanionError
from companion.storage.names import folded
from companion.storage.series import Series

log = logging.getLogger(__name__)

_CLUB = "Of which club; left out: of all"
Address = app_commands.Range[str, 1, LONGEST_ADDRESS]


class PagePress(Press, template=views.PAGE):
    """Turns to a page of the history: in place for who asked for it, beside it for others."""

    async def pressed(self, interaction: Interaction) -> None:
        beside = not is_theirs(interaction)
        series_id = int(self.match["series"])
        async with deferred_turn(interaction, Work.LOOKUP, thinking=beside, ephemeral=beside):
            clubs = await _clubs(interaction)
            named = next((one.name for one in clubs if one.id == series_id), None)
            held = await interaction.client.recordings.history(interaction.guild_id, named)
        view = _history(held, clubs, named, int(self.match["page"]), private=beside)
        await _show(interaction, view)


class ReplacePress(Press, template=views.REPLACE):
    """Puts what the presser sent in the place of what there is."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.RECORDING):
            asked = await interaction.client.recordings.answered(int(self.match["number"]), interaction.user.id)
            await _require_part(interaction, asked.meeting)
            await _show(interaction, views.reading_message(asked.meeting))
            try:
                recorded = await _attach(interaction, asked.meeting, asked.sent)
            except CompanionError as error:
                await _show(interaction, views.refused_message(str(error)))
                return
        await _show(interaction, views.replaced_message(recorded))
        await interaction.followup.send(view=views.recorded_message(recorded), allowed_mentions=QUIET)


class LeavePress(Press, template=views.LEAVE):
    """Changes nothing."""

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(view=views.left_message())


class ClubRecordings(Feature):
    """The buttons under what these commands answer."""

    presses = (PagePress, ReplacePress, LeavePress)
    prefix = views.PREFIX
    again = "Use `/club history` again."


async def suggest_held(interaction: Interaction, typed: str) -> Choices:
    """The sessions that took place; their values are their numbers."""
    club = getattr(interaction.namespace, "club", None)
    try:
        known = await interaction.client.recordings.held(interaction.guild_id, club or None)
    except CompanionError as error:
        log.info("no suggestions: %s", error)
        return []
    named = [(cut(one_line(views.choice(one)), CHOICE_TEXT), f"#{one.session.id}") for one in known]
    fits = [(name, value) for name, value in named if folded(typed) in folded(name)]
    return [app_commands.Choice(name=name, value=value) for name, value in fits[:CHOICES]]


async def suggest_all_clubs(interaction: Interaction, typed: str) -> Choices:
    """The server's clubs, those that have ended too."""
    known = [one.name for one in await _clubs(interaction) if folded(typed) in folded(one.name)]
    return [app_commands.Choice(name=cut(one_line(name), CHOICE_TEXT), value=name) for name in known[:CHOICES]]


@app_commands.command(name="recording")
@app_commands.describe(
    url="Where the recording is: a video, a sound file, a page, or its transcript",
    session="Which session: choose it, or write its day; left out: the last one",
    notes="What should be remembered of it; left out: what was noted before",
    transcript="The address of its transcript, such as a .vtt, .srt, .json or .txt file",
    club="Of which club, where there are several",
)
@app_commands.autocomplete(session=suggest_held, club=suggest_all_clubs)
async def recording(
    interaction: Interaction,
    url: Address,
    session: str | None = None,
    notes: app_commands.Range[str, 1, LONGEST_NOTES] | None = None,
    transcript: Address | None = None,
    club: str | None = None,
) -> None:
    """Put a session's recording and notes into the archive; for hosts, and whoever presented"""
    async with deferred_turn(interaction, Work.RECORDING, thinking=True):
        kept, sent = interaction.client.recordings, Sent(url, notes, transcript)
        meeting = await kept.find(interaction.guild_id, club, session)
        await _require_part(interaction, meeting)
        await _show(interaction, views.reading_message(meeting))
        try:
            if meeting.session.episode_id is not None:
                kept.ask(interaction.id, Replacement(meeting, sent, interaction.user.id))
                await _privately(interaction, views.replace_message(meeting, sent, interaction.id))
                return
            recorded = await _attach(interaction, meeting, sent)
        except CompanionError as error:
            await _privately(interaction, views.refused_message(str(error)))
            return
    await _show(interaction, views.recorded_message(recorded))


@app_commands.command(name="history")
@app_commands.describe(club=_CLUB)
@app_commands.autocomplete(club=suggest_all_clubs)
async def history(interaction: Interaction, club: str | None = None) -> None:
    """What was read together: papers, who presented, recordings"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        clubs = await _clubs(interaction)
        held = await interaction.client.recordings.history(interaction.guild_id, club)
    await _show(interaction, _history(held, clubs, club))


def _history(
    held: list[Held], clubs: list[Series], named: str | None, page: int = 0, *, private: bool = False
) -> Message:
    of = held[0].meeting.series.id if named else 0
    return views.history_message(held, page, of, several=len(clubs) > 1, private=private)


async def _clubs(interaction: Interaction) -> list[Series]:
    async with interaction.client.database.read() as connection:
        return await series.of_guild(connection, interaction.guild_id or 0, ended=True)


async def _require_part(interaction: Interaction, meeting: Meeting) -> None:
    """Raises `NotAClubHostError` for who neither decides about the club nor presented."""
    member = interaction.user
    if member.id == meeting.session.presented_by:
        return
    roles = [role.id for role in member.roles] if isinstance(member, discord.Member) else []
    manages = interaction.permissions.manage_guild
    await require_club_host(interaction.client.database, meeting.series, member.id, roles, manages=manages)


async def _attach(interaction: Interaction, meeting: Meeting, sent: Sent) -> Recorded:
    """Raises `CompanionError`; then nothing has changed."""
    try:
        recorded = await interaction.client.recordings.attach(meeting.series.guild_id, meeting.session.id, sent)
    except CompanionError as error:
        log.info("a recording was refused: %s", type(error).__name__)
        raise
    interaction.client.archive_changed()
    return recorded


async def _privately(interaction: Interaction, message: Message) -> None:
    """Tells the sender alone, and takes back what the channel saw."""
    await interaction.followup.send(view=message, ephemeral=True, allowed_mentions=QUIET)
    await interaction.delete_original_response()


async def _show(interaction: Interaction, message: Message) -> None:
    await interaction.edit_original_response(view=message)


async def setup(bot: Companion) -> None:
    add_to_group(bot, "club", recording, history)
    await bot.add_cog(ClubRecordings(bot))
