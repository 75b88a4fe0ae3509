"""What is told by itself: exactly once, late after downtime, and not at all once it is stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from companion.community.outbox import CLAIM_LASTS, due
from companion.storage.outbox import Kind, Notice, State
from tests.examples import examples

START = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTICE = Notice(1, "reminder:1", 10, 1, Kind.REMINDER, START, START + HOUR)


class Fate(Enum):
    """What happens to a sender."""

    DOWN = auto()
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()
    """The message stands, and nobody noted it."""
    REFUSED = auto()
    WORKS = auto()


TICKS = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(Fate)), max_size=12)


@examples(100)
@given(TICKS)
def test_it_is_sent_once_or_dropped_whoever_is_stopped_and_when(ticks: list[tuple[int, Fate]]) -> None:
    stands, messages, now = NOTICE, 0, START - timedelta(minutes=20)
    # In the end somebody works long enough to settle it, whatever there was before.
    for minutes, fate in [*ticks, (200, Fate.WORKS), (60, Fate.WORKS)]:
        now += timedelta(minutes=minutes)
        for one in [] if fate is Fate.DOWN else due(now, [stands]):
            looked_for = one.notice.claimed_at is not None
            assert now >= START
            stands = replace(one.notice, state=State.CLAIMED, claimed_at=now)
            if looked_for and messages:
                stands = replace(stands, state=State.SENT)
            elif one.stale:
                stands = replace(stands, state=State.DROPPED)
            elif fate is Fate.REFUSED:
                stands = replace(stands, state=State.WAITING, claimed_at=None)
            elif fate is not Fate.KILLED_BEFORE:
                assert now < START + HOUR
                messages += 1
                stands = replace(stands, state=State.SENT) if fate is Fate.WORKS else stands
    assert (stands.state, messages) in {(State.SENT, 1), (State.DROPPED, 0)}


def test_after_downtime_it_is_late_and_then_too_late() -> None:
    (one,) = due(START + HOUR - timedelta(seconds=1), [NOTICE])
    assert not one.stale
    (one,) = due(START + HOUR, [NOTICE])
    assert one.stale


def test_what_is_due_longest_comes_first_and_nothing_before_its_time() -> None:
    later = replace(NOTICE, id=2, due_at=START + timedelta(minutes=5))
    found = due(START + timedelta(minutes=5), [later, NOTICE])
    assert [(one.notice.id, one.stale) for one in found] == [(1, False), (2, False)]
    assert due(START - timedelta(seconds=1), [later, NOTICE]) == []


def test_who_is_about_to_send_it_is_left_alone_until_the_claim_expires() -> None:
    claimed = replace(NOTICE, state=State.CLAIMED, claimed_at=START)
    assert due(START + CLAIM_LASTS, [claimed]) == []
    (again,) = due(START + CLAIM_LASTS + timedelta(seconds=1), [claimed])
    assert not again.stale
    (gone,) = due(START + HOUR, [claimed])
    assert gone.stale
    assert due(START + HOUR, [replace(NOTICE, state=State.SENT), replace(NOTICE, state=State.DROPPED)]) == []
