"""Seconds by which two recordings differ, as they are typed on the command line."""

from __future__ import annotations

import click

from companion.storage.errors import CompanionError

LARGEST = 86_400
"""A day: no recording is longer by more."""


class NotSecondsError(CompanionError):
    """What is no number of seconds."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{typed[:40]!r} is not a number of seconds: give one such as 12.5 or -3, of {LARGEST:,} (a day) at most."
        )


class Seconds(click.ParamType[float]):
    """A difference in seconds, which may be negative."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises `NotSecondsError` for anything else."""
        typed = str(value).strip()
        try:
            seconds = float(typed)
        except ValueError:
            raise NotSecondsError(typed) from None
        if not abs(seconds) <= LARGEST:  # nor what is no number at all
            raise NotSecondsError(typed)
        return seconds


SECONDS = Seconds()
