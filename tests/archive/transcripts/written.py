"""Invented transcripts: conversations, and every way in which tests write them down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from companion.storage.episodes import Turn


@dataclass(frozen=True)
class Said:
    speaker: str
    seconds: int
    text: str


Writer = Callable[[Sequence[Said]], list[str]]


def clock(seconds: int) -> str:
    return f"[{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}]"


def closing(said: Sequence[Said]) -> list[str]:
    return [clock(following.seconds) for following in said[1:]] + [clock(said[-1].seconds + 9)]


NAME_MARK = "Name [time]: text"
MARK_NAME = "[time] Name: text"
TEXT_MARK = "Name: text [time]"

WRITERS: dict[str, tuple[str, Writer]] = {
    "label before the mark": (NAME_MARK, lambda said: [f"{s.speaker} {clock(s.seconds)}: {s.text}" for s in said]),
    "bold label before the mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** {clock(s.seconds)}: {s.text}" for s in said],
    ),
    "label after the mark": (MARK_NAME, lambda said: [f"{clock(s.seconds)} {s.speaker}: {s.text}" for s in said]),
    "label glued after the mark": (MARK_NAME, lambda said: [f"{clock(s.seconds)}{s.speaker}: {s.text}" for s in said]),
    "mark at the end": (
        TEXT_MARK,
        lambda said: [f"{s.speaker}: {s.text} {mark}" for s, mark in zip(said, closing(said), strict=True)],
    ),
    "bold label and mark at the end": (
        TEXT_MARK,
        lambda said: [f"**{s.speaker}**: {s.text} {mark}" for s, mark in zip(said, closing(said), strict=True)],
    ),
}
DECORATED: dict[str, tuple[str, Writer]] = {
    "label and mark in bold": (MARK_NAME, lambda said: [f"**{clock(s.seconds)} {s.speaker}:** {s.text}" for s in said]),
    "mark that is a link": (
        MARK_NAME,
        lambda said: [f"{clock(s.seconds)}(https://v.example/?t={s.seconds}) **{s.speaker}:** {s.text}" for s in said],
    ),
    "label and linked mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** {clock(s.seconds)}(https://v.example/{s.seconds})\n{s.text}" for s in said],
    ),
    "heading": (NAME_MARK, lambda said: [f"### {s.speaker} {clock(s.seconds)}\n\n{s.text}" for s in said]),
    "slanted mark": (
        NAME_MARK,
        lambda said: [f"**{s.speaker}** *{clock(s.seconds)[1:-1]}*\n{s.text}" for s in said],
    ),
    "dash and bare mark": (NAME_MARK, lambda said: [f"{s.speaker} - {clock(s.seconds)[1:-1]}\n{s.text}" for s in said]),
    "comma and bare mark": (NAME_MARK, lambda said: [f"{s.speaker}, {clock(s.seconds)[1:-1]}\n{s.text}" for s in said]),
    "bare mark before a colon": (
        NAME_MARK,
        lambda said: [f"{s.speaker} {clock(s.seconds)[1:-1]}: {s.text}" for s in said],
    ),
    "bare mark and dash": (
        MARK_NAME,
        lambda said: [f"{clock(s.seconds)[1:-1]} - {s.speaker}: {s.text}" for s in said],
    ),
    "mark in angle brackets": (
        MARK_NAME,
        lambda said: [f"<{clock(s.seconds)[1:-1]}> {s.speaker}: {s.text}" for s in said],
    ),
    "mark with frames": (MARK_NAME, lambda said: [f"{clock(s.seconds)[:-1]}:12] {s.speaker}: {s.text}" for s in said]),
    "mark with units": (
        MARK_NAME,
        lambda said: [f"[{s.seconds // 60}m{s.seconds % 60:02}s] {s.speaker}: {s.text}" for s in said],
    ),
    "mark in words": (
        MARK_NAME,
        lambda said: [f"({s.seconds // 60} min {s.seconds % 60} sec) {s.speaker}: {s.text}" for s in said],
    ),
    "mark behind a plus": (MARK_NAME, lambda said: [f"+{clock(s.seconds)[1:-1]} {s.speaker}: {s.text}" for s in said]),
    "label behind a dash": (
        "[time] Name - text",
        lambda said: [f"({clock(s.seconds)[1:-1]}) {s.speaker} - {s.text}" for s in said],
    ),
    "label in brackets": (
        "[time] [Name] text",
        lambda said: [f"{clock(s.seconds)} [{s.speaker}] {s.text}" for s in said],
    ),
    "label that ends the line": (
        "[time] Name / text",
        lambda said: [f"{clock(s.seconds)} {s.speaker}\n{s.text}" for s in said],
    ),
    "label below the mark": (
        "[time] Name / text",
        lambda said: [
            f"{clock(s.seconds)[1:-1]}:12 - {clock(s.seconds + 1)[1:-1]}:03\n{s.speaker}\n{s.text}" for s in said
        ],
    ),
    "label above the mark": (
        "Name / [time] text",
        lambda said: [f"{s.speaker}\n{clock(s.seconds)} {s.text}" for s in said],
    ),
}
UNTIMED: dict[str, tuple[str, Writer]] = {
    "arrows": ("Name: text", lambda said: [f">> {s.speaker.upper()}: {s.text}" for s in said]),
    "brackets": ("Name: text", lambda said: [f"[{s.speaker}]: {s.text}" for s in said]),
    "list": ("Name: text", lambda said: [f"- **{s.speaker}**: {s.text}" for s in said]),
    "wide colon": ("Name: text", lambda said: [f"{s.speaker}：{s.text}" for s in said]),
    "lines": ("Name / text", lambda said: [f"{s.speaker.title()}\n{s.text}" for s in said]),
}
LINE_WRITERS: dict[str, tuple[str, Writer]] = {
    "label and mark on lines": (
        NAME_MARK,
        lambda said: [f"{s.speaker}:\n{s.seconds // 60}:{s.seconds % 60:02}\n{s.text}" for s in said],
    ),
    "label and bare mark on one line": (
        NAME_MARK,
        lambda said: [f"{s.speaker}  {s.seconds // 60}:{s.seconds % 60:02}\n{s.text}" for s in said],
    ),
}
OPENINGS: dict[str, tuple[str, Writer]] = {
    "label behind a sign": ("Name - text", lambda said: [f"{s.speaker} – {s.text}" for s in said]),
    "label in round brackets": ("Name - text", lambda said: [f"({s.speaker}) {s.text}" for s in said]),
    "label in angle brackets": ("Name - text", lambda said: [f"<{s.speaker}> {s.text}" for s in said]),
    "label in bold alone": ("Name - text", lambda said: [f"**{s.speaker}** {s.text}" for s in said]),
    "numbered label": ("Name: text", lambda said: [f"{nth}. {s.speaker}: {s.text}" for nth, s in enumerate(said, 1)]),
    "colon without blank": ("Name - text", lambda said: [f"{s.speaker}:{s.text}" for s in said]),
}
SPELLINGS: dict[str, tuple[str, Writer]] = {
    "label and mark in one bracket": (
        NAME_MARK,
        lambda said: [f"[{s.speaker} {clock(s.seconds)[1:-1]}] {s.text}" for s in said],
    ),
    "mark and label in one bracket": (
        "[time] [Name] text",
        lambda said: [f"[{clock(s.seconds)[1:-1]} {s.speaker}] {s.text}" for s in said],
    ),
    "label, mark, and no colon": (NAME_MARK, lambda said: [f"{s.speaker} {clock(s.seconds)} {s.text}" for s in said]),
    "colon before the mark": (NAME_MARK, lambda said: [f"{s.speaker}: {clock(s.seconds)} {s.text}" for s in said]),
    "mark in braces": (MARK_NAME, lambda said: [f"{{{clock(s.seconds)[1:-1]}}} {s.speaker}: {s.text}" for s in said]),
    "mark in number signs": (
        MARK_NAME,
        lambda said: [f"#{clock(s.seconds)[1:-1]}-4# {s.speaker}: {s.text}" for s in said],
    ),
    "mark in seconds": (
        MARK_NAME,
        lambda said: [f"[{s.seconds}.00s -> {s.seconds + 1}.25s] {s.speaker}: {s.text}" for s in said],
    ),
    "mark with its end": (
        NAME_MARK,
        lambda said: [f"{s.speaker} {clock(s.seconds)[1:-1]} - {clock(s.seconds + 1)[1:-1]}\n{s.text}" for s in said],
    ),
    "label behind a mark and a dash": (
        "[time] Name / text",
        lambda said: [f"{clock(s.seconds)} - {s.speaker}\n{s.text}" for s in said],
    ),
    "mark and label parted by bars": (
        "columns",
        lambda said: [f"{clock(s.seconds)[1:-1]} | {s.speaker} | {s.text}" for s in said],
    ),
    "mark and label parted by tabs": (
        "columns",
        lambda said: [f"{clock(s.seconds)[1:-1]}\t{s.speaker}\t{s.text}" for s in said],
    ),
}
NOTES = (
    "We talk about many things this week, and some of them are new.\n\n"
    "Chapters\n\n* [00:00:00] Beginnings\n* [00:01:10] The Middle: A Story\n* [00:02:20] Ends\n\n"
)
FLAT_NOTES = "We talk about things.Chapters* [00:00:00] Beginnings* [00:01:10] The Middle: A Story* [00:02:20] Ends"


words = st.sampled_from("so we think that models learn from data and people build them slowly with care yes".split())


def as_sentence(drawn: list[str], end: str) -> str:
    return " ".join(drawn).capitalize() + end


sentence = st.builds(as_sentence, st.lists(words, min_size=2, max_size=12), st.sampled_from(".?!"))
speech = st.builds(" ".join, st.lists(sentence, min_size=1, max_size=4))
casts = st.sampled_from(
    [
        ("Ann", "Bob"),
        ("swyx", "Alessio"),
        ("Ann Lee", "Bob Lee", "Zoë"),
        ("SPEAKER 1", "SPEAKER 2"),
        ("Host", "Guest 2"),
    ]
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Said]:
    """Speakers by turns, each heard at least three times, at times that grow."""
    cast = draw(casts)
    texts = draw(st.lists(speech, min_size=3 * len(cast), max_size=12))
    seconds = 0
    said: list[Said] = []
    for nth, text in enumerate(texts):
        said.append(Said(cast[nth % len(cast)], seconds, text))
        seconds += draw(st.integers(1, 300))
    return said


def told(turns: Sequence[Turn]) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.start, turn.text) for turn in turns]


def expected(said: Sequence[Said]) -> list[tuple[str, float, str]]:
    return [(s.speaker, float(s.seconds), s.text) for s in said]


SPOKEN = [Said("Ann" if nth % 2 else "Bob", 60 * nth, "So we talk a while, and then we stop.") for nth in range(12)]
