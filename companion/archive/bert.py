"""A BERT sentence encoder as an OpenVINO graph (`companion.archive.bert_graph`): PyTorch is never imported.

A sentence's vector is the mean of its tokens' (Reimers and Gurevych, 2019, Sentence-BERT). It starts in a second and
encodes several times as fast as PyTorch, more so on a processor that multiplies in bfloat16, and stays fast beside
other busy processes, where PyTorch's threads wait for each other.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.bert_graph import Lanes, Run, bert_graph, compiled, precisions
from companion.archive.openvino_library import openvino
from companion.archive.tokens import Tokens, Vectors, unit_rows

FAITHFUL = 0.999
"""The cosine that rounded arithmetic must keep to the exact one's vectors, for every probe."""
_MULTIPLE = 8
"""Of tokens, to which texts are padded: for each shape that it has seen the graph keeps a megabyte, and one of so many
lengths is enough for a question."""
_PROBES = (
    "what was it that she said about the price of bread",
    "We tried it three times, and the third time it worked, but nobody could say why. So we left it alone, and it has"
    " run ever since, all through the winter, which is more than I can say for the one before it. " * 2,
)


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


class GraphEncoder:
    """Texts to vectors, by a tokenizer and a run of the graph."""

    def __init__(self, tokenizer: Any, run: Run, dimension: int) -> None:
        self.dimension = dimension
        self.run = run
        self._tokenizer = tokenizer

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return unit_rows(self.run(inputs(self.split(texts)))[0])

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """The same rows, and each text's tokens."""
        if not texts:
            return self.encode(texts), []
        split = self.split(texts)
        sentences, hidden = self.run(inputs(split))
        return unit_rows(sentences), [
            # A token that was added, such as one that opens or pads, stands for no characters.
            Tokens.of(text, vectors, one.offsets)
            for text, vectors, one in zip(texts, hidden, split, strict=True)
        ]

    def split(self, texts: Sequence[str]) -> Sequence[Any]:
        """The texts as tokens, all padded to one length."""
        return self._tokenizer.encode_batch(list(texts))


class BulkEncoder(GraphEncoder):
    """Encodes for as many threads at once as it has ``lanes``, and gives way to all else."""

    def __init__(self, tokenizer: Any, run: Lanes, dimension: int) -> None:
        super().__init__(tokenizer, run, dimension)
        self._lanes = run

    @property
    def lanes(self) -> int:
        return self._lanes.count

    def rest(self) -> None:
        self._lanes.rest()


class BertEncoder(GraphEncoder):
    """Encodes one text the soonest, and many with its ``bulk``, in the fastest arithmetic of this processor that keeps
    the vectors what they are."""

    def __init__(self, folder: Path, model_id: str) -> None:
        from tokenizers import Tokenizer

        config = _read(folder / "config.json")
        self.model_id = model_id
        tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        longest = _longest_input(folder)
        tokenizer.enable_truncation(longest)
        padding = int(config.get("pad_token_id", 0))
        tokenizer.enable_padding(pad_id=padding, pad_to_multiple_of=math.gcd(longest, _MULTIPLE))
        core: Any = openvino().Core()
        graph = bert_graph(config, folder / "model.safetensors")
        self.precision, *rounded = precisions(core)
        super().__init__(tokenizer, compiled(core, graph, self.precision), int(config["hidden_size"]))
        for precision in rounded:
            self._round_if_faithful(precision, compiled(core, graph, precision))
        self.bulk = BulkEncoder(tokenizer, Lanes(core, graph, self.precision), self.dimension)

    def _round_if_faithful(self, precision: str, rounded: Run) -> None:
        """Takes rounded arithmetic where it is faster and changes no probe's vector noticeably."""
        other = GraphEncoder(self._tokenizer, rounded, self.dimension)
        cosines = (self.encode(_PROBES) * other.encode(_PROBES)).sum(axis=1)
        if float(cosines.min()) >= FAITHFUL and _seconds(other) < _seconds(self):
            self.precision, self.run = precision, rounded


def inputs(split: Sequence[Any]) -> list[NDArray[Any]]:
    """What the graph runs on, of texts as tokens."""
    ids = np.array([one.ids for one in split], np.int64)
    return [ids, np.array([one.attention_mask for one in split], np.float32)]


def _seconds(encoder: GraphEncoder) -> float:
    """The best of three rounds over the probes."""
    rounds: list[float] = []
    for _ in range(3):
        begun = time.perf_counter()
        encoder.encode(_PROBES)
        rounds.append(time.perf_counter() - begun)
    return min(rounds)


def _longest_input(folder: Path) -> int:
    """In tokens. Where it stands depends on the version of sentence-transformers that saved the model."""
    longest: Any = _read(folder / "sentence_bert_config.json").get("max_seq_length")
    if longest is None:
        longest = _read(folder / "tokenizer_config.json")["model_max_length"]
    return min(int(longest), int(_read(folder / "config.json")["max_position_embeddings"]))


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
