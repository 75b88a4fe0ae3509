"""Transcripts in prose: plain text, Markdown, or the text of a web page, alone or behind show notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from companion.archive.markup import tidy
from companion.archive.transcripts.chapters import chapter_list, merged
from companion.archive.transcripts.columns import read_columns
from companion.archive.transcripts.continuing import splits_turn, with_continuations
from companion.archive.transcripts.conventions import CONVENTIONS, PARAGRAPHS
from companion.archive.transcripts.evidence import Evidence, evidence_for
from companion.archive.transcripts.headings import headings_among, trailing_headings
from companion.archive.transcripts.labels import speaker_of
from companion.archive.transcripts.marks import Mark, marks_in
from companion.archive.transcripts.page import Convention, Cue, Page
from companion.archive.transcripts.timing import filled, trusted
from companion.archive.transcripts.transcript import Transcript
from companion.storage.episodes import Chapter, Turn

_HEADING = re.compile(r"(?:Full |Episode )?Transcri(?:pts|pt|ptions|ption)(?:\s?:)?(?=\n|\[|[A-Z]|\s?[-–*]|\s*\Z)")
_GLUED_HEADINGS = tuple(
    re.compile(rf"Transcript{ending}(?=(?P<label>[^\W\d_][\w'’-]{{1,30}})(?::| ?\[))")
    for ending in ("ions", "ion", "s", "")
)
_FEWEST_TURNS = 4
_FEWEST_WORDS = 100
_LEAST_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class _Candidate:
    convention: Convention
    cues: tuple[Cue, ...]
    start: int
    evidence: Evidence


def read_prose(text: str, *, among_notes: bool) -> Transcript:
    """Read the transcript in ``text``.

    With ``among_notes`` the text may be show notes alone, and then has no turns; without, everything behind the
    page's own boilerplate is taken for speech. All words end up in turns, in chapters, or in ``before`` and ``after``.
    """
    columns = read_columns(text)
    if columns:
        return columns
    text = tidy(text.replace("\t", " "))
    marks = marks_in(text)
    listed = chapter_list(text, marks)
    heading = _heading(text, max((end for _, end in listed.spans if end < len(text) // 2), default=0))
    origin = heading.end() if heading else 0
    body = text[origin:]
    page = Page(
        body,
        tuple(
            Mark(mark.start - origin, mark.end - origin, mark.seconds)
            for mark in marks
            if mark.start >= origin and mark.start not in listed.marks
        ),
    )
    candidates = sorted(
        (_candidate(convention, page, announced=heading is not None) for convention in CONVENTIONS),
        key=lambda candidate: candidate.evidence.score,
        reverse=True,
    )
    best = candidates[0]
    if among_notes and not _is_transcript(best, body, heading is not None):
        return Transcript((), listed.chapters, text)
    turns, headings = _turns(body, best)
    notes = text[: heading.start()] if heading else body[: best.start]
    return Transcript(
        turns,
        merged(headings, listed.chapters),
        before=notes.strip(),
        convention=best.convention.name,
        evidence=tuple(candidate.evidence for candidate in candidates),
    )


def _heading(text: str, floor: int) -> re.Match[str] | None:
    """The first heading behind the chapter list that announces a transcript."""
    for match in _HEADING.finditer(text, max(0, floor - 1)):
        before = text[match.start() - 1 : match.start()]
        if before == "\n" or not before.isspace():
            return match
    return _glued_heading(text, floor)


def _glued_heading(text: str, floor: int) -> re.Match[str] | None:
    """The first heading that a label is glued to (`Transcriptsann: Hi`): the label occurs elsewhere, too."""
    for place in re.finditer("Transcript", text[floor:]):
        at = floor + place.start()
        for pattern in _GLUED_HEADINGS:
            match = pattern.match(text, at)
            if match and re.search(rf"\b{re.escape(match['label'])}(?::| ?\[)", text):
                return match
    return None


def _candidate(convention: Convention, page: Page, *, announced: bool) -> _Candidate:
    cues = with_continuations(page, convention.cues(page))
    start = 0 if announced else _first_of_many(cues)
    kept = tuple(cue for cue in cues if cue.start >= start)
    return _Candidate(convention, kept, start, evidence_for(convention, page, kept, start))


def _first_of_many(cues: Sequence[Cue]) -> int:
    """Where the transcript begins: at the first cue that is not contradicted by the times of the others."""
    times = trusted([cue.time for cue in cues])
    if not any(time is not None for time in times):
        return cues[0].start if cues else 0
    first = next(i for i, time in enumerate(times) if time is not None)
    while first > 0 and cues[first - 1].time is None:
        first -= 1
    return cues[first].start


def _is_transcript(best: _Candidate, text: str, announced: bool) -> bool:
    words = len(text[best.start :].split())
    if best.convention.name == PARAGRAPHS:
        return announced and words >= _FEWEST_WORDS
    return len(best.cues) >= _FEWEST_TURNS and words >= _FEWEST_WORDS and best.evidence.score >= _LEAST_SCORE


def _turns(text: str, best: _Candidate) -> tuple[tuple[Turn, ...], tuple[Chapter, ...]]:
    """Turns with mended times, and the headings found between them as chapters."""
    cues = list(best.cues)
    if not cues or text[best.start : cues[0].start].strip():
        cues.insert(0, Cue(best.start, best.start))
    stops = [*(cue.start for cue in cues[1:]), len(text)]
    times = trusted([cue.time for cue in cues])
    if times and times[0] is None and best.convention.mark_closes:
        times[0] = 0.0
    times = filled(times, [cue.start for cue in cues])
    headings = headings_among(text, cues, stops)
    tails = trailing_headings(text, cues, stops)
    chapters = [Chapter(times[i], title) for i, title in headings.items()]
    turns: list[Turn] = []
    for i, cue in enumerate(cues):
        if i in headings:
            continue
        start, end = times[i], times[i + 1] if i + 1 < len(cues) else None
        if i in tails:
            chapters.append(Chapter(end, " ".join(text[tails[i] : stops[i]].split())))
        words = " ".join(text[cue.body : tails.get(i, stops[i])].split())
        if words and cue.continues and turns and not splits_turn(text, cue):
            turns[-1] = replace(turns[-1], end=end, text=f"{turns[-1].text} {words}")
        elif words:
            turns.append(Turn(speaker_of(cue.label), start, end, start is not None and cue.time != start, words))
    return tuple(turns), tuple(chapters)
