"""A transcript of any format: what it is shows in the text itself, never only in its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from companion.archive.markup import plain_text
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.captions import turns_of
from companion.archive.transcripts.conventions import PARAGRAPHS
from companion.archive.transcripts.prose import read_prose
from companion.archive.transcripts.segments import captions_of_json
from companion.archive.transcripts.subtitles import captions_of, is_subtitles
from companion.archive.transcripts.timed_lines import captions_of_lrc, captions_of_substation, captions_of_table
from companion.archive.transcripts.timed_text import captions_of_xml, root_of
from companion.archive.transcripts.transcript import Transcript
from companion.storage.errors import CompanionError

_LEAST_PROSE = 0.6
_SHORT_PAGE = 300
"""Words below which a web page that asks for a login or reports an error is no transcript."""
_FEEDS = frozenset(("rss", "feed", "rdf"))
_REFUSAL = re.compile(
    r"<title[^>]{0,200}>[^<]{0,80}?(?:\b[45]\d\d\b|error|not found|forbidden|denied|log ?in|sign ?in|"
    r"unauthori[sz]ed|unavailable|just a moment|are you human|captcha)|"
    r"<input[^>]{0,200}type=[\"']?password|enable javascript|cf-challenge",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})<", re.IGNORECASE)


class TranscriptError(CompanionError):
    """A text that is no transcript."""


def read_transcript(text: str, *, name: str = "The file") -> Transcript:
    """Read captions (SubRip, WebVTT, TTML, LRC, SubStation Alpha, tables), JSON, HTML, Markdown or plain text.

    Raises TranscriptError, with ``name`` in its sentence, where the text has no words, or is something else.
    """
    stripped = text.lstrip("\ufeff \t\n")
    if not stripped:
        raise TranscriptError(f"{name} holds no words.")
    if stripped.startswith(("{", "[")):
        transcript = _read_json(stripped, name)
        if transcript is not None:
            return transcript
    root = root_of(stripped) if stripped.startswith("<") else None
    if root in _FEEDS:
        raise TranscriptError(f"{name} is a feed, not a transcript: add it as a feed.")
    for convention, captions_in in _FORMATS:
        captions = captions_in(text)
        if captions is not None:
            return _of_captions(captions, convention, name)
    transcript = read_prose(plain_text(text), among_notes=False)
    if not transcript.turns:
        raise TranscriptError(f"{name} holds no words.")
    if transcript.convention == PARAGRAPHS:
        _refuse_what_is_no_prose(text, transcript, name)
    return transcript


def _webvtt(text: str) -> list[Caption] | None:
    return captions_of(text) if text.lstrip("\ufeff \t\n").startswith("WEBVTT") else None


def _subrip(text: str) -> list[Caption] | None:
    return captions_of(text) if is_subtitles(text) else None


_FORMATS: Sequence[tuple[str, Callable[[str], list[Caption] | None]]] = (
    ("WebVTT captions", _webvtt),
    ("timed text (XML)", lambda text: captions_of_xml(text) or None),
    ("SubStation Alpha captions", lambda text: captions_of_substation(text) or None),
    ("SubRip captions", _subrip),
    ("LRC lines", lambda text: captions_of_lrc(text) or None),
    ("table of captions", lambda text: captions_of_table(text) or None),
)


def _of_captions(captions: Sequence[Caption], convention: str, name: str) -> Transcript:
    if not captions:
        raise TranscriptError(f"{name} has captions without any words.")
    return Transcript(turns_of(captions), convention=convention)


def _read_json(text: str, name: str) -> Transcript | None:
    """The transcript in a JSON text; None where the text is not JSON after all."""
    try:
        captions = captions_of_json(text)
    except ValueError as error:
        if re.match(r"[\[{]\s*(?:[\"{\[\]}]|\Z)", text):
            raise TranscriptError(f"{name} is not a transcript that can be read: {error}.") from None
        return None
    if len(captions) == 1 and captions[0].start is None and captions[0].speaker is None:
        # The whole transcript is one text, written in whatever way texts are.
        return read_transcript(captions[0].text, name=name)
    words = sum(" " not in caption.text for caption in captions) > len(captions) // 2
    return _of_captions(captions, "JSON words" if words else "JSON segments", name)


def _refuse_what_is_no_prose(text: str, transcript: Transcript, name: str) -> None:
    """Raises TranscriptError for data, code, and web pages that ask for a login or report an error."""
    if _REFUSAL.search(text) and sum(len(turn.text.split()) for turn in transcript.turns) < _SHORT_PAGE:
        title = _TITLE.search(text)
        says = f" It says “{' '.join(title[1].split())}”." if title else ""
        raise TranscriptError(f"{name} is a web page without a transcript.{says}")
    if not _is_prose(text):
        raise TranscriptError(f"{name} is not a transcript: it holds no speaker labels, no times, and no prose.")


def _is_prose(text: str) -> bool:
    """Is the text made of words, as people say them, not of data or code?"""
    tokens = text.split()
    words = sum(token.strip(".,?!…:;\"'“”‘’()[]*_-–—").replace("'", "").replace("’", "").isalpha() for token in tokens)
    return words >= _LEAST_PROSE * len(tokens)


def best_of(transcripts: Sequence[Transcript]) -> Transcript:
    """The transcript that tells most: words at all, then speakers, then times, then more words."""

    def tells(transcript: Transcript) -> tuple[bool, bool, bool, int]:
        turns = transcript.turns
        return (
            bool(turns),
            any(turn.speaker for turn in turns),
            any(turn.start is not None for turn in turns),
            sum(len(turn.text) for turn in turns),
        )

    return max(transcripts, key=tells)
