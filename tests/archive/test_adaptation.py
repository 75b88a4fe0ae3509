from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.archive.adaptation import BATCH, BLEND, finding, train
from companion.archive.encoders import ToyEncoder, load_encoder, model_folder, model_id
from companion.archive.training_pairs import Pair, Source

COLOURS = "crimson scarlet emerald turquoise violet amber ivory charcoal magenta ochre indigo teal".split()
PAIRS = [
    Pair(Source.QUESTION, f"who keeps bees in the {colour} house number {number}", f"tenant {colour} {number} said so")
    for number in range(4)
    for colour in COLOURS
]


def test_how_well_an_encoder_finds_is_measured_among_all_contexts() -> None:
    alike = [Pair(Source.QUESTION, f"word{number}", f"word{number}") for number in range(5)]
    crossed = [Pair(Source.QUESTION, "left", "right"), Pair(Source.QUESTION, "right", "left")]

    assert finding(ToyEncoder(512), alike).mean_reciprocal_rank == 1.0
    assert finding(ToyEncoder(512), crossed).within_ten == 1.0
    assert finding(ToyEncoder(512), crossed).mean_reciprocal_rank == 0.5


@pytest.mark.slow
def test_a_model_is_trained_blended_and_written_whole(tmp_path: Path) -> None:
    from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

    steps: list[tuple[int, int]] = []

    train(model_folder(None), PAIRS, tmp_path / "adapted", step_done=lambda done, of: steps.append((done, of)))

    assert steps == [(1, 1)]
    assert len(PAIRS) - BATCH <= BATCH // 2
    assert model_id(tmp_path / "adapted") != model_id(model_folder(None)).replace("all-MiniLM-L6-v2", "adapted")
    assert [file.name for file in tmp_path.iterdir()] == ["adapted"]
    before, after = (load_file(folder / "model.safetensors") for folder in (model_folder(None), tmp_path / "adapted"))
    name = "encoder.layer.0.attention.self.query.weight"
    moved = np.abs(before[name] - after[name]).max()
    # One step of Adam moves no weight by more than the learning rate, and the blend goes a part of the way.
    assert 0 < moved <= 1.1 * BLEND * 4e-5
    encoder = load_encoder(str(tmp_path / "adapted"))
    assert encoder.encode(["bees"]).shape == (1, encoder.dimension)


@pytest.mark.slow
def test_a_training_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    def stop(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(model_folder(None), PAIRS, tmp_path / "adapted", step_done=stop)

    assert list(tmp_path.iterdir()) == []
