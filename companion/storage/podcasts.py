"""Podcasts: the feeds (and folders of files) that the archive was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Podcast:
    """A podcast as stored.

    ``key`` is what makes it the same podcast when it is read again: the feed's URL, or ``file:`` and a
    name. It may be a secret (private feeds), so it is never shown outside the operator's command line.
    """

    id: int
    key: str
    title: str
    link: str | None
    private: bool
