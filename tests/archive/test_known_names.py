from __future__ import annotations

from dataclasses import replace

import pytest

from companion.archive.known_names import KnownNames, names_in
from companion.storage.episodes import Person
from companion.storage.names import Names
from tests.snapshots import KITCHEN, episode, snapshot_of, spoken

ALL = names_in(snapshot_of(KITCHEN), None)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Bram Kok", "Bram Kok"),
        ("bram", "Bram Kok"),
        ("KOK's", "Bram Kok"),
        ("Ida", "Ida"),
        ("ida moreau", "Ida Moreau"),
        ("the host", "Host"),
        ("moreau", None),
        ("Bram Moreau", None),
        ("they", None),
        ("", None),
        ("the", None),
        ("ida ida ida ida ida ida", None),
    ],
)
def test_a_person_is_found_by_a_part_of_the_name_or_by_what_the_episode_calls_them(said: str, name: str | None) -> None:
    assert ALL.person(said) == name


def of(*speakers: str) -> KnownNames:
    owner = episode(1, "Talk", people=(Person("Marianne Weber"),))
    return names_in(snapshot_of({owner: [spoken(0, *((one, f"Words of {one}.") for one in speakers))]}), None)


def test_a_slip_of_the_keyboard_still_names_somebody() -> None:
    assert of("Marianne").person("mariane") == "Marianne"
    assert of("Marianne").person("marianne webber") is None  # not said so anywhere
    assert of("Otto").person("oto") is None  # too short to tell from another word


def test_a_slip_that_could_be_two_names_is_nobody() -> None:
    assert of("Marion", "Marian").person("maridn") is None


def test_a_label_s_common_words_name_nobody() -> None:
    names = of("Guest 4", "Anna at the Mill")

    assert names.person("guest") is None
    assert names.person("guest 4") == "Guest 4"
    assert names.person("at the") is None


def test_an_alias_names_the_one_it_stands_for_in_its_own_podcast_only() -> None:
    snapshot = replace(snapshot_of(KITCHEN), names=Names({2: {"old boo": "Ghost"}}, {}, {}))

    assert names_in(snapshot, frozenset({2})).person("Old  Boo") == "Ghost"
    assert names_in(snapshot, frozenset({1})).person("Old Boo") is None


def test_names_of_other_podcasts_are_not_known() -> None:
    own = names_in(snapshot_of(KITCHEN), frozenset({1}))

    assert own.person("ghost") is None
    assert own.episode("curtain") is None
    assert ALL.person("ghost") == "Ghost"
    assert ALL.episode("curtain") == 3


def test_an_episode_is_known_by_words_that_no_other_title_has() -> None:
    assert ALL.episode("the patient one") == 1
    assert ALL.episode("Moreau") == 1
    assert ALL.episode("the") is None
    assert ALL.episode("nothing like it") is None
