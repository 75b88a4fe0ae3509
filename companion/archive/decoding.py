"""Bytes of unknown encoding as text: by byte order mark, by UTF-8, by what is declared, else line by line."""

from __future__ import annotations

import codecs

from companion.archive.markup import clean
from companion.storage.errors import CompanionError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 0.05
_SAMPLE = 1 << 16


class NotTextError(CompanionError):
    """Bytes that are no text in any encoding: audio, an image, an archive."""


def decoded(data: bytes, charset: str | None = None, name: str = "The file") -> str:
    """The text of ``data``, without NUL bytes and other control characters, and with newlines as line ends.

    A line that is not UTF-8 in a text that mostly is gets read as Windows-1252, so that mixed encodings cost no words.
    Raises NotTextError (with ``name`` in its sentence) for binary data.
    """
    text = _by_mark(data)
    if text is None:
        text = _by_nulls(data)
    if text is None:
        if _is_binary(data):
            raise NotTextError(f"{name} is not a text: it holds binary data (audio, an image, an archive?).")
        text = _by_lines(data, charset)
    return clean(text)


def _by_mark(data: bytes) -> str | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    return data.decode(encoding, errors="replace") if encoding else None


def _by_nulls(data: bytes) -> str | None:
    """UTF-16 without a mark shows by a NUL in every other byte."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    if half < 8 or sample.count(0) * 10 < half * 7:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd * 10 >= half * 7 and even * 20 < half:
        return data.decode("utf-16-le", errors="replace")
    if even * 10 >= half * 7 and odd * 20 < half:
        return data.decode("utf-16-be", errors="replace")
    return None


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    controls = sum(sample.count(code) for code in range(32) if code not in (9, 10, 12, 13))
    return bool(sample) and controls > _MOST_CONTROLS * len(sample)


def _by_lines(data: bytes, charset: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if charset and charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return "\n".join(_line(line) for line in data.replace(b"\r\n", b"\n").split(b"\n"))


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
