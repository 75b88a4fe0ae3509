"""Events and sessions in step: whichever changed last, and whoever was away meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.club_events import CREATED_BEFORE, Event, Step, step
from companion.storage.sessions import State
from tests.community.clubs import friday
from tests.community.test_session_notices import example
from tests.examples import examples

NOW = friday(14)
SESSION = replace(example((), 60)[1], event_id=70, sequence=3)
SEEN = Event(SESSION.starts_at, 3)
LATER = timedelta(hours=2)


@pytest.mark.parametrize(
    ("session", "event", "expected"),
    [
        (replace(SESSION, event_id=None), None, Step.CREATE),
        (replace(SESSION, event_id=None, starts_at=NOW + CREATED_BEFORE + LATER), None, Step.NOTHING),
        (replace(SESSION, event_id=None, state=State.SKIPPED), None, Step.NOTHING),
        (SESSION, SEEN, Step.NOTHING),
        (SESSION, Event(SESSION.starts_at, 2), Step.WRITE),
        (SESSION, Event(SESSION.starts_at + LATER, 2), Step.WRITE),
        (SESSION, Event(SESSION.starts_at + LATER, 3), Step.MOVE),
        (SESSION, Event(SESSION.starts_at + LATER, None), Step.MOVE),
        (SESSION, Event(SESSION.starts_at, None), Step.WRITE),
        (SESSION, None, Step.CANCEL),
        (replace(SESSION, state=State.SKIPPED), SEEN, Step.DELETE),
        (replace(SESSION, state=State.CANCELLED), None, Step.FORGET),
        (replace(SESSION, state=State.HELD), None, Step.NOTHING),
        (replace(SESSION, starts_at=NOW), None, Step.NOTHING),
    ],
)
def test_what_is_done_about_an_event(session: object, event: Event | None, expected: Step) -> None:
    assert isinstance(session, type(SESSION))
    assert step(NOW, session, event) is expected


CHANGES = st.lists(st.tuples(st.sampled_from(["here", "there", "look"]), st.integers(1, 200)), max_size=20)


@examples(100)
@given(CHANGES)
def test_whatever_is_moved_where_both_agree_in_the_end_and_the_last_change_stands(
    changes: list[tuple[str, int]],
) -> None:
    """The bot looks now and then; between two looks the session may be moved, or its event, or both."""
    session, event = SESSION, SEEN
    moved_here = moved_there = False
    for what, hours in [*changes, ("look", 1), ("look", 1)]:
        at = NOW + timedelta(hours=hours)
        if what == "here" and at != session.starts_at:
            session = replace(session, starts_at=at, sequence=session.sequence + 1)
            moved_here = True
        elif what == "there":
            event = replace(event, starts_at=at)
            moved_there = True
        elif what == "look":
            wanted = session.starts_at if moved_here or not moved_there else event.starts_at
            todo = step(NOW, session, event)
            if todo is Step.MOVE:
                session = replace(session, starts_at=event.starts_at, sequence=session.sequence + 1)
            if todo in (Step.MOVE, Step.WRITE):
                event = Event(session.starts_at, session.sequence)
            assert session.starts_at == event.starts_at == wanted
            assert step(NOW, session, event) is Step.NOTHING
            moved_here = moved_there = False
