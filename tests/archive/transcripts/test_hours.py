"""Hours that clocks leave out, or count from midnight."""

from __future__ import annotations

from companion.archive.transcripts.reader import read_transcript

_WORDS = "So we talked a while about the tide, and about who counts it, and then it was time for tea again."


def _starts(text: str) -> list[float | None]:
    return [turn.start for turn in read_transcript(text).turns]


def _minutes(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}"


def test_minutes_that_begin_anew_are_of_the_next_hour() -> None:
    seconds = range(3480, 3780, 12)
    text = "\n\n".join(f"{('Ana', 'Owen')[nth % 2]} {_minutes(at % 3600)}\n{_WORDS}" for nth, at in enumerate(seconds))
    assert _starts(text) == list(seconds)


def test_a_list_above_a_transcript_is_of_no_hour_before() -> None:
    listed = "\n".join(f"({_minutes(at)}) Part {at}" for at in range(60, 3540, 300))
    text = "\n\n".join(
        f"({_minutes(at)}) {('Ana', 'Owen')[nth % 2]}: {_WORDS}" for nth, at in enumerate(range(3, 120, 9))
    )
    turns = read_transcript(f"{listed}\n\nTranscript\n\n{text}").turns
    assert max(turn.start or 0 for turn in turns) < 120


def test_times_of_a_day_are_counted_from_the_first() -> None:
    times = [64_800 + 12 * nth for nth in range(10)]
    text = "\n".join(
        f"[{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}] <{('ana_w', 'owen')[nth % 2]}> {_WORDS}"
        for nth, at in enumerate(times)
    )
    assert _starts(text) == [12 * nth for nth in range(10)]


def test_a_second_day_of_a_stream_is_one() -> None:
    text = "\n".join(f"[25:03:{nth:02}] {('Ana', 'Owen')[nth % 2]}: {_WORDS}" for nth in range(0, 60, 6))
    assert _starts(text)[0] == 25 * 3600 + 180
