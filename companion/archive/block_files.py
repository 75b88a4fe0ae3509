"""Blocks kept in files, so that a process that starts maps them in place of reading and counting every word again.

They lie beside the database, in a folder of their own, and may be deleted at any time. A file is named by what it is
of and never changed: it is written whole under another name first. It is used only if it is undamaged and was made by
this code, and what it holds of an episode only if that has not changed since (`CorpusReader.revisions`). Processes
share the pages of the files that they have mapped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import mmap
import os
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.archive import heap
from companion.archive.block_arrays import arrays_of, block_of
from companion.archive.blocks import Block
from companion.storage import token_vectors
from companion.storage.address import Address

log = logging.getLogger(__name__)

KEPT_FROM = 1_000
"""New passages from which on they are worth a file; fewer are read again in a moment."""

_MAGIC = b"companion block\n"
_DIGEST_BYTES, _LENGTH_BYTES = 32, 8
_ALIGNED = 64
"""Bytes at whose multiples arrays begin."""
_TOKENS_AT_ONCE = 500
_POPULATE_READ = 22
"""Linux's MADV_POPULATE_READ, which `mmap` has no name for."""
_ABANDONED = 3600.0
"""Seconds after which nobody writes on at a file that was begun."""
_MADE_BY = (
    "companion.archive.block_arrays companion.archive.block_files companion.archive.blocks companion.archive.bm25"
    " companion.archive.codes companion.archive.grains companion.archive.lexical companion.archive.outlines"
    " companion.archive.packed companion.archive.passage_vectors companion.archive.ragged companion.archive.sentences"
    " companion.archive.stretches companion.storage.names companion.storage.passages"
).split()
"""The modules that decide what is in a block."""


class _UnusableError(Exception):
    """The file is damaged, foreign, or of other code."""


_DAMAGE = (_UnusableError, OSError, ValueError, KeyError, TypeError)
"""What reading a file raises that is not whole, or none of ours."""


class _Header(NamedTuple):
    model: str
    labels: list[str]
    arrays: dict[str, tuple[str, list[int], int]]
    """The type, the shape and the place of each array."""


class BlockFiles:
    """The files of one database's blocks with the vectors of one model. Belongs in a thread."""

    def __init__(self, database: Address, model_id: str | None) -> None:
        self.folder = database.files.with_name(f"{database.files.name}.blocks")
        self._database = database
        self._model = model_id
        self._seen: set[str] = set()

    def load(self) -> tuple[Block, ...]:
        """All blocks that are kept whole, the largest last. Without a model those of any, without their vectors."""
        found: list[Block] = []
        with ThreadPoolExecutor(2, "block-files") as threads:
            for file, block in threads.map(self._load, sorted(self.folder.glob("*.block"))):
                if block is not None:
                    found.append(block)
                    self._seen.add(file.name)
        if self._model is None:
            found = [replace(block, vectors=None, tokens=None) for block in found]
        return tuple(sorted(found, key=lambda block: block.size))

    def _load(self, file: Path) -> tuple[Path, Block | None]:
        try:
            return file, _read(file, self._model)
        except _DAMAGE as error:
            log.info("%s is made anew: %s", file, error)
            with contextlib.suppress(OSError):
                file.unlink()
            return file, None

    def kept(self, blocks: Sequence[Block], before: Collection[Block] = ()) -> tuple[Block, ...]:
        """The blocks, mapped where they are kept; new ones are written where that is worth while.

        Deletes the files of blocks that came ``before`` or were loaded, and are of no more use.
        """
        if self._model is None:
            return tuple(blocks)
        new = [block for block in blocks if block.file is None]
        if sum(block.size for block in new) >= KEPT_FROM:
            try:
                blocks = [self._write(block) if block.file is None else block for block in blocks]
                self._tidy()
                heap.give_back()
            except (OSError, _UnusableError) as error:
                log.info("the index is not kept in files, so that the next start takes longer: %s", error)
        used = {block.file for block in blocks}
        for name in (self._seen | {block.file for block in before if block.file is not None}) - used:
            with contextlib.suppress(OSError):
                (self.folder / name).unlink()
        return tuple(blocks)

    def _write(self, block: Block) -> Block:
        self.folder.mkdir(exist_ok=True)
        name = f"{_name(block, self._model or '')}.block"
        descriptor, begun = tempfile.mkstemp(".part", dir=self.folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_MAGIC + bytes(_DIGEST_BYTES))
                digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
                for part in _parts(block, self._model or "", self._database):
                    digest.update(part)
                    stream.write(part)
                stream.seek(len(_MAGIC))
                stream.write(digest.digest())
            Path(begun).replace(self.folder / name)
        except (OSError, _UnusableError):
            Path(begun).unlink(missing_ok=True)
            raise
        self._seen.add(name)
        return _read(self.folder / name, self._model) or block

    def _tidy(self) -> None:
        """Deletes what other models and processes that broke off have left, now that there are files of this one."""
        latest = max(file.stat().st_mtime for file in self.folder.iterdir())
        for file in self.folder.iterdir():
            abandoned = file.suffix == ".part" and file.stat().st_mtime < latest - _ABANDONED
            if abandoned or (file.suffix == ".block" and not self._is_ours(file)):
                file.unlink(missing_ok=True)

    def _is_ours(self, file: Path) -> bool:
        try:
            return _header(file)[0].model == self._model
        except _DAMAGE:
            return False


def _name(block: Block, model_id: str) -> str:
    digest = hashlib.blake2b(f"{_made_by()} {model_id}".encode(), digest_size=16)
    digest.update(block.episodes.tobytes() + block.revisions.tobytes())
    return digest.hexdigest()


def _parts(block: Block, model_id: str, database: Address) -> Iterator[bytes | memoryview]:
    """A file's contents behind its mark and the digest of them: the header's length, the header, the arrays."""
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays_of(block).items()}
    ids: list[int] = block.passage_ids.tolist()
    sizes = token_vectors.sizes_of(database, model_id, ids)
    arrays["tokens.ends"] = np.cumsum([sizes.get(passage_id, 0) for passage_id in ids], dtype=np.int64)
    places: dict[str, tuple[str, list[int], int]] = {}
    end = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, list(array.shape), end)
        end = _aligned(end + array.nbytes)
    places["tokens.data"] = ("|u1", [sum(sizes.values())], end)
    end += sum(sizes.values())
    told = {"made by": _made_by(), "model": model_id, "labels": block.labels, "arrays": places, "bytes": end}
    header = json.dumps(told).encode()
    begin = len(_MAGIC) + _DIGEST_BYTES + _LENGTH_BYTES
    header = header.ljust(_aligned(begin + len(header)) - begin)
    yield len(header).to_bytes(_LENGTH_BYTES, "little")
    yield header
    for array in arrays.values():
        yield array.reshape(-1).view(np.uint8).data
        yield bytes(_aligned(array.nbytes) - array.nbytes)
    yield from _tokens(database, model_id, ids, sizes)


def _tokens(database: Address, model_id: str, ids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[bytes]:
    """The packed tokens of passages, few at a time: all are too much to hold. Raises `_UnusableError`."""
    for first in range(0, len(ids), _TOKENS_AT_ONCE):
        some = ids[first : first + _TOKENS_AT_ONCE]
        held = token_vectors.tokens_of(database, model_id, some)
        for passage_id in some:
            tokens = held.get(passage_id, b"")
            if len(tokens) != sizes.get(passage_id, 0):
                raise _UnusableError("the archive changed meanwhile")
            yield tokens


def _header(file: Path) -> tuple[_Header, int]:
    """The header of a file, and where its arrays begin. Raises `_UnusableError`."""
    with file.open("rb") as stream:
        begin = stream.read(len(_MAGIC) + _DIGEST_BYTES + _LENGTH_BYTES)
        if not begin.startswith(_MAGIC):
            raise _UnusableError("it is none of ours")
        length = int.from_bytes(begin[-_LENGTH_BYTES:], "little")
        size = file.stat().st_size
        if length > size:
            raise _UnusableError("it is damaged")
        told: dict[str, Any] = json.loads(stream.read(length))
    if told["made by"] != _made_by():
        raise _UnusableError("other code made it")
    if size != len(begin) + length + told["bytes"]:
        raise _UnusableError("it is cut off")
    return _Header(told["model"], told["labels"], told["arrays"]), len(begin) + length


def _read(file: Path, model_id: str | None) -> Block | None:
    """The block in a file; None if it is of another model. Raises `_UnusableError`, and what damaged headers raise."""
    header, begin = _header(file)
    if model_id not in (None, header.model):
        return None
    with file.open("rb") as stream:
        start = stream.read(len(_MAGIC) + _DIGEST_BYTES)
        if _digest_of_rest(stream) != start[len(_MAGIC) :]:
            raise _UnusableError("it is damaged")
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    _map_all_pages(mapped)
    arrays: Mapping[str, NDArray[Any]] = {
        name: np.ndarray(tuple(shape), kind, mapped, begin + place)
        for name, (kind, shape, place) in header.arrays.items()
    }
    return replace(block_of(arrays, header.labels), file=file.name)


def _map_all_pages(mapped: mmap.mmap) -> None:
    """Has the system map all pages now, while they are in its memory: one at a time, when they are first looked at,
    each search would wait for some sixty of them."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # before Linux 5.14
            mapped.madvise(_POPULATE_READ)


def _digest_of_rest(stream: Any) -> bytes:
    # Read, not mapped: what is only looked through should not count as memory in use.
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    buffer = memoryview(bytearray(1 << 20))
    while count := stream.readinto(buffer):
        digest.update(buffer[:count])
    return digest.digest()


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


@cache
def _made_by() -> str:
    """A digest of all that decides what is in a file but the archive itself: code, tokeniser, and how numbers lie."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{sys.byteorder} {sys.version_info[:2]} {version('PyStemmer')}".encode())
    for name in _MADE_BY:
        digest.update(Path(str(import_module(name).__file__)).read_bytes())
    return digest.hexdigest()
