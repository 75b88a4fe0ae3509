from __future__ import annotations

from dataclasses import replace

from companion.archive.encoders import ToyEncoder
from companion.archive.evidence import COVERED, NEIGHBOUR_WORDS, around, covered, passages_meant
from companion.archive.results import Query
from companion.archive.search import Found, found
from companion.storage.episodes import Episode, Passage
from tests.snapshots import BAKING, KITCHEN, SECRET, TIDES, meaning_in, snapshot_of, spoken

ENCODER = ToyEncoder(512)
SNAPSHOT = snapshot_of(KITCHEN, ENCODER)


def asked(text: str, podcasts: frozenset[int] | None = None) -> Found:
    return found(SNAPSHOT, Query(text, podcasts), meaning_in(SNAPSHOT, ENCODER, text), 8)


def continuous(*texts: str) -> dict[Episode, list[Passage]]:
    """Passages of one episode that follow each other word by word."""
    passages: list[Passage] = []
    first = 0
    for ordinal, text in enumerate(texts):
        count = len(text.split())
        passages.append(replace(spoken(ordinal, ("Ida", text)), first_word=first, last_word=first + count - 1))
        first += count
    return {BAKING: passages}


def test_around_a_passage_is_what_was_said_before_and_after_it_by_whom() -> None:
    said = [" ".join(f"{word}{n}" for n in range(170)) for word in ("flour", "salt", "oven")]
    snapshot = snapshot_of(continuous(*said))
    results = found(snapshot, Query("salt3 salt4 salt5"), None).results
    hit = next(one for one in results.hits if "salt3" in one.passage.text)

    before, after = around(snapshot, hit)

    assert before.split()[-1] == "flour169"
    assert len(before.split()) == NEIGHBOUR_WORDS
    assert after.startswith("Ida: oven")
    shown = hit.passage.text.split()
    assert after.split()[1] not in shown


def test_what_a_result_shows_of_the_next_passage_is_not_said_after_it_once_more() -> None:
    snapshot = snapshot_of(continuous("Salt slows the yeast.", "It is late. The oven lies. A thermometer helps."))
    hit = next(one for one in found(snapshot, Query("salt yeast"), None).results.hits)

    before, after = around(snapshot, hit)

    assert "thermometer" in hit.passage.text
    assert (before, after) == ("", "")


def test_nothing_is_around_a_passage_that_stands_alone() -> None:
    [hit] = asked("curtain", frozenset({2})).results.hits

    assert around(SNAPSHOT, hit) == ("", "")


def test_passages_that_are_meant_become_hits_once() -> None:
    of = asked("eels and the tide")
    oven = SNAPSHOT.passages[2].reference

    [hit] = passages_meant(of, [oven, oven], of.results.hits[:1])

    assert "oven lies" in hit.passage.text
    assert hit.episode.id == BAKING.id
    assert passages_meant(of, [oven], [hit]) == []


def test_a_passage_of_a_podcast_that_may_not_be_seen_is_never_meant() -> None:
    secret = next(stored.reference for stored in SNAPSHOT.passages if stored.episode_id == SECRET.id)

    assert passages_meant(asked("yeast", frozenset({1})), [secret], ()) == []
    assert len(passages_meant(asked("yeast", frozenset({1, 2})), [secret], ())) == 1


def test_what_is_covered_is_a_few_titles_of_what_may_be_seen_the_same_for_the_same_question() -> None:
    own = frozenset({1})
    hits = asked("zebra", own).results.hits

    titles = covered(SNAPSHOT, own, hits, "zebra")

    assert set(titles) == {BAKING.title, TIDES.title}
    assert titles == covered(SNAPSHOT, own, hits, "zebra")
    assert len(titles) <= COVERED
    assert covered(SNAPSHOT, frozenset(), (), "zebra") == ()
