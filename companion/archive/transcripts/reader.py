"""A transcript of any format: what it is shows in the text itself, never only in its name."""

from __future__ import annotations

from collections.abc import Sequence

from companion.archive.markup import plain_text
from companion.archive.transcripts.captions import turns_of
from companion.archive.transcripts.conventions import PARAGRAPHS
from companion.archive.transcripts.prose import read_prose
from companion.archive.transcripts.segments import captions_of_json
from companion.archive.transcripts.subtitles import captions_of, is_subtitles
from companion.archive.transcripts.transcript import Transcript
from companion.storage.errors import CompanionError

_LEAST_PROSE = 0.6


class TranscriptError(CompanionError):
    """A text that is no transcript."""


def read_transcript(text: str, *, name: str = "The file") -> Transcript:
    """Read SubRip, WebVTT, JSON, HTML, Markdown or plain text.

    Raises TranscriptError, with ``name`` in its sentence, where the text has no words, or is JSON of another kind.
    """
    stripped = text.lstrip("\ufeff \t\n")
    if stripped.startswith(("{", "[{", "[\n")) or (stripped.startswith("[") and stripped.rstrip().endswith("]")):
        transcript = _read_json(stripped, name)
        if transcript is not None:
            return transcript
    if stripped.startswith("WEBVTT") or is_subtitles(text):
        convention = "WebVTT captions" if stripped.startswith("WEBVTT") else "SubRip captions"
        captions = captions_of(text)
        if not captions:
            raise TranscriptError(f"{name} has captions without any words.")
        return Transcript(turns_of(captions), convention=convention)
    transcript = read_prose(plain_text(text), among_notes=False)
    if not transcript.turns:
        raise TranscriptError(f"{name} holds no words.")
    if transcript.convention == PARAGRAPHS and not _is_prose(text):
        raise TranscriptError(f"{name} is not a transcript: it holds no speaker labels, no times, and no prose.")
    return transcript


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


def _is_prose(text: str) -> bool:
    """Is the text made of words, as people say them, not of data or code?"""
    tokens = text.split()
    words = sum(token.strip(".,?!…:;\"'“”‘’()[]*_-–—").replace("'", "").replace("’", "").isalpha() for token in tokens)
    return words >= _LEAST_PROSE * len(tokens)


def _read_json(text: str, name: str) -> Transcript | None:
    """The transcript in a JSON text; None where the text is not JSON after all."""
    try:
        captions = captions_of_json(text)
    except ValueError as error:
        if text.startswith("{") or "segments" in str(error):
            raise TranscriptError(f"{name} is not a transcript that can be read: {error}.") from None
        return None
    words = sum(" " not in caption.text.strip() for caption in captions) > len(captions) // 2
    return Transcript(turns_of(captions), convention="JSON words" if words else "JSON segments")
