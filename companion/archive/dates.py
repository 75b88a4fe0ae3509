"""Dates as feeds spell them, beyond what the standards and feedparser know."""

from __future__ import annotations

import re
import unicodedata
from calendar import timegm
from datetime import UTC, datetime, timedelta
from time import struct_time

_EPOCH = re.compile(r"\A(?P<seconds>\d{9,10})(?:\d{3})?\Z", re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d:+-])(?P<hour>[0-2]?\d)[:h](?P<minute>[0-5]\d)(?::(?P<second>[0-6]\d)(?:[.,]\d+)?)?"
    r"\s?(?P<half>[ap]\.?m\.?(?!\w))?",
    re.IGNORECASE | re.ASCII,
)
_OFFSET = re.compile(r"(?P<sign>[+\u2212-])(?P<hours>[01]\d):?(?P<minutes>[0-5]\d)?\Z", re.ASCII)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)", re.ASCII)
_SHORT_YEAR_FIRST = re.compile(r"\A(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=\D|\Z)", re.ASCII)
_YEAR_LAST = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<s>[-/.])\s?(?P<b>\d{1,2})(?P=s)\s?(?P<y>\d{4}|\d\d)(?!\d)", re.ASCII)
_NAMED = (
    re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s,-]+(?:de\s)?(?P<m>[a-z]+)\.?[\s,-]+(?:de\s)?(?P<y>\d{4}|\d\d)(?!\d)"),
    re.compile(r"(?P<m>[a-z]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?P<m>[a-z]+)\s+(?P<d>\d{1,2})\s.*?(?<![\d+-])(?P<y>(?:19|20)\d\d)(?!\d)"),
)  # fmt: skip
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8,
    "hst": -10, "bst": 1, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
# English, German, French, Spanish, Italian, Portuguese, Dutch; without accents.
_MONTHS = (
    "january januar janner janvier enero gennaio janeiro januari",
    "february februar feber fevrier febrero febbraio fevereiro februari",
    "march marz maerz mars marzo marco maart mrt mrz",
    "april avril abril aprile avr abr",
    "may mai mayo maggio maio mei mag",
    "june juni juin junio giugno junho giu",
    "july juli juillet julio luglio julho juil lug",
    "august aout agosto augustus ago",
    "september septembre septiembre settembre setembro sept set",
    "october oktober octobre octubre ottobre outubro okt out ott",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro dez dic",
)
_FULL = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_SHORT = {name[:3]: number for name, number in _FULL.items() if name[:3] not in ("jui", "mar")} | {"mar": 3}
_EARLIEST = 1980


def instant(spelled: str, parsed: struct_time | None = None) -> datetime | None:
    """The instant that a date stands for; without a known zone it is taken for UTC, without a time for midnight.

    Weekdays are not looked at, as many are wrong. A day that could as well be a month (`03/04/2024`) is no date.
    ``parsed`` is feedparser's reading in UTC, used where the spelling is none of ours. None where nobody can tell.
    """
    plain = _plain(spelled)
    if not any(character.isdigit() for character in plain):
        return None
    epoch = _EPOCH.match(plain)
    if epoch:
        return datetime.fromtimestamp(int(epoch["seconds"]), UTC)
    if _is_ambiguous(plain):
        return None
    day = _day(plain)
    try:
        if day is not None:
            return (day + _time_of_day(plain) - _offset(plain)).astimezone(UTC)
        if parsed is not None and parsed.tm_year >= _EARLIEST:
            return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _plain(spelled: str) -> str:
    """Lower case, without accents, with single blanks."""
    letters = unicodedata.normalize("NFKD", spelled.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())[:100]


def _is_ambiguous(plain: str) -> bool:
    found = _YEAR_LAST.search(plain)
    return found is not None and found["s"] == "/" and int(found["a"]) <= 12 >= int(found["b"]) != int(found["a"])


def _day(plain: str) -> datetime | None:
    found = _YEAR_FIRST.search(plain) or _SHORT_YEAR_FIRST.match(plain)
    if found:
        return _midnight(found["y"], int(found["m"]), int(found["d"]))
    found = _YEAR_LAST.search(plain)
    if found:
        first, second = int(found["a"]), int(found["b"])
        # With slashes the month may come first, and does where the other cannot be one.
        month, day = (first, second) if found["s"] == "/" and second > 12 else (second, first)
        return _midnight(found["y"], month, day)
    for pattern in _NAMED:
        for found in pattern.finditer(plain):
            month = _FULL.get(found["m"]) or (_SHORT.get(found["m"]) if len(found["m"]) == 3 else None)
            if month is not None:
                return _midnight(found["y"], month, int(found["d"]))
    return None


def _midnight(year: str, month: int, day: int) -> datetime | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _EARLIEST % 100 else 2000
    try:
        return datetime(number, month, day, tzinfo=UTC) if number >= _EARLIEST else None
    except ValueError:
        return None


def _time_of_day(plain: str) -> timedelta:
    found = _CLOCK.search(plain)
    if not found:
        found = re.search(r"t(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?P<second>[0-6]\d)?(?P<half>)", plain)
        if not found:
            return timedelta()
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].startswith("p") else 0)
    if hour > 24:
        return timedelta()
    return timedelta(hours=hour, minutes=int(found["minute"]), seconds=min(int(found["second"] or 0), 59))


def _offset(plain: str) -> timedelta:
    """What the zone at the end is ahead of UTC; nothing for zones that nobody knows, or that no clock has."""
    ending = re.sub(r"\s?\([^()]{1,40}\)\Z", "", plain)
    found = _OFFSET.search(ending) if _CLOCK.search(plain) or "t" in plain else None
    if found and not _YEAR_FIRST.search(ending[max(0, found.start() - 7) :]):
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return (ahead if found["sign"] == "+" else -ahead) if ahead <= timedelta(hours=14) else timedelta()
    name = re.search(r"[a-z]+\Z", ending)
    return timedelta(hours=_ZONES.get(name[0], 0)) if name else timedelta()
