from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.asked import (
    FEWEST_THUMBS,
    PER_PAGE,
    AskedPage,
    AskedQuestions,
    NoSuchPeriodError,
    Period,
    period_of,
)
from companion.storage.asked import Totals
from companion.storage.engine import Database
from tests.storage.asking import BEES, REFUSED, asked

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def page_with(up: int, down: int) -> AskedPage:
    return AskedPage(Period.WEEK, NOON, Totals(0, 0, 0, 0, up, down, 0, 0, 0, 0), (), 0, 1)


@given(up=st.integers(0, 1000), down=st.integers(0, 1000))
def test_a_share_is_told_of_enough_thumbs_only_and_is_that_of_those_that_are_up(up: int, down: int) -> None:
    share = page_with(up, down).acceptance

    if up + down < FEWEST_THUMBS:
        assert share is None
    else:
        assert share is not None
        assert share * (up + down) == pytest.approx(up)


async def test_every_question_that_found_nothing_is_on_one_page(database: Database) -> None:
    ids = [await asked(database, REFUSED, ago=timedelta(hours=hour)) for hour in range(2 * PER_PAGE + 1)]
    everybody_s = AskedQuestions(database)

    pages = [await everybody_s.page(BEES, Period.WEEK, number) for number in range(3)]

    assert [one.id for page in pages for one in page.unanswered] == ids
    assert {page.pages for page in pages} == {3}


async def test_a_page_behind_the_last_one_is_the_last_one(database: Database) -> None:
    await asked(database, REFUSED)

    page = await AskedQuestions(database).page(BEES, Period.DAY, 99)

    assert (page.page, page.pages, len(page.unanswered)) == (0, 1, 1)
    assert page.since == database.clock.now() - timedelta(days=1)


def test_a_period_that_is_none_is_refused() -> None:
    assert period_of("month") is Period.MONTH
    with pytest.raises(NoSuchPeriodError):
        period_of("year")
