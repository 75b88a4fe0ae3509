"""Links to the second in which something was said."""

from __future__ import annotations

from companion.storage.episodes import EpisodeFacts


def moment_url(facts: EpisodeFacts, start: float | None) -> str | None:
    """The audio at that second (a media fragment, RFC 3986 and W3C Media Fragments), else the episode's page."""
    if facts.audio_url and start is not None:
        return f"{facts.audio_url.partition('#')[0]}#t={int(start)}"
    return facts.link or facts.audio_url
