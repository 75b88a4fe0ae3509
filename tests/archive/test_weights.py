from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from companion.archive.encoders import model_folder
from companion.archive.weights import mapped


def test_the_packaged_models_weights_are_those_of_its_file() -> None:
    file = model_folder(None) / "model.safetensors"
    expected = {name: value for name, value in load_file(file).items() if value.dtype == np.float32}
    held = mapped(file)
    assert held.keys() == expected.keys()
    assert all(np.array_equal(held[name], expected[name]) for name in held)


def test_they_lie_in_the_file_alone() -> None:
    for value in mapped(model_folder(None) / "model.safetensors").values():
        owner = value
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        assert isinstance(owner, np.memmap)


@pytest.mark.parametrize("stored", [np.float16, np.float64])
def test_other_precisions_become_single(tmp_path: Path, stored: type[np.floating]) -> None:
    save_file({"half": np.array([[0.5, 0.25], [2, 4]], stored), "numbers": np.arange(3)}, tmp_path / "weights")
    held = mapped(tmp_path / "weights")
    assert held.keys() == {"half"}
    assert held["half"].dtype == np.float32
    assert held["half"].tolist() == [[0.5, 0.25], [2, 4]]


@pytest.mark.parametrize("cut", [1, 4, 100])
def test_a_file_that_is_cut_off_is_no_weights(tmp_path: Path, cut: int) -> None:
    save_file({"some": np.ones((4, 4), np.float32)}, tmp_path / "weights")
    whole = (tmp_path / "weights").read_bytes()
    (tmp_path / "weights").write_bytes(whole[:-cut])
    with pytest.raises(ValueError, match=r".+"):
        mapped(tmp_path / "weights")


def test_no_more_is_read_than_there_is_whatever_the_header_says(tmp_path: Path) -> None:
    header = json.dumps({"some": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
    (tmp_path / "weights").write_bytes(len(header).to_bytes(8, "little") + header + bytes(64))
    with pytest.raises(ValueError, match="reshape"):
        mapped(tmp_path / "weights")
