"""Inputs that a target reads as it should, to begin fuzzing from."""

from __future__ import annotations

from collections.abc import Iterator

from tests.archive.transcripts.recorded import FORMATS, Utterance, Word
from tests.fuzz import fetched, typed

_SAID = (
    Utterance(0, (Word("Well", 1000, 1300), Word("gates", 1400, 1700), Word("close.", 1800, 2200))),
    Utterance(1, (Word("Twice", 3000, 3300), Word("daily?", 3400, 3900))),
    Utterance(0, (Word("So", 4500, 4600), Word("it", 4700, 4800), Word("is.", 4900, 5100))),
)
_PROSE = (
    "Ann [00:00:01]: Well, gates close.\n\nBob [00:00:03]: Twice daily?\n\nAnn [00:00:04]: So it is.",
    "[00:01] Ann: Well, gates close.\n[00:03] Bob: Twice daily?\n[00:04] Ann: So it is.",
    "**Ann**: Well, gates close. [00:00:03]\n\n**Bob**: Twice daily? [00:00:04]",
    "<p><b>Ann</b> (0:01): Well &amp; good.</p><p><b>Bob</b> (0:03): Twice?</p>",
    "- Well, gates close.\n- Twice daily?\n- So it is.",
    "1\n00:00:01,000 --> 00:00:03,000\n>> Well. >> Twice\n\n2\n00:00:03,000 --> 00:00:04,000\n- Daily?\n- So.\n",
    "WEBVTT\n\n00:01.000 --> 00:02.000\nwell<00:01.300><c> gates</c>\n\n00:02.000 --> 00:02.010\nwell gates\n",
)
_CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 1.5, "title": "Gates", "toc": false, "endTime": 9}]}'
_FEED = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
    "<title>Gates</title><item><title>One</title><guid>1</guid><pubDate>Mon, 1 Jan 2024 10:00:00 GMT</pubDate>"
    '<podcast:transcript url="https://example.com/1.srt" type="application/srt" language="en"/>'
    "<description>&lt;p&gt;Notes&lt;/p&gt;</description></item></channel></rss>"
)
_FACTS = '---\ntitle: "Gates: one"\ndate: 2024-03-01\nguests:\n  - Ann\n---\nWell, the gates close.\n'
_REPLIES = (
    "Ann says that “the gates close twice daily” [1]. Bob opens them again [1].",
    "The gates:\n\n1. **close** twice [1, 2]\n2. see [here](https://a.example) [1]\n> Bob opens them again. [1]\n",
    "<think>x</think>@everyone, the gates close at four [^1]. 'Well, the gates close' [passage 1]",
)


def seeds_of(target: str) -> Iterator[bytes]:
    """The seeds of a target; at least one."""
    if target in ("transcript", "timed_text"):
        for written in FORMATS:
            yield written.write(_SAID).encode()
    if target in ("transcript", "markup"):
        for text in _PROSE:
            yield text.encode()
    if target == "decoding":
        for nth, encoding in enumerate(("utf-8", "utf-16", "utf-16-le", "cp1252")):
            yield bytes([nth]) + "Zoë said “naïve” – twice.\n".encode(encoding)
        yield b"\x03" + "今日は天気がいいですね。\n".encode("shift_jis") * 3
    if target == "chapters":
        yield _CHAPTERS.encode()
    if target == "guarded":
        for reply in _REPLIES:
            yield reply.encode()
    if target == "facts":
        yield _FACTS.encode()
    if target == "feed":
        yield _FEED.encode()
    for text in typed.SEEDS.get(target, ()):
        yield text.encode()
    yield from fetched.SEEDS.get(target, ())
    yield bytes(range(0, 256, 3))
