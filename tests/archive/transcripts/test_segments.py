from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.transcripts.captions import turns_of
from companion.archive.transcripts.reader import TranscriptError, read_transcript
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


def heard(text: str, *starts: float, **more: object) -> list[dict[str, object]]:
    return [{"word": word, "start": at, "end": at + 0.3, **more} for word, at in zip(text.split(), starts, strict=True)]


def spoken(data: object) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in turns_of(captions_of_json(json.dumps(data)))]


def test_channels_are_interleaved_by_time_and_are_speakers() -> None:
    ann, bob = heard("Gates close. They do.", 0.0, 0.4, 9.0, 9.4), heard("Do they?", 4.0, 4.4)
    channels = [{"alternatives": [{"words": words}]} for words in (ann, bob)]
    assert spoken({"results": {"channels": channels}}) == [
        ("Speaker 0", "Gates close."),
        ("Speaker 1", "Do they?"),
        ("Speaker 0", "They do."),
    ]


def test_phrases_say_their_channel_where_nobody_is_named() -> None:
    phrases = [
        {"channel": 0, "offsetInTicks": 0, "durationInTicks": 10_000_000, "nBest": [{"display": "Gates close."}]},
        {"channel": 1, "offsetInTicks": 20_000_000, "durationInTicks": 10_000_000, "nBest": [{"display": "Do they?"}]},
    ]
    assert spoken({"recognizedPhrases": phrases}) == [("Speaker 0", "Gates close."), ("Speaker 1", "Do they?")]


def test_a_speaker_that_is_named_on_change_only_goes_on() -> None:
    segments = [
        {"speaker": "Ann", "startTime": 0, "endTime": 1, "body": "Gates close."},
        {"startTime": 1, "endTime": 2, "body": "Twice."},
        {"speaker": "Bob", "startTime": 2, "endTime": 3, "body": "Do they?"},
        {"startTime": 3, "endTime": 4, "body": "I see."},
    ]
    assert spoken({"version": "1.0.0", "segments": segments}) == [
        ("Ann", "Gates close. Twice."),
        ("Bob", "Do they? I see."),
    ]


def test_a_speaker_that_is_missing_among_others_is_unknown() -> None:
    who = ["Ann", "Ann", None, "Bob", "Bob", "Ann", "Ann"]
    segments = [{"speaker": name, "start": nth, "end": nth + 1, "text": "Gates."} for nth, name in enumerate(who)]
    assert [speaker for speaker, _ in spoken(segments)] == ["Ann", None, "Bob", "Ann"]


def test_speakers_are_called_as_a_table_calls_them() -> None:
    segments = [{"speaker": nth % 2, "start": nth, "end": nth + 1, "text": "Gates."} for nth in range(3)]
    tables: list[object] = [
        [{"id": 0, "name": "Ann"}, {"id": 1, "name": "Bob"}],
        {"0": "Ann", "1": {"name": "Bob"}},
        ["Ann", "Bob"],
    ]
    for table in tables:
        assert [who for who, _ in spoken({"speakers": table, "segments": segments})] == ["Ann", "Bob", "Ann"]


def test_words_of_an_unsure_speaker_make_an_uncertain_turn() -> None:
    words = [*heard("Gates close.", 0, 1, speaker=0, speaker_confidence=0.9)]
    words += heard("Do they?", 2, 3, speaker=1, speaker_confidence=0.1)
    turns = turns_of(captions_of_json(json.dumps(words)))
    assert [(turn.speaker, turn.uncertain) for turn in turns] == [("Speaker 0", False), ("Speaker 1", True)]


def test_words_without_a_time_stand_between_their_neighbours() -> None:
    words = [*heard("In", 1.0), {"word": "2024"}, *heard("gates close.", 3.0, 4.0)]
    (turn,) = turns_of(captions_of_json(json.dumps({"segments": [{"start": 1, "end": 5, "words": words}]})))
    assert (turn.start, turn.text, turn.approximate) == (1.0, "In 2024 gates close.", False)


def test_parts_of_words_are_joined_and_what_a_model_says_of_itself_is_left_out() -> None:
    tokens = [("[_BEG_]", 0), (" Gates", 0), (" Amer", 500), ("icans", 700), (".", 900), ("[_TT_50]", 900)]
    entry = {
        "timestamps": {"from": "00:00:00,000", "to": "00:00:01,000"},
        "text": " Gates Americans.",
        "tokens": [{"text": text, "offsets": {"from": at, "to": at + 100}} for text, at in tokens],
    }
    assert spoken({"transcription": [entry]}) == [(None, "Gates Americans.")]


def test_the_first_alternative_is_what_was_said() -> None:
    alternatives = [{"transcript": "Gates close."}, {"transcript": "Dates froze and then some more."}]
    assert spoken({"results": [{"alternatives": alternatives, "resultEndTime": "2s"}]}) == [(None, "Gates close.")]


@pytest.mark.parametrize("wrap", ["segments", "anything", "x"])
def test_what_a_transcript_is_wrapped_in_does_not_matter(wrap: str) -> None:
    segments = [{"begin": 1, "finish": 2, "who": "Ann", "caption": "Gates close."}]
    assert spoken({"a": [{"b": {wrap: segments}}]}) == [("Ann", "Gates close.")]


def test_columns_and_rows_are_read() -> None:
    expected = [("Ann", "Gates close."), ("Bob", "Do they?")]
    columns = {"start": [0, 2], "end": [1, 3], "speaker": ["Ann", "Bob"], "text": [text for _, text in expected]}
    rows = [list(columns), *([column[nth] for column in columns.values()] for nth in range(2))]
    assert spoken({"data": columns}) == spoken(rows) == expected


def test_json_lines_are_read() -> None:
    lines = "\n".join(json.dumps({"start": nth, "end": nth + 1, "text": "Gates."}) for nth in range(3))
    assert [caption.start for caption in captions_of_json(lines)] == [0.0, 1.0, 2.0]


def test_json_that_breaks_off_is_named_with_its_line() -> None:
    with pytest.raises(ValueError, match="breaks off or is wrong in line 2"):
        captions_of_json('{"segments": [\n{"text": "Ga')


def test_a_number_in_from_is_a_time_and_a_name_there_a_speaker() -> None:
    words = [{"word": word, "from": float(nth), "to": nth + 0.5} for nth, word in enumerate("Gates close.".split())]
    timed = turns_of(captions_of_json(json.dumps({"blocks": [{"speakerName": "Ann", "words": words}]})))
    assert [(turn.speaker, turn.start, turn.text) for turn in timed] == [("Ann", 0.0, "Gates close.")]
    said = [{"from": name, "text": "Gates close.", "start": 1.0} for name in ("Ann", "Bob")]
    assert [turn.speaker for turn in turns_of(captions_of_json(json.dumps(said)))] == ["Ann", "Bob"]


@pytest.mark.parametrize("field", ["transcript_html", "fullTranscript", "episode_transcription"])
def test_one_text_that_is_the_whole_transcript_is_read_as_what_it_is(field: str) -> None:
    said = "".join(
        f"<p><b>{who}</b> [0:{nth}0]<br>So it goes, for the {nth}th time.</p>" for nth, who in enumerate("ABAB")
    )
    turns = read_transcript(json.dumps({"title": "Mills", field: said})).turns
    assert [(turn.speaker, turn.start) for turn in turns] == [("A", 0.0), ("B", 10.0), ("A", 20.0), ("B", 30.0)]


def test_an_address_of_a_transcript_is_none() -> None:
    with pytest.raises(TranscriptError):
        read_transcript(json.dumps([{"transcript_url": "https://mill.example/1", "title": "Mills"}] * 4))
