from __future__ import annotations

import pytest

from companion.archive.comparisons import is_turned_round

SAID = "Wool keeps the damp in, and damp kills more colonies than frost. Steel is lighter than lead."


@pytest.mark.parametrize(
    "sentence",
    ["Frost kills more colonies than damp.", "It is said that frost kills more colonies than damp.",
     "Lead is lighter than steel."],
)  # fmt: skip
def test_a_comparison_the_other_way_round_is_seen(sentence: str) -> None:
    assert is_turned_round(sentence, SAID)


@pytest.mark.parametrize(
    "sentence",
    [
        "Damp kills more colonies than frost.",
        "More colonies die of damp than of frost.",
        "Frost kills fewer colonies than damp.",
        "Frost does not kill more colonies than damp.",
        "More colonies are killed by damp than by frost.",
        "Wool keeps more damp in than straw.",
        "Lead is heavier than steel.",
        "Damp kills, and frost kills.",
    ],
)
def test_what_says_the_same_or_something_else_is_left_alone(sentence: str) -> None:
    assert not is_turned_round(sentence, SAID)


def test_what_was_said_both_ways_is_not_turned_round() -> None:
    assert not is_turned_round("Frost kills more than damp.", "Frost kills more than damp. Damp kills more than frost.")
