"""Which speakers are doubtful, by what their labels and words say."""

from __future__ import annotations

import pytest

from companion.archive.transcripts.attribution import misattributed, names_several
from companion.archive.transcripts.doubts import with_doubts
from companion.archive.transcripts.prose import read_prose
from companion.storage.episodes import Turn
from tests.archive.transcripts.written import SPOKEN, clock


def turns(*said: tuple[str, str]) -> list[Turn]:
    return [Turn(speaker, None, None, False, text) for speaker, text in said]


@pytest.mark.parametrize("label", ["Ann / Bob", "Ann and Bob", "Ann & Bob", "Speaker 1 or 2", "Ann?", "probably Ann"])
def test_a_label_of_two_voices_or_with_a_question_is_doubtful(label: str) -> None:
    assert names_several(label, {"Ann", "Bob Lee"})


@pytest.mark.parametrize("label", ["Ann Lee, CEO of Mills & Sons", "Ann (host)", "Ann", "Speaker 1", "Andy Sand"])
def test_a_name_with_its_role_is_not(label: str) -> None:
    assert not names_several(label, {"Bob Lee"})


@pytest.mark.parametrize("label", ["Bob?", "Bob (?)", "[Bob?]"])
@pytest.mark.parametrize("mark", ["", "{} "])
def test_a_question_mark_at_a_label_leaves_the_name_and_the_doubt(label: str, mark: str) -> None:
    lines = [f"{mark.format(clock(s.seconds))}{s.speaker}: {s.text}" for s in SPOKEN]
    lines[4] = f"{mark.format(clock(SPOKEN[4].seconds))}{label}: {SPOKEN[4].text}"
    read = read_prose("\n\n".join(lines), among_notes=False).turns
    assert [turn.speaker for turn in read] == [s.speaker for s in SPOKEN]
    assert [nth for nth, turn in enumerate(read) if turn.uncertain] == [4]


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("That is it. Thanks, Ann.", True),
        ("Welcome back, Ann Lee! How are you?", True),
        ("So it goes. Bob Moor: And then?", True),
        ("Hi, Ann here, and this is the show.", False),
        ("He said, “Thanks, Ann.” And left.", False),
        ("Thanks, Bob.", False),
        ("Hello, I'm Ann.", False),
        ("I told Bob Moor: no.", False),
    ],
)
def test_a_turn_that_greets_its_own_speaker_or_holds_another_label_is_doubtful(text: str, doubtful: bool) -> None:
    said = turns(("Bob Moor", "So we begin."), ("Ann Lee", text), ("Bob Moor", "And go on."))
    assert misattributed(said) == ({1} if doubtful else set())


def test_a_dialogue_under_one_label_is_doubtful() -> None:
    talk = [("Ann", "So we begin."), ("Bob", "And go on.")] * 30
    run = [("Ann", "How so?"), ("Ann", "Because of the sand.")] * 4
    assert misattributed(turns(*talk, *run, *talk)) == set(range(60, 69))
    assert misattributed(turns(*talk, *run[1::2], *talk)) == set()


def test_a_transcript_without_doubts_has_none() -> None:
    assert not any(turn.uncertain for turn in with_doubts([Turn(s.speaker, None, None, False, s.text) for s in SPOKEN]))
