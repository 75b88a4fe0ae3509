"""Sessions in words: what is planned, what was changed, and what members may choose."""

from __future__ import annotations

from collections.abc import Sequence

from companion.cogs.views import club_ids
from companion.cogs.views.club import name_of, venue_of
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT, cut
from companion.cogs.views.times import moment, relative
from companion.community.club_presenters import Line
from companion.community.club_rules import clock_in_words
from companion.community.club_sessions import Meeting
from companion.community.spoken_times import Ambiguous, InGap, Reading, reading_of
from companion.storage.papers import Paper
from companion.storage.series import Series
from companion.storage.sessions import Session

_NAME = 80
_TITLE = 200
_SHOWN = 5
_CHOICES = 5


def next_message(meetings: Sequence[Meeting], clubs: Sequence[Series]) -> Message:
    """The sessions to come."""
    lines = ["### 🗓️ What comes next"]
    lines += [f"{meeting_lines(one, several=len(clubs) > 1)}\n" for one in meetings[:_SHOWN]]
    if not meetings:
        lines.append("No session is planned: the club is paused, or every date is skipped.")
    left = len(meetings) - _SHOWN
    if left > 0:
        lines.append(f"-# And {left} more until {moment(meetings[-1].session.starts_at)}.")
    lines.append("-# `/club volunteer` takes a free date or a place in line, `/paper queue` shows what may be read.")
    return _public("\n".join(lines))


def meeting_lines(meeting: Meeting, *, several: bool = True) -> str:
    """A session: the author who attends first, when, what, who presents, where. ``several``: does the server have more
    than one club?"""
    session, club = meeting.session, meeting.series
    lines = [f"**{moment(session.starts_at)}** ({relative(session.starts_at)})"]
    if several:
        lines[0] += f" · {name_of(club)}"
    if session.author:
        lines.insert(0, f"🌟 **With {escaped_within(session.author, _NAME)}, an author of the paper**")
    if meeting.paper is None:
        lines.append(f"No paper yet · in {venue_of(club)}")
    else:
        presenter = f"presented by <@{session.presented_by}>" if session.presented_by else "a presenter is wanted"
        lines.append(f"📄 {title_of(meeting.paper)} · {presenter} · in {venue_of(club)}")
    return "\n".join(lines)


def title_of(paper: Paper) -> str:
    """A paper's title, in bold."""
    return f"**{escaped_within(paper.title, _TITLE)}**"


def scheduled(meeting: Meeting) -> Message:
    """What a session has now."""
    return _public(f"✅ Planned:\n{meeting_lines(meeting)}")


def took(meeting: Meeting, member_id: int) -> Message:
    """Whose date it is now."""
    return _public(f"🙋 <@{member_id}> takes it:\n{meeting_lines(meeting)}\n-# A host can free it with `/club clear`.")


def moved(meeting: Meeting) -> Message:
    """When it is now."""
    return _public(f"✅ Moved:\n{meeting_lines(meeting)}\n-# {_on_their_clocks(meeting.session)}")


def which(meeting: Meeting, meant: Ambiguous | InGap, typed: str) -> Message:
    """The readings of what was typed, for whoever moves the session to choose from."""
    zone = meeting.session.zone.replace("_", " ")
    if isinstance(meant, InGap):
        readings: Sequence[Reading] = (meant.instead,)
        why = f"no clock in {zone} shows that: there the clocks jump over it. The first time after it is"
    else:
        readings = meant.readings[:_CHOICES]
        why = f"in {zone} that may be" + (" either of these, since clocks go back then" if meant.twice else "")
    box = container(TEAL)
    asked = "Which one is the session moved to?" if len(readings) > 1 else "Is the session moved to that?"
    listed = "\n".join(f"{nth}. {moment(one.at)} ({relative(one.at)})" for nth, one in enumerate(readings, 1))
    box.add_item(text(f"🤔 “{escaped_within(typed, 60)}”: {why}:\n{listed}\n{asked}"))
    choices = [
        button(f"{nth}. {_short(one, meant)}", club_ids.move(meeting.session.id, one.at))
        for nth, one in enumerate(readings, 1)
    ]
    box.add_item(row(choices))
    box.add_item(row([delete_button()]))
    return Message(box)


def skipped(meeting: Meeting) -> Message:
    """Which session does not take place, and where its paper is."""
    back = f" {title_of(meeting.paper)} is back in the queue." if meeting.paper else ""
    return _public(
        f"⏭️ {name_of(meeting.series)} does not meet on {moment(meeting.session.starts_at)}.{back}\n"
        "-# `/club schedule` or `/club move` brings it back."
    )


def cleared(meeting: Meeting) -> Message:
    """Which session is free."""
    back = f" {title_of(meeting.paper)} is back in the queue." if meeting.paper else " It had no paper."
    return _public(f"✅ {moment(meeting.session.starts_at)} in {name_of(meeting.series)} is free.{back}")


def swapped(one: Meeting, other: Meeting) -> Message:
    """What both sessions have now."""
    return _public(f"🔁 Swapped:\n{meeting_lines(one)}\n\n{meeting_lines(other)}")


def swap_offer(one: Meeting, other: Meeting, member_id: int) -> Message:
    """What a presenter offers another one, who presses to accept."""
    box = container(TEAL)
    box.add_item(
        text(
            f"🔁 <@{member_id}> would swap with <@{other.session.presented_by}>:\n{meeting_lines(one)}\n\n"
            f"{meeting_lines(other)}\n-# Only <@{other.session.presented_by}> and hosts can accept."
        )
    )
    accept = button("Swap", club_ids.swap(one.session.id, other.session.id, member_id), emoji="🔁")
    box.add_item(row([accept, delete_button()]))
    return Message(box)


def volunteered(line: Line, member_id: int, paper: Paper | None) -> Message:
    """Who would present, and where in line they are."""
    what = title_of(paper) if paper else "a paper"
    place = line.place(member_id)
    before = "is next in line" if place == 1 else f"is number {place} in line"
    box = container(TEAL)
    box.add_item(
        text(
            f"🙋 <@{member_id}> would present {what} in {name_of(line.series)}, and {before}.\n"
            "-# Whoever has presented least often comes first. With a `paper` and a free `date`,"
            " `/club volunteer` takes that date at once."
        )
    )
    box.add_item(row([button("I would not", club_ids.leave(line.series.id)), delete_button()]))
    return Message(box)


def withdrew(club: Series) -> Message:
    """That they are not in line any more."""
    return sentence(f"✅ You are not in line for {name_of(club)} any more. Dates that you have stay yours.")


def choice(meeting: Meeting) -> str:
    """A session as it is suggested while somebody types, on the clocks of its zone."""
    shown = reading_of(meeting.session.starts_at, meeting.session.zone)
    what = meeting.paper.title if meeting.paper else "free"
    return f"{shown.day:%a} {shown.day} {clock_in_words(shown.minute)} · {meeting.series.name} · {what}"


def _on_their_clocks(session: Session) -> str:
    return f"That is {session.day:%A}, {clock_in_words(session.minute)} in {session.zone.replace('_', ' ')}."


def _short(reading: Reading, meant: Ambiguous | InGap) -> str:
    """A reading on a button. Of a time that clocks show twice, its offset tells which."""
    shown = f"{reading.day:%a} {reading.day} {clock_in_words(reading.minute)}"
    if isinstance(meant, Ambiguous) and meant.twice:
        return f"{shown} ({reading.at:%H:%M} UTC)"
    return shown


def _public(content: str) -> Message:
    """A public answer, which whoever asked for it can delete."""
    box = container(TEAL)
    box.add_item(text(cut(content, LAYOUT_TEXT)))
    box.add_item(row([delete_button()]))
    return Message(box)
