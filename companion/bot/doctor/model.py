"""The embedding model: is it there, does it load, how fast does it encode, and by what means?"""

from __future__ import annotations

import time
from collections.abc import Sequence

from companion.archive.bert import BertEncoder
from companion.archive.encoders import Encoder, load_encoder
from companion.archive.models import ChosenModel
from companion.bot.doctor.findings import Finding, error, hint, ok
from companion.storage.address import Address
from companion.storage.errors import CompanionError

_PROBE = "what was it that she said about the price of bread"
_ROUNDS = 5
_SLOW = 0.1
"""Seconds for a query that members notice."""
_WORDS = "Until then searches go by words alone."


def check(database: Address | None, name: str | None) -> Sequence[Finding]:
    """Loads the model that a search would use, which takes seconds. ``database`` is None where there is none yet."""
    begun = time.perf_counter()
    try:
        encoder = ChosenModel(database, name).load() if database else load_encoder(name)
        loaded = time.perf_counter() - begun
        seconds = _seconds(encoder)
    except CompanionError as wrong:
        return [error(str(wrong), f"Correct EMBEDDING_MODEL. {_WORDS}")]
    except ImportError as missing:
        return [error(f"The package {missing.name or '?'} is not installed.", f"Install Companion again. {_WORDS}")]
    except Exception as broken:  # whatever a damaged model's reader raises
        return [
            error(
                f"The embedding model cannot be used ({type(broken).__name__}): its files are damaged.",
                f"Install it again, or download it anew. {_WORDS}",
            )
        ]
    means = f"OpenVINO in {encoder.precision}" if isinstance(encoder, BertEncoder) else "PyTorch"
    speed = f"{encoder.model_id} loads in {loaded:.1f} s and encodes a query in {seconds * 1000:.1f} ms, by {means}."
    if seconds > _SLOW:
        return [hint(speed, "That is slow: is the machine busy, or the model too large for it?")]
    return [ok(speed)]


def _seconds(encoder: Encoder) -> float:
    """The best of some rounds."""
    rounds: list[float] = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        encoder.encode([_PROBE])
        rounds.append(time.perf_counter() - begun)
    return min(rounds)
