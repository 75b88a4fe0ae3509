"""Links to the second in which something was said.

A podcast may have a template for them: an address with places that are filled in, such as ``{link}#t={seconds}`` or
``https://show.example/{number}?at={hms}``. Without one, or where an episode lacks what a place asks for, a moment is
one of the episode's audio, else of its video, else its page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from companion.archive.references import split, video_id
from companion.storage.episodes import EpisodeFacts
from companion.storage.errors import CompanionError
from companion.storage.podcasts import Podcast

PLACES = {
    "{link}": "the episode's page",
    "{guid}": "the feed's id of the episode",
    "{number}": "the episode's number",
    "{seconds}": "the moment in seconds",
    "{hms}": "the moment as 01:02:03",
}
"""What a template may have filled in, and with what."""

LONGEST_TEMPLATE = 300

_PLACE = re.compile(r"\{[^{}]*\}")
_HEAD = re.compile(r"https?://[^/{}?#@\\\s]+(?:[/?#]|\Z)", re.IGNORECASE)
"""A scheme and a host in which nothing is filled in."""


class UnfitTemplateError(CompanionError):
    """A template of which no link can be made."""

    def __init__(self, reason: str) -> None:
        places = ", ".join(f"{place} ({meaning})" for place, meaning in PLACES.items())
        super().__init__(
            f"{reason} Write it as in `{{link}}#t={{seconds}}` or `https://example.com/{{number}}?t={{seconds}}`."
            f" What can be filled in: {places}."
        )


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What shall be other about a podcast's links; None for what stays. The template ``none`` takes it away.

    Offsets are seconds.
    """

    template: str | None = None
    audio_offset: float | None = None
    video_offset: float | None = None

    def made_to(self, podcast: Podcast) -> Podcast:
        """The podcast with its links changed. Raises `UnfitTemplateError` for a template that cannot be."""
        if self.template is not None:
            typed = self.template.strip()
            podcast = replace(podcast, link_template=None if typed.lower() == "none" else checked_template(typed))
        if self.audio_offset is not None:
            podcast = replace(podcast, audio_offset=self.audio_offset)
        if self.video_offset is not None:
            podcast = replace(podcast, video_offset=self.video_offset)
        return podcast


def checked_template(typed: str) -> str:
    """The template, without blanks around it. Raises `UnfitTemplateError` with what to write instead."""
    template = typed.strip()
    if len(template) > LONGEST_TEMPLATE:
        raise UnfitTemplateError(f"The template is longer than {LONGEST_TEMPLATE} characters.")
    unknown = [place for place in _PLACE.findall(template) if place not in PLACES]
    if unknown:
        raise UnfitTemplateError(f"The template has a place {unknown[0]}, which nothing is known for.")
    if "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        raise UnfitTemplateError("The template has a brace without its other one.")
    if re.search(r"\s", template):
        raise UnfitTemplateError("The template has a blank in it.")
    if not template.startswith("{link}") and (_HEAD.match(template) is None or split(template) is None):
        raise UnfitTemplateError(
            "The template is no web address, which begins with https:// and a host, or with {link}."
        )
    return template


def moment_url(facts: EpisodeFacts, start: float | None, podcast: Podcast) -> str | None:
    """Where a moment is shown: as the podcast's template says; else the audio at that second (a media fragment, RFC
    3986 and W3C Media Fragments), else the video, else the page.

    ``start`` are seconds of the transcript; the podcast's offsets turn them into those of each medium. None for an
    episode without an address.
    """
    if start is None:
        return facts.link or facts.audio_url or facts.video_url
    shown = (
        None if podcast.link_template is None else filled(podcast.link_template, facts, start + podcast.audio_offset)
    )
    if shown is not None:
        return shown
    if facts.audio_url:
        return f"{facts.audio_url.partition('#')[0]}#t={_second(start + podcast.audio_offset)}"
    return video_url_at(facts, start, podcast) or facts.link


def video_url_at(facts: EpisodeFacts, start: float | None, podcast: Podcast) -> str | None:
    """The episode's video at ``start`` of the transcript; None where there is no video."""
    if facts.video_url is None or start is None:
        return facts.video_url
    second = _second(start + podcast.video_offset)
    identity = video_id(facts.video_url)
    if identity is not None:
        return f"https://www.youtube.com/watch?v={identity}&t={second}s"
    return f"{facts.video_url.partition('#')[0]}#t={second}"


def filled(template: str, facts: EpisodeFacts, moment: float) -> str | None:
    """The template's address of a moment of an episode; None where the episode has nothing for one of its places.

    The page stands as it is where it begins the address, without its own fragment where another one follows. Whatever
    is filled in elsewhere is quoted, so that it can be no more than a part of a path or a field.
    """
    second = _second(moment)
    link = facts.link
    values = {
        "{guid}": facts.guid or None,
        "{number}": None if facts.number is None else f"{facts.number:g}",
        "{seconds}": str(second),
        "{hms}": f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}",
        "{link}": link,
    }
    if any(values.get(place) is None for place in _PLACE.findall(template)):
        return None
    rest = template
    begins = ""
    if template.startswith("{link}") and link is not None:
        rest = template.removeprefix("{link}")
        begins = link.partition("#")[0] if "#" in rest else link
    address = begins + _PLACE.sub(lambda place: quote(values[place[0]] or "", safe=":"), rest)
    return address if split(address) is not None else None


def _second(moment: float) -> int:
    return max(0, int(moment))
