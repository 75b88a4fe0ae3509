"""The form in which a member sets the bounds of a clip, prefilled with those around a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from companion.cogs.views import clip_ids
from companion.cogs.views.times import clock_time
from companion.community.clip_requests import Adjustment, Proposed
from companion.community.clip_times import seconds_of
from companion.storage.episodes import Reference
from companion.storage.errors import CompanionError

_START, _END, _BEFORE, _AFTER = "start", "end", "before", "after"
_MOST_WORDS = 300


class UnreadNumberError(CompanionError):
    """A number of words that cannot be read."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"“{typed[:40]}” is no number of words: write how many more, as in `20`, or how many fewer, as in `-20`."
        )


def clip_form(reference: Reference, quoted: tuple[int, int] | None, proposed: Proposed) -> discord.ui.Modal:
    """The form for a proposed clip: its times or, where there are none, words more or fewer. `adjustment` reads it.

    The library would keep it and answer it once: under one custom_id for all members, and not after a restart. So it is
    stopped.
    """
    modal = discord.ui.Modal(title="Clip it", custom_id=clip_ids.form(reference, quoted), timeout=None)
    for label, name, value, told in _fields(proposed):
        typed = discord.ui.TextInput[discord.ui.Modal](custom_id=name, default=value, max_length=20, required=False)
        modal.add_item(discord.ui.Label[discord.ui.Modal](text=label, description=told, component=typed))
    modal.stop()
    return modal


def adjustment(data: Mapping[str, Any], proposed: Proposed) -> Adjustment:
    """What the data of a submitted form says of the proposal. Raises `CompanionError` for what cannot be read."""
    inner = [part.get("component", part) for part in data.get("components", ())]
    sent = {str(one.get("custom_id")): str(one.get("value") or "").strip() for one in inner}
    if not proposed.timed:
        return Adjustment(words_before=_number(sent.get(_BEFORE, "")), words_after=_number(sent.get(_AFTER, "")))
    times = [
        None if sent.get(name, value) in ("", value) else seconds_of(sent[name])
        for _, name, value, _ in _fields(proposed)
    ]
    return Adjustment(start=times[0], end=times[1])


def _fields(proposed: Proposed) -> list[tuple[str, str, str, str]]:
    """The label, name, value and description of each field."""
    if proposed.start is None or proposed.end is None:
        more = "The transcript has no times. A number below 0 takes words away."
        return [("Words more before", _BEFORE, "0", more), ("Words more after", _AFTER, "0", more)]
    moves = "It moves to where a sentence begins."
    return [
        ("Start", _START, clock_time(proposed.start, proposed.approximate), moves),
        ("End", _END, clock_time(proposed.end, proposed.approximate), "15 to 120 seconds after the start."),
    ]


def _number(typed: str) -> int:
    digits = typed.removeprefix("-").removeprefix("+")
    if not typed:
        return 0
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise UnreadNumberError(typed)
    return max(-_MOST_WORDS, min(int(typed), _MOST_WORDS))
