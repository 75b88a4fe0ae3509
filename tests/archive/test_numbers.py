from __future__ import annotations

from decimal import Decimal

import pytest

from companion.archive.expansion import added, coverage
from companion.archive.numbers import numbers, spellings_of
from companion.archive.query import content_terms
from companion.archive.snapshot import Snapshot
from tests.snapshots import episode, snapshot_of, spoken

CLUB = episode(1, "The Club")
TALK = {
    CLUB: [
        spoken(0, ("Ida", "Of the bees we had a hundred thousand, give or take.")),
        spoken(1, ("Ida", "The hall holds two hundred thousand, Ole says."), start=60),
        spoken(2, ("Ole", "It was built in twenty seventeen, for 2.5 million crowns."), start=120),
        spoken(3, ("Ole", "We sold 6, 000 jars, and forty two spoons."), start=180),
        spoken(4, ("Ole", "The four of us went home at 100 or so."), start=240),
    ],
}


def snapshot() -> Snapshot:
    return snapshot_of(TALK)


def found(query: str) -> set[int]:
    """The passages that another spelling of a number in the query brings in."""
    archive = snapshot()
    rows = [expansion.rows for expansion in numbers(archive, query, content_terms(query))]
    return {int(row) for of_number in rows for row in of_number}


@pytest.mark.parametrize(
    ("query", "passage"),
    [
        ("100k bees", 0),
        ("100,000 bees", 0),
        ("100 thousand bees", 0),
        ("a hall for 200K", 1),
        ("was it in 2017?", 2),
        ("two and a half million crowns", 2),
        ("2.5m crowns", 2),
        ("6k jars", 3),
        ("six thousand jars", 3),
        ("6,000 jars", 3),
        ("42 spoons", 3),
        ("one hundred or so", 4),
    ],
)
def test_a_number_is_found_however_it_is_written(query: str, passage: int) -> None:
    assert found(query) == {passage}


@pytest.mark.parametrize("query", ["all 4 of us", "thousands of bees", "a couple million", "GPT-100k", "43 spoons"])
def test_what_is_no_number_or_an_everyday_one_or_another_is_not_looked_for(query: str) -> None:
    assert found(query) == set()


def test_a_passage_with_the_number_in_words_is_before_one_with_its_digits_alone() -> None:
    archive, query = snapshot(), "100k"
    terms = content_terms(query)
    shares = coverage(archive, terms, numbers(archive, query, terms))
    assert shares.argmax() == 0


def test_what_other_spellings_were_found_for_has_no_more() -> None:
    assert numbers(snapshot(), "100k bees", content_terms("100k bees"), known={"100", "k", "100k"}) == ()


def test_nobody_is_told_that_a_number_was_looked_for_in_words_too() -> None:
    assert added(numbers(snapshot(), "100k bees", content_terms("100k bees"))) == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("130", "one hundred and thirty"),
        ("1500", "fifteen hundred"),
        ("1905", "nineteen oh five"),
        ("2500000", "two and a half million"),
        ("1.75e9", "one point seven five billion"),
        ("7e9", "7b"),
        ("1e6", "a million"),
        ("25000", "25,000"),
    ],
)
def test_numbers_have_the_spellings_that_people_use(value: str, said: str) -> None:
    assert said in spellings_of(Decimal(value))
