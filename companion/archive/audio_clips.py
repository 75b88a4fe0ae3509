"""A clip's audio, cut out of its episode's: only the bytes around it are read, and ffmpeg gets those by a pipe.

ffmpeg is told the format and allowed nothing but pipes: given an address it would fetch by itself, past every guard.
Of an MP3 the bytes of the clip are asked for (`archive/mp3_places.py`). Other files can be read from their beginning
only, so far as they are not too large. The cut is exact to some hundredths of a second at a constant rate; at a
variable one to a hundredth of the episode's length at worst, and to about a second with the table that most files have.
"""

from __future__ import annotations

import asyncio

from companion.archive.audio_parts import AudioError, container_of
from companion.archive.fetch import MEBIBYTE, FetchesSpans, Span
from companion.archive.mp3_places import places, tag_length

LARGEST = 8_000_000
"""Bytes of an attachment that Discord takes everywhere."""
LONGEST = 150.0
"""Seconds of audio that are cut, whatever is asked for."""
_HEAD = 1 << 16
_LARGEST_TAG = 32 * MEBIBYTE
_FROM_THE_START = 48 * MEBIBYTE
"""As much of a file that is no MP3 is read."""
_MARGIN = 3.0
"""Seconds before and after, since decoders need some frames, and rates are never quite even."""
_FADE_IN, _FADE_OUT = 0.15, 0.4
_PATIENCE = 45.0
_KILOBITS = 64


async def clip_audio(url: str, start: float, end: float, fetcher: FetchesSpans, duration: float | None = None) -> bytes:
    """A mono MP3 of the seconds from ``start`` to ``end`` of the audio at an address, faded in and out.

    ``duration`` are the seconds of all of it, as far as known. Raises `AudioError` where it cannot be cut, or ffmpeg is
    missing, and `FetchError`.
    """
    start = max(start, 0.0)
    length = min(end - start, LONGEST)
    if length <= 0:
        raise AudioError("A clip that ends before it begins has no audio.")
    head = await fetcher.span(url, 0, _HEAD - 1)
    kind = container_of(head.body)
    if kind == "mp3":
        body, lead = await _of_mp3(url, head, start, length, fetcher, duration)
    else:
        body, lead = await _from_the_start(url, head, start + length, fetcher, duration), start
    cut = await _cut(kind, body, lead, length)
    if not cut or len(cut) > LARGEST:
        raise AudioError("The episode's audio has nothing at that place.")
    return cut


async def _of_mp3(
    url: str, head: Span, start: float, length: float, fetcher: FetchesSpans, duration: float | None
) -> tuple[bytes, float]:
    """The bytes around the clip, and the second of them at which it begins."""
    begins = tag_length(head.body)
    audio = head.body[begins:]
    if len(audio) < _HEAD // 4 and begins:
        if begins > _LARGEST_TAG:
            raise AudioError("What stands before the episode's audio is too large.")
        audio = (await fetcher.span(url, begins, begins + _HEAD - 1)).body
    found = places(audio, begins, head.total, duration)
    if found is None:
        raise AudioError("The episode's audio is no MP3, though it begins like one.")
    first = max(found.byte_at(max(start - _MARGIN, 0.0)), begins)
    last = found.byte_at(start + length + _MARGIN)
    if head.total is not None and first >= head.total:
        raise AudioError("The clip lies behind the end of the episode's audio.")
    span = await fetcher.span(url, first, last)
    return span.body, max(start - found.second_at(first), 0.0)


async def _from_the_start(url: str, head: Span, end: float, fetcher: FetchesSpans, duration: float | None) -> bytes:
    if head.total is None:
        needed = _FROM_THE_START
    elif duration:
        needed = min(head.total, round(head.total * (end + _MARGIN) / duration * 1.1) + MEBIBYTE)
    else:
        needed = head.total
    if needed > _FROM_THE_START:
        raise AudioError("The episode's audio can be read from its beginning only, and the clip is too far into it.")
    return (await fetcher.span(url, 0, needed - 1)).body


async def _cut(kind: str, body: bytes, lead: float, length: float) -> bytes:
    filters = (
        f"atrim=start={lead:.3f}:duration={length:.3f},asetpts=PTS-STARTPTS,afade=t=in:d={_FADE_IN}"
        f",afade=t=out:st={max(length - _FADE_OUT, 0.0):.3f}:d={_FADE_OUT}"
    )
    source = ("-protocol_whitelist", "pipe", "-f", kind, "-i", "pipe:0")
    encoding = ("-vn", "-ac", "1", "-ar", "44100", "-c:a", "libmp3lame", "-b:a", f"{_KILOBITS}k", "-map_metadata", "-1")
    try:
        process = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-hide_banner", "-loglevel", "error", *source),
            *("-af", filters, *encoding, "-fs", str(LARGEST), "-f", "mp3", "pipe:1"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise AudioError(
            "Clips have audio where ffmpeg is installed (apt install ffmpeg, brew install ffmpeg)."
        ) from None
    try:
        async with asyncio.timeout(_PATIENCE):
            # What follows a damaged place, or is cut off at the end, is no reason to do without the rest.
            cut, _ = await process.communicate(body)
    except BaseException as error:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if isinstance(error, TimeoutError):
            raise AudioError("Cutting the clip's audio took too long.") from None
        raise
    return cut
