"""Transcripts in prose: plain text, Markdown, or the text of a web page, alone or behind show notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from companion.archive.markup import tidy
from companion.archive.transcripts.announcements import announcement
from companion.archive.transcripts.bare_labels import with_labels_apart
from companion.archive.transcripts.chapters import chapter_list, merged
from companion.archive.transcripts.columns import read_columns
from companion.archive.transcripts.continuing import splits_turn, with_continuations
from companion.archive.transcripts.conventions import CONVENTIONS, PARAGRAPHS
from companion.archive.transcripts.doubts import with_doubts
from companion.archive.transcripts.evidence import Evidence, evidence_for
from companion.archive.transcripts.extent import end_of_speech, start_below_remarks, start_of_speech, without_lists
from companion.archive.transcripts.glued_clocks import with_clocks_apart
from companion.archive.transcripts.headings import headings_among, leading_titles, title_of, trailing_headings
from companion.archive.transcripts.hours import with_hours
from companion.archive.transcripts.initials import with_full_names
from companion.archive.transcripts.labels import speaker_of
from companion.archive.transcripts.line_numbers import without_line_numbers
from companion.archive.transcripts.marks import Mark, marks_in
from companion.archive.transcripts.page import Convention, Cue, Page
from companion.archive.transcripts.quotations import without_quotation_signs
from companion.archive.transcripts.spoken_clocks import without_spoken_clocks
from companion.archive.transcripts.talks import with_talk
from companion.archive.transcripts.timing import filled, trusted
from companion.archive.transcripts.transcript import Transcript
from companion.archive.transcripts.turn_lengths import without_turn_lengths
from companion.archive.transcripts.unusual_labels import with_usual_labels
from companion.archive.transcripts.unusual_times import with_usual_times
from companion.storage.episodes import Chapter, Turn

_RULE = re.compile(r"^[-=_~*—–]{2,}$", re.MULTILINE)
"""A line that parts turns, or a label from its words."""
_HEADING = re.compile(r"#{1,6} [^\n]{2,100}\Z")
_ALL_BOLD = re.compile(r"\A\*\*([^*]+)\*\*\Z")
"""A turn that is set in bold from its first word to its last, as questions are."""
_QUESTION = re.compile(r"[*_]{0,2} ?\(?\?")
_FEWEST_TURNS = 4
_FEWEST_WORDS = 100
_LEAST_SCORE = 0.3


@dataclass(frozen=True, slots=True)
class _Candidate:
    convention: Convention
    cues: tuple[Cue, ...]
    start: int
    end: int
    evidence: Evidence


def read_prose(text: str, *, among_notes: bool) -> Transcript:
    """Read the transcript in ``text``.

    With ``among_notes`` the text may be show notes alone, and then has no turns; without, everything behind the
    page's own boilerplate is taken for speech. All words end up in turns, in chapters, or in ``before`` and ``after``.
    """
    text = text if among_notes else _usually_written(text)
    columns = read_columns(text)
    if columns:
        return columns
    text = without_line_numbers(without_quotation_signs(tidy(text.replace("\t", " "))))
    text = with_clocks_apart(text)
    marks = marks_in(text)
    listed = chapter_list(text, marks)
    floor = max((end for _, end in listed.spans if end < len(text) // 2), default=0)
    heading = announcement(text, floor)
    origin = heading[1] if heading else 0
    body = text[origin:]
    page = Page(
        body,
        with_hours(
            body,
            [
                Mark(mark.start - origin, mark.end - origin, mark.seconds)
                for mark in marks
                if mark.start >= origin and mark.start not in listed.marks
            ],
        ),
    )

    # Two conventions may look for the same cues: one says that a time ends turns, the other that it begins them.
    @cache
    def cues_of(find: Callable[[Page], list[Cue]]) -> list[Cue]:
        return with_continuations(page, without_lists(page.text, find(page)))

    candidates = sorted(
        (
            _candidate(
                convention, page, cues_of(convention.cues), 0 if heading else floor, announced=heading is not None
            )
            for convention in CONVENTIONS
        ),
        key=lambda candidate: candidate.evidence.score,
        reverse=True,
    )
    best = candidates[0]
    if among_notes and not _is_transcript(best, body, heading is not None):
        return Transcript((), listed.chapters, text)
    if not among_notes:
        best = _with_talk(best, body, floor if heading is None else best.start)
    turns, headings = _turns(body[: best.end], best)
    notes = [text[: heading[0]] if heading else "", body[: best.start]]
    return Transcript(
        turns,
        merged(headings, listed.chapters),
        before="\n\n".join(part.strip() for part in notes if part.strip()),
        after=body[best.end :].strip(),
        convention=best.convention.name,
        evidence=tuple(candidate.evidence for candidate in candidates),
    )


def _usually_written(text: str) -> str:
    """The text with labels and times as most transcripts have them."""
    return with_labels_apart(with_usual_times(without_turn_lengths(without_spoken_clocks(with_usual_labels(text)))))


def _with_talk(best: _Candidate, text: str, start: int) -> _Candidate:
    cues = with_talk(text, start, best.end, best.cues)
    return replace(best, cues=tuple(cues), start=min(best.start, cues[0].start)) if cues else best


def _candidate(convention: Convention, page: Page, cues: Sequence[Cue], floor: int, *, announced: bool) -> _Candidate:
    if announced:
        start = start_below_remarks(page.text, cues, closes=convention.closes)
    else:
        start = start_of_speech(page.text, cues, floor)
    cues = [cue for cue in cues if cue.start >= start]
    end = end_of_speech(page.text, cues, closes=convention.closes)
    cues = [cue for cue in cues if cue.start < end]
    return _Candidate(convention, tuple(cues), start, end, evidence_for(convention, page, cues, start, end))


def _is_transcript(best: _Candidate, text: str, announced: bool) -> bool:
    words = len(text[best.start : best.end].split())
    if best.convention.name == PARAGRAPHS:
        return announced and words >= _FEWEST_WORDS
    return len(best.cues) >= _FEWEST_TURNS and words >= _FEWEST_WORDS and best.evidence.score >= _LEAST_SCORE


def _turns(text: str, best: _Candidate) -> tuple[tuple[Turn, ...], tuple[Chapter, ...]]:
    """Turns with mended times, and the headings found between them as chapters."""
    cues = list(best.cues)
    if not cues or text[best.start : cues[0].start].strip():
        cues.insert(0, Cue(best.start, best.start))
    stops = [*(cue.start for cue in cues[1:]), len(text)]
    headings = headings_among(text, cues, stops)
    for i in headings:
        # A title stands between the end of a turn and the turn that its time begins.
        cues[i + 1] = replace(cues[i + 1], time=cues[i].time)
    times = trusted([cue.time for cue in cues])
    if best.convention.closes and times[0] is None and any(time is not None for time in times):
        times[0] = 0.0
    times = filled(times, [cue.start for cue in cues])
    heads = leading_titles(text, cues, stops) if best.convention.closes else {}
    tails = trailing_headings(text, cues, stops)
    chapters = [Chapter(times[i], title) for i, title in headings.items()]
    turns: list[Turn] = []
    for i, cue in enumerate(cues):
        if i in headings:
            continue
        start, end = times[i], times[i + 1] if i + 1 < len(cues) else None
        if i in tails:
            chapters.append(Chapter(end, title_of(text[tails[i] : stops[i]])))
        body = heads.get(i, cue.body)
        if i in heads:
            chapters.append(Chapter(start, title_of(text[cue.body : body])))
        words = _ALL_BOLD.sub(r"\1", " ".join(_RULE.sub("", text[body : tails.get(i, stops[i])]).split()))
        if words and cue.continues and turns and not splits_turn(text, cue):
            turns[-1] = replace(turns[-1], end=end, text=f"{turns[-1].text} {words}")
        elif words and cue.label is None and cue.time is None and _HEADING.match(text[cue.start : stops[i]].strip()):
            chapters.append(Chapter(start, title_of(words)))
        elif words:
            turns.append(
                Turn(
                    speaker_of(cue.label), start, end, start is not None and cue.time != start, words, _asks(text, cue)
                )
            )
    return with_doubts(with_full_names(turns)), tuple(chapters)


def _asks(text: str, cue: Cue) -> bool:
    """Does a question mark stand at the label (`Ann?:`, `[Ann (?)]`)?"""
    if cue.label is None or cue.continues or cue.doubted:
        return cue.doubted
    _, _, behind = text[cue.start : cue.body].partition(cue.label)
    return _QUESTION.match(behind) is not None
