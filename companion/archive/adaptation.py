"""An encoder adapted to the archive: fine-tuned on its own talk, then blended with the model that it came from.

The loss is multiple negatives ranking (Henderson et al., 2017), in both directions: in a batch, each query has to find
its context among the contexts of the others, and the reverse: by its vector, and word by word as
`archive/late_interaction.py` compares. The weights that come of it are averaged with the original ones (Wortsman et
al., 2022, WiSE-FT), which keeps what the model knew of everything else.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.archive.encoders import Encoder
from companion.archive.training_pairs import Pair
from companion.storage.errors import CompanionError

BATCH = 32
BLEND = 0.5
"""The share of the trained weights in the blend."""

_LEARNING_RATE = 4e-5
_TEMPERATURE = 0.05
_WARM_UP = 0.1
"""The share of the steps over which the learning rate rises; from there it falls to nothing."""
_LONGEST_INPUT = 160
"""Tokens: a context of 110 words has no more."""
_LARGEST_STEP = 1.0
"""The norm that gradients are clipped to."""

StepDone = Callable[[int, int], None]
"""Called after each step, with how many are done and how many there are."""


class AdaptationError(CompanionError):
    """An archive that a model cannot be adapted to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How well an encoder finds the context of each query among all: the share found among the first ten, and the mean
    reciprocal rank."""

    within_ten: float
    mean_reciprocal_rank: float


def train(model_folder: Path, pairs: Sequence[Pair], target: Path, *, seed: int = 0, step_done: StepDone) -> None:
    """Writes a sentence-transformers folder with the adapted model to ``target``, which must not exist.

    Blocking, and long: some five seconds a batch of 32 on two cores. Nothing is left at ``target`` unless it is
    complete.
    """
    import torch
    from huggingface_hub.utils import disable_progress_bars
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as library_log

    # Their bars would run into ours.
    disable_progress_bars()
    library_log.disable_progress_bar()
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType]
    model: Any = SentenceTransformer(str(model_folder), device="cpu")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    longest, model.max_seq_length = model.max_seq_length, _LONGEST_INPUT
    batches = _batches(pairs, random.Random(seed))
    rarity = _rarity(model, [pair.context for pair in pairs])
    optimizer: Any = torch.optim.AdamW(model.parameters(), lr=_LEARNING_RATE)
    schedule: Any = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step, len(batches)))
    model.train()
    for number, batch in enumerate(batches, 1):
        loss = _loss(model, batch, rarity)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), _LARGEST_STEP)
        optimizer.step()
        schedule.step()
        step_done(number, len(batches))
    after: dict[str, Any] = model.state_dict()
    model.load_state_dict({name: _blended(before[name], value) for name, value in after.items()})
    model.max_seq_length = longest
    target.parent.mkdir(parents=True, exist_ok=True)
    written = Path(tempfile.mkdtemp(prefix=".adapting-", dir=target.parent))
    try:
        model.save(str(written), create_model_card=False)
        written.rename(target)
    except BaseException:  # nothing half-written stays
        shutil.rmtree(written, ignore_errors=True)
        raise


def _batches(pairs: Sequence[Pair], chance: random.Random) -> list[list[Pair]]:
    """All pairs once, in any order; what is left over at the end trains with too few others to tell apart."""
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    found = [shuffled[first : first + BATCH] for first in range(0, len(shuffled), BATCH)]
    return [batch for batch in found if len(batch) > BATCH // 2]


def _pace(step: int, steps: int) -> float:
    """The share of the learning rate at a step: a rise, then a straight fall."""
    rising = (step + 1) / max(1.0, _WARM_UP * steps)
    return min(1.0, rising) * max(0.0, 1.0 - step / steps)


def _rarity(model: Any, contexts: Sequence[str]) -> Any:
    """How rare each token of the vocabulary is among the contexts; what the model adds by itself counts nothing."""
    import torch

    tokenizer = model.tokenizer
    split = tokenizer(list(contexts), truncation=True, max_length=_LONGEST_INPUT)["input_ids"]
    held = Counter(token for ids in split for token in set(ids))
    counts = torch.tensor([held[token] for token in range(len(tokenizer))], dtype=torch.float32)
    rarity = torch.log1p((len(contexts) - counts + 0.5) / (counts + 0.5))
    rarity[tokenizer.all_special_ids] = 0.0
    return rarity


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a model makes of n texts: unit vectors (n, dimension), those of tokens (n, length, dimension), and how much
    each token counts (n, length): nothing where it stands for no part of the text.
    """

    vectors: Any
    tokens: Any
    weights: Any


def _seen(model: Any, texts: Sequence[str], rarity: Any) -> _Seen:
    from torch.nn.functional import normalize

    features = model.preprocess(texts)
    made = model(features)
    weights = rarity[features["input_ids"]] * features["attention_mask"]
    return _Seen(normalize(made["sentence_embedding"], dim=1), normalize(made["token_embeddings"], dim=2), weights)


def _loss(model: Any, batch: Sequence[Pair], rarity: Any) -> Any:
    queries = _seen(model, [pair.query for pair in batch], rarity)
    contexts = _seen(model, [pair.context for pair in batch], rarity)
    return _confusion(queries.vectors @ contexts.vectors.T) + _confusion(_nearness(queries, contexts))


def _nearness(queries: _Seen, contexts: _Seen) -> Any:
    """How closely each query meets each context word by word; shape (queries, contexts)."""
    import torch

    cosines = torch.einsum("qid,cjd->qcij", queries.tokens, contexts.tokens)
    cosines = cosines.masked_fill((contexts.weights == 0)[None, :, None, :], -1.0)
    shares = queries.weights / queries.weights.sum(dim=1, keepdim=True).clamp_min(1e-6)
    return (cosines.amax(dim=3) * shares[:, None, :]).sum(dim=2)


def _confusion(scores: Any) -> Any:
    """The cross entropy of finding, by cosines of shape (n, n), each query's own context, and the reverse."""
    import torch

    right = torch.arange(len(scores))
    there, back = (torch.nn.functional.cross_entropy(each / _TEMPERATURE, right) for each in (scores, scores.T))
    return (there + back) / 2


def _blended(before: Any, after: Any) -> Any:
    return before + BLEND * (after - before) if after.is_floating_point() else before


def finding(encoder: Encoder, pairs: Sequence[Pair]) -> Finding:
    """How well the encoder finds each pair's context among those of all."""
    queries, contexts = (
        np.concatenate([encoder.encode([text]) for text in texts])
        for texts in ([pair.query for pair in pairs], [pair.context for pair in pairs])
    )
    cosines = queries @ contexts.T
    ranks = 1 + (cosines > np.diag(cosines)[:, None]).sum(axis=1)
    return Finding(float((ranks <= 10).mean()), float((1.0 / ranks).mean()))
