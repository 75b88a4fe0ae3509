from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.community.days import NotADayError
from companion.community.wishes import (
    LONGEST_QUERY,
    NothingAskedError,
    Wish,
    checked_query,
    known_speaker,
    query_in_message,
)
from companion.storage.errors import NotFoundError
from companion.storage.passages import Speaker


def speaking(*names: str) -> list[Speaker]:
    return [Speaker(name, frozenset({name.casefold()})) for name in names]


SPEAKERS = speaking("Mara Lindqvist", "Tomas Ek", "Tomas Ekman", "Ines Okafor")


@given(st.text(max_size=800))
def test_a_query_is_one_line_within_bounds_or_refused(text: str) -> None:
    try:
        query = checked_query(text)
    except NothingAskedError:
        return
    assert 0 < len(query) <= LONGEST_QUERY
    assert query == " ".join(query.split())


def test_a_long_query_is_cut_after_a_word() -> None:
    query = checked_query("bees " * 100)

    assert query.endswith("bees…")


def test_a_wish_holds_the_days_that_were_typed() -> None:
    wish = Wish.typed("  bees\nin winter ", episode="", after="2024", before="2024")

    assert wish == Wish("bees in winter", None, None, date(2024, 1, 1), date(2024, 12, 31))


def test_a_wish_with_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(NotADayError):
        Wish.typed("bees", after="tomorrow")


def test_what_discord_puts_into_a_message_is_no_part_of_the_query() -> None:
    message = "<@1> <@!2> <#3> <@&4> <:bee:5> <a:fly:6> </search:7> <t:8:R> why bees? https://a.example/x"

    assert query_in_message(message).split() == ["why", "bees?"]


def test_less_than_signs_of_a_member_stay() -> None:
    assert query_in_message("is 3 < 5 and <b> bold?") == "is 3 < 5 and <b> bold?"


@pytest.mark.parametrize(
    ("typed", "meant"), [("Tomas Ek", "Tomas Ek"), ("  ines ", "Ines Okafor"), ("LINDQ", "Mara Lindqvist")]
)
def test_a_speaker_is_meant_by_name_or_by_an_unambiguous_part(typed: str, meant: str) -> None:
    assert known_speaker(typed, SPEAKERS) == meant


@pytest.mark.parametrize(
    ("typed", "known", "sentence"),
    [
        ("tomas", SPEAKERS, "“tomas” could be Tomas Ek, Tomas Ekman: choose one"),
        ("Piet", SPEAKERS, "Nobody called “Piet” speaks here. Often heard: Mara Lindqvist"),
        ("Piet", [], "name no speakers"),
    ],
)
def test_a_speaker_who_cannot_be_told_is_refused_with_the_choices(
    typed: str, known: list[Speaker], sentence: str
) -> None:
    with pytest.raises(NotFoundError, match=sentence.replace(".", r"\.")):
        known_speaker(typed, known)


def test_a_speaker_is_meant_by_any_of_their_spellings() -> None:
    known = [Speaker("Tomas Ek", frozenset({"tomas ek", "tom", "ekki"})), *speaking("Tom Waits")]

    assert known_speaker("Ekki", known) == "Tomas Ek"
    assert known_speaker("tom", known) == "Tomas Ek"
    assert known_speaker("wait", known) == "Tom Waits"


def test_a_first_name_that_two_go_by_is_refused_with_both() -> None:
    known = [Speaker(name, frozenset({name.casefold(), "tomas"})) for name in ("Tomas Ek", "Tomas Ruiz")]

    with pytest.raises(NotFoundError, match="could be Tomas Ek, Tomas Ruiz"):
        known_speaker("Tomas", known)
