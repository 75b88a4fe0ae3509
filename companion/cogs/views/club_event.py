"""What a session's scheduled event shows, and what tells which session it is of."""

from __future__ import annotations

import re

from companion.cogs.views.club import venue_of
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import one_line
from companion.community.club_sessions import Meeting
from companion.storage.series import Venue

NAME = 100
LOCATION = 100
_AUTHORS = 200
_MARK = re.compile(r"Session #(?P<session>\d{1,15}) · (?P<sequence>\d{1,9})\s*\Z")


def name(meeting: Meeting) -> str:
    """The club and the paper, of which names show no formatting."""
    club = one_line(meeting.series.name)
    return cut(f"{club}: {one_line(meeting.paper.title)}" if meeting.paper else club, NAME)


def description(meeting: Meeting) -> str:
    """The author who attends first, the paper, who presents, and what tells which session it is of, and as of when."""
    session, paper = meeting.session, meeting.paper
    lines: list[str] = []
    if session.author:
        lines.append(f"🌟 With {escaped_within(session.author, 80)}, an author of the paper")
    if paper is not None:
        lines.append(f"📄 {escaped_within(paper.title, 300)}")
        if paper.authors:
            lines.append(escaped_within(", ".join(paper.authors), _AUTHORS))
        if session.presented_by:
            lines.append(f"Presented by <@{session.presented_by}>")
    else:
        lines.append("No paper yet: `/club volunteer` takes it.")
    lines.append(f"Who comes: <#{meeting.series.channel_id}>")
    lines.append(f"Session #{session.id} · {session.sequence}")
    return "\n".join(lines)


def location(meeting: Meeting) -> str:
    """Where it is, for an event that is in no channel: the words, or the channel's address."""
    club = meeting.series
    if club.venue is Venue.EXTERNAL:
        return cut(one_line(club.venue_text or ""), LOCATION) or venue_of(club)
    return f"https://discord.com/channels/{club.guild_id}/{club.venue_channel_id}"


def mark_of(written: str | None) -> tuple[int, int] | None:
    """The session and the sequence that a description tells; None where it tells none."""
    match = _MARK.search(written or "")
    return (int(match["session"]), int(match["sequence"])) if match else None
