from __future__ import annotations

import pytest

from companion.cogs.views.tally import shown_emoji, tally_line
from companion.storage.votes import Tally


def test_votes_are_counted_on_one_line() -> None:
    assert tally_line(Tally(3, 1), "Good?") == "-# 🗳️ 3 👍 · 1 👎"


def test_while_nobody_voted_it_is_asked_how_to() -> None:
    assert tally_line(Tally(), "Good?", ("✅", "hive:1234567890123456")) == (
        "-# 🗳️ Good? Vote with ✅ or <:hive:1234567890123456>."
    )


@pytest.mark.parametrize(
    ("written", "emoji"),
    [
        ("👍", "👍"),
        ("hive:1234567890123456", "<:hive:1234567890123456>"),
        ("a:hum:1234567890123456", "<a:hum:1234567890123456>"),
    ],
)
def test_emoji_are_shown_as_messages_write_them(written: str, emoji: str) -> None:
    assert shown_emoji(written) == emoji
