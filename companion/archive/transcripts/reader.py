"""A transcript of any format: what it is shows in the text itself, never only in its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from unicodedata import category

from companion.archive.front_matter import front_matter
from companion.archive.markup import clean, plain_text, without_escapes
from companion.archive.transcripts.annotations import captions_of_annotations, has_speakers_only
from companion.archive.transcripts.caption import Caption
from companion.archive.transcripts.captions import turns_of
from companion.archive.transcripts.conventions import PARAGRAPHS
from companion.archive.transcripts.frame_lines import captions_of_frames
from companion.archive.transcripts.labels import is_generic
from companion.archive.transcripts.page_furniture import without_page_furniture
from companion.archive.transcripts.program_code import is_program_code
from companion.archive.transcripts.prose import read_prose
from companion.archive.transcripts.records import captions_of_records
from companion.archive.transcripts.sami import captions_of_sami
from companion.archive.transcripts.segments import captions_of_json
from companion.archive.transcripts.subtitles import captions_of, is_subtitles
from companion.archive.transcripts.timed_lines import captions_of_lrc, captions_of_substation, captions_of_table
from companion.archive.transcripts.timed_text import captions_of_xml, root_of
from companion.archive.transcripts.transcript import Transcript
from companion.storage.errors import CompanionError

_LEAST_PROSE = 0.6
_SHORT_PAGE = 300
"""Words below which a web page that asks for a login or reports an error is no transcript."""
_FEWEST_WORDS = 20
"""Words that JSON without times and speakers must hold."""
_JSON = re.compile(r"\{\s*(?:[\"}]|\Z)|\[\s*(?:[\"{\]]|\Z|\[\s*(?:[\"{\[\]]|\Z|-?\d[\d.]*\s*[,\]]))")
"""How JSON begins: brackets around a time, or a wiki's around a name, are none."""
_STOPS = ".,?!…:;\"'“”‘’«»„()[]*_-–—"
_WIDE_STOPS = "。，、？！：；「」『』（）《》〈〉・～।؟،۔"
"""They stand within what has no blanks: in some scripts a sentence is one token."""
_LABELLED = re.compile(r"^[^\W\d_][^\n:]{0,40}: ", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_TURN = "[SPEAKER_TURN]"
_TURNS = re.compile(rf"(?<![^\S\n])[^\S\n]*{re.escape(_TURN)}")
"""Where a recogniser heard that somebody else speaks, not who."""
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Signs that nobody sees, beside names and times of scripts that run from right to left."""
_FEWEST_OF_AN_EPISODE = 100
_WHOLE = 0.5
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
    text = clean(text)
    stripped = text.lstrip()
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
    if has_speakers_only(text):
        raise TranscriptError(f"{name} says who spoke when, but not what: add the transcript that goes with it.")
    page = front_matter(text)
    written, furniture = (page.text, "") if root == "html" else without_page_furniture(page.text)
    shown = plain_text(written) if root == "html" else without_escapes(plain_text(written))
    shown = _DIRECTIONS.sub("", shown)
    if _TURN in shown:  # few have any, and every blank would be looked at
        shown = _TURNS.sub("", shown)
    transcript = read_prose(shown, among_notes=False)
    if page.prose:
        transcript = replace(transcript, before="\n\n".join(filter(None, (page.prose, transcript.before))))
    if furniture:
        transcript = replace(transcript, after="\n\n".join(filter(None, (transcript.after, furniture))))
    if not transcript.turns:
        raise TranscriptError(f"{name} holds no words.")
    if transcript.convention == PARAGRAPHS:
        _refuse_what_is_no_prose(text, shown if root == "html" else text, transcript, name)
    if not any(turn.start is not None for turn in transcript.turns) and is_program_code(
        shown if root == "html" else _TAG.sub("", text)
    ):
        raise TranscriptError(f"{name} is not a transcript: most of it is program code.")
    return transcript


def _webvtt(text: str) -> list[Caption] | None:
    return captions_of(text) if text.lstrip().startswith("WEBVTT") else None


def _subrip(text: str) -> list[Caption] | None:
    return captions_of(text) if is_subtitles(text) else None


_FORMATS: Sequence[tuple[str, Callable[[str], list[Caption] | None]]] = (
    ("WebVTT captions", _webvtt),
    ("SAMI captions", lambda text: captions_of_sami(text) or None),
    ("timed text (XML)", lambda text: captions_of_xml(text) or None),
    ("SubStation Alpha captions", lambda text: captions_of_substation(text) or None),
    ("SubRip captions", _subrip),
    ("annotations", lambda text: captions_of_annotations(text) or None),
    ("frames or tenths on lines", lambda text: captions_of_frames(text) or None),
    ("LRC lines", lambda text: captions_of_lrc(text) or None),
    ("records of captions", lambda text: captions_of_records(text) or None),
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
        if _JSON.match(text):
            raise TranscriptError(f"{name} is not a transcript that can be read: {error}.") from None
        return None
    if not any(caption.start is not None or caption.speaker for caption in captions):
        said = "\n".join(caption.text for caption in captions)
        if len(said.split()) < _FEWEST_WORDS and not is_subtitles(said) and not _LABELLED.search(said):
            raise TranscriptError(f"{name} is not a transcript: its JSON holds neither times nor speakers.")
        if len(captions) == 1:
            # The whole transcript is one text, written in whatever way texts are.
            return read_transcript(said, name=name)
    words = sum(" " not in caption.text for caption in captions) > len(captions) // 2
    return _of_captions(captions, "JSON words" if words else "JSON segments", name)


def _refuse_what_is_no_prose(text: str, written: str, transcript: Transcript, name: str) -> None:
    """Raises TranscriptError for data, code, and web pages that ask for a login or report an error; ``written`` is
    what of it is shown, if it is a page."""
    if _REFUSAL.search(text) and sum(len(turn.text.split()) for turn in transcript.turns) < _SHORT_PAGE:
        title = _TITLE.search(text)
        says = f" It says “{' '.join(title[1].split())}”." if title else ""
        raise TranscriptError(f"{name} is a web page without a transcript.{says}")
    if not _is_prose(written):
        raise TranscriptError(f"{name} is not a transcript: it holds no speaker labels, no times, and no prose.")


def _is_prose(text: str) -> bool:
    """Is the text made of words, as people say them, not of data or code?"""
    tokens = text.split()
    return sum(map(_is_said, tokens)) >= _LEAST_PROSE * len(tokens)


def _is_said(token: str) -> bool:
    """Is the token made of letters, of the vowels that some scripts write as marks, and of what stops sentences?"""
    inner = token.strip(_STOPS + _WIDE_STOPS)
    return inner.isalpha() or (
        bool(inner)
        and all(
            sign.isalpha() or sign in "'’" or sign in _WIDE_STOPS or category(sign) in ("Mn", "Mc") for sign in inner
        )
    )


def best_of(
    transcripts: Sequence[Transcript], languages: Sequence[str | None] = (), language: str | None = None
) -> Transcript:
    """The transcript that tells most of an episode: in its language, whole, with speakers, with times, with most words.

    ``languages`` are those of the transcripts (`en`, `pt-BR`), where they are known, and ``language`` is the episode's.
    A transcript with less than half of the words of another in that language is not whole. Names count more than
    labels such as `Speaker 1`.
    """
    told = [*languages, *([None] * len(transcripts))]
    fit = [_is_in(told[nth], language) for nth in range(len(transcripts))]
    words = [sum(len(turn.text.split()) for turn in transcript.turns) for transcript in transcripts]
    most = {own: max((words[nth] for nth in range(len(words)) if fit[nth] is own), default=0) for own in (True, False)}

    def tells(nth: int) -> tuple[bool, bool, bool, bool, bool, bool, int]:
        turns = transcripts[nth].turns
        named = sum(len(turn.text) for turn in turns if turn.speaker)
        timed = sum(len(turn.text) for turn in turns if turn.start is not None)
        said = sum(len(turn.text) for turn in turns)
        by_name = sum(len(turn.text) for turn in turns if turn.speaker and not is_generic(turn.speaker))
        whole = most[fit[nth]] < _FEWEST_OF_AN_EPISODE or words[nth] >= _WHOLE * most[fit[nth]]
        return (
            bool(turns),
            fit[nth],
            whole,
            2 * named > said,
            2 * timed > said,
            2 * by_name > said,
            words[nth],
        )

    return transcripts[max(range(len(transcripts)), key=tells)]


def _is_in(language: str | None, wanted: str | None) -> bool:
    """May a transcript be in the wanted language: is it, in any region's variant, or is either unknown?"""
    primary = [re.split(r"[-_]", name.strip().lower())[0] for name in (language, wanted) if name]
    return len(primary) < 2 or primary[0] == primary[1]
