"""Links to the second in which something was said."""

from __future__ import annotations

from companion.archive.references import video_id
from companion.storage.episodes import EpisodeFacts


def moment_url(facts: EpisodeFacts, start: float | None, video_offset: float = 0.0) -> str | None:
    """The audio at that second (a media fragment, RFC 3986 and W3C Media Fragments), else the video, else the page.

    ``video_offset`` are the seconds that the video is ahead of the audio, as its podcast has them.
    """
    if facts.audio_url and start is not None:
        return f"{facts.audio_url.partition('#')[0]}#t={int(start)}"
    return video_url_at(facts, video_offset, start) if start is not None and facts.video_url else _page(facts)


def video_url_at(facts: EpisodeFacts, offset: float, start: float | None) -> str | None:
    """The episode's video at ``start`` of the audio, which is ``offset`` seconds later in the video; None where there
    is no video."""
    if facts.video_url is None or start is None:
        return facts.video_url
    second = max(0, int(start + offset))
    identity = video_id(facts.video_url)
    if identity is not None:
        return f"https://www.youtube.com/watch?v={identity}&t={second}s"
    return f"{facts.video_url.partition('#')[0]}#t={second}"


def _page(facts: EpisodeFacts) -> str | None:
    return facts.link or facts.audio_url or facts.video_url
