from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from companion.bot.turns import LONGEST_TURN
from tests.bot.commands import companion


@pytest.fixture(autouse=True)
def _others_have_longer_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(5 * LONGEST_TURN)
    yield
    sys.setswitchinterval(before)


@pytest.mark.own_database("help opens none")
def test_every_command_begins_with_short_turns_for_all_threads() -> None:
    assert companion("podcasts", "--help").exit_code == 0

    assert sys.getswitchinterval() == pytest.approx(LONGEST_TURN)
