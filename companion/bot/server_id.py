"""Ids of Discord servers, as they are typed on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from companion.storage.errors import CompanionError


class NotAServerError(CompanionError):
    """What is no id of a server."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"{typed[:40]!r} is not a server's id, which has 17 to 20 digits: turn on Developer Mode in Discord, then"
            " right-click the server and copy its id."
        )


class ServerId(click.ParamType[int]):
    """A server's id: a snowflake, which has 17 digits and more since Discord began."""

    name = "id"
    refusal: Callable[[str], CompanionError] = NotAServerError

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The id as a number. Raises its ``refusal`` of anything else."""
        typed = str(value).strip()
        if re.fullmatch(r"[1-9]\d{16,19}", typed, re.ASCII) is None or int(typed) >= 2**63:
            raise self.refusal(typed)
        return int(typed)


SERVER_ID = ServerId()
