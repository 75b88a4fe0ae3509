from __future__ import annotations

from companion.archive.encoders import ToyEncoder
from companion.archive.focus import focus
from companion.archive.query import Question
from tests.snapshots import BAKING, snapshot_of, spoken

PADDING = "Nothing of any interest is said in this very long sentence about nothing at all. " * 4
TEXT = f"{PADDING}The zebra ate the crumb and left. {PADDING}The lantern went out at night. {PADDING}".strip()


def test_the_window_with_the_words_is_the_focus() -> None:
    snapshot = snapshot_of({BAKING: [spoken(0, ("Ida", TEXT))]})
    start, end = focus(snapshot.outline(0), None, Question({"zebra": 1.0}, None, frozenset()), {"zebra": 2.0})

    assert "zebra" in TEXT[start:end]
    assert "lantern" not in TEXT[start:end]


def test_the_window_with_the_meaning_is_the_focus_where_words_do_not_tell() -> None:
    encoder = ToyEncoder(512)
    snapshot = snapshot_of({BAKING: [spoken(0, ("Ida", TEXT))]}, encoder)
    question = Question({"unknown": 1.0}, encoder.encode(["the lantern went out at night"])[0], frozenset())
    start, end = focus(snapshot.outline(0), snapshot.window_vectors(0), question, {"unknown": 2.0})

    assert "lantern" in TEXT[start:end]
