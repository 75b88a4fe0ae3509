from __future__ import annotations

from collections.abc import Callable

import pytest

from companion.archive.transcripts.reader import read_transcript
from companion.archive.transcripts.unusual_times import with_usual_times

_SAID = (
    ("Ana", 0, "Welcome back to the lamp room."),
    ("Owen", 9, "Thanks, it is good to be back here."),
    ("Ana", 65, "Who built the light?"),
    ("Owen", 70, "A family of masons, in 1841."),
    ("Ana", 191, "And who keeps it now?"),
)
_WAYS: dict[str, Callable[[int], str]] = {
    "a date": lambda s: f"[04/03/2024, 23:{58 + s // 60:02}:{s % 60:02}]" if s < 120 else "[05/03/2024, 00:01:11]",
    "an ISO date": lambda s: f"2024-03-04 10:{s // 60:02}:{s % 60:02}",
    "half a day": lambda s: (
        f"11:{59 if s < 60 else 0:02}:{s % 60:02} AM" if s < 60 else f"12:{s // 60 - 1:02}:{s % 60:02} PM"
    ),
    "semicolons": lambda s: f"00;{s // 60:02};{s % 60:02};12",
    "numbered semicolons": lambda s: f"{s + 1} 00;{s // 60:02};{s % 60:02};12 00;10;00;00",
    "minutes": lambda s: f"{s // 60}min{s % 60:02}",
    "start and stop": lambda s: f"start={s}.0s stop={s + 4}.5s",
    "seconds alone": lambda s: f"({s})",
    "a countdown's plus": lambda s: f"T+00:{s // 60:02}:{s % 60:02}",
    "two brackets": lambda s: f"[00:{s // 60:02}:{s % 60:02}] [4.5s]",
    "from and to": lambda s: f"[00:{s // 60:02}:{s % 60:02}] [00:{s // 60:02}:{s % 60 + 4:02}]",
}


@pytest.mark.parametrize("way", _WAYS)
def test_times_written_in_any_way_are_read(way: str) -> None:
    text = "\n".join(f"{_WAYS[way](seconds)} {who}: {words}" for who, seconds, words in _SAID)
    turns = read_transcript(text).turns
    assert [(turn.speaker, turn.start, turn.text) for turn in turns] == [
        (who, pytest.approx(seconds, abs=0.6), words) for who, seconds, words in _SAID
    ]


_MINUTES: dict[str, Callable[[str, int], str]] = {
    "behind the name": lambda who, m: f"{who}  10:{m:02} AM\n",
    "behind a dash and a date": lambda who, m: f"{who} — 03/05/2024 6:{m:02} PM\n",
    "in brackets with a date": lambda who, m: f"{who}, [05.03.2024 18:{m:02}]\n",
    "in brackets with a date and seconds": lambda who, m: f"{who} (03/05/2024, 10:{m:02}:00 AM)\n",
    "in brackets before the name": lambda who, m: f"[10:{m:02} AM] {who}: ",
    "a date before the name": lambda who, m: f"05/03/2024, 18:{m:02} - {who}: ",
    "a date, half a day and a narrow blank": lambda who, m: f"3/5/24, 6:{m:02}\u202fPM - {who}: ",
}


@pytest.mark.parametrize("way", _MINUTES)
def test_times_of_a_day_need_no_seconds(way: str) -> None:
    words = "So we rowed across in the fog, and nobody knew where the other side was."
    said = [(("Ana Lee", "Owen")[nth % 2], 60.0 * (nth // 2)) for nth in range(12)]
    text = "\n\n".join(f"{_MINUTES[way](who, 2 + int(at) // 60)}{words}" for who, at in said)
    assert [(turn.speaker, turn.start, turn.text) for turn in read_transcript(text).turns] == [
        (who, at, words) for who, at in said
    ]


@pytest.mark.parametrize(
    "text",
    [
        "(1) Ana: one\n(2) Ben: two\n(3) Ana: three\n(4) Ben: four",
        "(9) Ana: one\n(7) Ben: two\n(5) Ana: three\n(3) Ben: four",
        "10:00 AM Doors\n10:30 AM Talk\n11:00 AM Break\n11:30 AM Talk",
        "Doors  10:00 AM\nA talk  10:30 AM\nA break  11:00 AM\nA talk  11:30 AM",
        "(1) Ana: one\n(2) Ben: two\n(4) Ana: four\n(5) Ben: five\n(6) Ana: six",
        "Ana: So it goes.\n\nBen: It does.\n\n" * 20
        + "(1987) Levi: Fog\n(1991) Moss: Salt\n(2004) Kahn: Tin\n(2011) Ito: Oak",
    ],
    ids=["numbered", "falling", "a day's plan", "a plan behind", "numbered with a gap", "books below"],
)
def test_other_numbers_stay(text: str) -> None:
    assert with_usual_times(text) == text
