"""Bytes of unknown encoding as text: by byte order mark, by UTF-8, by what is declared, by what letters look like."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from companion.archive.markup import clean
from companion.storage.errors import CompanionError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PICTURE = "is a picture, not a text"
_AUDIO = "is audio or video, not a text: transcribe it first"
_PACKED = "is a compressed file, not a text: unpack it first"
_KINDS = (
    (re.compile(rb"\A\s*%PDF-"), "is a PDF, not a text: save its text in a file of its own"),
    (re.compile(rb"PK\x03\x04"), "is a zip archive or an office document, not a text: unpack it, or save it as text"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "is an office document, not a text: save it as text"),
    (re.compile(rb"\{\\rtf"), "is a rich text document: save it as plain text"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\x00\x00\x00\x00", re.DOTALL), _PICTURE),
    (re.compile(rb"ID3[\x02-\x04]|OggS|RIFF.{4}WAVE|fLaC|.{4}ftyp|\x1aE\xdf\xa3", re.DOTALL), _AUDIO),
    (re.compile(rb"\x1f\x8b|BZh[1-9]|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd"), _PACKED),
)
_MOST_CONTROLS = 0.05
_SAMPLE = 1 << 16
_FEWEST_NULLS = 4
_NULLS = 0.02
"""Share of one byte of two that is NUL in UTF-16: at least line ends and blanks are."""
_STRANGE = 0.02
_FEWEST_FOREIGN = 24
_FOREIGN = 0.3
"""Share of letters outside of ASCII from which on a text is in no Latin script."""
_MIXED = 0.1
"""Share of lines with such letters that are UTF-8, from which on the others are slips in a text that is."""
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[¹³¿£¥¯](?=[^\W\d_])")
"""What Windows-1252 has within words for letters of Windows-1250 (`ą`, `ł`, `ż`)."""
_LATIN_2_IN_WORD = re.compile(r"(?<=[^\W\d_])[±¶¼](?=[^\W\d_])")
"""What it has within words for letters of ISO 8859-2 that Windows-1250 has elsewhere (`ą`, `ś`, `ź`)."""
_FEWEST_SIGNS = 3
_WESTERN = frozenset(("ascii", "iso8859-1"))
"""Declared where Windows-1252 is meant, which has all of their letters."""
_NO_CHARSETS = frozenset(("utf-8", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"))
_BY_BYTE = "companion-windows-1252"


class NotTextError(CompanionError):
    """Bytes that are no text in any encoding: audio, an image, an archive."""


def decoded(data: bytes, charset: str | None = None, name: str = "The file") -> str:
    """The text of ``data``, without NUL bytes and other control characters, and with newlines as line ends.

    Bytes that are not UTF-8 in a text that mostly is are read as Windows-1252, so that mixed encodings cost no words.
    Raises NotTextError (with ``name`` in its sentence) for other data than texts.
    """
    for kind, sentence in _KINDS:
        if kind.match(data):
            raise NotTextError(f"{name} {sentence}.")
    text = _by_mark(data)
    if text is None:
        text = _by_nulls(data)
    if text is None:
        if _is_binary(data):
            raise NotTextError(f"{name} is not a text: it holds binary data (audio, an image, an archive?).")
        text = _by_letters(data, charset)
    return clean(text)


def _by_mark(data: bytes) -> str | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    return data.decode(encoding, errors="replace") if encoding else None


def _by_nulls(data: bytes) -> str | None:
    """UTF-16 without a mark shows by NULs in one byte of two only, and by letters that make sense."""
    sample = data[: _SAMPLE & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < max(_FEWEST_NULLS, _NULLS * (len(sample) // 2)) or least * 20 > most:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    shown = sample.decode(encoding, errors="replace")[: _SAMPLE // 8]
    strange = sum(unicodedata.category(char) in ("Cc", "Cn", "Co", "So") and char not in "\t\n\r" for char in shown)
    return data.decode(encoding, errors="replace") if strange <= _STRANGE * len(shown) else None


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    controls = sum(sample.count(code) for code in range(32) if code not in (9, 10, 12, 13))
    return bool(sample) and controls > _MOST_CONTROLS * len(sample)


def _by_letters(data: bytes, charset: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_mostly_utf_8(data):
        return data.decode("utf-8", errors=_BY_BYTE)
    declared = _declared(charset)
    if declared:
        try:
            return data.decode(declared)
        except UnicodeError:
            pass
    high = sum(byte >= 0x80 for byte in data[:_SAMPLE])
    letters = sum(chr(byte).isalpha() for byte in data[:_SAMPLE] if byte < 0x80)
    if high >= max(_FEWEST_FOREIGN, _FOREIGN * (high + letters)):
        found = from_bytes(data[:_SAMPLE]).best()
        if found is not None:
            return data.decode(found.encoding, errors="replace")
    text = data.decode("utf-8", errors=_BY_BYTE)
    central = len(_SIGN_IN_WORD.findall(text[:_SAMPLE]))
    latin_2 = len(_LATIN_2_IN_WORD.findall(text[:_SAMPLE]))
    if max(central, latin_2) < _FEWEST_SIGNS:
        return text
    windows = sum(map(text[:_SAMPLE].count, "¹œŸ")) >= latin_2
    return data.decode("cp1250" if windows else "iso8859-2", errors="replace")


def _is_mostly_utf_8(data: bytes) -> bool:
    """Are many of the lines that have letters outside of ASCII in UTF-8?"""
    right = wrong = 0
    for line in data[:_SAMPLE].splitlines()[:-1] or [data[:_SAMPLE]]:
        if not line.isascii():
            try:
                line.decode("utf-8")
                right += 1
            except UnicodeDecodeError:
                wrong += 1
    return right > _MIXED * (right + wrong)


def _declared(charset: str | None) -> str | None:
    """The codec of a declared character set; None where there is none, or one that no text is in."""
    try:
        codec = codecs.lookup(charset.strip()) if charset else None
    except (LookupError, ValueError):
        return None
    if codec is None or codec.name in _NO_CHARSETS or not getattr(codec, "_is_text_encoding", True):
        return None
    return "cp1252" if codec.name in _WESTERN else codec.name


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes that UTF-8 cannot as Windows-1252, and go on behind them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_BY_BYTE, _windows_1252)
