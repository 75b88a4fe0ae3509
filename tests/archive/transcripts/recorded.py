"""Conversations drawn by hypothesis, and how recognisers, hosts and players write the same one down.

A conversation is a list of utterances, an utterance a speaker and words with their times. Each format says what of
that it keeps: speakers by name or by number or not at all, the time of each word or of each utterance.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from hypothesis import strategies as st

PEOPLE = ("Ann Lee", "Bob", "Zoë Ó Brien")
_WORDS = "gates close twice daily naïve 2024 it's GPT-4 models learn x's & <3 café so".split()


@dataclass(frozen=True, slots=True)
class Word:
    """A word as said, with punctuation, from ``start`` to ``end`` (milliseconds)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one of ``PEOPLE`` says in one go."""

    person: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


@st.composite
def conversations(draw: st.DrawFn) -> list[Utterance]:
    """One to eight utterances that begin one after the other."""
    clock = draw(st.integers(0, 4_000_000))
    utterances: list[Utterance] = []
    for person in draw(st.lists(st.sampled_from(range(len(PEOPLE))), min_size=1, max_size=8)):
        texts = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=14))
        texts = ["Well", *texts[:-1], texts[-1] + draw(st.sampled_from([".", "?", "!"]))]
        words: list[Word] = []
        for text in texts:
            end = clock + draw(st.integers(80, 600))
            words.append(Word(text, clock, end))
            clock = end + draw(st.integers(0, 200))
        utterances.append(Utterance(person, tuple(words)))
        clock += draw(st.integers(0, 3000))
    return utterances


@dataclass(frozen=True, slots=True)
class Format:
    """How a conversation is written. ``label`` names a person (None: nobody is named), ``by_word`` tells whether each
    word has a time, ``exact`` how many milliseconds a time may be off."""

    name: str
    write: Callable[[Sequence[Utterance]], str]
    label: Callable[[int], str | None]
    by_word: bool
    exact: int = 1

    def __str__(self) -> str:
        return self.name


def _named(person: int) -> str:
    return PEOPLE[person]


def _numbered(person: int) -> str:
    return f"Speaker {person}"


def _nobody(_person: int) -> None:
    return None


def _clock(milliseconds: int, sign: str = ".") -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{sign}{rest:03}"


def _s(milliseconds: int) -> float:
    return milliseconds / 1000


def _letters(text: str) -> str:
    return text.strip(".?!")


def _srt(said: Sequence[Utterance]) -> str:
    return "\n".join(
        f"{nth}\n{_clock(one.start, ',')} --> {_clock(one.end, ',')}\n{PEOPLE[one.person]}: {one.text}\n"
        for nth, one in enumerate(said, 1)
    )


def _vtt(said: Sequence[Utterance]) -> str:
    cues = (
        f"{_clock(one.start)} --> {_clock(one.end)} align:start\n<v {PEOPLE[one.person]}>{escape(one.text)}</v>\n"
        for one in said
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def _vtt_words(said: Sequence[Utterance]) -> str:
    def cue(one: Utterance) -> str:
        words = " ".join(f"<{_clock(word.start)}><c>{escape(word.text)}</c>" for word in one.words)
        return f"{_clock(one.start)} --> {_clock(one.end)}\n<v {PEOPLE[one.person]}>{words}\n"

    return "WEBVTT\n\n" + "\n".join(map(cue, said))


def _sbv(said: Sequence[Utterance]) -> str:
    return "\n".join(f"{_clock(one.start)},{_clock(one.end)}\n{one.text}\n" for one in said)


def _lrc(said: Sequence[Utterance]) -> str:
    def line(one: Utterance) -> str:
        minutes, rest = divmod(one.start, 60_000)
        return f"[{minutes:02}:{rest // 1000:02}.{rest % 1000 // 10:02}] {PEOPLE[one.person]}: {one.text}\n"

    return "[ti:Talk]\n" + "".join(map(line, said)) + "[99:59.00]\n"


def _substation(said: Sequence[Utterance]) -> str:
    def line(one: Utterance) -> str:
        times = f"{_clock(one.start)[1:-1]},{_clock(one.end)[1:-1]}"
        return f"Dialogue: 0,{times},Default,{PEOPLE[one.person]},0,0,0,,{one.text}\n"

    names = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    return f"[Script Info]\nTitle: Talk\n\n[Events]\nFormat: {names}\n" + "".join(map(line, said))


def _tsv(said: Sequence[Utterance]) -> str:
    return "start\tend\ttext\n" + "".join(f"{one.start}\t{one.end}\t{one.text}\n" for one in said)


def _csv(said: Sequence[Utterance]) -> str:
    rows = (f'{_s(one.start)},{_s(one.end)},{PEOPLE[one.person]},"{one.text}"\n' for one in said)
    return "start,end,speaker,text\n" + "".join(rows)


def _ttml(said: Sequence[Utterance]) -> str:
    agents = "".join(
        f'<ttm:agent xml:id="a{nth}" type="person"><ttm:name type="full">{name}</ttm:name></ttm:agent>'
        for nth, name in enumerate(PEOPLE)
    )
    lines = "".join(
        f'<p begin="{_clock(one.start)}" end="{_clock(one.end)}" ttm:agent="a{one.person}">{escape(one.text)}</p>\n'
        for one in said
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
        'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="en">\n'
        f"<head><metadata>{agents}</metadata></head>\n<body><div>{lines}</div></body></tt>"
    )


def _youtube_xml(said: Sequence[Utterance]) -> str:
    lines = (
        f'<text start="{_s(one.start)}" dur="{_s(one.end - one.start)}">{escape(escape(one.text))}</text>'
        for one in said
    )
    return '<?xml version="1.0" encoding="utf-8" ?><transcript>' + "".join(lines) + "</transcript>"


def _youtube_words(said: Sequence[Utterance]) -> str:
    def line(one: Utterance) -> str:
        words = "".join(
            f'<s t="{word.start - one.start}">{" " if nth else ""}{escape(word.text)}</s>'
            for nth, word in enumerate(one.words)
        )
        return f'<p t="{one.start}" d="{one.end - one.start}" w="1">{words}</p>'

    return '<timedtext format="3"><head/><body><w t="0" id="1"/>' + "".join(map(line, said)) + "</body></timedtext>"


def _youtube_json(said: Sequence[Utterance]) -> Any:
    def event(one: Utterance) -> dict[str, Any]:
        segs = [
            {"utf8": f" {word.text}" if nth else word.text, "tOffsetMs": word.start - one.start}
            for nth, word in enumerate(one.words)
        ]
        return {"tStartMs": one.start, "dDurationMs": one.end - one.start, "wWinId": 1, "segs": segs}

    return {"wireMagic": "pb3", "events": [{"tStartMs": 0, "dDurationMs": 9, "id": 1}, *map(event, said)]}


def _podcasting(said: Sequence[Utterance]) -> Any:
    segments = [
        {"speaker": PEOPLE[one.person], "startTime": _s(one.start), "endTime": _s(one.end), "body": one.text}
        for one in said
    ]
    return {"version": "1.0.0", "segments": segments}


def _podcasting_words(said: Sequence[Utterance]) -> Any:
    segments = [
        {"speaker": PEOPLE[one.person], "startTime": _s(word.start), "endTime": _s(word.end), "body": word.text}
        for one in said
        for word in one.words
    ]
    return {"version": "1.0.0", "segments": segments}


def _segment(one: Utterance, **more: Any) -> dict[str, Any]:
    return {"start": _s(one.start), "end": _s(one.end), "text": f" {one.text}", **more}


def _whisper(said: Sequence[Utterance]) -> Any:
    more = {"seek": 0, "tokens": [50364, 1], "temperature": 0.0, "avg_logprob": -0.2, "no_speech_prob": 0.01}
    segments = [_segment(one, id=nth, **more) for nth, one in enumerate(said)]
    return {"text": " " + " ".join(one.text for one in said), "segments": segments, "language": "en"}


def _whisper_words(said: Sequence[Utterance]) -> Any:
    def words(one: Utterance) -> list[dict[str, Any]]:
        return [{"word": f" {w.text}", "start": _s(w.start), "end": _s(w.end), "probability": 0.9} for w in one.words]

    segments = [_segment(one, words=words(one)) for one in said]
    return {"text": " ".join(one.text for one in said), "segments": segments, "language": "en"}


def _whisperx(said: Sequence[Utterance]) -> Any:
    def words(one: Utterance) -> list[dict[str, Any]]:
        return [
            {"word": w.text}
            if w.text.startswith("2024") and nth
            else {"word": w.text, "start": _s(w.start), "end": _s(w.end), "score": 0.8, "speaker": PEOPLE[one.person]}
            for nth, w in enumerate(one.words)
        ]

    segments = [_segment(one, speaker=PEOPLE[one.person], words=words(one)) for one in said]
    return {"segments": segments, "word_segments": [word for segment in segments for word in segment["words"]]}


def _whisper_cpp(said: Sequence[Utterance]) -> Any:
    def entry(one: Utterance) -> dict[str, Any]:
        return {
            "timestamps": {"from": _clock(one.start, ","), "to": _clock(one.end, ",")},
            "offsets": {"from": one.start, "to": one.end},
            "text": f" {one.text}",
        }

    return {"model": {"type": "base"}, "result": {"language": "en"}, "transcription": [entry(one) for one in said]}


def _openai_words(said: Sequence[Utterance]) -> Any:
    words = [
        {"word": _letters(word.text), "start": _s(word.start), "end": _s(word.end)}
        for one in said
        for word in one.words
    ]
    return {"task": "transcribe", "duration": 9.0, "text": " ".join(one.text for one in said), "words": words}


def _openai_diarised(said: Sequence[Utterance]) -> Any:
    segments = [
        _segment(one, type="transcript.text.segment", id=f"seg_{nth}", speaker=PEOPLE[one.person])
        for nth, one in enumerate(said)
    ]
    return {"task": "transcribe", "text": " ".join(one.text for one in said), "segments": segments}


def _deepgram_words(one: Utterance) -> list[dict[str, Any]]:
    return [
        {
            "word": _letters(word.text).lower(),
            "punctuated_word": word.text,
            "start": _s(word.start),
            "end": _s(word.end),
            "confidence": 0.9,
            "speaker": one.person,
            "speaker_confidence": 0.8,
        }
        for word in one.words
    ]


def _deepgram(said: Sequence[Utterance]) -> Any:
    paragraphs = [
        {
            "sentences": [{"text": one.text, "start": _s(one.start), "end": _s(one.end)}],
            "speaker": one.person,
            "num_words": len(one.words),
            "start": _s(one.start),
            "end": _s(one.end),
        }
        for one in said
    ]
    best = {
        "transcript": " ".join(one.text for one in said),
        "confidence": 0.9,
        "words": [word for one in said for word in _deepgram_words(one)],
        "paragraphs": {
            "transcript": "\n\n".join(f"Speaker {one.person}: {one.text}" for one in said),
            "paragraphs": paragraphs,
        },
    }
    return {"metadata": {"channels": 1, "duration": 9.5}, "results": {"channels": [{"alternatives": [best]}]}}


def _assembly(said: Sequence[Utterance]) -> Any:
    def words(one: Utterance) -> list[dict[str, Any]]:
        return [
            {"text": w.text, "start": w.start, "end": w.end, "confidence": 0.9, "speaker": PEOPLE[one.person]}
            for w in one.words
        ]

    utterances = [
        {"speaker": PEOPLE[one.person], "text": one.text, "start": one.start, "end": one.end, "words": words(one)}
        for one in said
    ]
    return {
        "id": "t1",
        "audio_duration": 4000,
        "text": " ".join(one.text for one in said),
        "words": [word for one in said for word in words(one)],
        "utterances": utterances,
    }


def _aws_items(said: Sequence[Utterance], *, labelled: bool) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for one in said:
        label = {"speaker_label": f"spk_{one.person}"} if labelled else {}
        for word in one.words:
            times = {"start_time": str(_s(word.start)), "end_time": str(_s(word.end))}
            best = [{"confidence": "0.9", "content": _letters(word.text)}]
            items.append({"type": "pronunciation", "alternatives": best, **times, **label})
            if word.text != _letters(word.text):
                stop = [{"confidence": "0.0", "content": word.text[-1]}]
                items.append({"type": "punctuation", "alternatives": stop, **label})
    return items


def _aws(said: Sequence[Utterance]) -> Any:
    results = {"transcripts": [{"transcript": " ".join(one.text for one in said)}]}
    return {"jobName": "talk", "results": {**results, "items": _aws_items(said, labelled=True)}}


def _aws_labels_apart(said: Sequence[Utterance]) -> Any:
    def times(one: Utterance | Word) -> dict[str, Any]:
        return {"start_time": str(_s(one.start)), "end_time": str(_s(one.end))}

    segments = [
        {
            **times(one),
            "speaker_label": f"spk_{one.person}",
            "items": [{**times(word), "speaker_label": f"spk_{one.person}"} for word in one.words],
        }
        for one in said
    ]
    results = {
        "transcripts": [{"transcript": " ".join(one.text for one in said)}],
        "speaker_labels": {"speakers": 3, "segments": segments},
        "items": _aws_items(said, labelled=False),
    }
    return {"jobName": "talk", "status": "COMPLETED", "results": results}


def _google(said: Sequence[Utterance]) -> Any:
    def words(one: Utterance, *, tagged: bool) -> list[dict[str, Any]]:
        return [
            {
                "startTime": f"{_s(word.start):.3f}s",
                "endTime": f"{_s(word.end):.3f}s",
                "word": word.text,
                **({"speakerTag": one.person} if tagged else {}),
            }
            for word in one.words
        ]

    parts = [
        {"alternatives": [{"transcript": f" {one.text}", "confidence": 0.9, "words": words(one, tagged=False)}]}
        for one in said
    ]
    every = [word for one in said for word in words(one, tagged=True)]
    return {"results": [*parts, {"alternatives": [{"words": every}]}]}


def _azure(said: Sequence[Utterance]) -> Any:
    def times(one: Utterance | Word) -> dict[str, Any]:
        return {
            "offset": f"PT{_s(one.start)}S",
            "duration": f"PT{_s(one.end - one.start)}S",
            "offsetInTicks": one.start * 10_000.0,
            "durationInTicks": (one.end - one.start) * 10_000.0,
        }

    phrases = [
        {
            "recognitionStatus": "Success",
            "channel": 0,
            "speaker": one.person,
            **times(one),
            "nBest": [
                {
                    "confidence": 0.9,
                    "lexical": one.text.lower(),
                    "display": one.text,
                    "words": [{"word": _letters(word.text).lower(), **times(word)} for word in one.words],
                },
                {"confidence": 0.5, "display": "Something else."},
            ],
        }
        for one in said
    ]
    whole = [{"channel": 0, "display": " ".join(one.text for one in said)}]
    return {"source": "talk.wav", "combinedRecognizedPhrases": whole, "recognizedPhrases": phrases}


def _rev(said: Sequence[Utterance]) -> Any:
    def elements(one: Utterance) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for word in one.words:
            times = {"ts": _s(word.start), "end_ts": _s(word.end), "confidence": 0.9}
            found.append({"type": "text", "value": _letters(word.text), **times})
            found.append({"type": "punct", "value": word.text.removeprefix(_letters(word.text)) or " "})
            if found[-1]["value"] != " ":
                found.append({"type": "punct", "value": " "})
        return found[:-1]

    return {"monologues": [{"speaker": one.person, "elements": elements(one)} for one in said]}


def _speechmatics(said: Sequence[Utterance]) -> Any:
    results: list[dict[str, Any]] = []
    for one in said:
        for word in one.words:
            times = {"start_time": _s(word.start), "end_time": _s(word.end)}
            best = {"confidence": 1.0, "language": "en", "speaker": PEOPLE[one.person]}
            results.append({"type": "word", **times, "alternatives": [{**best, "content": _letters(word.text)}]})
            if word.text != _letters(word.text):
                times = {"start_time": _s(word.end), "end_time": _s(word.end), "attaches_to": "previous"}
                stop = [{**best, "content": word.text[-1]}]
                results.append({"type": "punctuation", "is_eos": True, **times, "alternatives": stop})
    return {"format": "2.9", "metadata": {"type": "transcription"}, "results": results}


def _elevenlabs(said: Sequence[Utterance]) -> Any:
    words: list[dict[str, Any]] = []
    for one in said:
        for word in one.words:
            who = {"speaker_id": f"speaker_{one.person}"}
            words.append({"text": word.text, "start": _s(word.start), "end": _s(word.end), "type": "word", **who})
            words.append({"text": " ", "start": _s(word.end), "end": _s(word.end), "type": "spacing", **who})
    return {"language_code": "eng", "text": " ".join(one.text for one in said), "words": words[:-1]}


def _gladia(said: Sequence[Utterance]) -> Any:
    def words(one: Utterance) -> list[dict[str, Any]]:
        return [
            {"word": word.text if not nth else f" {word.text}", "start": _s(word.start), "end": _s(word.end)}
            for nth, word in enumerate(one.words)
        ]

    utterances = [
        {
            "text": one.text,
            "language": "en",
            "start": _s(one.start),
            "end": _s(one.end),
            "channel": 0,
            "speaker": one.person,
            "words": words(one),
        }
        for one in said
    ]
    whole = " ".join(one.text for one in said)
    return {"result": {"transcription": {"full_transcript": whole, "languages": ["en"], "utterances": utterances}}}


def _trint(said: Sequence[Utterance]) -> Any:
    paragraphs = [
        {
            "speaker": f"s{one.person}",
            "words": [{"time": word.start, "duration": word.end - word.start, "text": word.text} for word in one.words],
        }
        for one in said
    ]
    people = [{"name": name, "id": f"s{nth}"} for nth, name in enumerate(PEOPLE)]
    return {"transcript": {"speakers": people, "paragraphs": paragraphs}}


def _paragraphs_apart(said: Sequence[Utterance]) -> Any:
    words = [
        {"id": nth, "start": _s(word.start), "end": _s(word.end), "text": word.text}
        for nth, word in enumerate(word for one in said for word in one.words)
    ]
    paragraphs = [{"start": _s(one.start), "end": _s(one.end), "speaker": PEOPLE[one.person]} for one in said]
    return {"words": words, "paragraphs": paragraphs}


def _watson(said: Sequence[Utterance]) -> Any:
    results = [
        {
            "final": True,
            "alternatives": [
                {
                    "transcript": f"{one.text} ",
                    "confidence": 0.9,
                    "timestamps": [[word.text, _s(word.start), _s(word.end)] for word in one.words],
                }
            ],
        }
        for one in said
    ]
    labels = [
        {"from": _s(word.start), "to": _s(word.end), "speaker": one.person, "confidence": 0.6, "final": True}
        for one in said
        for word in one.words
    ]
    return {"result_index": 0, "results": results, "speaker_labels": labels}


def _rows(said: Sequence[Utterance]) -> Any:
    return {"data": {"rows": [[PEOPLE[one.person], _s(one.start), _s(one.end), one.text] for one in said]}}


def _lines(said: Sequence[Utterance]) -> str:
    return "\n".join(json.dumps(_segment(one, speaker=PEOPLE[one.person])) for one in said)


def _json(write: Callable[[Sequence[Utterance]], Any]) -> Callable[[Sequence[Utterance]], str]:
    return lambda said: json.dumps(write(said))


def _amazon_label(person: int) -> str:
    return f"spk_{person}"


def _eleven_label(person: int) -> str:
    return f"speaker_{person}"


FORMATS = (
    Format("SubRip", _srt, _named, by_word=False),
    Format("WebVTT voices", _vtt, _named, by_word=False),
    Format("WebVTT with times inside", _vtt_words, _named, by_word=True),
    Format("SubViewer", _sbv, _nobody, by_word=False),
    Format("LRC", _lrc, _named, by_word=False, exact=10),
    Format("SubStation Alpha", _substation, _named, by_word=False, exact=10),
    Format("Whisper's table", _tsv, _nobody, by_word=False),
    Format("table with speakers", _csv, _named, by_word=False),
    Format("TTML", _ttml, _named, by_word=False),
    Format("YouTube XML", _youtube_xml, _nobody, by_word=False),
    Format("YouTube XML words", _youtube_words, _nobody, by_word=True),
    Format("YouTube JSON", _json(_youtube_json), _nobody, by_word=True),
    Format("Podcasting 2.0", _json(_podcasting), _named, by_word=False),
    Format("Podcasting 2.0 words", _json(_podcasting_words), _named, by_word=True),
    Format("Whisper segments", _json(_whisper), _nobody, by_word=False),
    Format("Whisper words", _json(_whisper_words), _nobody, by_word=True),
    Format("WhisperX", _json(_whisperx), _named, by_word=True),
    Format("whisper.cpp", _json(_whisper_cpp), _nobody, by_word=False),
    Format("OpenAI words", _json(_openai_words), _nobody, by_word=True),
    Format("OpenAI diarised", _json(_openai_diarised), _named, by_word=False),
    Format("Deepgram", _json(_deepgram), _numbered, by_word=True),
    Format("AssemblyAI", _json(_assembly), _named, by_word=True),
    Format("AWS", _json(_aws), _amazon_label, by_word=True),
    Format("AWS, labels apart", _json(_aws_labels_apart), _amazon_label, by_word=True),
    Format("Google", _json(_google), _numbered, by_word=True),
    Format("Azure", _json(_azure), _numbered, by_word=True),
    Format("Rev", _json(_rev), _numbered, by_word=True),
    Format("Speechmatics", _json(_speechmatics), _named, by_word=True),
    Format("ElevenLabs", _json(_elevenlabs), _eleven_label, by_word=True),
    Format("Gladia", _json(_gladia), _numbered, by_word=True),
    Format("Trint", _json(_trint), _named, by_word=True),
    Format("words and paragraphs apart", _json(_paragraphs_apart), _named, by_word=True),
    Format("Watson", _json(_watson), _numbered, by_word=True),
    Format("rows without names", _json(_rows), _named, by_word=False),
    Format("JSON lines", _lines, _named, by_word=False),
)
