from __future__ import annotations

import gc

from companion.bot.garbage import settle


def test_the_collector_does_not_look_at_what_has_settled() -> None:
    stands = [["for good"]]
    assert any(seen is stands for seen in gc.get_objects())

    settle()

    assert not any(seen is stands for seen in gc.get_objects())
