from __future__ import annotations

from companion.cogs.views.counting import counted, voted


def test_one_is_counted_as_one_and_all_others_as_several() -> None:
    assert [counted(number, "more vote") for number in (0, 1, 2, 1204)] == [
        "0 more votes",
        "1 more vote",
        "2 more votes",
        "1,204 more votes",
    ]
    assert [counted(number, "entry", "entries") for number in (1, 3)] == ["1 entry", "3 entries"]
    assert [voted(1), voted(3)] == ["1 member voted", "3 members voted"]
