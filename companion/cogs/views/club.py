"""Clubs in words: what managers set up, and what that brings."""

from __future__ import annotations

from collections.abc import Sequence

from companion.cogs.views.counting import counted
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import Message, sentence
from companion.cogs.views.markdown import escaped_line, web_address
from companion.cogs.views.times import length, moment, relative
from companion.community.club_rules import clock_in_words, in_words
from companion.community.club_setup import Decided
from companion.community.spoken_times import reading_of
from companion.storage.series import Series, Venue
from companion.storage.sessions import Session

_NAME = 80
_SHOWN = 5


def name_of(club: Series) -> str:
    """The club's name, in bold."""
    return f"**{escaped_within(club.name, _NAME)}**"


def venue_of(club: Series) -> str:
    """Where the club meets, in Markdown."""
    if club.venue is not Venue.EXTERNAL:
        return f"<#{club.venue_channel_id}>"
    return web_address(club.venue_text) or escaped_line(club.venue_text or "")


def rule_of(club: Series) -> str:
    """When the club meets: "every Friday at 12:00 (Europe/Berlin)"."""
    rule = club.rule
    return f"{in_words(rule)} at {clock_in_words(rule.minute)} ({rule.zone.replace('_', ' ')})"


def created(decided: Decided) -> Message:
    """What a new club does, and what comes next."""
    club = decided.series
    return sentence(
        f"✅ {name_of(club)} meets {rule_of(club)}, in {venue_of(club)}; I post about it in <#{club.channel_id}>.\n"
        f"{_details(club)}\n{_coming(decided)}\n"
        "-# `/club schedule` gives a date its paper, `/club edit` changes all this, `/club pause` stops it."
    )


def edited(decided: Decided) -> Message:
    """What is so from now on, or that nothing changes."""
    club = decided.series
    begins = "Nothing changes:" if decided.same else "✅ From now on"
    return sentence(
        f"{begins} {name_of(club)} meets {rule_of(club)}, in {venue_of(club)}; I post about it in"
        f" <#{club.channel_id}>.\n{_details(club)}\n{_coming(decided)}{_let_go(decided)}"
    )


def paused(decided: Decided) -> Message:
    """That nothing comes any more, and what stays."""
    stays = [one for one in decided.coming if one.paper_id is not None]
    told = f" These have a paper and stay: {_dates(stays)}. `/club skip` lets them go." if stays else ""
    return sentence(
        f"⏸️ {name_of(decided.series)} pauses from now on: no sessions come until `/club resume`.{told}"
        f"{_let_go(decided)}"
    )


def resumed(decided: Decided) -> Message:
    """What comes now."""
    club = decided.series
    return sentence(f"▶️ {name_of(club)} meets again, {rule_of(club)}.\n{_coming(decided)}")


def ended(decided: Decided) -> Message:
    """That it is over, and how to undo that."""
    return sentence(
        f"⏹️ {name_of(decided.series)} has ended. Papers that were scheduled are back in the queue, and what was held"
        f" stays in its history.{_let_go(decided)}\n-# `/club resume` brings it back."
    )


def _details(club: Series) -> str:
    """What else is decided, as one line."""
    reminders = ", ".join(_before(minutes) for minutes in club.reminders)
    parts = [
        f"{length(club.duration * 60)} long",
        f"hosted by <@{club.hosted_by}>" if club.hosted_by else "",
        counted(club.capacity, "place") if club.capacity else "a place for everybody",
        f"reminders {reminders}" if reminders else "no reminders",
        ""
        if club.assign_days is None
        else f"the top of the vote is assigned {counted(club.assign_days, 'day')} before",
    ]
    return f"-# {' · '.join(part for part in parts if part)}"


def _before(minutes: int) -> str:
    if not minutes:
        return "at the start"
    days, rest = divmod(minutes, 24 * 60)
    if days and not rest:
        return f"{counted(days, 'day')} before"
    return f"{length(minutes * 60)} before"


def _coming(decided: Decided) -> str:
    if not decided.coming:
        return "No session is planned."
    first, *others = decided.coming[:_SHOWN]
    later = f", then {_dates(others)}" if others else ""
    return f"Next: {moment(first.starts_at)} ({relative(first.starts_at)}){later}.{_jumps(decided)}"


def _jumps(decided: Decided) -> str:
    """What is said of sessions whose time the clocks jump over."""
    rule = decided.series.rule
    jumped = [
        one
        for one in decided.coming
        if one.day == one.slot and reading_of(one.starts_at, one.zone).minute != rule.minute
    ]
    if not jumped:
        return ""
    return (
        f"\n⚠️ The clocks there jump over {clock_in_words(rule.minute)} on one of these dates:"
        f" it begins {moment(jumped[0].starts_at)} instead."
    )


def _let_go(decided: Decided) -> str:
    gone = decided.skipped
    return f"\nThese do not take place: {_dates(gone)}." if gone else ""


def _dates(sessions: Sequence[Session]) -> str:
    shown = [f"<t:{int(one.starts_at.timestamp())}:D>" for one in sessions[:_SHOWN]]
    left = len(sessions) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")
