"""Labels that open lines without any colon: names set off by a sign, brackets, emphasis, or a line of their own.

Nothing in one such line tells a label from speech (`Right - so we`, `[Music] and`); what the lines share does. Each
kind of sign is tried on the whole text, and names must repeat, two of them at least, at most lines of their kind.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.labels import (
    ABBREVIATION,
    DOUBT,
    is_handle,
    joins_known_names,
    looks_like_a_name,
    without_role,
)
from companion.archive.transcripts.marks import is_sound
from companion.archive.transcripts.page import Cue, Page, undecorated

_OPENING = r"(?:[#>]{1,6} )?(?:- |\d{1,4}[.)] )?"
_LABEL = rf"(?P<label>[^\W_][^\n:：\[\]<>?!…|*{{}}]{{0,59}}?){DOUBT}"
_WIDE = r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff]"
"""A character of a script without blanks: there, one stands behind a name."""
_NAME = r"(?:[^\W\d_a-z][^\W_a-z.'’ -]{1,39}|[^\W\d_a-z][\w.'’-]{0,29}(?: [^\W\d_a-z][\w.'’-]{0,29}){1,3})"
"""In capitals, or of several words that begin with one: `Yes` and `Well` are none."""
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPENING}\[{_LABEL}\]\s(?=\S)",
        rf"{_OPENING}【(?P<label>[^\W_][^\n【】:：]{{0,39}})】\s?(?=\S)",
        rf"{_OPENING}\[(?P<label>(?i:speaker|channel): ?\d{{1,3}})\]\s(?=\S)",
        rf"{_OPENING}\({_LABEL}\)\s(?=\S)",
        rf"{_OPENING}<{_LABEL}>\s(?=\S)",
        rf"{_OPENING}\*\*{_LABEL}\*\*\s(?=\S)",
        rf"{_OPENING}\*{_LABEL}\*\s(?=\S)",
        rf"{_OPENING}__{_LABEL}__\s(?=\S)",
        rf"{_OPENING}[*_]{{0,2}}{_LABEL}[*_]{{0,2}} (?:[-–—|=~·•→]|--|::|=>) (?=\S)",
        rf"{_OPENING}{_LABEL}; (?=\S)",
        rf"{_OPENING}{_LABEL}> ?(?=\S)",
        rf"{_OPENING}{_LABEL}:(?=[^\s:])",
        rf"{_OPENING}:{_LABEL}: (?=\S)",
        rf"{_OPENING}[*_]{{0,2}}{_LABEL}[*_]{{0,2}}:: ?(?=\S)",
        rf"{_OPENING}\{{{_LABEL}\}}:? ?(?=\S)",
        rf"{_OPENING}(?P<label>[^\W\d_a-z][^\n:：\[\]<>?!…|*{{}}()]{{1,59}}?)\) (?=\S)",
        rf"{_OPENING}[*_]{{0,2}}(?P<label>{_NAME})[*_]{{0,2}}[—–](?=[^\s—–])",
        rf"{_OPENING}{_LABEL}\t(?=\S)",
        rf"{_OPENING}{_LABEL}(?=[「『])",
        rf"{_OPENING}(?P<label>{_WIDE}{{1,12}}) (?=\S)",
        rf"{_OPENING}(?P<label>(?:[^\W\d_a-z]\.){{2,4}}) (?=\S)",
        rf"{_OPENING}(?P<label>[^\W\d_a-z][^\n:：\[\]<>?!…|*{{}}a-z]{{0,59}}?)\. (?=\S)",
    )
)
# Behind known names, a slash joins two of them.
_SLASH = re.compile(rf"{_OPENING}[*_]{{0,2}}{_LABEL}[*_]{{0,2}} / (?=\S)")
_NEEDED = dict(
    zip(
        (*_SIGNS, _SLASH),
        map(
            re.compile,
            (
                *(r"\]", "】", r"\]", r"\)", ">", r"\*", r"\*", "_", "[-–—|=~·•→]|::"),
                *(
                    ";",
                    ">",
                    ":",
                    "(?m:^)[^\\w\n]*:",
                    "::",
                    r"\}",
                    r"\)",
                    "[—–]",
                    r"\t",
                    "[「『]",
                    _WIDE,
                    r"\.",
                    r"\.",
                    "/",
                ),
            ),
        ),
        strict=True,
    )
)
"""What a line that each matches has in it: most lines have none of most."""
_COLON = re.compile(rf"{_OPENING}[*_]{{0,2}}{_LABEL}[*_]{{0,2}}[:：][*_]{{0,2}}\s(?=\S)")
_LINE = re.compile(rf"{_OPENING}(?:\*\*|__)?{_LABEL}(?:\*\*|__)?\n+(?=\S)")
_FIRST_LINE = re.compile(rf"(?:\A|(?<=\n\n))(?:\*\*|__)?{_LABEL}(?:\*\*|__)?\n+(?=\S)")
_ENDS_PARAGRAPH = re.compile(r"[^\n]\n[^\n]+\n\n\Z")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.){2,4}")
_ROLE = re.compile(r"(?P<role>[^\W_][^\n:：.?!]{0,39})[*_]{0,2}[:：][*_]{0,2}\s+")
_DECORATION = "*_#>- "
_FEWEST = 3
_FARTHEST = 128
"""Characters from a line's beginning to the sign behind a label, with all that may stand before and around it."""


def _at_lines(page: Page, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    needed = _NEEDED.get(pattern)
    starts = _lines_with(page.text, needed) if needed else (start for start, _ in page.lines)
    return [match for start in starts if (match := pattern.match(page.text, start))]


def _lines_with(text: str, sign: re.Pattern[str]) -> Iterator[int]:
    """Where the lines begin that a sign stands in, near enough for a label before it."""
    end = 0
    while end >= 0 and (match := sign.search(text, end)):
        line = text.rfind("\n", 0, match.start()) + 1
        if match.start() - line <= _FARTHEST:
            yield line
        end = text.find("\n", match.end())


def label_then_separator(page: Page) -> list[Cue]:
    """Names at the start of lines, behind which the same sign stands, and the same names behind other ones."""
    kinds = [spoken_labels(_at_lines(page, sign)) for sign in (*_SIGNS, _SLASH)]
    cues = _with_roles(page, [_cue(page, match) for match in max(kinds, key=len)])
    return with_other_signs(page, cues)


def _with_roles(page: Page, cues: list[Cue]) -> list[Cue]:
    """The cues with labels that go on up to a colon (`Ann - Host: So`), if they all do, each in one way."""
    roles = [_ROLE.match(page.text, cue.body) for cue in cues]
    ways = {(cue.label, role["role"]) for cue, role in zip(cues, roles, strict=True) if role}
    if not all(roles) or len(ways) > len({cue.label for cue in cues}):
        return cues
    return [
        replace(cue, body=role.end(), label=page.text[cue.start : role.end("role")].lstrip(_DECORATION))
        for cue, role in zip(cues, roles, strict=True)
        if role
    ]


def with_other_signs(page: Page, cues: list[Cue], *, alone: bool = False) -> list[Cue]:
    """The cues, and the lines that the same names open with another sign behind them (`Q:`, then `A.`), or, with
    ``alone``, with none."""
    known = {cue.label for cue in cues if cue.label}
    if not known:
        return cues
    ends = {cue.start: cue.body for cue in cues}
    starts = sorted(ends)
    others: dict[int, Cue] = {}
    for sign in (*_SIGNS, _COLON, *((_LINE,) if alone else ())):
        for match in _at_lines(page, sign):
            at = match.start("label")
            nearest = bisect_right(starts, at) - 1
            if match["label"].strip() in known and (nearest < 0 or ends[starts[nearest]] <= match.start()):
                cue = _cue(page, match)
                others.setdefault(cue.start, cue)
    return sorted([*cues, *(cue for start, cue in others.items() if start not in ends)], key=lambda cue: cue.start)


def label_line_then_text(page: Page) -> list[Cue]:
    """Names alone on their lines, of any kind or of those that open paragraphs, where several take turns and none is
    there but once. None where most end a paragraph: those name who spoke above them."""
    kinds = [spoken_labels(_at_lines(page, line)) for line in (_LINE, _FIRST_LINE)]
    found = max(kinds, key=len)
    below = sum(
        _ENDS_PARAGRAPH.search(page.text, max(0, match.start() - 2), match.end()) is not None for match in found
    )
    return [_cue(page, match) for match in found] if 2 * below <= len(found) else []


def spoken_labels(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The matches whose labels are names that repeat; none unless two names do, at half of the matches. Those with a
    doubt (`Ann?`) are there if the name is known without it."""
    doubted = [match for match in matches if match.groupdict().get("doubt")]
    matches = [
        match for match in matches if not match.groupdict().get("doubt") and not _ends_like_speech(match["label"])
    ]
    names = Counter(match["label"].strip() for match in matches)
    known = {name for name, count in names.items() if count > 1 and _may_be_name(name, count)}
    spoken = [m for m in matches if m["label"].strip() in known or joins_known_names(m["label"].strip(), names)]
    if len(known) < 2 or len(spoken) < _FEWEST or len(spoken) * 2 < len(matches):
        return []
    doubted = [match for match in doubted if match["label"].strip() in known]
    return sorted([*spoken, *doubted], key=lambda match: match.start())


def _ends_like_speech(label: str) -> bool:
    last = label.rstrip().rpartition(" ")[2]
    return last.endswith((",", "，", "、", ";")) or (
        ends_a_sentence(last) and not ABBREVIATION.fullmatch(last) and not _INITIALS.fullmatch(last)
    )


def _may_be_name(name: str, count: int) -> bool:
    handle = count >= _FEWEST and is_handle(name)
    return not is_sound(name) and (looks_like_a_name(without_role(name)) or handle)


def _cue(page: Page, match: re.Match[str]) -> Cue:
    return Cue(min(match.start(), undecorated(page.text, match.start("label"))), match.end(), match["label"].strip())
