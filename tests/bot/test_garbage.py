from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from companion.bot.garbage import settle


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_collector_does_not_look_at_what_has_settled() -> None:
    stands = [["for good"]]
    assert any(seen is stands for seen in gc.get_objects())

    settle()

    assert not any(seen is stands for seen in gc.get_objects())
