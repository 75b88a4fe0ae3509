"""What the buttons around a member's own data carry: only whether a server is meant, or all. Whose data it is, is
whoever presses."""

from __future__ import annotations

import re

PREFIX = "privacy:"
EXPORT = re.compile(r"privacy:export:(?P<where>here|everywhere)")
DELETE = re.compile(r"privacy:delete:(?P<where>here|everywhere)")
FORGET = re.compile(r"privacy:forget:(?P<where>here|everywhere)")
KEEP = re.compile(r"privacy:keep")


def export(*, everywhere: bool) -> str:
    """All that is kept, as a file."""
    return f"privacy:export:{_where(everywhere)}"


def delete(*, everywhere: bool) -> str:
    """Asks whether it shall be deleted."""
    return f"privacy:delete:{_where(everywhere)}"


def forget(*, everywhere: bool) -> str:
    """Deletes it."""
    return f"privacy:forget:{_where(everywhere)}"


def keep() -> str:
    """Deletes nothing."""
    return "privacy:keep"


def _where(everywhere: bool) -> str:
    return "everywhere" if everywhere else "here"
