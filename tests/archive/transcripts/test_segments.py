from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.segments import captions_of_json

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.dictionaries(
            st.sampled_from(["segments", "words", "text", "start", "end", "speaker", "timestamp"]), children
        ),
    ),
    max_leaves=12,
)


def test_podcasting_2_0_segments_are_read() -> None:
    data = {"version": "1.0.0", "segments": [{"speaker": "Ann", "startTime": 0.5, "endTime": 2, "body": "Hello."}]}
    (caption,) = captions_of_json(json.dumps(data))
    assert (caption.speaker, caption.start, caption.end, caption.text) == ("Ann", 0.5, 2.0, "Hello.")


def test_words_of_whisper_keep_their_own_times_and_their_blanks() -> None:
    words = [{"word": " Well", "start": 0.1, "end": 0.4}, {"word": "-known", "start": 0.4, "end": 0.8}]
    captions = captions_of_json(
        json.dumps({"segments": [{"start": 0, "end": 1, "text": " Well-known", "words": words}]})
    )
    assert [(c.start, c.text, c.glued) for c in captions] == [(0.1, "Well", False), (0.4, "-known", True)]


def test_words_that_do_not_make_up_the_text_are_left_for_the_text() -> None:
    segment = {"start": 0, "end": 1, "text": "All of it.", "words": [{"word": "All", "start": 0, "end": 0.2}]}
    assert [caption.text for caption in captions_of_json(json.dumps([segment]))] == ["All of it."]


def test_milliseconds_are_recognised_by_the_speed_of_speech() -> None:
    utterances = [{"speaker": "A", "start": 1000, "end": 3000, "text": "Five words are spoken here."}]
    assert captions_of_json(json.dumps({"utterances": utterances}))[0].end == 3.0


def test_numbered_speakers_get_a_label() -> None:
    assert captions_of_json('[{"speaker": 0, "text": "Hi."}]')[0].speaker == "Speaker 0"


def test_half_of_a_surrogate_pair_is_left_out_so_that_the_rest_can_be_stored() -> None:
    caption = captions_of_json(r'[{"speaker": "A\ud800nn", "text": "Hi \udc00there."}]')[0]
    assert (caption.speaker, caption.text) == ("Ann", "Hi there.")


@pytest.mark.parametrize("data", ["{}", "[]", "[1, 2]", '{"segments": []}', "{", "[" * 100_000])
def test_json_that_is_no_transcript_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        captions_of_json(data)


@given(JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    try:
        captions = captions_of_json(json.dumps(document))
    except ValueError:
        return
    assert all(caption.text.strip() for caption in captions)


SPOKEN = [("Gates", 1.0), ("close", 1.5), ("twice", 61.0), ("daily", 61.5)]


def word(text: str, start: float, **more: object) -> dict[str, object]:
    return {"word": text.lower(), "start": start, "end": start + 0.4, **more}


def test_channels_of_words_with_punctuation_are_read_with_it() -> None:
    words = [word(text, start, punctuated_word=f"{text},", speaker=int(start > 60)) for text, start in SPOKEN]
    best = {"transcript": "gates close twice daily", "words": words}
    data = {"metadata": {}, "results": {"channels": [{"alternatives": [best, {"transcript": "gates clothes"}]}]}}
    captions = captions_of_json(json.dumps(data))
    assert [(caption.speaker, caption.start, caption.text) for caption in captions] == [
        ("Speaker 0", 1.0, "Gates,"),
        ("Speaker 0", 1.5, "close,"),
        ("Speaker 1", 61.0, "twice,"),
        ("Speaker 1", 61.5, "daily,"),
    ]


def test_words_without_the_punctuation_of_the_text_give_it_their_times() -> None:
    segment = {"text": "Gates close. Twice daily.", "words": [word(text, start) for text, start in SPOKEN]}
    assert [(caption.start, caption.text) for caption in captions_of_json(json.dumps([segment]))] == [
        (1.0, "Gates"),
        (1.5, "close."),
        (61.0, "Twice"),
        (61.5, "daily."),
    ]


def test_items_say_their_first_alternative_and_punctuation_is_glued() -> None:
    items = [
        {"type": "pronunciation", "start_time": "1.0", "end_time": "1.4", "alternatives": [{"content": "Gates"}]},
        {"type": "punctuation", "alternatives": [{"content": "."}]},
    ]
    data = {"results": {"transcripts": [{"transcript": "Gates."}], "items": items}}
    captions = captions_of_json(json.dumps(data))
    assert [(caption.start, caption.text, caption.glued) for caption in captions] == [
        (1.0, "Gates", False),
        (None, ".", True),
    ]


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ({"start": "00:01:02.500", "end": "00:01:04"}, 62.5, 64.0),
        ({"timestamp": "1:02"}, 62.0, None),
        ({"startTime": "62.5s", "endTime": "64s"}, 62.5, 64.0),
        ({"start": 62, "duration": 2.5}, 62.0, 64.5),
        ({"start": "soon"}, None, None),
    ],
)
def test_times_are_numbers_or_clocks(times: dict[str, object], start: float | None, end: float | None) -> None:
    segment = {"speaker": {"name": "Ann"}, "text": "The gates close twice.", **times}
    (caption,) = captions_of_json(json.dumps([segment]))
    assert (caption.speaker, caption.start, caption.end) == ("Ann", start, end)
