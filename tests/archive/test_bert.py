from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from companion.archive.bert import BertEncoder, inputs, is_bert
from companion.archive.bert_graph import NICER
from companion.archive.encoders import SentenceTransformerEncoder, model_folder, model_id

TEXTS = (
    "who stole the beehive?",
    "",
    "Ünïcode, 数字 and 🐝 are words too.",
    "Every hive has a box, and the box measures four things.",
    "word " * 600,  # past the model's longest input
)


@pytest.fixture(scope="module")
def encoder() -> BertEncoder:
    folder = model_folder(None)
    return BertEncoder(folder, model_id(folder))


def test_the_packaged_model_is_one_that_it_reproduces() -> None:
    assert is_bert(model_folder(None))


@pytest.mark.parametrize("change", [{"model_type": "roberta"}, {"hidden_act": "relu"}])
def test_another_architecture_is_left_to_pytorch(tmp_path: Path, change: dict[str, str]) -> None:
    packaged = model_folder(None)
    (tmp_path / "1_Pooling").mkdir()
    for name in (
        "modules.json",
        "tokenizer.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
    ):
        (tmp_path / name).write_bytes((packaged / name).read_bytes())
    (tmp_path / "model.safetensors").touch()
    config = json.loads((packaged / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert is_bert(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    assert not is_bert(tmp_path)


def test_a_folder_that_is_no_model_is_left_to_pytorch(tmp_path: Path) -> None:
    assert not is_bert(tmp_path)


@pytest.mark.slow
def test_its_vectors_are_those_of_pytorch(encoder: BertEncoder) -> None:
    exact = SentenceTransformerEncoder(model_folder(None)).encode(TEXTS)
    assert (encoder.encode(TEXTS) * exact).sum(axis=1).min() > 0.999


def test_rows_are_unit_vectors_in_the_order_of_the_texts_however_they_are_batched(encoder: BertEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert together.shape == (len(TEXTS), encoder.dimension)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert (together * alone).sum(axis=1).min() > 0.999


def test_texts_come_in_few_shapes(encoder: BertEncoder) -> None:
    widths = {inputs(encoder.split(["word " * count]))[0].shape[1] for count in range(300)}
    assert widths == set(range(8, 257, 8))


def test_what_only_many_texts_need_is_made_again_after_a_rest(encoder: BertEncoder) -> None:
    before = encoder.bulk.encode(TEXTS)
    encoder.bulk.rest()
    encoder.bulk.rest()
    assert np.allclose(encoder.bulk.encode(TEXTS), before, atol=1e-5)


def test_a_rest_takes_nothing_from_what_is_being_encoded(encoder: BertEncoder) -> None:
    expected = encoder.bulk.encode(TEXTS)
    with ThreadPoolExecutor(2) as threads:
        made = [threads.submit(encoder.bulk.encode, TEXTS) for _ in range(4)]
        for one in made:
            encoder.bulk.rest()
            assert np.allclose(one.result(), expected, atol=1e-5)


def test_no_texts_are_no_rows(encoder: BertEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_many_texts_in_several_threads_have_the_vectors_that_each_has_alone(encoder: BertEncoder) -> None:
    with ThreadPoolExecutor(2 * encoder.bulk.lanes) as threads:
        made = list(threads.map(encoder.bulk.encode_with_tokens, [[text] for text in TEXTS] * 4))
    vectors, tokens = zip(*(encoder.encode_with_tokens([text]) for text in TEXTS), strict=True)
    for (row, (found,)), expected, (alone,) in zip(made, vectors * 4, tokens * 4, strict=True):
        assert np.allclose(row, expected, atol=1e-3)
        assert np.array_equal(found.spans, alone.spans)
        assert np.allclose(found.vectors, alone.vectors, atol=0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads of one process cannot be told apart")
def test_the_threads_that_encode_many_texts_give_way_to_all_others(encoder: BertEncoder) -> None:
    lanes = encoder.bulk.lanes
    own = os.getpriority(os.PRIO_PROCESS, 0)
    others = [os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in Path("/proc/self/task").iterdir()]
    assert others.count(min(own + NICER, 19)) >= lanes


def test_it_never_imports_pytorch() -> None:
    program = (
        "import sys; from companion.archive.encoders import load_encoder;"
        "load_encoder(None).encode(['a']); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
