from __future__ import annotations

import numpy as np
import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.grains import windows
from companion.archive.snapshot import is_named
from tests.snapshots import BAKING, KITCHEN, episode, snapshot_of, spoken

LONG = " ".join(f"Sentence {n} is about the {word} and nothing but the {word}." for n, word in enumerate(
    ["salt", "salt", "oven", "oven", "eel", "eel", "tide", "tide", "moon", "moon", "crumb", "crumb"]))  # fmt: skip


def test_a_long_passage_has_the_cosine_of_its_best_window() -> None:
    encoder = ToyEncoder(256)
    passages = [spoken(0, ("Ida", LONG)), spoken(1, ("Ida", "Short and sweet."))]
    snapshot = snapshot_of({BAKING: passages}, encoder)
    query = encoder.encode(["the moon and the crumb"])[0]
    assert snapshot.vectors is not None
    similar = snapshot.vectors.similarities(query, 2)

    in_windows = [encoder.encode([LONG[start:end]])[0] @ query for start, end in windows(LONG)]
    assert similar.window[0] == pytest.approx(max(in_windows), abs=1e-6)
    assert similar.whole[0] == pytest.approx(encoder.encode([f"Ida: {LONG}"])[0] @ query, abs=1e-6)
    assert similar.window[1] == similar.whole[1]


def test_a_passage_without_vectors_is_neither_near_nor_far() -> None:
    encoder = ToyEncoder()
    snapshot = snapshot_of(KITCHEN, encoder)
    assert snapshot.vectors is not None

    assert snapshot.vectors.similarities(encoder.encode(["salt"])[0], len(snapshot) + 1).whole[-1] == 0
    assert snapshot.vectors.of(len(snapshot)) is None


def test_a_passage_follows_the_one_before_only_where_nothing_lies_between() -> None:
    snapshot = snapshot_of(KITCHEN)

    # The fourth is the episode's fifth; the fifth begins another episode.
    assert snapshot.continues.tolist() == [False, True, True, False, False, True, False]
    assert not snapshot.follows(0)
    assert not snapshot.follows(len(snapshot))


def test_an_empty_archive_is_a_snapshot_too() -> None:
    snapshot = snapshot_of({})

    assert len(snapshot) == 0
    assert np.array_equal(snapshot.lexical.scores({"salt": 1.0}), [])


def test_every_speaker_is_found_where_they_talk() -> None:
    assert snapshot_of(KITCHEN).speakers["host"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("label", "name", "meant"),
    [
        ("David Luan", "david luan", True),
        ("David Luan", "Luan", True),
        ("David Luan", "Dav", False),
        ("David Luan", "David Attenborough", False),
        ("David", "David Luan", True),
        ("David", "David Attenborough", False),
        ("Alessio", "David Luan", False),
        ("Alessio", "?", False),
    ],
)
def test_a_name_means_a_label(label: str, name: str, *, meant: bool) -> None:
    assert is_named(label, name, "Agents, with David Luan of Adept") is meant


def test_days_are_those_of_utc() -> None:
    snapshot = snapshot_of(
        {BAKING: [spoken(0, ("Ida", "Bread."))], episode(9, "Undated"): [spoken(0, ("Ida", "Bun."))]}
    )

    assert BAKING.published is not None
    assert snapshot.days[0] == BAKING.published.toordinal()
    assert snapshot.days[1] < 0
