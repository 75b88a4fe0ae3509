"""Times in an episode as members type them."""

from __future__ import annotations

import re

from companion.storage.errors import CompanionError

_CLOCK = re.compile(r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,4}):(?P<s>\d{2}(?:\.\d{1,3})?)", re.ASCII)
_SECONDS = re.compile(r"\d{1,6}(?:\.\d{1,3})?", re.ASCII)


class UnreadTimeError(CompanionError):
    """A time that cannot be read."""

    def __init__(self, typed: str, reason: str) -> None:
        shown = typed.strip()[:40]
        super().__init__(
            f"“{shown}” {reason} Write minutes and seconds as in `12:34`, hours too as in `1:02:03`,"
            " or seconds as in `754`."
        )


def seconds_of(typed: str) -> float:
    """The seconds that `12:34`, `1:02:03` or `754` means; a ``~`` before it changes nothing.

    Raises `UnreadTimeError` for anything else.
    """
    written = typed.strip().removeprefix("~").strip()
    if _SECONDS.fullmatch(written):
        return float(written)
    clock = _CLOCK.fullmatch(written)
    if clock is None:
        raise UnreadTimeError(typed, "is no time in an episode.")
    hours, minutes, second = int(clock["h"] or 0), int(clock["m"]), float(clock["s"])
    if second >= 60:
        raise UnreadTimeError(typed, "has more than 59 seconds.")
    if clock["h"] is not None and minutes >= 60:
        raise UnreadTimeError(typed, "has more than 59 minutes.")
    return hours * 3600 + minutes * 60 + second
