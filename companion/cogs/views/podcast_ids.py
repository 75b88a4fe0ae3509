"""What the button that takes a podcast away carries. Whoever answers a press checks it against the server."""

from __future__ import annotations

import re

UNSUBSCRIBE = re.compile(r"podcasts:unsubscribe:(?P<podcast>[0-9]{1,15})")


def unsubscribe(podcast_id: int) -> str:
    """Takes a podcast away from the server that presses it."""
    return f"podcasts:unsubscribe:{podcast_id}"
