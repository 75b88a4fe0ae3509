"""A model's weights where they lie, in their file (safetensors): the process has no copy of them.

They are most of what a small model takes. Of a mapped file the system reads what is wanted, lets processes share it,
and drops it when memory is short.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]

_TYPES = {"F32": np.float32, "F16": np.float16, "F64": np.float64}
"""Weights have one of these; what is numbered or masked by integers is no weight."""
_LENGTH = 8
"""Bytes that say how long the header is."""


def mapped(file: Path) -> dict[str, Weights]:
    """Each tensor of floats by its name, copied only where it is not of single precision.

    Raises `ValueError` or `KeyError` where the file is damaged.
    """
    # Private: OpenVINO takes arrays that could be written alone. Nobody does.
    held = np.memmap(file, np.uint8, mode="c")
    begin = _LENGTH + int.from_bytes(held[:_LENGTH].tobytes(), "little")
    header: dict[str, Any] = json.loads(held[_LENGTH:begin].tobytes())
    return {
        name: _tensor(held[begin:], about)
        for name, about in header.items()
        if name != "__metadata__" and about["dtype"] in _TYPES
    }


def _tensor(held: NDArray[np.uint8], about: dict[str, Any]) -> Weights:
    begin, end = about["data_offsets"]
    stored: NDArray[Any] = held[begin:end].view(_TYPES[about["dtype"]]).reshape(about["shape"])
    return stored.astype(np.float32, copy=False)
