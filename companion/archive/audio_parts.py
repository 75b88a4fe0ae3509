"""Audio cut into parts that a transcription endpoint takes, by ffmpeg, at pauses where there are any.

ffmpeg gets a file that was fetched already, and is told its format: left to guess, it would take a playlist for audio
and open whatever addresses and files that names.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from companion.storage.errors import CompanionError

PART_SECONDS = 1200.0
"""Twenty minutes of speech are 7 MB as they are encoded here; endpoints take 25 MB."""
_SEARCHED = 90.0
"""Seconds before the end of a part in which a pause is looked for."""
_HEAD = 64
_SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+)")
_DURATION = re.compile(r"time=(\d+):(\d\d):(\d\d(?:\.\d+)?)")


class AudioError(CompanionError):
    """Audio that cannot be used."""


def container_of(head: bytes) -> str:
    """The name of the ffmpeg demuxer for a file that begins with these bytes. Raises `AudioError` for anything else."""
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    for magic, name in ((b"ID3", "mp3"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"\x1a\x45\xdf\xa3", "matroska")):
        if head.startswith(magic):
            return name
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    raise AudioError("What the episode links to as its audio is none: it is no MP3, M4A, Ogg, FLAC, WAV or WebM file.")


def cut_points(pauses: Sequence[tuple[float, float]], duration: float, part: float = PART_SECONDS) -> list[float]:
    """Where to cut, in seconds: in the middle of the last pause before a part is full; where it is full if there is
    none."""
    cuts: list[float] = []
    start = 0.0
    while duration - start > part:
        full = start + part
        middles = [(begin + end) / 2 for begin, end in pauses]
        start = max((middle for middle in middles if full - _SEARCHED <= middle <= full), default=full)
        cuts.append(start)
    return cuts


async def cut_in_parts(audio: Path, folder: Path, part: float = PART_SECONDS) -> list[tuple[Path, float]]:
    """Writes the parts of an audio file into a folder, as small MP3 files: returns each with its start in seconds.

    Raises `AudioError` where ffmpeg is missing, or finds no audio.
    """
    head = await asyncio.to_thread(_head, audio)
    source = ("-protocol_whitelist", "file,pipe", "-f", container_of(head), "-i", str(audio))
    told = await _ffmpeg(*source, "-vn", "-af", "silencedetect=noise=-35dB:d=0.4", "-f", "null", "-")
    times = _DURATION.findall(told)
    duration = int(times[-1][0]) * 3600 + int(times[-1][1]) * 60 + float(times[-1][2]) if times else 0.0
    if not duration:
        raise AudioError("The episode's audio is empty.")
    cuts = cut_points(_pauses(told), duration, part)
    segments = ("-segment_times", ",".join(f"{cut:.3f}" for cut in cuts)) if cuts else ("-segment_time", "86400")
    encoding = ("-vn", "-ac", "1", "-ar", "16000", "-c:a", "libmp3lame", "-b:a", "48k", "-map_metadata", "-1")
    await _ffmpeg(*source, *encoding, "-f", "segment", *segments, str(folder / "part-%03d.mp3"))
    parts = await asyncio.to_thread(lambda: sorted(folder.glob("part-*.mp3")))
    return list(zip(parts, [0.0, *cuts], strict=False))


def _head(audio: Path) -> bytes:
    with audio.open("rb") as file:
        return file.read(_HEAD)


def _pauses(told: str) -> list[tuple[float, float]]:
    found = [(kind, float(time)) for kind, time in _SILENCE.findall(told)]
    return [(begin, end) for (kind, begin), (after, end) in pairwise(found) if (kind, after) == ("start", "end")]


async def _ffmpeg(*arguments: str) -> str:
    """Runs ffmpeg; returns what it says."""
    try:
        process = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-nostdin", "-hide_banner", "-y", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise AudioError(
            "Transcribing needs ffmpeg, which is not installed: install it (apt install ffmpeg, brew install ffmpeg)."
        ) from None
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    told = said.decode("utf-8", "replace")
    if process.returncode:
        raise AudioError("ffmpeg cannot read the episode's audio: the file is damaged, or of a kind it does not know.")
    return told
