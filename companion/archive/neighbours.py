"""What a feed on disk links to, found in its own folder: files by relative address, or by their name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from companion.archive.feeds import FeedItem
from companion.archive.source_episodes import LinkedText


def files_beside(items: Sequence[FeedItem], folder: Path) -> dict[str, Path | LinkedText]:
    """The files that the items name by a relative address, in ``folder`` and the folders in it, by that address.

    An address that leads out of the folder, also over a symbolic link, or to nothing, is answered with a problem.
    """
    return {
        address: _beside(unquote(parts.path), folder.resolve())
        for address, parts in _addresses(items)
        if parts.path and not parts.scheme and not parts.netloc
    }


def files_by_name(items: Sequence[FeedItem], files: Sequence[Path]) -> dict[str, Path]:
    """Those of the ``files`` that are named like what the items link to, wherever that is, by its address."""
    by_name = {file.name: file for file in files}
    named = ((address, by_name.get(unquote(parts.path.rpartition("/")[2]))) for address, parts in _addresses(items))
    return {address: file for address, file in named if file is not None}


def _addresses(items: Sequence[FeedItem]) -> Iterator[tuple[str, SplitResult]]:
    for item in items:
        for address in (*(link.url for link in item.transcripts), item.chapters_url):
            if not address:
                continue
            try:
                yield address, urlsplit(address)
            except ValueError:
                continue  # no address at all, which the fetcher will say


def _beside(address: str, folder: Path) -> Path | LinkedText:
    try:
        file = (folder / address).resolve()
        if not file.is_relative_to(folder):
            return LinkedText(problem=f"“{address}” lies outside of the feed's folder, where nothing is read.")
        if file.is_file():
            return file
    except (OSError, RuntimeError, ValueError):
        pass  # a name that no file can have, or links in a circle: not there
    return LinkedText(problem=f"there is no file “{address}” beside the feed.")
