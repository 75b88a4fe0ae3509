"""Every way to write a transcript down, crossed with what may be in one: joint labels, marks that repeat, turns without
a label or without a mark, titles between them, what a page adds.

A style knows how it writes a turn, and one whose time or speaker it leaves out. An element changes a script, and says
what a reader should make of it. What means two things to a human reader, too, is not crossed (see `meant`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import strategies as st

from companion.archive.transcripts.transcript import Transcript
from tests.archive.transcripts.styles import STYLES, Style
from tests.archive.transcripts.written import Said, clock, sentence, speech


@dataclass(frozen=True)
class Expected:
    """A turn as a reader should tell it; without ``start`` its time is unknown, or guessed between its neighbours'."""

    speaker: str | None
    start: float | None
    text: str
    doubtful: bool = False


@dataclass
class Script:
    """A transcript to be: its blocks, what each should be read as (None: as nothing of its own), and what is around."""

    said: list[Said]
    blocks: list[str]
    turns: list[Expected]
    titles: list[str] = field(default_factory=list[str])
    before: str = ""
    after: str = ""
    separator: str = "\n\n"

    @property
    def text(self) -> str:
        return self.before + self.separator.join(self.blocks) + self.after


Element = Callable[[st.DrawFn, Style, list[Said]], Script]

_CASTS = (
    ("Ann", "Bob"),
    ("swyx", "Alessio"),
    ("Ann Lee", "Bob Lee", "Zoë"),
    ("SPEAKER 1", "SPEAKER 2"),
    ("Host", "Guest 2"),
    ("Jörg Weiß", "Änne d’Arcy"),
    ("王小明", "李雷"),
    ("Анна Петрова", "Иван"),
    ("أحمد علي", "ليلى"),
    ("สมชาย", "มานี ใจดี"),
    ("J. R. Moor", "Ann de Lee"),
    ("AL", "BM"),
)
_TITLES = ("How It Began", "The Long Road", "Ends and Beginnings")
_LOOKALIKES = (
    "Here is the thing: we left at 10:30 and nobody asked.",
    "He says: no. And then it was over.",
    "Ann and Bob were there, and so were we.",
)


@st.composite
def scripts_said(draw: st.DrawFn) -> list[Said]:
    """Two or three speakers by turns, each heard at least four times, at times that grow."""
    cast = draw(st.sampled_from(_CASTS))
    texts = draw(st.lists(speech, min_size=4 * len(cast), max_size=14, unique=True))
    seconds = draw(st.sampled_from((0, 7, 3500)))
    said: list[Said] = []
    for nth, text in enumerate(texts):
        said.append(Said(cast[nth % len(cast)], seconds, text))
        seconds += draw(st.integers(2, 300))
    return said


def _plain(style: Style, said: list[Said]) -> Script:
    turns = [Expected(s.speaker if style.labelled else None, s.seconds if style.timed else None, s.text) for s in said]
    if style.time_closes:
        turns[0] = replace(turns[0], start=None)
    return Script(said, style.write(said), turns)


def plain(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    del draw
    return _plain(style, said)


def glued(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Nothing between turns: lines were joined."""
    script = _plain(style, said)
    script.separator = draw(st.sampled_from(("", "\n"))) if style.timed else "\n"
    return script


def joint(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Two speakers share the label of one or two turns."""
    first, second = said[0].speaker, said[1].speaker
    label = f"{first}{draw(st.sampled_from((' / ', ' and ', ' & ')))}{second}"
    shared = draw(st.sets(st.integers(2, len(said) - 1), min_size=1, max_size=2))
    script = _plain(style, [replace(s, speaker=label) if nth in shared else s for nth, s in enumerate(said)])
    script.turns = [replace(turn, doubtful=turn.speaker == label) for turn in script.turns]
    return script


def doubted(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """A question mark behind the label of one or two turns."""
    asked = draw(st.sets(st.integers(2, len(said) - 1), min_size=1, max_size=2))
    sign = draw(st.sampled_from(("?", " (?)")))
    script = _plain(style, [replace(s, speaker=s.speaker + sign) if nth in asked else s for nth, s in enumerate(said)])
    script.turns = [
        replace(turn, speaker=said[nth].speaker, doubtful=nth in asked) for nth, turn in enumerate(script.turns)
    ]
    return script


def repeated_marks(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Several turns, or all by threes, begin at the same time."""
    if draw(st.booleans()):
        return _plain(style, [replace(s, seconds=said[nth - nth % 3].seconds) for nth, s in enumerate(said)])
    first = draw(st.integers(0, len(said) - 3))
    last = draw(st.integers(first + 1, min(first + 4, len(said) - 1)))
    same = range(first, last + 1)
    return _plain(style, [replace(s, seconds=said[first].seconds) if nth in same else s for nth, s in enumerate(said)])


def marks_inside(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Most turns have further marks between their sentences, one or two of them."""
    blocks: list[Said] = []
    turns: list[Expected] = []
    for s, following in pairwise([*said, replace(said[-1], seconds=said[-1].seconds + 9)]):
        parts = [s.text, *draw(st.lists(sentence, min_size=1, max_size=2))]
        step = (following.seconds - s.seconds) / len(parts)
        times = [s.seconds + int(nth * step) for nth in range(len(parts))]
        words = [parts[0], *(f"{clock(time)} {part}" for time, part in zip(times[1:], parts[1:], strict=True))]
        blocks.append(replace(s, text=" ".join(words)))
        speaker = s.speaker if style.labelled else None
        turns += [Expected(speaker, time, part) for time, part in zip(times, parts, strict=True)]
    if style.time_closes:
        turns[0] = replace(turns[0], start=None)
    return Script(said, style.write(blocks), turns)


def stretch_without_marks(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Turns one after the other have a label and no mark."""
    assert style.unmarked is not None
    script = _plain(style, said)
    first = draw(st.integers(3, len(said) - 4))
    for nth in range(first, draw(st.integers(first, min(first + 3, len(said) - 3))) + 1):
        written = nth - 1 if style.time_closes else nth
        script.blocks[written] = style.unmarked(said[written])
        script.turns[nth] = replace(script.turns[nth], start=None)
    return script


def turn_without_label(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """One turn has a mark and no label: nobody knows whose it is. Without marks it goes on with the turn above it."""
    assert style.unlabelled is not None
    script = _plain(style, said)
    nth = draw(st.integers(3, len(said) - 2))
    if style.time_closes:
        script.blocks[nth] = f"{said[nth].text} {clock(said[nth + 1].seconds)}"
    else:
        script.blocks[nth] = style.unlabelled(said[nth])
    if style.timed:
        script.turns[nth] = replace(script.turns[nth], speaker=None)
    else:
        before = script.turns[nth - 1]
        script.turns[nth - 1 : nth + 1] = [replace(before, text=f"{before.text} {said[nth].text}")]
    return script


def titles_between(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Chapter titles on lines of their own, plain or as headings, between turns."""
    script = _plain(style, said)
    sign = draw(st.sampled_from(("", "## ", "**")))
    places = sorted(draw(st.sets(st.integers(2, len(said) - 2), min_size=2, max_size=3)), reverse=True)
    titles = _TITLES[: len(places)]
    for place, title in zip(places, reversed(titles), strict=True):
        script.blocks.insert(place, f"{sign}{title}{'**' if sign == '**' else ''}")
    script.titles = list(titles)
    return script


def lookalikes(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Speech that holds a colon, a time of day, or the speakers' names."""
    places = draw(st.sets(st.integers(1, len(said) - 1), min_size=1, max_size=3))
    phrase = draw(st.sampled_from(_LOOKALIKES))
    return _plain(style, [replace(s, text=f"{s.text} {phrase}") if nth in places else s for nth, s in enumerate(said)])


def paragraphs_within(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Long turns in several paragraphs."""
    # Above a first turn that is named at its end, only its last paragraph is sure to be no note.
    first = 1 if style.convention == "text - Name" else 0
    places = draw(st.sets(st.integers(first, len(said) - 2), min_size=1, max_size=4))
    more = draw(st.lists(sentence, min_size=2, max_size=2))
    script = _plain(
        style, [replace(s, text="\n\n".join([s.text, *more])) if nth in places else s for nth, s in enumerate(said)]
    )
    script.turns = [replace(turn, text=" ".join(turn.text.split())) for turn in script.turns]
    return script


def list_inside(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """Turns that hold a list, whose items begin as labels do."""
    places = draw(st.sets(st.integers(1, len(said) - 2), min_size=1, max_size=3))
    items = "\n- Book: the long road.\n- Film: a night train."
    script = _plain(style, [replace(s, text=s.text + items) if nth in places else s for nth, s in enumerate(said)])
    script.turns = [replace(turn, text=" ".join(turn.text.split())) for turn in script.turns]
    return script


def author_below(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """A line on somebody below the last turn."""
    script = _plain(style, said)
    script.after = "\n\n" + draw(
        st.sampled_from(
            ("Ann Moor is a writer. Her book is out in May.", "This interview has been edited for length and clarity.")
        )
    )
    return script


def title_above(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """A title, and perhaps a byline, above the first turn."""
    script = _plain(style, said)
    title = draw(st.sampled_from(("Episode 7: The Night Train", "# The Night Train", "The Night Train")))
    script.before = f"{title}\n\n" + draw(st.sampled_from(("", "March 2, 2024 · 42 min\n\n")))
    return script


def page_around(draw: st.DrawFn, style: Style, said: list[Said]) -> Script:
    """A page's own words above, with a heading, and below."""
    script = _plain(style, said)
    script.before = draw(st.sampled_from(ABOVE))
    script.after = draw(st.sampled_from(BELOW))
    return script


ABOVE = (
    "## Transcript\n\n",
    "Full transcript\n\nThis transcript was generated automatically and may contain errors.\n\n",
    (
        "We talk about many things this week, and some of them are new.\n\nChapters\n\n"
        "* [00:00:00] Beginnings\n* [00:01:10] The Middle: A Story\n* [00:02:20] Ends\n\nEpisode Transcript\n\n"
    ),
    "Mills and the Sea\n\nLinks:\n- The mill: https://mill.example\n\nMusic: Slow Waters\n\nTranscript\n\n",
    "Skip to content\nHome\nEpisodes\n\nMills and the Sea\nMay 3 · 45 min\n\nTRANSCRIPT\n\n",
)
BELOW = (
    "",
    "\n\nSubscribe to Mills\nGet full access to Mills at mills.example/subscribe",
    "\n\nComments\nJo: Loved this one!\nMo: Me too.\n\n© 2024 Mills",
    "\n\nShow Notes\n\nThe mill is open to all.\n\n* The mill: https://mill.example",
    "\n\nTranscribed by https://tool.example",
)

ELEMENTS: dict[str, Element] = {
    element.__name__: element
    for element in (
        plain,
        glued,
        joint,
        doubted,
        repeated_marks,
        marks_inside,
        stretch_without_marks,
        turn_without_label,
        titles_between,
        lookalikes,
        paragraphs_within,
        list_inside,
        author_below,
        title_above,
        page_around,
    )
}
_ROWS = frozenset(("mark and label parted by bars", "mark and label parted by tabs"))
"""Rows of columns: a row is a line."""


def meant(style: str, element: str) -> bool:
    """Can the element be written in the style, and does it mean one thing there?"""
    way = STYLES[style]
    if element == "glued":
        return way.glues
    if element in ("joint", "doubted"):
        return way.labelled
    if element == "repeated_marks":
        return way.timed
    if element == "marks_inside":
        # One text has one way to write marks, and a row of columns one time.
        return way.timed and style not in _ROWS and "dots" not in style
    if element == "stretch_without_marks":
        return way.unmarked is not None
    if element == "turn_without_label":
        return way.unlabelled is not None
    if element == "paragraphs_within":
        # Where nothing but empty lines tells turns apart, or a row is a line, a paragraph is a turn.
        return style not in ("paragraphs", *_ROWS)
    if element == "list_inside":
        # A list's items are told from labels by their bullets, unless labels have some; a dash may be a new speaker's.
        return style not in ("paragraphs", "dashes", "list", *_ROWS) and way.convention != "text - Name"
    if element == "author_below":
        # Where nothing tells turns apart but lines, or the speaker follows, it is one more paragraph.
        return style not in ("paragraphs", "dashes", *_ROWS) and way.convention != "text - Name"
    if element == "titles_between":
        # Nor is a title told from a paragraph there.
        return style not in ("paragraphs", *_ROWS)
    return True


CROSSED = [(style, element) for style in STYLES for element in ELEMENTS if meant(style, element)]


@st.composite
def scripts(draw: st.DrawFn, style: str, element: str) -> Script:
    return ELEMENTS[element](draw, STYLES[style], draw(scripts_said()))


def assert_read_back(transcript: Transcript, script: Script) -> None:
    """Words, their order, speakers, doubts and times are those of the script; what is around is no speech."""
    turns = transcript.turns
    assert [turn.text for turn in turns] == [turn.text for turn in script.turns]
    assert [_folded(turn.speaker) for turn in turns] == [_folded(turn.speaker) for turn in script.turns]
    assert [turn.uncertain for turn in turns] == [turn.doubtful for turn in script.turns]
    exact = [None if turn.approximate else turn.start for turn in turns]
    assert exact == [turn.start for turn in script.turns]
    starts = [turn.start for turn in turns if turn.start is not None]
    assert starts == sorted(starts)
    assert [chapter.title for chapter in transcript.chapters][: len(script.titles)] == script.titles
    assert transcript.after.split() == script.after.split()


def _folded(speaker: str | None) -> str | None:
    return speaker.casefold() if speaker else None
