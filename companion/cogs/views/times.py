"""Times within an episode, and the dates of episodes."""

from __future__ import annotations

from datetime import datetime


def clock_time(seconds: float, approximate: bool = False) -> str:
    """``h:mm:ss`` from the start of the episode, ``m:ss`` in its first hour; ``~`` before an interpolated time."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    shown = f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
    return f"~{shown}" if approximate else shown


def day(instant: datetime) -> str:
    """A Discord timestamp: the date in the reader's own language and zone."""
    return f"<t:{int(instant.timestamp())}:D>"
