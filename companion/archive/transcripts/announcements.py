"""Headings that announce a transcript below show notes (`Transcript`, `## Full transcript`), also glued to labels."""

from __future__ import annotations

import re

_WORD = r"Transcri(?:pts|pt|ptions|ption)"
_INLINE = re.compile(rf"(?:Full |Episode )?{_WORD}(?:\s?:)?(?=\n|\[|[A-Z]|\s?[-–*]|\s*\Z)")
_LINE = re.compile(
    r"(?:\A|(?<=\n))[#*_=\s-]{0,8}"
    r"(?:(?:the|full|complete|episode|podcast|audio|video|interview|edited|automatic|raw|show) ){0,3}"
    r"(?:transcri(?:pts?|ptions?)|transkript(?:ion)?|transcripción|transcrição|trascrizione|расшифровка|стенограмма|"
    r"απομαγνητοφώνηση|文字稿|逐字稿|文字起こし|書き起こし|전사|녹취록|نص الحلقة|תמלול)"
    r"(?: of [^\n]{1,80})?[:：*_=\s-]{0,8}(?:\n|\Z)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\s{0,3}(?=[^\n]{0,400}\btranscri)(?=[^\n]{0,400}\b(?:errors?|automat|auto-|generated|edited|machine|software|AI\b|accura))"
    r"[^\n]{1,400}\n",
    re.IGNORECASE,
)
_GLUED = tuple(
    re.compile(rf"Transcript{ending}(?=(?P<label>[^\W\d_][\w'’-]{{1,30}})(?::| ?\[))")
    for ending in ("ions", "ion", "s", "")
)


def announcement(text: str, floor: int) -> tuple[int, int] | None:
    """Where the first heading from ``floor`` on begins and ends that announces a transcript, with a remark below it on
    the transcript itself."""
    found = [match.span() for match in (_LINE.search(text, max(0, floor - 1)), _inline(text, floor)) if match]
    if not found:
        return None
    start, end = min(found)
    remark = _REMARK.match(text, end)
    return start, remark.end() if remark else end


def _inline(text: str, floor: int) -> re.Match[str] | None:
    for match in _INLINE.finditer(text, max(0, floor - 1)):
        before = text[match.start() - 1 : match.start()]
        if before == "\n" or not before.isspace():
            return match
    return _glued(text, floor)


def _glued(text: str, floor: int) -> re.Match[str] | None:
    """The first heading that a label is glued to (`Transcriptsann: Hi`): the label occurs elsewhere, too."""
    for place in re.finditer("Transcript", text[floor:]):
        at = floor + place.start()
        for pattern in _GLUED:
            match = pattern.match(text, at)
            if match and re.search(rf"\b{re.escape(match['label'])}(?::| ?\[)", text):
                return match
    return None
