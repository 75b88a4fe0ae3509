"""Where in an MP3 file a second lies, told by the file's first frame, so that only the bytes of a clip need be read.

At a constant rate that is exact to a frame (26 ms at 44.1 kHz). At a variable rate the header of most encoders (Xing)
has a table of a hundred places; between two of them the rate is taken for even. Without a table the average rate is all
that is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_RATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second of Layer III, for MPEG 1 and for MPEG 2 and 2.5, by the header's index."""
_FREQUENCIES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_TAG = 10


@dataclass(frozen=True, slots=True)
class Places:
    """Seconds of an MP3 and the bytes at which they are, both rising; even between two. ``exact``: at a constant
    rate."""

    seconds: tuple[float, ...]
    bytes: tuple[int, ...]
    exact: bool

    def byte_at(self, second: float) -> int:
        """The byte at a second, beyond the last known one at the last rate."""
        return round(_between(self.seconds, self.bytes, second))

    def second_at(self, byte: int) -> float:
        """The second at a byte."""
        return _between(self.bytes, self.seconds, byte)


def tag_length(head: bytes) -> int:
    """The bytes of the ID3 tag with which a file begins: 0 for none. A tag may hold a picture of megabytes."""
    if not head.startswith(b"ID3") or len(head) < _TAG:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return _TAG + size + (_TAG if head[5] & 0x10 else 0)


def places(audio: bytes, begins: int, total: int | None, duration: float | None) -> Places | None:
    """Where the seconds are in a file of ``total`` bytes whose ``audio`` begins at byte ``begins``.

    ``duration`` is what is known of its length otherwise, in seconds. None where no frame is found.
    """
    at = _first_frame(audio)
    if at is None:
        return None
    rate, frequency, samples, side = _header(audio[at : at + 4])
    begins += at
    if total is not None and total <= begins:
        total = None  # a server said so of another file
    xing = audio[at + side : at + side + 120]
    if xing[:4] in (b"Xing", b"Info") and (found := _by_table(xing, begins, total, samples / frequency)):
        return found
    if total is not None and duration and abs((total - begins) / (rate * 125) - duration) > 0.05 * duration:
        # The first frame's rate is not that of the others.
        return Places((0.0, duration), (begins, total), exact=False)
    return Places((0.0, 1000.0), (begins, begins + rate * 125_000), exact=True)


def _by_table(xing: bytes, begins: int, total: int | None, frame: float) -> Places | None:
    flags = int.from_bytes(xing[4:8])
    if not flags & 1:
        return None
    duration = int.from_bytes(xing[8:12]) * frame
    size = int.from_bytes(xing[12:16]) if flags & 2 else (total or 0) - begins
    table = xing[16 if flags & 2 else 12 :][:100]
    if duration <= 0 or size <= 0:
        return None
    if xing[:4] == b"Info" or not flags & 4 or len(table) < 100:
        return Places((0.0, duration), (begins, begins + size), exact=xing[:4] == b"Info")
    seconds = tuple(duration * part / 100 for part in range(101))
    known = [begins + size * place // 256 for place in table] + [begins + size]
    rising = [max(known[: part + 1]) + part for part in range(101)]
    return Places(seconds, tuple(rising), exact=False)


def _first_frame(audio: bytes) -> int | None:
    """The place of a frame that another one follows."""
    at = audio.find(b"\xff")
    while 0 <= at < len(audio) - 4:
        try:
            rate, frequency, samples, _ = _header(audio[at : at + 4])
            length = samples // 8 * rate * 1000 // frequency + (audio[at + 2] >> 1 & 1)
            _header(audio[at + length : at + length + 4])
        except ValueError:
            at = audio.find(b"\xff", at + 1)
        else:
            return at
    return None


def _header(four: bytes) -> tuple[int, int, int, int]:
    """Kilobits and samples a second, samples a frame, and where the frame may have a Xing header.

    Raises ValueError for what is no header of Layer III.
    """
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0 or four[1] >> 1 & 3 != 1:
        raise ValueError("no header of a frame")
    version, rate, frequency = four[1] >> 3 & 3, four[2] >> 4, four[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or frequency == 3:
        raise ValueError("no header of a frame")
    mono = four[3] >> 6 == 3
    side = (17 if mono else 32) if version == 3 else (9 if mono else 17)
    of = 3 if version == 3 else 2
    return _RATES[of][rate], _FREQUENCIES[version][frequency], 1152 if version == 3 else 576, 4 + side


def _between(known: Sequence[float], wanted: Sequence[float], at: float) -> float:
    place = min(max(bisect_right(known, at) - 1, 0), len(known) - 2)
    share = (at - known[place]) / (known[place + 1] - known[place])
    return wanted[place] + share * (wanted[place + 1] - wanted[place])
