"""Times within an episode, and the dates of episodes."""

from __future__ import annotations

from datetime import date, datetime


def clock_time(seconds: float, approximate: bool = False) -> str:
    """``h:mm:ss`` from the start of the episode, ``m:ss`` in its first hour; ``~`` before an interpolated time."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    shown = f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
    return f"~{shown}" if approximate else shown


def day(instant: datetime) -> str:
    """A Discord timestamp: the date in the reader's own language and zone."""
    return f"<t:{int(instant.timestamp())}:D>"


def moment(instant: datetime) -> str:
    """A Discord timestamp: weekday, date and time in the reader's own language and zone."""
    return f"<t:{int(instant.timestamp())}:F>"


def calendar_day(when: date) -> str:
    """A date that is no instant, such as "6 March 2026": a timestamp would be the day before or after for some."""
    return f"{when.day} {when:%B %Y}"


def relative(instant: datetime) -> str:
    """A Discord timestamp: "3 hours ago" or "in 5 minutes", in the reader's own language."""
    return f"<t:{int(instant.timestamp())}:R>"


def length(seconds: float) -> str:
    """How long something is: "1 h 12 min", "45 min", and "1 min" at least."""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"{hours} h {minutes} min" if hours and minutes else f"{hours} h" if hours else f"{minutes} min"
