"""What members write, in the log: not a word, unless whoever runs the bot turns that on."""

from __future__ import annotations

import logging

log = logging.getLogger("companion.texts")
log.disabled = True


def log_texts(*, on: bool) -> None:
    """Lets the log have what members search for and ask from now on, or ids alone."""
    log.disabled = not on


def asked(kind: str, number: int, guild_id: int, text: str) -> None:
    """Somebody asked that; the ``number`` is that of the search or the question."""
    # As Python writes it: a line of theirs must not pass for one of the log's.
    log.info("%s %d in guild %d: %r", kind, number, guild_id, text)
