from __future__ import annotations

import pytest

from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.captions import turns_of


def said(*texts: str, speaker: str | None = None) -> list[tuple[str | None, str]]:
    captions = [Caption(4.0 * nth, 4.0 * nth + 4, speaker, text) for nth, text in enumerate(texts)]
    return [(turn.speaker, turn.text) for turn in turns_of(captions)]


def test_arrows_begin_a_new_voice_that_nobody_names() -> None:
    assert said(">> Gates close.", "Twice a day.", ">> Do they?", "I think. >> Yes.") == [
        (None, "Gates close. Twice a day."),
        (None, "Do they? I think."),
        (None, "Yes."),
    ]


def test_a_label_on_every_caption_begins_no_turn_of_its_own() -> None:
    words = ("So it goes", "on and on.", "It does,", "until it", "ends.", "Yes.")
    names = ("Ann", "Ann", "Bob", "Bob", "Bob", "Ann")
    captions = [
        Caption(nth, nth + 1, None, f"[{name}]: {said}")
        for nth, (name, said) in enumerate(zip(names, words, strict=True))
    ]
    assert [(turn.speaker, turn.start, turn.text) for turn in turns_of(captions)] == [
        ("Ann", 0, "So it goes on and on."),
        ("Bob", 2, "It does, until it ends."),
        ("Ann", 5, "Yes."),
    ]


def test_an_arrow_without_a_name_ends_the_named_voice() -> None:
    assert said(">> ANN: Gates close.", ">> Do they?", ">> ANN: Yes.") == [
        ("ANN", "Gates close."),
        (None, "Do they?"),
        ("ANN", "Yes."),
    ]


def test_dashes_are_two_voices_of_one_caption() -> None:
    assert said("- Are you there?\n- I am.", "Then let us go.") == [
        (None, "Are you there?"),
        (None, "I am. Then let us go."),
    ]


def test_a_dash_in_speech_is_no_voice() -> None:
    assert said("We close", "- and that is that -", "twice a day.") == [
        (None, "We close - and that is that - twice a day.")
    ]


def test_labels_stand_at_any_line_of_a_caption() -> None:
    assert said("ANN: Are you there?\nBOB: I am.", "ANN: Good.") == [
        ("ANN", "Are you there?"),
        ("BOB", "I am."),
        ("ANN", "Good."),
    ]


def test_a_voice_that_begins_inside_a_caption_begins_approximately() -> None:
    turns = turns_of(
        [Caption(0.0, 4.0, None, "ANN: Are you there?\nBOB: I am."), Caption(4.0, 5.0, None, "ANN: Good.")]
    )
    assert [(turn.approximate, turn.start) for turn in turns if turn.speaker == "ANN"] == [(False, 0.0), (False, 4.0)]
    (inside,) = [turn for turn in turns if turn.speaker == "BOB"]
    assert inside.approximate
    assert 1.0 < (inside.start or 0) < 4.0


def test_labels_that_stand_once_are_speakers_where_labels_stand_from_the_beginning() -> None:
    assert said("Ann: gates close", "twice a day", "Bob: really") == [
        ("Ann", "gates close twice a day"),
        ("Bob", "really"),
    ]


def test_a_colon_in_speech_is_no_label() -> None:
    assert said("Gates close.", "Remember: twice a day.", "Nobody minds.") == [
        (None, "Gates close. Remember: twice a day. Nobody minds.")
    ]


@pytest.mark.parametrize("sound", ["(music)", "[Applause]", "♪ la la ♪", "[MUSIC PLAYING]"])
def test_sounds_are_no_speakers(sound: str) -> None:
    assert {speaker for speaker, _ in said(sound, "Gates close.", sound, "Twice a day.", sound)} == {None}


def test_labels_that_repeat_the_given_speaker_are_taken_out() -> None:
    assert said("Ann: Gates close.", "Note: twice.", speaker="Ann") == [("Ann", "Gates close. Note: twice.")]


def test_labels_of_scripts_without_blanks_are_read() -> None:
    assert said("王：你好。", "李：你好吗？", "王：很好。") == [("王", "你好。"), ("李", "你好吗？"), ("王", "很好。")]
