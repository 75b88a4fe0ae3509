"""A BERT sentence encoder as an OpenVINO graph, built straight from the model's weights: PyTorch is never imported.

The graph is Devlin et al. (2019), BERT, with the mean of the token vectors as the sentence's (Reimers and Gurevych,
2019, Sentence-BERT). It starts in a second and encodes several times as fast as PyTorch, more so on a processor that
multiplies in bfloat16, and stays fast beside other busy processes, where PyTorch's threads wait for each other.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.tokens import Tokens, Vectors, unit_rows

FAITHFUL = 0.999
"""The cosine that rounded arithmetic must keep to the exact one's vectors, for every probe."""
_PROBES = (
    "what was it that she said about the price of bread",
    "We tried it three times, and the third time it worked, but nobody could say why. So we left it alone, and it has"
    " run ever since, all through the winter, which is more than I can say for the one before it. " * 2,
)
_MASKED = -10_000.0
"""Added to the attention to padding: small enough to vanish in the softmax, within reach of every float format."""


def is_bert(folder: Path) -> bool:
    """Is this a sentence-transformers folder that `BertEncoder` reproduces: BERT, mean pooling, no default prompt?"""
    try:
        config = _read(folder / "config.json")
        steps = [module["type"].rsplit(".", 1)[-1].lower() for module in _read(folder / "modules.json")]
        pooling = _read(folder / "1_Pooling" / "config.json")
        prompt = _read(folder / "config_sentence_transformers.json").get("default_prompt_name")
        _longest_input(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    mean_alone = pooling.get("pooling_mode") == "mean" or [
        mode for mode, on in pooling.items() if mode.startswith("pooling_mode_") and on is True
    ] == ["pooling_mode_mean_tokens"]
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and steps[:2] == ["transformer", "pooling"]
        and set(steps[2:]) <= {"normalize"}
        and mean_alone
        and not prompt
        and (folder / "tokenizer.json").is_file()
        and (folder / "model.safetensors").is_file()
    )


class BertEncoder:
    """Encodes with the faster of the arithmetics that this processor has and that keep the vectors what they are."""

    def __init__(self, folder: Path, model_id: str) -> None:
        from tokenizers import Tokenizer

        config = _read(folder / "config.json")
        self.model_id = model_id
        self.dimension = int(config["hidden_size"])
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_longest_input(folder))
        self._tokenizer.enable_padding(pad_id=int(config.get("pad_token_id", 0)))
        core: Any = import_module("openvino").Core()
        graph = _graph(config, folder / "model.safetensors")
        self.precision = "f32"
        self._run: Any = _compiled(core, graph, self.precision)
        if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            self._round_if_faithful(_compiled(core, graph, "bf16"))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._encode(self._run, texts)

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """The same rows, and each text's tokens."""
        if not texts:
            return self.encode(texts), []
        split = self._split(texts)
        sentences, hidden = _results(self._run, split)
        return unit_rows(sentences), [
            # A token that was added, such as one that opens or pads, stands for no characters.
            Tokens.of(text, vectors, one.offsets)
            for text, vectors, one in zip(texts, hidden, split, strict=True)
        ]

    def _encode(self, run: Callable[[list[Any]], Any], texts: Sequence[str]) -> Vectors:
        return unit_rows(_results(run, self._split(texts))[0])

    def _split(self, texts: Sequence[str]) -> Sequence[Any]:
        """The texts as tokens, all padded to one length."""
        return self._tokenizer.encode_batch(list(texts))

    def _round_if_faithful(self, rounded: Any) -> None:
        """Takes bfloat16 where it is faster and changes no probe's vector noticeably."""
        cosines = (self._encode(self._run, _PROBES) * self._encode(rounded, _PROBES)).sum(axis=1)
        if float(cosines.min()) < FAITHFUL:
            return
        if self._seconds(rounded) < self._seconds(self._run):
            self.precision, self._run = "bf16", rounded

    def _seconds(self, run: Any) -> float:
        """The best of three rounds over the probes."""
        rounds: list[float] = []
        for _ in range(3):
            begun = time.perf_counter()
            self._encode(run, _PROBES)
            rounds.append(time.perf_counter() - begun)
        return min(rounds)


def _results(run: Callable[[list[Any]], Any], split: Sequence[Any]) -> tuple[Vectors, Vectors]:
    """The mean token vectors (n, dimension), and those of all tokens (n, length, dimension)."""
    ids = np.array([one.ids for one in split], np.int64)
    mask = np.array([one.attention_mask for one in split], np.float32)
    results = run([ids, mask])
    return results[0], results[1]


def _compiled(core: Any, graph: Any, precision: str) -> Any:
    return core.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"})


def _graph(config: dict[str, Any], weights: Path) -> Any:
    """The graph from token ids (n, length) and mask (n, length) to the mean token vectors (n, dimension), and
    to those of all tokens (n, length, dimension)."""
    from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

    # Their type hints are incomplete.
    openvino: Any = import_module("openvino")
    op: Any = import_module("openvino.opset13")

    held: dict[str, NDArray[Any]] = {name.removeprefix("bert."): value for name, value in load_file(weights).items()}
    heads = int(config["num_attention_heads"])
    size = int(config["hidden_size"])
    epsilon = float(config["layer_norm_eps"])

    def weight(name: str) -> Any:
        return op.constant(held[name].astype(np.float32))

    def dense(values: Any, name: str) -> Any:
        product = op.matmul(values, weight(f"{name}.weight"), transpose_a=False, transpose_b=True)
        return op.add(product, weight(f"{name}.bias"))

    def normalised(values: Any, name: str) -> Any:
        centred = op.mvn(values, op.constant(np.array([2], np.int64)), True, epsilon, "inside_sqrt")
        return op.add(op.multiply(centred, weight(f"{name}.weight")), weight(f"{name}.bias"))

    def in_heads(values: Any) -> Any:
        split = op.reshape(values, op.constant(np.array([0, 0, heads, size // heads], np.int64)), True)
        return op.transpose(split, op.constant(np.array([0, 2, 1, 3], np.int64)))

    ids = op.parameter([-1, -1], np.int64, name="ids")
    mask = op.parameter([-1, -1], np.float32, name="mask")
    zero, one = op.constant(np.int64(0)), op.constant(np.int64(1))
    length = op.gather(op.shape_of(ids), one, zero)
    positions = op.gather(weight("embeddings.position_embeddings.weight"), op.range(zero, length, one, "i64"), zero)
    hidden = op.add(op.gather(weight("embeddings.word_embeddings.weight"), ids, zero), positions)
    hidden = op.add(hidden, op.constant(held["embeddings.token_type_embeddings.weight"][0].astype(np.float32)))
    hidden = normalised(hidden, "embeddings.LayerNorm")
    absent = op.subtract(op.constant(np.float32(1)), mask)
    bias = op.unsqueeze(op.multiply(absent, op.constant(np.float32(_MASKED))), op.constant(np.array([1, 2], np.int64)))
    for layer in range(int(config["num_hidden_layers"])):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            in_heads(dense(hidden, f"{name}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        seen = op.transpose(
            op.scaled_dot_product_attention(query, key, value, bias), op.constant(np.array([0, 2, 1, 3], np.int64))
        )
        joined = op.reshape(seen, op.constant(np.array([0, 0, size], np.int64)), True)
        attended = op.add(dense(joined, f"{name}.attention.output.dense"), hidden)
        hidden = normalised(attended, f"{name}.attention.output.LayerNorm")
        inner = op.gelu(dense(hidden, f"{name}.intermediate.dense"), "erf")
        hidden = normalised(op.add(dense(inner, f"{name}.output.dense"), hidden), f"{name}.output.LayerNorm")
    shares = op.unsqueeze(mask, op.constant(np.array([2], np.int64)))
    along = op.constant(np.array([1], np.int64))
    total = op.reduce_sum(op.multiply(hidden, shares), along, False)
    mean = op.divide(total, op.reduce_sum(shares, along, False))
    return openvino.Model([mean, hidden], [ids, mask], "sentence-bert")


def _longest_input(folder: Path) -> int:
    """In tokens. Where it stands depends on the version of sentence-transformers that saved the model."""
    longest: Any = _read(folder / "sentence_bert_config.json").get("max_seq_length")
    if longest is None:
        longest = _read(folder / "tokenizer_config.json")["model_max_length"]
    return min(int(longest), int(_read(folder / "config.json")["max_position_embeddings"]))


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
