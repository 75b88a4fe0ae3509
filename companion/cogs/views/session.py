"""Sessions as they are announced: the post with who comes, reminders, the thread, and what single members are told."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from companion.cogs.views import session_ids
from companion.cogs.views.club import name_of, venue_of
from companion.cogs.views.club_sessions import meeting_lines, title_of
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import AMBER, TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import LAYOUT_TEXT, cut
from companion.cogs.views.markdown import one_line
from companion.cogs.views.question import ask_button
from companion.cogs.views.times import moment, relative
from companion.community.attendance import Attended
from companion.community.club_sessions import Meeting
from companion.community.permissions import EVENTS, labels
from companion.community.session_notices import Telling
from companion.storage.member_questions import AskedOf
from companion.storage.outbox import Kind
from companion.storage.rsvps import Answer
from companion.storage.sessions import State

NAMED = 90
"""Members that a reminder mentions: Discord lets a message mention 100, and they have to fit in."""
THREAD_NAME = 100
_LISTED = 25
_SERVER = 60
_STANDS = {
    State.SKIPPED: "⏭️ This session does not take place.",
    State.CANCELLED: "⏭️ This session was cancelled.",
    State.HELD: "✅ This session is over.",
}


def post(attended: Attended) -> Message:
    """The session's own post, as things are now. It carries no notice's number, since it is edited."""
    meeting = attended.meeting
    stands = _STANDS.get(meeting.session.state)
    box = container(TEAL if stands is None else AMBER)
    box.add_item(text(f"### 📅 {name_of(meeting.series)}\n{stands or _lines(meeting)}"))
    if stands is not None:
        box.add_item(text(f"-# It was planned for {moment(meeting.session.starts_at)}."))
        return Message(box)
    box.add_item(line())
    box.add_item(text(who_comes(attended)))
    if meeting.paper is None:
        box.add_item(text("-# `/club volunteer` takes it with a paper, `/paper queue` shows what may be read."))
    box.add_item(row(_answers(meeting, 0)))
    return Message(box)


def who_comes(attended: Attended) -> str:
    """Who has a place, who waits, who may come."""
    places, capacity = attended.places, attended.meeting.series.capacity
    of = f" of {capacity}" if capacity else ""
    lines = [f"**Going ({len(places.going)}{of})**{_names(places.going)}"]
    if places.waiting:
        lines.append(f"**Waiting ({len(places.waiting)})**{_names(places.waiting)}")
    if places.maybe:
        lines.append(f"**Maybe ({len(places.maybe)})**{_names(places.maybe)}")
    return "\n".join(lines)


def notice(telling: Telling, *, direct: bool = False, closed: bool = False, server: str = "") -> Message:
    """What a notice tells: directly, with the name of the ``server``, or in the club's channel or thread. ``closed``:
    there because the member takes no direct messages."""
    told = telling.notice
    if told.kind is Kind.POST:
        return post(telling.attended)
    if told.kind is Kind.THREAD:
        return _thread(telling)
    if told.kind in (Kind.REMINDER, Kind.LINK):
        return _reminder(telling)
    if told.kind in (Kind.DIRECT, Kind.PLACE):
        return _to_member(telling, direct=direct, closed=closed, server=server)
    return _to_host(telling)


def named(telling: Telling) -> Sequence[int]:
    """The members whom a notice in a channel mentions."""
    told = telling.notice
    if told.kind is Kind.REMINDER:
        return telling.reminded[:NAMED]
    if told.kind in (Kind.DIRECT, Kind.PLACE) and told.member_id:
        return (told.member_id,)
    host = telling.meeting.series.hosted_by
    return (host,) if told.kind in (Kind.CROWDED, Kind.LEFT, Kind.NO_EVENTS) and host else ()


def thread_name(meeting: Meeting) -> str:
    """What a session's thread is called."""
    title = meeting.paper.title if meeting.paper else meeting.series.name
    return cut(f"{meeting.session.day.isoformat()} · {one_line(title)}", THREAD_NAME)


def answered(attended: Attended, member_id: int, *, reminding: bool = False) -> Message:
    """What a member's answer came to, to that member alone. ``reminding`` where they pressed *Remind me by DM*."""
    places, meeting = attended.places, attended.meeting
    when = f"{name_of(meeting.series)}, {moment(meeting.session.starts_at)}"
    if member_id in places.going:
        told = f"✅ You have a place: {when}."
    elif member_id in places.waiting:
        before = places.waiting.index(member_id)
        ahead = f"{before} wait{'s' if before == 1 else ''} before you" if before else "you are the first who waits"
        told = (
            f"⏳ All {meeting.series.capacity} places are taken, and {ahead}: {when}. I tell you once one is free for"
            " you."
        )
    elif member_id in places.maybe:
        told = f"🤔 You may come: {when}."
    else:
        told = f"👋 You don't come: {when}."
        if reminding:
            told += " That stays so, and I remind you of nothing. If you may come after all, press *Maybe* first."
    if member_id in attended.by_message:
        told += " I remind you by direct message; pressing *Remind me by DM* again stops that."
    elif member_id in places.going and meeting.series.reminders:
        told += f" I remind you in <#{meeting.series.channel_id}>."
    return sentence(told)


def seen() -> Message:
    """That a message for hosts is gone."""
    return sentence("🗑️ Deleted.")


def _lines(meeting: Meeting) -> str:
    hosted = f"\n-# Hosted by <@{meeting.series.hosted_by}>" if meeting.series.hosted_by else ""
    return f"{meeting_lines(meeting, several=False)}{hosted}"


def _reminder(telling: Telling) -> Message:
    meeting, told = telling.meeting, telling.notice
    begins = told.kind is Kind.LINK or told.due_at >= meeting.session.starts_at
    heading = f"### {'▶️ It begins' if begins else '⏰ Coming up'}: {name_of(meeting.series)}"
    join = f"\n➡️ **Join: {venue_of(meeting.series)}**" if begins else ""
    box = container(TEAL)
    box.add_item(text(f"{heading}\n{_lines(meeting)}{join}"))
    if told.kind is Kind.REMINDER and telling.reminded:
        left = len(telling.reminded) - NAMED
        more = f" and {left} more" if left > 0 else ""
        box.add_item(text(cut(f"{' '.join(f'<@{one}>' for one in telling.reminded[:NAMED])}{more}", LAYOUT_TEXT // 2)))
    box.add_item(row(_answers(meeting, told.id)))
    return Message(box)


def _thread(telling: Telling) -> Message:
    meeting, told = telling.meeting, telling.notice
    asked = f"<@{meeting.session.presented_by}>" if meeting.session.presented_by else "whoever presents it"
    title = title_of(meeting.paper) if meeting.paper else name_of(meeting.series)
    author = (
        f" {escaped_within(meeting.session.author, 80)}, an author, will be there." if meeting.session.author else ""
    )
    box = container(TEAL)
    box.add_item(
        text(
            f"### 💬 {title}\nWhat would you ask {asked}?{author} Questions are voted on with reactions, and the top"
            f" ones come first: {moment(meeting.session.starts_at)} ({relative(meeting.session.starts_at)})."
        )
    )
    going = button("Going", session_ids.answer(Answer.GOING, meeting.session.id, told.id), emoji="✅")
    box.add_item(row([ask_button(AskedOf(session_id=meeting.session.id)), going]))
    return Message(box)


def _to_member(telling: Telling, *, direct: bool, closed: bool, server: str) -> Message:
    meeting, told = telling.meeting, telling.notice
    if told.kind is Kind.PLACE:
        heading = "🎉 A place came free, and it is yours"
    elif told.due_at >= meeting.session.starts_at:
        heading = f"▶️ It begins: {venue_of(meeting.series)}"
    else:
        heading = "⏰ Coming up"
    where = f" in **{escaped_within(server, _SERVER)}**" if server else ""
    called = "" if direct else f"<@{told.member_id}> "
    box = container(TEAL)
    box.add_item(text(f"{called}{heading}: {name_of(meeting.series)}{where}\n{_lines(meeting)}"))
    if closed:
        box.add_item(text("-# You asked for direct messages, but yours are closed to me: so I tell you here."))
    buttons = [button("I can't come", session_ids.answer(Answer.NO, meeting.session.id, told.id), emoji="👋")]
    if told.kind is Kind.DIRECT:
        buttons.append(button("No more messages", session_ids.direct(meeting.session.id, told.id), emoji="🔕"))
    box.add_item(row(buttons))
    return Message(box)


def _to_host(telling: Telling) -> Message:
    """What the host of a club should know of a session."""
    meeting, told = telling.meeting, telling.notice
    session, club = meeting.session, meeting.series
    host = f"<@{club.hosted_by}> " if club.hosted_by else ""
    if told.kind is Kind.CROWDED:
        said = (
            f"⚠️ {host}{venue_of(club)} is about to be full: a voice channel holds 99 members. A stage holds far more:"
            " make one, and let `/club edit` move the club there as its `venue`."
        )
    elif told.kind is Kind.LEFT:
        what = title_of(meeting.paper) if meeting.paper else name_of(club)
        said = (
            f"⚠️ {host}Whoever was to present {what} on {moment(session.starts_at)} has left the server. A presenter is"
            " wanted: a host names one with `/club schedule`."
        )
    else:
        said = (
            f"⚠️ {host}{name_of(club)} works, but without Discord's own events: I lack {labels(EVENTS.needs)}. Whoever"
            " manages the server can give me that in its settings; the sessions get their events then."
        )
    box = container(AMBER)
    box.add_item(text(said))
    box.add_item(row([button("Got it", session_ids.done(session.id, told.id), emoji="🗑️")]))
    return Message(box)


def _answers(meeting: Meeting, notice_id: int) -> list[discord.ui.Button[Message]]:
    session_id = meeting.session.id
    return [
        button("Going", session_ids.answer(Answer.GOING, session_id, notice_id), emoji="✅"),
        button("Maybe", session_ids.answer(Answer.MAYBE, session_id, notice_id), emoji="🤔"),
        button("Can't come", session_ids.answer(Answer.NO, session_id, notice_id), emoji="👋"),
        button("Remind me by DM", session_ids.direct(session_id, notice_id), emoji="🔔"),
    ]


def _names(members: Sequence[int]) -> str:
    if not members:
        return ""
    shown = " ".join(f"<@{one}>" for one in members[:_LISTED])
    left = len(members) - _LISTED
    return f": {shown}" + (f" and {left} more" if left > 0 else "")
