from __future__ import annotations

from dataclasses import replace

import numpy as np

from companion.archive.ranking import Ranking
from companion.archive.results import Query
from companion.archive.retellings import pick_in, resolved, said_at
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot
from companion.storage.episodes import Kind, Passage, Piece
from companion.storage.mentions import EditorsPick, PickOrigin
from tests.snapshots import episode, snapshot_of, spoken

TALK = episode(1, "On Bread")
SALT = "Salt slows the yeast down, so I add it an hour late, and the loaf keeps for a week."
QUOTED = "Salt slows the yeast… I add it an hour late, and the loaf keeps for a week."
OVEN = "The oven lies about its temperature, always, so buy a thermometer for two coins."


def notes(ordinal: int, text: str) -> Passage:
    piece = Piece(0, None, None, None, None, False)
    return Passage(ordinal, Kind.NOTES, None, None, None, False, 0, len(text.split()) - 1, None, text, (piece,))


def pick(text: str, first: int, last: int) -> EditorsPick:
    return EditorsPick(PickOrigin.QUOTATION, text, None, None, False, first, last, 0.9)


def archive(*written: str, picks: tuple[EditorsPick, ...]) -> Snapshot:
    """An episode of three passages of speech (salt, the oven, goodbye), then notes."""
    speech = [
        spoken(0, ("Ida", SALT)),
        spoken(1, ("Ida", OVEN), start=60.0),
        spoken(2, ("Ida", "Goodbye to all of you."), start=120.0),
    ]
    snapshot = snapshot_of({TALK: [*speech, *(notes(3 + n, text) for n, text in enumerate(written))]})
    return replace(snapshot, picks={TALK.id: picks})


def ranking(*rows: int) -> Ranking:
    return Ranking(np.array(rows, np.int32), np.linspace(1, 0.5, len(rows), dtype=np.float32))


class TestNotesThatQuote:
    def test_they_stand_for_what_was_said(self) -> None:
        snapshot = archive(f"“{QUOTED}”", picks=(pick(QUOTED, 0, 16),))

        assert said_at(snapshot, 3) == [0]
        assert resolved(snapshot, ranking(3, 1), ()).rows.tolist() == [0, 1]

    def test_what_was_said_is_a_result_once_at_the_better_of_its_places(self) -> None:
        snapshot = archive(f"“{QUOTED}”", picks=(pick(QUOTED, 0, 16),))

        found = resolved(snapshot, ranking(1, 3, 0), ())

        assert found.rows.tolist() == [1, 0]
        assert found.scores.tolist() == [1.0, 0.75]

    def test_of_two_passages_that_a_quotation_spans_the_better_ranked_is_shown(self) -> None:
        both = f"{QUOTED} {OVEN}"
        snapshot = archive(both, picks=(pick(both, 0, 113),))

        assert said_at(snapshot, 3) == [0, 1]
        assert resolved(snapshot, ranking(3, 1), ()).rows.tolist() == [1]

    def test_notes_that_quote_a_little_stay_notes(self) -> None:
        written = f"“{QUOTED}” That is what our guest says, and much more: " + "we talk about flour and weather. " * 6
        snapshot = archive(written, picks=(pick(QUOTED, 0, 16),))

        assert said_at(snapshot, 3) == []
        assert resolved(snapshot, ranking(3, 1), ()).rows.tolist() == [3, 1]

    def test_a_quotation_cut_in_two_passages_is_known_in_both(self) -> None:
        both = f"{QUOTED} {OVEN}"
        snapshot = archive(both[:100], both[100:], picks=(pick(both, 0, 113),))

        assert said_at(snapshot, 3)
        assert said_at(snapshot, 4)

    def test_what_is_excluded_stays_out(self) -> None:
        snapshot = archive(f"“{QUOTED}”", picks=(pick(QUOTED, 0, 16),))

        assert resolved(snapshot, ranking(3, 1), {0}).rows.tolist() == [3, 1]

    def test_a_search_shows_the_speech_and_that_it_was_quoted(self) -> None:
        snapshot = archive(f"“{QUOTED}”", picks=(pick(QUOTED, 0, 16),))

        hits = answer(snapshot, Query("the loaf keeps for a week"), None).hits

        assert [hit.passage.kind for hit in hits] == [Kind.SPEECH]
        assert hits[0].snippet.speaker == "Ida"
        assert hits[0].picked == pick(QUOTED, 0, 16)


class TestEditorsPickOfAPassage:
    def test_it_is_the_one_that_the_passage_holds_most_of(self) -> None:
        first, second = pick("a", 0, 16), pick("b", 100, 105)
        snapshot = archive("Notes.", picks=(first, second))

        assert pick_in(snapshot, TALK.id, snapshot.passages[0].passage) == first
        assert pick_in(snapshot, TALK.id, snapshot.passages[1].passage) == second
        assert pick_in(snapshot, TALK.id, snapshot.passages[2].passage) is None
        assert pick_in(snapshot, TALK.id, snapshot.passages[3].passage) is None

    def test_a_soundbite_is_placed_by_its_times(self) -> None:
        bite = EditorsPick(PickOrigin.SOUNDBITE, "The oven", 61.0, 69.0, False)
        snapshot = archive("Notes.", picks=(bite,))

        assert pick_in(snapshot, TALK.id, snapshot.passages[1].passage) == bite
        assert pick_in(snapshot, TALK.id, snapshot.passages[0].passage) is None
