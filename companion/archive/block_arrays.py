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
from companion.archive.outlines import Outlines
from companion.archive.packed import PackedPassages
from companion.archive.passage_vectors import Coded, PassageVectors
from companion.archive.ragged import Ragged

Arrays = Mapping[str, NDArray[Any]]

_OF_BLOCK = ("episodes", "revisions", "ends", "passage_ids", "continues", "retold")
_OF_POSTINGS = ("terms", "first", "documents", "counts", "lengths")
_OF_OUTLINES = ("windows", "sentences", "words")
_OF_CODES = ("bits", "numbers", "scales", "mean", "radius")


def arrays_of(block: Block) -> dict[str, NDArray[Any]]:
    """All of a block but the speakers' labels and the tokens."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(block, name) for name in _OF_BLOCK}
    outlines = block.all_outlines()
    arrays |= {f"postings.{name}": getattr(block.postings, name) for name in _OF_POSTINGS}
    ragged = {"passages": block.passages.packed}
    ragged |= {f"outlines.{name}": getattr(outlines, name) for name in _OF_OUTLINES}
    for name, rows in ragged.items():
        arrays |= {f"{name}.data": rows.data, f"{name}.ends": rows.ends}
    arrays["outlines.leads"] = outlines.leads
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
        PackedPassages(_ragged(arrays, "passages")),
        arrays["passage_ids"],
        arrays["continues"],
        arrays["retold"],
        tuple(labels),
        tuple(speakers[first:last] for first, last in pairwise(bounds)),
        Postings(*(arrays[f"postings.{name}"] for name in _OF_POSTINGS)),
        Outlines(*(_ragged(arrays, f"outlines.{name}") for name in _OF_OUTLINES), leads=arrays["outlines.leads"]),
        _vectors(arrays) if "vectors.rows" in arrays else None,
        tokens=_ragged(arrays, "tokens") if "tokens.ends" in arrays else None,
    )


def _ragged(arrays: Arrays, name: str) -> Ragged:
    return Ragged(arrays[f"{name}.data"], arrays[f"{name}.ends"])


def _vectors(arrays: Arrays) -> PassageVectors:
    whole, windows = (
        Coded(arrays[f"{grain}.matrix"], Codes(*(arrays[f"{grain}.{name}"] for name in _OF_CODES)))
        for grain in ("whole", "windows")
    )
    return PassageVectors(arrays["vectors.rows"], arrays["vectors.first"], whole, windows)
