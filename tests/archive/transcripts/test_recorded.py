from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.reader import read_transcript
from tests.archive.transcripts.recorded import FORMATS, Format, Utterance, conversations
from tests.examples import examples


@pytest.mark.parametrize("written", FORMATS, ids=str)
@given(data=st.data())
@examples(40)
def test_words_order_speakers_and_times_come_back(written: Format, data: st.DataObject) -> None:
    said = data.draw(conversations())
    turns = read_transcript(written.write(said)).turns
    words = [(word, turn.speaker) for turn in turns for word in turn.text.split()]
    assert words == [(word.text, written.label(one.person)) for one in said for word in one.words]
    first = 0
    spoken = [(word.start, one) for one in said for word in one.words]
    for turn in turns:
        word_start, utterance = spoken[first]
        assert turn.start is not None
        if not turn.approximate:
            expected = word_start if written.by_word else utterance.start
            assert turn.start == pytest.approx(expected / 1000, abs=written.exact / 1000)
            assert written.by_word or word_start == utterance.start
        else:
            assert said[0].start / 1000 <= turn.start <= said[-1].end / 1000
        first += len(turn.text.split())
    _times_grow(said, [turn.start for turn in turns])


def _times_grow(said: list[Utterance], starts: list[float | None]) -> None:
    known = [start for start in starts if start is not None]
    assert known == sorted(known)
    assert len(known) == len(starts) >= 1 or not said
