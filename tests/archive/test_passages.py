from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.passages import FEWEST_WORDS, MOST_WORDS, passages_of
from companion.storage.episodes import Chapter, Kind, Passage, Turn
from tests.examples import examples


def said(
    words: int, speaker: str = "Ann", start: float | None = None, end: float | None = None, mark: str = "."
) -> Turn:
    """A turn of sentences of ten words."""
    sentences = ["So " + "word " * 8 + f"ends{mark}"] * (words // 10)
    return Turn(speaker, start, end, False, " ".join(sentences))


def speech(passages: Sequence[Passage]) -> list[Passage]:
    return [passage for passage in passages if passage.kind is Kind.SPEECH]


turns = st.builds(
    Turn,
    st.sampled_from(["Ann", "Bob", None]),
    st.none(),
    st.none(),
    st.just(False),
    st.lists(st.sampled_from(["word", "So", "yes.", "why?", "GPT", "4.", "5", "Well,"]), min_size=1, max_size=400).map(
        " ".join
    ),
)
notes = st.lists(st.sampled_from(["word", "So.", "\n", "* item", "* [1:20] Title", "why?"]), max_size=300).map(" ".join)


@examples(60)
@given(st.lists(turns, max_size=8), notes)
def test_passages_hold_every_word_of_the_speech_once_and_in_order(drawn: list[Turn], written: str) -> None:
    passages = passages_of(drawn, written, ())
    words = [word for turn in drawn for word in turn.text.split()]
    assert [word for passage in speech(passages) for word in passage.text.split()] == words
    for passage in speech(passages):
        assert words[passage.first_word : passage.last_word + 1] == passage.text.split()


@examples(60)
@given(st.lists(turns, max_size=8), notes)
def test_no_passage_is_longer_than_allowed_and_ordinals_run(drawn: list[Turn], written: str) -> None:
    passages = passages_of(drawn, written, ())
    assert all(0 < len(passage.text.split()) <= MOST_WORDS for passage in passages)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


@examples(60)
@given(st.lists(turns, max_size=8))
def test_each_piece_is_verbatim_from_its_turn(drawn: list[Turn]) -> None:
    for passage in passages_of(drawn, "", ()):
        ends = [piece.offset - 1 for piece in passage.pieces[1:]] + [len(passage.text)]
        for piece, end in zip(passage.pieces, ends, strict=True):
            assert piece.turn is not None
            assert passage.text[piece.offset : end] in drawn[piece.turn].text
            assert piece.speaker == drawn[piece.turn].speaker


@examples(60)
@given(notes)
def test_notes_keep_their_words_and_positions(written: str) -> None:
    words = written.split()
    for passage in passages_of([], written, ()):
        assert words[passage.first_word : passage.last_word + 1] == passage.text.split()


def test_short_turns_are_joined_and_long_ones_cut_between_sentences() -> None:
    passages = passages_of([said(10, name) for name in ("Ann", "Bob") * 10] + [said(400)], "", ())
    assert all(FEWEST_WORDS <= len(passage.text.split()) <= MOST_WORDS for passage in passages)
    assert all(passage.text.endswith("ends.") for passage in passages)


def test_a_question_stays_with_its_answer() -> None:
    drawn = [said(130), said(20, "Bob", mark="?"), said(60), said(130, "Bob")]
    passages = passages_of(drawn, "", ())
    assert not any(passage.text.endswith("?") for passage in passages)


def test_a_sentence_that_the_next_speaker_finishes_is_not_parted() -> None:
    broken = Turn("Bob", None, None, False, "So that is all. I")
    passages = passages_of(
        [said(120), broken, Turn("Ann", None, None, False, "agree with you on that."), said(120)], "", ()
    )
    assert not any(passage.text.endswith("I") for passage in passages)


def test_a_short_text_is_one_passage() -> None:
    (passage,) = passages_of([said(20), said(10, "Bob")], "", ())
    assert passage.speaker == "Ann"
    assert [piece.turn for piece in passage.pieces] == [0, 1]


def test_a_passage_that_begins_inside_a_turn_begins_approximately() -> None:
    passages = passages_of([said(300, start=100.0, end=220.0)], "", ())
    assert (passages[0].start, passages[0].approximate) == (100.0, False)
    assert all(passage.approximate for passage in passages[1:])
    starts = [passage.start or 0.0 for passage in passages]
    assert starts == sorted(starts)
    assert passages[-1].end == 220.0


def test_a_passage_names_the_chapter_it_lies_in() -> None:
    drawn = [said(100, start=0.0, end=60.0), said(100, "Bob", start=60.0, end=120.0)]
    passages = passages_of(drawn, "", [Chapter(0.0, "First"), Chapter(59.0, "Second")])
    assert [passage.chapter for passage in passages] == ["First", "Second"]


def test_speech_and_notes_never_share_a_passage() -> None:
    passages = passages_of([said(20)], "A few words of notes.", ())
    assert [(passage.kind, passage.pieces[0].turn) for passage in passages] == [(Kind.SPEECH, 0), (Kind.NOTES, None)]


def test_a_chapter_list_in_the_notes_is_no_passage_where_there_is_speech() -> None:
    written = "What this is about.\n* [00:00] Beginnings\n* [01:00] Ends\nRead more."
    assert passages_of([said(20)], written, ())[1].text == "What this is about.\nRead more."
    assert passages_of([], written, ())[0].text == written
