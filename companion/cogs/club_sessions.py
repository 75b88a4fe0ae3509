"""``/club schedule, move, skip, clear, swap, volunteer``: what is done with single sessions, in public.

A time that may mean several instants is asked about, with a button for each.
"""

from __future__ import annotations

import discord
from discord import app_commands

from companion.cogs.club_choices import suggest_clubs, suggest_papers, suggest_sessions
from companion.cogs.companion import Companion, Interaction
from companion.cogs.fair_use import deferred_turn
from companion.cogs.feature import Feature, add_to_group
from companion.cogs.press import Press
from companion.cogs.views import club_ids
from companion.cogs.views import club_sessions as views
from companion.cogs.views.layout import Message
from companion.community.club_hosts import NotAClubHostError, require_club_host
from companion.community.club_papers import ClubPapers
from companion.community.club_presenters import Presenters
from companion.community.club_refusals import NoPaperYetError, SwapOverError, TakenError
from companion.community.club_sessions import Meeting
from companion.community.clubs import Clubs
from companion.community.fair_use import Work
from companion.community.spoken_times import Understood, understood
from companion.storage.errors import CompanionError
from companion.storage.series import Series

_WHEN = "On which day the session is: choose it, or write such as Friday or 2026-03-06"
_CLUB = "Of which club, where there are several"
Author = app_commands.Range[str, 1, 80]


class NotTheirsError(CompanionError):
    """Somebody accepts what was offered to another."""

    def __init__(self) -> None:
        super().__init__("This was offered to another presenter, who can accept it; so can hosts.")


class MovePress(Press, template=club_ids.MOVE):
    """Moves a session to the reading that was chosen."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            kept, session_id = Clubs(interaction.client.database), int(self.match["session"])
            meeting = await kept.meeting(interaction.guild_id, session_id)
            await require_host(interaction, meeting.series)
            meeting = await kept.move(interaction.guild_id, session_id, club_ids.instant_in(self.match))
        await _show(interaction, views.moved(meeting))


class SwapPress(Press, template=club_ids.SWAP):
    """Accepts an offer to swap two sessions."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP):
            kept = Clubs(interaction.client.database)
            one, other = [
                await kept.meeting(interaction.guild_id, int(self.match[name])) for name in ("session", "other")
            ]
            offering, accepting = int(self.match["member"]), other.session.presented_by
            if accepting is None or one.session.presented_by != offering:
                raise SwapOverError
            if accepting != interaction.user.id and not await _hosts(interaction, one, other):
                raise NotTheirsError
            swapped = await kept.swap(interaction.guild_id, one.session.id, other.session.id, (offering, accepting))
        await _show(interaction, views.swapped(*swapped))


class LeavePress(Press, template=club_ids.LEAVE):
    """Takes the presser out of a club's line."""

    async def pressed(self, interaction: Interaction) -> None:
        async with deferred_turn(interaction, Work.LOOKUP, thinking=True, ephemeral=True):
            presenters, series_id = Presenters(interaction.client.database), int(self.match["series"])
            club = await presenters.withdraw(interaction.guild_id, interaction.user.id, series_id)
        await _show(interaction, views.withdrew(club))


class ClubSessions(Feature):
    """The buttons under what these commands answer."""

    presses = (MovePress, SwapPress, LeavePress)
    prefix = club_ids.PREFIXES
    again = "`/club next` shows what is planned."


@app_commands.command(name="schedule")
@app_commands.describe(
    date=_WHEN,
    paper="Which paper: choose it from what is in the queue",
    presenter="Who presents it",
    author="An author of the paper who attends, by name",
    club=_CLUB,
)
@app_commands.autocomplete(date=suggest_sessions, paper=suggest_papers, club=suggest_clubs)
async def schedule(
    interaction: Interaction,
    date: str,
    paper: str | None = None,
    presenter: discord.Member | None = None,
    author: Author | None = None,
    club: str | None = None,
) -> None:
    """Give a date its paper, its presenter, an author who attends; for hosts"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        meeting = await _hosted(interaction, club, date)
        chosen = await _paper(interaction, paper)
        meeting = await Clubs(interaction.client.database).schedule(
            interaction.guild_id, meeting.session.id, chosen, presenter.id if presenter else None, author
        )
    await _show(interaction, views.scheduled(meeting))


@app_commands.command(name="move")
@app_commands.describe(date=_WHEN, to="When it is instead, on the club's clocks: “saturday 5pm”", club=_CLUB)
@app_commands.autocomplete(date=suggest_sessions, club=suggest_clubs)
async def move(interaction: Interaction, date: str, to: str, club: str | None = None) -> None:
    """Move a session, with its paper and whoever comes; for hosts"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        database = interaction.client.database
        meeting = await _hosted(interaction, club, date)
        meant = understood(to, database.clock.now(), meeting.series.rule.zone, meeting.session.minute)
        if isinstance(meant, Understood):
            moved = await Clubs(database).move(interaction.guild_id, meeting.session.id, meant.reading.at)
            message = views.moved(moved)
        else:
            message = views.which(meeting, meant, to)
    await _show(interaction, message)


@app_commands.command(name="skip")
@app_commands.describe(date=_WHEN, club=_CLUB)
@app_commands.autocomplete(date=suggest_sessions, club=suggest_clubs)
async def skip(interaction: Interaction, date: str, club: str | None = None) -> None:
    """Let a session go; its paper is back in the queue. For hosts"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        meeting = await _hosted(interaction, club, date)
        skipped = await Clubs(interaction.client.database).skip(interaction.guild_id, meeting.session.id)
    await _show(interaction, views.skipped(skipped))


@app_commands.command(name="clear")
@app_commands.describe(date=_WHEN, club=_CLUB)
@app_commands.autocomplete(date=suggest_sessions, club=suggest_clubs)
async def clear(interaction: Interaction, date: str, club: str | None = None) -> None:
    """Take a session's paper and presenter from it, so that it is free; for hosts"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        meeting = await _hosted(interaction, club, date)
        cleared = await Clubs(interaction.client.database).clear(interaction.guild_id, meeting.session.id)
    await _show(interaction, views.cleared(cleared))


@app_commands.command(name="swap")
@app_commands.describe(
    date="Your session: choose it, or write such as Friday",
    other="The session to swap it with, of which the presenter is asked; a free one is yours at once",
    club=_CLUB,
)
@app_commands.autocomplete(date=suggest_sessions, other=suggest_sessions, club=suggest_clubs)
async def swap(interaction: Interaction, date: str, other: str, club: str | None = None) -> None:
    """Swap the papers and presenters of two sessions: yours with another's, once they agree"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        kept, member_id = Clubs(interaction.client.database), interaction.user.id
        mine, theirs = [await kept.find(interaction.guild_id, club, typed) for typed in (date, other)]
        if mine.session.presented_by != member_id == theirs.session.presented_by:
            mine, theirs = theirs, mine
        if not await _hosts(interaction, mine, theirs) and mine.session.presented_by != member_id:
            raise NotAClubHostError
        asked = theirs.session.presented_by
        if asked in (None, member_id) or await _hosts(interaction, mine, theirs):
            message = views.swapped(*await kept.swap(interaction.guild_id, mine.session.id, theirs.session.id))
        else:
            message = views.swap_offer(mine, theirs, member_id)
    await _show(interaction, message)


@app_commands.command(name="volunteer")
@app_commands.describe(
    paper="Which paper you would present; left out: any",
    date="Which free date you take, with that paper; left out: you stand in line",
    club="For which club, where there are several",
)
@app_commands.autocomplete(paper=suggest_papers, date=suggest_sessions, club=suggest_clubs)
async def volunteer(
    interaction: Interaction, paper: str | None = None, date: str | None = None, club: str | None = None
) -> None:
    """Say that you would present a paper, or take a free date"""
    async with deferred_turn(interaction, Work.LOOKUP, thinking=True):
        database, member_id = interaction.client.database, interaction.user.id
        chosen = await ClubPapers(database).named(interaction.guild_id, paper) if paper else None
        if date is None:
            paper_id = chosen.id if chosen else None
            line = await Presenters(database).volunteer(interaction.guild_id, member_id, club, paper_id)
            message = views.volunteered(line, member_id, chosen)
        else:
            kept = Clubs(database)
            meeting = await kept.find(interaction.guild_id, club, date, free=True)
            if chosen is None:
                of = meeting.paper
                raise NoPaperYetError if meeting.session.paper_id is None else TakenError(of and of.title)
            took = await kept.take(interaction.guild_id, meeting.session.id, member_id, chosen.id)
            message = views.took(took, member_id)
    await _show(interaction, message)


async def _hosted(interaction: Interaction, club: str | None, date: str) -> Meeting:
    """The session that is meant, for a host of its club. Raises `NotAClubHostError`."""
    meeting = await Clubs(interaction.client.database).find(interaction.guild_id, club, date)
    await require_host(interaction, meeting.series)
    return meeting


async def require_host(interaction: Interaction, of: Series) -> None:
    """Raises `NotAClubHostError` for whoever decides nothing about that club."""
    member = interaction.user
    roles = [role.id for role in member.roles] if isinstance(member, discord.Member) else []
    manages = interaction.permissions.manage_guild
    await require_club_host(interaction.client.database, of, member.id, roles, manages=manages)


async def _hosts(interaction: Interaction, *meetings: Meeting) -> bool:
    """Do they decide about all of these?"""
    try:
        for one in meetings:
            await require_host(interaction, one.series)
    except NotAClubHostError:
        return False
    return True


async def _paper(interaction: Interaction, typed: str | None) -> int | None:
    if typed is None:
        return None
    return (await ClubPapers(interaction.client.database).named(interaction.guild_id, typed)).id


async def _show(interaction: Interaction, message: Message) -> None:
    await interaction.edit_original_response(view=message)


async def setup(bot: Companion) -> None:
    add_to_group(bot, "club", schedule, volunteer, swap, move, skip, clear)
    await bot.add_cog(ClubSessions(bot))
