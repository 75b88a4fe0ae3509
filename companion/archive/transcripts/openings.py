"""Labels that open lines without any colon: names set off by a sign, brackets, emphasis, or a line of their own.

Nothing in one such line tells a label from speech (`Right - so we`, `[Music] and`); what the lines share does. Each
kind of sign is tried on the whole text, and names must repeat, two of them at least, at most lines of their kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from companion.archive.sentences import ends_a_sentence
from companion.archive.transcripts.labels import ABBREVIATION, joins_known_names, looks_like_a_name, without_role
from companion.archive.transcripts.marks import is_sound
from companion.archive.transcripts.page import Cue, Page, undecorated

_OPENING = r"(?:\A|(?<=\n))(?:[#>]{1,6} )?(?:- |\d{1,4}[.)] )?"
_LABEL = r"(?P<label>[^\W_][^\n:：\[\]<>?!…|*{}]{0,59}?)"
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPENING}\[{_LABEL}\]\s(?=\S)",
        rf"{_OPENING}\({_LABEL}\)\s(?=\S)",
        rf"{_OPENING}<{_LABEL}>\s(?=\S)",
        rf"{_OPENING}\*\*{_LABEL}\*\*\s(?=\S)",
        rf"{_OPENING}\*{_LABEL}\*\s(?=\S)",
        rf"{_OPENING}__{_LABEL}__\s(?=\S)",
        rf"{_OPENING}[*_]{{0,2}}{_LABEL}[*_]{{0,2}} (?:[-–—|/=~·•→]|--|::|=>) (?=\S)",
        rf"{_OPENING}{_LABEL}; (?=\S)",
        rf"{_OPENING}{_LABEL}> ?(?=\S)",
        rf"{_OPENING}{_LABEL}:(?=\S)",
        rf"{_OPENING}{_LABEL}\t(?=\S)",
        rf"{_OPENING}(?P<label>[^\W\d_a-z][^\n:：\[\]<>?!…|*{{}}a-z]{{0,59}}?)\. (?=\S)",
    )
)
_LINE = re.compile(rf"{_OPENING}(?:\*\*|__)?{_LABEL}(?:\*\*|__)?\n+(?=\S)")
_FEWEST = 3


def label_then_separator(page: Page) -> list[Cue]:
    """Names at the start of lines, behind which the same sign stands."""
    kinds = [_spoken(list(sign.finditer(page.text))) for sign in _SIGNS]
    return [_cue(page, match) for match in max(kinds, key=len)]


def label_line_then_text(page: Page) -> list[Cue]:
    """Names alone on their lines, where several take turns and none is there but once."""
    return [_cue(page, match) for match in _spoken(list(_LINE.finditer(page.text)))]


def _spoken(matches: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The matches whose labels are names that repeat; none unless two names do, at half of the matches."""
    matches = [match for match in matches if not _ends_like_speech(match["label"])]
    names = Counter(match["label"].strip() for match in matches)
    known = {name for name, count in names.items() if count > 1 and _may_be_name(name, count)}
    spoken = [m for m in matches if m["label"].strip() in known or joins_known_names(m["label"].strip(), names)]
    return spoken if len(known) > 1 and len(spoken) >= _FEWEST and len(spoken) * 2 >= len(matches) else []


def _ends_like_speech(label: str) -> bool:
    last = label.rstrip().rpartition(" ")[2]
    return last.endswith((",", "，", "、", ";")) or (ends_a_sentence(last) and not ABBREVIATION.fullmatch(last))


def _may_be_name(name: str, count: int) -> bool:
    return not is_sound(name) and (looks_like_a_name(without_role(name)) or (count >= _FEWEST and name.isalnum()))


def _cue(page: Page, match: re.Match[str]) -> Cue:
    return Cue(undecorated(page.text, match.start("label")), match.end(), match["label"].strip())
