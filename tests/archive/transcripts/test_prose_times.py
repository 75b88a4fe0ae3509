"""Times of turns: from marks, between them, and against those that contradict the others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.prose import read_prose
from tests.archive.transcripts.written import SPOKEN, Said, clock, conversations
from tests.examples import examples

some = examples(12)


@some
@given(said=conversations(), hidden=st.sets(st.integers(1, 11), max_size=3))
def test_turns_without_a_mark_get_approximate_times_between_their_neighbours(
    said: list[Said], hidden: set[int]
) -> None:
    hidden -= {0, 1, 2, 3, len(said) - 1}
    written = [
        f"{s.speaker}: {s.text}" if nth in hidden else f"{s.speaker} {clock(s.seconds)}: {s.text}"
        for nth, s in enumerate(said)
    ]
    turns = read_prose("\n".join(written), among_notes=False).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [(s.speaker, s.text) for s in said]
    assert [turn.approximate for turn in turns] == [nth in hidden for nth in range(len(said))]
    starts = [turn.start or 0.0 for turn in turns]
    assert starts == sorted(starts)


def test_a_mark_that_runs_backwards_is_not_trusted() -> None:
    lines = [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN]
    lines[6] = f"{SPOKEN[6].speaker} [00:00:05]: {SPOKEN[6].text}"
    turn = read_prose("\n".join(lines), among_notes=False).turns[6]
    assert turn.approximate
    assert turn.start is not None
    assert 300 <= turn.start <= 420


@some
@given(said=conversations())
def test_marks_within_turns_give_times_and_no_new_speakers(said: list[Said]) -> None:
    long = [Said(s.speaker, 200 * nth, f"{s.text}\n\n{clock(200 * nth + 90)} {s.text}") for nth, s in enumerate(said)]
    text = "\n\n".join(f"{s.speaker}\n{clock(s.seconds)}\n{s.text}" for s in long)
    turns = read_prose(text, among_notes=False).turns
    assert [(turn.speaker, turn.start) for turn in turns] == [
        (s.speaker, s.seconds + later) for s in long for later in (0.0, 90.0)
    ]
    assert [turn.text for turn in turns] == [s.text for s in said for _ in range(2)]


def test_marks_within_sentences_leave_the_turn_whole() -> None:
    lines = [f"{s.speaker}: So we talk {clock(s.seconds + 20)} a while, and then we stop." for s in SPOKEN]
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.text for turn in turns] == [s.text for s in SPOKEN]
    assert [turn.speaker for turn in turns] == [s.speaker for s in SPOKEN]
    starts = [turn.start for turn in turns[1:] if turn.start is not None]
    assert len(starts) == len(turns) - 1
    assert starts == sorted(starts)


def test_a_time_in_a_remark_on_the_sound_is_none() -> None:
    lines = [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in SPOKEN]
    lines[3] += " [inaudible 00:12:33]"
    lines[5] = f"{lines[5]}\n[crosstalk 00:01:00] and so on."
    turns = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.start for turn in turns] == [s.seconds for s in SPOKEN]
    assert turns[3].text.endswith("[inaudible 00:12:33]")
    assert "[crosstalk 00:01:00] and so on." in turns[5].text
