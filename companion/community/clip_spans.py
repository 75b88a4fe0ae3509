"""Of which seconds of an episode a clip can be made, and which words those are."""

from __future__ import annotations

from collections.abc import Sequence

from companion.archive.clip_bounds import word_at
from companion.archive.moments import LONGEST
from companion.storage.episodes import Episode, Turn
from companion.storage.errors import CompanionError


class NoClipThereError(CompanionError):
    """A place of which no clip can be made."""


def require_length(start: float, end: float) -> None:
    """Raises `NoClipThereError` for seconds that lie too far apart, or the wrong way round."""
    if end <= start:
        raise NoClipThereError("The end of a clip comes after its start: give the later time as the end.")
    if end - start > LONGEST:
        raise NoClipThereError(
            f"A clip is {LONGEST:.0f} seconds long at most, and this would be {end - start:.0f}: give an earlier end,"
            " or a later start."
        )


def words_between(turns: Sequence[Turn], episode: Episode, start: float, end: float) -> tuple[int, int]:
    """The words said between two seconds. Raises `NoClipThereError` where it is not known what is said then."""
    if not turns:
        raise NoClipThereError(f"There is no transcript of “{episode.title}”, and a clip is made of what was said.")
    first, last = word_at(turns, start), word_at(turns, end)
    if first is None or last is None:
        raise NoClipThereError(
            f"The transcript of “{episode.title}” has no times. Search for what was said, and press **Context** and"
            " then **Clip it**."
        )
    ends = max((one for turn in turns for one in (turn.start, turn.end) if one is not None), default=0.0)
    if start > ends:
        raise NoClipThereError(f"“{episode.title}” ends before that: its transcript is {_clock(ends)} long.")
    return first, max(first, last)


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}" if minutes >= 60 else f"{minutes}:{second:02}"
