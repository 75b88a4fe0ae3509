from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from companion.archive.encoders import Encoder, SentenceTransformerEncoder, ToyEncoder, load_encoder, model_folder
from companion.archive.tokens import Tokens

TEXTS = ["Wax, honey and thermoregulation.", "“Ötzi” – 3 000 years!", "", "?!"]


def test_punctuation_and_what_stands_for_no_characters_are_no_tokens() -> None:
    found = Tokens.of("Salt, 9!", np.ones((5, 2), np.float32), [(0, 0), (0, 4), (4, 5), (6, 7), (7, 8)])

    assert found.spans.tolist() == [[0, 4], [6, 7]]
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1.0)


@pytest.mark.parametrize("load", [ToyEncoder, partial(load_encoder, None)], ids=["toy", "bert"])
def test_tokens_stand_for_all_letters_and_digits_of_a_text(load: Callable[[], Encoder]) -> None:
    encoder = load()

    vectors, tokens = encoder.encode_with_tokens(TEXTS)

    assert np.array_equal(vectors, encoder.encode(TEXTS))
    for text, found in zip(TEXTS, tokens, strict=True):
        covered = {place for start, end in found.spans.tolist() for place in range(start, end)}
        assert {place for place, sign in enumerate(text) if sign.isalnum()} <= covered
        assert found.vectors.shape == (len(found.spans), encoder.dimension)
    assert encoder.encode_with_tokens([])[1] == []


@pytest.mark.slow
def test_tokens_are_the_same_by_either_library() -> None:
    library = SentenceTransformerEncoder(model_folder(None))
    mine = load_encoder(None).encode_with_tokens(TEXTS)[1]
    vectors, theirs = library.encode_with_tokens(TEXTS)

    assert np.allclose(vectors, library.encode(TEXTS), atol=1e-6)
    for one, other in zip(mine, theirs, strict=True):
        assert one.spans.tolist() == other.spans.tolist()
        assert not len(one.vectors) or (one.vectors * other.vectors).sum(axis=1).min() > 0.99
