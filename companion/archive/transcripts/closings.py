"""Speakers who are named behind what they say: `So it goes. — Ann`, `“So it goes.” (Ann)`, `So it goes. / Ann`.

As with labels that open lines, only what the text repeats tells a name from speech: two names or more, at half of the
paragraphs, each of them more than once.
"""

from __future__ import annotations

import re

from companion.archive.transcripts.labels import DOUBT
from companion.archive.transcripts.openings import spoken_labels
from companion.archive.transcripts.page import Cue, Page

_LABEL = rf"(?P<label>[^\W\d_][^\n:：\[\](){{}}<>?!…|*]{{0,59}}?){DOUBT}[*_]{{0,2}}"
_SIGNS = (
    re.compile(rf"(?<=\s)[*_]{{0,2}}(?:[—–―-]|--) ?[*_]{{0,2}}{_LABEL}\Z"),
    re.compile(rf"(?<=\s)[*_]{{0,2}}\({_LABEL}\)[*_]{{0,2}}\Z"),
    re.compile(rf"(?<=\s)[*_]{{0,2}}\[{_LABEL}\][*_]{{0,2}}\Z"),
)
_OPENS = tuple(re.compile(pattern) for pattern in ("[—–―-]", r"\(", r"\["))
"""What each of those begins with: most lines have none of them."""
_ALONE = re.compile(rf"[*_]{{0,2}}{_LABEL}\Z")
_LONGEST = 70
_PARAGRAPH = re.compile(r"\n\n(?=\S)")


def text_then_label(page: Page) -> list[Cue]:
    """A cue for each name and what follows it, labelled as the next name says, and one that closes the last turn."""
    text = page.text
    kinds = [_at_ends(page, *sign) for sign in zip(_SIGNS, _OPENS, strict=True)]
    found = max((spoken_labels(matches) for matches in (*kinds, _below(page))), key=len)
    if 2 * len(found) < len(_PARAGRAPH.findall(text)):
        return []
    cues: list[Cue] = []
    for nth, match in enumerate(found):
        if nth:
            before = found[nth - 1]
            start, body = before.start(), _behind_blanks(text, before.end())
        else:
            start = body = max((at.end() for at in _PARAGRAPH.finditer(text, 0, match.start() - 1)), default=0)
        cues.append(Cue(start, body, match["label"].strip(), doubted=bool(match["doubt"])))
    return [*cues, Cue(found[-1].start(), found[-1].end())] if found else []


def _at_ends(page: Page, sign: re.Pattern[str], opens: re.Pattern[str]) -> list[re.Match[str]]:
    if not opens.search(page.text):
        return []
    ends = ((max(start, end - _LONGEST), end) for start, end in page.lines)
    return [match for start, end in ends if (match := sign.search(page.text, start, end))]


def _below(page: Page) -> list[re.Match[str]]:
    """The last lines of paragraphs that have others above them."""
    text = page.text
    return [
        match
        for start, end in page.lines
        if start > 1
        and end - start <= _LONGEST
        and not text.startswith("\n", start - 2)
        and (end == len(text) or text.startswith("\n\n", end))
        and (match := _ALONE.match(text, start, end))
    ]


def _behind_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
