"""What a member reads of what is kept of them, however much it is."""

from __future__ import annotations

from companion.cogs.views.privacy import shown_message
from companion.community.privacy import Held, Kept
from companion.community.retention import Terms
from companion.storage import schema
from companion.storage.privacy import Fate, Place
from tests.cogs.views.test_feedback import texts


def test_one_line_that_is_left_out_is_one_line() -> None:
    # Each is a line, and another one for why; the last of them has no room.
    places = [Place(schema.searches.c.member_id, Fate.STAYS, f"entries {why}", why * 1400) for why in "ab"]

    told = texts(shown_message(Kept(1, tuple(Held(place, 1) for place in places), 1), Terms()))

    assert "entries b: 1\n-# and 1 line more: get a copy" in told
