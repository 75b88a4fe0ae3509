"""BERT (Devlin et al., 2019) as an OpenVINO graph, built straight from a model's weights, and compiled in two ways: for
one text that must come back soon, and for texts in numbers that must not be in anybody's way."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive import heap
from companion.archive.openvino_library import openvino
from companion.archive.tokens import Vectors
from companion.archive.weights import mapped

Run = Callable[[Sequence[NDArray[Any]]], tuple[Vectors, Vectors]]
"""From token ids (n, length) and their mask (n, length) to the mean token vectors (n, dimension), and to those of all
tokens (n, length, dimension)."""

NICER = 10
"""Added to the niceness (nice(2)) of threads that run texts in numbers: a tenth of a core is theirs where others of the
process want it."""

_MASKED = -10_000.0
"""Added to the attention to padding: small enough to vanish in the softmax, within reach of every float format."""


def precisions(core: Any) -> list[str]:
    """The arithmetics that this processor has, the exact one first."""
    return ["f32", "bf16"] if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") else ["f32"]


def compiled(core: Any, graph: Any, precision: str) -> Run:
    """Runs one call at a time, in the thread that calls.

    A question is so short that a second core, woken for each of its layers, takes most of what it saves: 6 ms of
    processor time in one thread are 10 in two, and where others are busy both wait for the later one.
    """
    alone = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1, "ENABLE_CPU_PINNING": False}
    model = core.compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": precision, **alone})

    def run(inputs: Sequence[NDArray[Any]]) -> tuple[Vectors, Vectors]:
        results = model(list(inputs))
        return results[0], results[1]

    return run


class Lanes:
    """Runs from as many threads at once as are of use, most often one a core: none of the cores waits for another.

    What runs gives way to all else in the process, where the system can tell threads apart (Linux). It is compiled when
    it is first wanted, and again after a `rest`, in a fifth of a second.
    """

    def __init__(self, core: Any, graph: Any, precision: str) -> None:
        # A thread that is kept to one core would wait there for what it gives way to, and leave another idle.
        where = {"PERFORMANCE_HINT": "THROUGHPUT", "ENABLE_CPU_PINNING": False}
        self._compile = partial(core.compile_model, graph, "CPU", {"INFERENCE_PRECISION_HINT": precision, **where})
        self._compiling = threading.Lock()
        self._compiled: _Requests | None = None

    @property
    def count(self) -> int:
        """How many threads are of use."""
        return self._requests().count

    def rest(self) -> None:
        """Gives back the memory that running took, a hundred megabytes and more. What runs yet comes to its end."""
        with self._compiling:
            rests, self._compiled = self._compiled is not None, None
        if rests:
            heap.give_back()

    def _requests(self) -> _Requests:
        with self._compiling:
            if self._compiled is None:
                # The threads that run are made here, and are as nice as the one that makes them.
                with ThreadPoolExecutor(1, initializer=_give_way) as thread:
                    self._compiled = _Requests(thread.submit(self._compile).result())
            return self._compiled

    def __call__(self, inputs: Sequence[NDArray[Any]]) -> tuple[Vectors, Vectors]:
        idle = self._requests().idle
        request = idle.get()
        try:
            # Not `infer`, which would run in this thread: it may hold what others need, and so must not be nice.
            request.start_async(list(inputs))
            request.wait()
            # The next run writes to the same memory.
            return request.get_output_tensor(0).data.copy(), request.get_output_tensor(1).data.copy()
        finally:
            idle.put(request)


class _Requests:
    """As many runs of a compiled graph as there may be at once, and one more: it waits with the library, so that who
    has ended a run begins the next at once, not when a thread of ours has had the interpreter."""

    def __init__(self, model: Any) -> None:
        self.count = int(model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self.idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(self.count + 1):
            self.idle.put(model.create_infer_request())


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere it would be the whole process that does
        os.nice(NICER)


def bert_graph(config: dict[str, Any], weights: Path) -> Any:
    """The graph from token ids (n, length) and mask (n, length) to the mean token vectors (n, dimension), and
    to those of all tokens (n, length, dimension)."""
    # Their type hints are incomplete.
    library = openvino()
    op: Any = import_module("openvino.opset13")

    held = {name.removeprefix("bert."): value for name, value in mapped(weights).items()}
    heads = int(config["num_attention_heads"])
    size = int(config["hidden_size"])
    epsilon = float(config["layer_norm_eps"])

    def weight(name: str) -> Any:
        return op.constant(held[name], shared_memory=True)

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
    hidden = op.add(hidden, op.constant(held["embeddings.token_type_embeddings.weight"][0]))
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
    return library.Model([mean, hidden], [ids, mask], "sentence-bert")
