from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.captions import Caption, turns_of

LONG = "this line goes on for ten words and then stops."


def timed(*texts: str, speaker: str | None = None) -> list[Caption]:
    return [Caption(2.0 * nth, 2.0 * nth + 2, speaker, text) for nth, text in enumerate(texts)]


def test_captions_are_joined_into_sentences() -> None:
    (turn,) = turns_of(timed("We cut this", "sentence in", "three."))
    assert (turn.text, turn.start, turn.end, turn.approximate) == ("We cut this sentence in three.", 0.0, 6.0, False)


def test_a_new_speaker_is_a_new_turn() -> None:
    captions = [Caption(0, 1, "Ann", "Hi."), Caption(1, 2, "Bob", "Hello,"), Caption(2, 3, "Bob", "Ann.")]
    assert [(t.speaker, t.start, t.text) for t in turns_of(captions)] == [("Ann", 0, "Hi."), ("Bob", 1, "Hello, Ann.")]


def test_labels_in_the_text_hold_until_the_next_one() -> None:
    turns = turns_of(timed("Ann: Hi there.", "How are you?", "Bob: I am fine. One thing: go."))
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("Ann", "Hi there. How are you?"),
        ("Bob", "I am fine. One thing: go."),
    ]


def test_a_monologue_is_cut_where_a_caption_begins_a_sentence_with_its_exact_time() -> None:
    turns = turns_of(timed(*[LONG.capitalize()] * 12))
    assert len(turns) > 1
    assert not any(turn.approximate for turn in turns)
    assert turns[1].start == 10.0


def test_a_sentence_that_begins_inside_a_caption_begins_approximately() -> None:
    turns = turns_of(timed(*[f"and so it ends. We say that {LONG[:-1]}"] * 10))
    inner = [turn for turn in turns if turn.approximate]
    assert inner
    assert all((turn.start or 0) % 2 > 0 for turn in inner)


def test_speech_without_any_full_stop_is_cut_between_captions() -> None:
    turns = turns_of(timed(*["no full stop is in here anywhere at all"] * 60))
    assert len(turns) > 2
    assert not any(turn.approximate for turn in turns)


def test_scrolling_captions_are_read_once() -> None:
    turns = turns_of(
        timed("one two", "one two\nthree four", "three four\nfive six", "five six\nseven eight", "seven eight")
    )
    assert " ".join(turn.text for turn in turns) == "one two three four five six seven eight"


captions = st.builds(
    Caption,
    st.one_of(st.none(), st.floats(0, 9999)),
    st.one_of(st.none(), st.floats(0, 9999)),
    st.sampled_from([None, "Ann", "Bob"]),
    st.text(alphabet="ab A.?\n", min_size=1, max_size=40),
)


@given(st.lists(captions, max_size=20).filter(lambda drawn: any(caption.speaker for caption in drawn)))
def test_no_word_is_lost_and_time_never_runs_backwards(drawn: list[Caption]) -> None:
    drawn = [Caption(c.start, c.end, c.speaker or "Zoe", f"x{nth} {c.text}") for nth, c in enumerate(drawn)]
    turns = turns_of(drawn)
    assert sorted(" ".join(turn.text for turn in turns).split()) == sorted(" ".join(c.text for c in drawn).split())
    starts = [turn.start for turn in turns if turn.start is not None]
    assert starts == sorted(starts)
    assert all(turn.end is None or turn.start is None or turn.end >= turn.start for turn in turns)


@pytest.mark.parametrize("label", ["[{}] ", "({}) ", "- {}: ", ">> {}: ", "[{}]: "])
def test_labels_in_brackets_or_behind_dashes_and_arrows_are_taken_out(label: str) -> None:
    said = [("Ann", "Gates close."), ("Bob", "Twice?"), ("Ann", "Daily."), ("Bob", "I see.")]
    captions = [Caption(nth, nth + 1, None, label.format(name) + text) for nth, (name, text) in enumerate(said)]
    assert [(turn.speaker, turn.text) for turn in turns_of(captions)] == said


def test_sounds_in_brackets_are_no_speakers() -> None:
    texts = ["[Laughter] Yes.", "Gates close.", "[Laughter] Twice.", "Each day.", "All year."]
    (turn,) = turns_of([Caption(nth, nth + 1, None, text) for nth, text in enumerate(texts)])
    assert (turn.speaker, turn.text) == (None, " ".join(texts))
