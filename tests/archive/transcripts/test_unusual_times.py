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


@pytest.mark.parametrize(
    "text",
    [
        "(1) Ana: one\n(2) Ben: two\n(3) Ana: three\n(4) Ben: four",
        "(9) Ana: one\n(7) Ben: two\n(5) Ana: three\n(3) Ben: four",
        "10:00 AM Doors\n10:30 AM Talk\n11:00 AM Break\n11:30 AM Talk",
        "(1) Ana: one\n(2) Ben: two\n(4) Ana: four\n(5) Ben: five\n(6) Ana: six",
        "Ana: So it goes.\n\nBen: It does.\n\n" * 20
        + "(1987) Levi: Fog\n(1991) Moss: Salt\n(2004) Kahn: Tin\n(2011) Ito: Oak",
    ],
    ids=["numbered", "falling", "a day's plan", "numbered with a gap", "books below"],
)
def test_other_numbers_stay(text: str) -> None:
    assert with_usual_times(text) == text
