"""What a file says of its episode besides its words: title, date, and which episode of a folder it belongs to."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import PurePath

from companion.archive.markup import plain_text

_ROLE = re.compile(
    r"[._ -](?:transcripts?|chapters?(?:[._-]\w{1,16})?|captions|subtitles|notes|en|en-us)\Z", re.IGNORECASE
)
_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<month>[01]\d)[-_.]?(?P<day>[0-3]\d)(?!\d)")
_HEADING = re.compile(
    r"\A\s*#{1,2} (?P<title>[^\n]{1,200})\n|<title[^>]{0,99}>(?P<page>[^<]{1,300})</title>", re.IGNORECASE
)


def episode_key(name: str) -> str:
    """The part of a file's name that all files of an episode share: `ep1_chapters.json` and `ep1.srt` are `ep1`."""
    stem = PurePath(name).stem
    shorter = _ROLE.sub("", stem)
    while shorter != stem and shorter:
        stem, shorter = shorter, _ROLE.sub("", shorter)
    return stem


def title_of(key: str, text: str = "") -> str:
    """An episode's title: the text's own heading, else the file's name in words."""
    heading = _HEADING.search(text[:5000])
    if heading:
        return " ".join(plain_text(heading["title"] or heading["page"]).strip("#* ").split())
    words = " ".join(re.split(r"[\s_-]+", _DATE.sub(" ", key))).strip(" .") or key
    return words[:1].upper() + words[1:]


def date_in(name: str) -> datetime | None:
    """The day that a file's name begins with or holds (`2024-03-14-title.srt`), at midnight UTC."""
    match = _DATE.search(name)
    if not match:
        return None
    try:
        return datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
    except ValueError:
        return None
