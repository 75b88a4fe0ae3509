"""What a feed on disk links to, taken from its own folder: files by relative address, or by their name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from companion.archive.feed_episodes import LinkedText
from companion.archive.feeds import FeedItem
from companion.archive.folders import text_of
from companion.storage.errors import CompanionError


def texts_beside(items: Sequence[FeedItem], folder: Path) -> dict[str, LinkedText]:
    """What the items name by a relative address, read from ``folder`` and the folders in it, by that address.

    An address that leads out of the folder, also over a symbolic link, or to nothing, is answered with a problem.
    """
    return {
        address: _read_beside(unquote(parts.path), folder.resolve())
        for address, parts in _addresses(items)
        if parts.path and not parts.scheme and not parts.netloc
    }


def texts_by_name(items: Sequence[FeedItem], files: Sequence[Path]) -> tuple[dict[str, LinkedText], set[Path]]:
    """What the items link to, wherever that is, and ``files`` have under the same name; and which files those are."""
    by_name = {file.name: file for file in files}
    linked: dict[str, LinkedText] = {}
    taken: set[Path] = set()
    for address, parts in _addresses(items):
        file = by_name.get(unquote(parts.path.rpartition("/")[2]))
        if file is not None:
            linked[address] = _read(file)
            taken.add(file)
    return linked, taken


def _addresses(items: Sequence[FeedItem]) -> Iterator[tuple[str, SplitResult]]:
    for item in items:
        for address in (*(link.url for link in item.transcripts), item.chapters_url):
            if address:
                yield address, urlsplit(address)


def _read_beside(address: str, folder: Path) -> LinkedText:
    try:
        file = (folder / address).resolve()
        if not file.is_relative_to(folder):
            return LinkedText(problem=f"“{address}” lies outside of the feed's folder, where nothing is read.")
        if file.is_file():
            return _read(file)
    except (OSError, RuntimeError, ValueError):
        pass  # a name that no file can have, or links in a circle: not there
    return LinkedText(problem=f"there is no file “{address}” beside the feed.")


def _read(file: Path) -> LinkedText:
    try:
        return LinkedText(text_of(file))
    except CompanionError as error:
        return LinkedText(problem=str(error))
