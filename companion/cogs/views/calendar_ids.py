"""What the buttons under a calendar's link carry: the digest of its secret, from which there is no way back to it."""

from __future__ import annotations

import re

PREFIX = "calendar:"
REVOKE = re.compile(r"calendar:revoke:(?P<digest>[0-9a-f]{64})")
REVOKE_ALL = re.compile(r"calendar:all:(?P<whose>mine|everybody)")
MINE = "calendar:all:mine"
EVERYBODY = "calendar:all:everybody"


def revoke(digest: str) -> str:
    """Lets that link open nothing any more."""
    return f"calendar:revoke:{digest}"
