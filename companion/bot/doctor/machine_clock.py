"""The machine's clock, beside Discord's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from companion.bot.doctor.findings import Finding, ok, warning

CLOCKS = timedelta(minutes=2)
"""By which the two may differ: messages that were sent are looked for with so much room."""
_CURE = "Let the machine keep its time by itself (`timedatectl set-ntp true`); a container has its host's clock."


def check(now: datetime, discords: datetime | None) -> Sequence[Finding]:
    """Whether posts and reminders come at their times. ``discords`` is when Discord answered, by its own clock; None
    where it did not say."""
    if discords is None:
        return []
    apart = now - discords
    if abs(apart) <= CLOCKS:
        return [ok("The machine's clock shows the same time as Discord's.")]
    way = "ahead of" if apart > timedelta() else "behind"
    return [warning(f"The machine's clock is {_told(abs(apart))} {way} Discord's.", _CURE)]


def _told(apart: timedelta) -> str:
    minutes = apart.total_seconds() / 60
    if minutes < 120:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 48 * 60 else f"{apart.days} days"
