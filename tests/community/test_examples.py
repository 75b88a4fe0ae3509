from __future__ import annotations

from companion.community.examples import example_searches, offered
from companion.storage.episodes import Episode, EpisodeFacts


def episode(number: int, title: str = "A long talk with a guest about this and that and the other thing") -> Episode:
    return Episode(number, 1, EpisodeFacts(str(number), title, None, None, None, None, ()), "")


def test_examples_are_chapters_of_different_episodes() -> None:
    offers = offered((episode(n), [f"About thing {n}", f"About matter {n}"]) for n in range(5))

    chosen = example_searches(offers, seed=1)

    assert len(chosen) == 3
    assert len({example[-1] for example in chosen}) == 3


def test_one_episode_gives_several_examples_where_there_is_no_other() -> None:
    offers = offered([(episode(1), ["Heating the hive", "Counting the mites", "Marking a queen"])])

    chosen = example_searches(offers, seed=1)

    assert set(chosen) == {"Heating the hive", "Counting the mites", "Marking a queen"}


def test_chapters_that_frame_an_episode_are_no_examples() -> None:
    titles = ["Intro and hello", "Introductions all round", "Sponsor break here", "12", "Bees", "Outro & goodbye"]

    assert example_searches(offered([(episode(1), [*titles, "Why bees shiver"])]), seed=1) == ("Why bees shiver",)


def test_an_episode_without_chapters_offers_its_title() -> None:
    assert example_searches(offered([(episode(1, "The Winter Cluster."), [])]), seed=1) == ("The Winter Cluster",)


def test_the_same_seed_gives_the_same_examples() -> None:
    offers = offered((episode(n), [f"About thing {n}", f"About matter {n}"]) for n in range(9))

    assert example_searches(offers, seed=4) == example_searches(offers, seed=4)
    assert len({example_searches(offers, seed=seed) for seed in range(20)}) > 1


def test_an_empty_archive_has_no_examples() -> None:
    assert example_searches([], seed=1) == ()
