"""A block as plain arrays with names, and back: what lies in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.blocks import Block
from companion.archive.bm25 import Postings
from companion.archive.codes import Codes
from companion.archive.packed import PackedPassages, PackedTokens
from companion.archive.passage_vectors import Coded, PassageVectors

Arrays = Mapping[str, NDArray[Any]]

_OF_BLOCK = ("episodes", "revisions", "ends", "passage_ids", "continues", "retold")
_OF_POSTINGS = ("terms", "first", "documents", "counts", "lengths")
_OF_CODES = ("bits", "numbers", "scales", "mean", "radius")


def arrays_of(block: Block) -> dict[str, NDArray[Any]]:
    """All of a block but the speakers' labels and the tokens."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(block, name) for name in _OF_BLOCK}
    arrays |= {f"postings.{name}": getattr(block.postings, name) for name in _OF_POSTINGS}
    arrays |= {"passages.data": block.passages.data, "passages.ends": block.passages.ends}
    arrays["speakers.first"] = np.cumsum([0, *map(len, block.speaker_rows)], dtype=np.int64)
    arrays["speakers.rows"] = np.concatenate([np.zeros(0, np.int32), *block.speaker_rows])
    if block.vectors is not None:
        arrays |= {"vectors.rows": block.vectors.rows, "vectors.first": block.vectors.first}
        for grain, coded in (("whole", block.vectors.whole), ("windows", block.vectors.windows)):
            arrays[f"{grain}.matrix"] = coded.matrix
            arrays |= {f"{grain}.{name}": getattr(coded.codes, name) for name in _OF_CODES}
    return arrays


def block_of(arrays: Arrays, labels: Sequence[str]) -> Block:
    """The block of these arrays, which are taken over, not copied. Raises KeyError where one is missing."""
    speakers: NDArray[np.int32] = arrays["speakers.rows"]
    bounds: list[int] = arrays["speakers.first"].tolist()
    return Block(
        arrays["episodes"],
        arrays["revisions"],
        arrays["ends"],
        PackedPassages(arrays["passages.data"], arrays["passages.ends"]),
        arrays["passage_ids"],
        arrays["continues"],
        arrays["retold"],
        tuple(labels),
        tuple(speakers[first:last] for first, last in pairwise(bounds)),
        Postings(*(arrays[f"postings.{name}"] for name in _OF_POSTINGS)),
        _vectors(arrays) if "vectors.rows" in arrays else None,
        tokens=PackedTokens(arrays["tokens.data"], arrays["tokens.ends"]) if "tokens.ends" in arrays else None,
    )


def _vectors(arrays: Arrays) -> PassageVectors:
    whole, windows = (
        Coded(arrays[f"{grain}.matrix"], Codes(*(arrays[f"{grain}.{name}"] for name in _OF_CODES)))
        for grain in ("whole", "windows")
    )
    return PassageVectors(arrays["vectors.rows"], arrays["vectors.first"], whole, windows)
