from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.passages import passages_of
from companion.community.surroundings import AROUND, surroundings
from companion.storage.episodes import Kind, Turn
from tests.samples import WINTER_TURNS


def test_a_passage_stands_between_the_turns_before_and_after_it() -> None:
    turns = [Turn(f"Speaker {n}", n * 60.0, n * 60.0 + 59, False, f"Turn {n}. " + "word " * 99 + ".") for n in range(9)]
    passage = passages_of(turns, "", ())[4]

    around = surroundings(turns, passage)

    assert [line.speaker for line in around.before] == ["Speaker 1", "Speaker 2", "Speaker 3"]
    assert [line.speaker for line in around.passage] == ["Speaker 4"]
    assert [line.speaker for line in around.after] == ["Speaker 5", "Speaker 6", "Speaker 7"]
    assert around.before[0].start == 60.0


def test_the_rest_of_a_turn_that_a_passage_is_cut_from_is_shown() -> None:
    speech = " ".join(f"Sentence number {n} of a long speech about bees and their winter." for n in range(60))
    turns = [Turn("Ana", 0.0, 10.0, False, "Go on."), Turn("Ben", 10.0, 600.0, False, speech)]
    middle = passages_of(turns, "", ())[2]

    around = surroundings(turns, middle)

    assert around.before[-1].speaker == "Ben"
    assert around.before[-1].text.endswith(speech.split(middle.text)[0].strip()[-40:])
    assert around.after[0].text.startswith(speech.split(middle.text)[1].strip()[:40])
    assert around.after[0].approximate


def test_show_notes_stand_alone() -> None:
    notes = passages_of(WINTER_TURNS, "Tomas Ek on heating a house of wax.", ())[-1]

    around = surroundings(WINTER_TURNS, notes)

    assert notes.kind is Kind.NOTES
    assert (around.before, around.after) == ((), ())
    assert [line.text for line in around.passage] == ["Tomas Ek on heating a house of wax."]


def test_a_passage_whose_turns_are_gone_stands_alone() -> None:
    passage = passages_of(WINTER_TURNS, "", ())[-1]

    around = surroundings(WINTER_TURNS[:1], passage)

    assert (around.before, around.after) == ((), ())


@given(st.lists(st.text("ab. ?", min_size=1, max_size=900).filter(str.strip), min_size=1, max_size=8))
def test_nothing_is_said_twice_or_in_another_order(texts: list[str]) -> None:
    turns = [Turn("Ana", float(n), float(n + 1), False, text) for n, text in enumerate(texts)]
    for passage in passages_of(turns, "", ()):
        around = surroundings(turns, passage)

        shown = "".join("".join(line.text for line in (*around.before, *around.passage, *around.after)).split())
        assert shown in "".join("".join(texts).split())
        assert len(around.before) <= AROUND
        assert len(around.after) <= AROUND


def test_a_doubtful_speaker_stays_doubtful_in_context() -> None:
    turns = [
        Turn(f"Speaker {n}", n * 60.0, n * 60.0 + 59, False, f"Turn {n}. " + "word " * 99 + ".", n % 2 == 1)
        for n in range(5)
    ]
    around = surroundings(turns, passages_of(turns, "", ())[3])

    assert [line.uncertain for line in around.before] == [False, True, False]
    assert [line.uncertain for line in around.passage] == [True]
    assert [line.uncertain for line in around.after] == [False]
