from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.archive.encoders import EncoderError, ToyEncoder, load_encoder, model_folder, model_id


def test_the_toy_encoder_gives_unit_rows_in_order() -> None:
    encoder = ToyEncoder(32)
    vectors = encoder.encode(["the bees hum", "rust"])

    assert vectors.shape == (2, 32)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0])
    assert np.array_equal(encoder.encode(["rust"])[0], vectors[1])


def test_the_toy_encoder_finds_texts_that_share_words_alike() -> None:
    bees, hum, rust = ToyEncoder().encode(["bees hum in winter", "in winter bees hum", "rust on the gate"])

    assert bees @ hum > 0.99
    assert bees @ rust < 0.7


def test_a_model_is_named_after_its_weights(tmp_path: Path) -> None:
    for name, weights in (("one", b"abc"), ("two", b"abd")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(weights)
    first, second = model_id(tmp_path / "one"), model_id(tmp_path / "two")

    assert first.startswith("one@")
    assert first.split("@")[1] != second.split("@")[1]


def test_a_folder_without_weights_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no weights"):
        model_id(tmp_path)


def test_the_packaged_model_is_named_without_loading_it() -> None:
    assert model_id(model_folder(None)).startswith("all-MiniLM-L6-v2@")


@pytest.mark.slow
def test_the_real_model_knows_what_is_meant() -> None:
    encoder = load_encoder(None)
    query, near, far = encoder.encode(
        ["What do bees live on in winter?", "The colony burns twenty kilos of honey until May.", "The gate is rusty."]
    )

    assert encoder.dimension == len(query) == 384
    assert np.linalg.norm(query) == pytest.approx(1.0, abs=1e-3)
    assert query @ near > query @ far + 0.2
