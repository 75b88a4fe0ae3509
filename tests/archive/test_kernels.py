from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from companion.archive import codes, kernels

seeds = st.integers(0, 2**32 - 1)
sizes = st.lists(st.integers(0, 5), min_size=1, max_size=8)


def bits_of(random: np.random.Generator, *shape: int) -> NDArray[np.uint64]:
    return random.integers(0, 2**64, shape, np.uint64)


def firsts(counts: list[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *counts])


@given(seeds, st.integers(1, 9), st.integers(1, 7))
def test_an_estimate_is_what_the_count_of_differing_bits_stands_for(seed: int, size: int, width: int) -> None:
    random = np.random.default_rng(seed)
    bits, estimates = bits_of(random, size, width), random.random(64 * width + 1, np.float32)
    found = np.empty(size, np.float32)
    kernels.estimate(bits, bits[0], estimates, found)

    assert found.tolist() == estimates[np.bitwise_count(bits ^ bits[0]).sum(axis=1)].tolist()
    assert found[0] == estimates[0]


@given(seeds, sizes)
def test_a_group_is_estimated_by_the_row_that_differs_least_and_left_alone_without_rows(
    seed: int, counts: list[int]
) -> None:
    random = np.random.default_rng(seed)
    bits, asked = bits_of(random, sum(counts), 2), bits_of(random, 2)
    estimates = -np.arange(129, dtype=np.float32)
    found = np.full(len(counts), 7, np.float32)
    kernels.estimate_highest(bits, firsts(counts), asked, estimates, found)

    differing = np.split(np.bitwise_count(bits ^ asked).sum(axis=1), firsts(counts)[1:-1])
    assert found.tolist() == [-float(group.min()) if len(group) else 7 for group in differing]


@pytest.mark.parametrize("rounded", [False, True])
@given(seed=seeds, counts=sizes, dimension=st.integers(1, 40))
def test_products_of_rows_and_the_highest_of_groups_are_those_of_numpy(
    rounded: bool, seed: int, counts: list[int], dimension: int
) -> None:
    random = np.random.default_rng(seed)
    numbers = random.integers(-127, 128, (sum(counts), dimension)).astype(np.int8)
    matrix, scales = (numbers, random.random(len(numbers), np.float32)) if rounded else (numbers / np.float32(9), None)
    query = random.normal(size=dimension).astype(np.float32)
    expected = matrix @ query * (1 if scales is None else scales)
    rows = random.permutation(len(numbers))[:3]
    groups = random.permutation(len(counts))[:3]
    single, highest = np.empty(len(rows), np.float32), np.full(len(groups), 7, np.float32)
    kernels.multiply(matrix, scales, query, rows, single)
    kernels.multiply_highest(matrix, scales, firsts(counts), query, groups, highest)

    # Where terms in the thousands cancel out, single precision leaves a few thousandths.
    assert single == pytest.approx(expected[rows], rel=1e-4, abs=1e-2)
    bounds = firsts(counts).tolist()
    values: list[float] = expected.tolist()
    best = [max(values[bounds[group] : bounds[group + 1]], default=7.0) for group in groups.tolist()]
    assert highest == pytest.approx(best, rel=1e-4, abs=1e-2)


@given(seeds, st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 4), st.integers(1, 150))
def test_the_nearest_token_has_the_highest_product_among_those_that_differ_little_more_than_the_least(
    seed: int, counts: list[int], asked: int, dimension: int
) -> None:
    random = np.random.default_rng(seed)
    signs = random.random((sum(counts), dimension)) > 0.5
    query = random.normal(size=(asked, dimension)).astype(np.float32)
    bits, of_query = (codes.words(np.packbits(several, axis=1)) for several in (signs, query > 0))
    order = random.permutation(len(counts))
    begins, ends = firsts(counts)[order], firsts(counts)[order + 1]
    found = np.full((len(counts), asked), np.nan, np.float32)
    kernels.multiply_nearest(bits, begins, ends, order, codes.by_bit(query), of_query, 3, found)

    differing = (signs[:, None] != (query > 0)[None]).sum(axis=2)
    products = signs.astype(np.float32) @ query.T
    for passage, (begin, end) in enumerate(zip(firsts(counts)[:-1], firsts(counts)[1:], strict=True)):
        near = differing[begin:end] <= differing[begin:end].min(axis=0) + 3
        expected = np.where(near, products[begin:end], -np.inf).max(axis=0)
        assert found[passage] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(st.lists(st.sampled_from(["", "bee", "foobar", "naïve"]), max_size=5))
def test_each_text_has_its_own_hash_whatever_stands_beside_it(texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    found = np.empty(len(texts), np.uint64)
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    kernels.hash_texts(np.frombuffer(b"".join(encoded), np.uint8), ends, found)

    published = {"": 0xCBF29CE484222325, "foobar": 0x85944171F73967E8}  # of FNV-1a, by its authors
    for text, value in zip(texts, found.tolist(), strict=True):
        whole = (value >> 32 << 32) | ((value ^ (value >> 32)) & 0xFFFF_FFFF)
        assert whole == published.get(text, whole)
    assert len(set(found.tolist())) == len(set(texts))


@given(seeds, st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_fused_score_has_a_share_of_the_neighbours_that_the_talk_goes_on_from_or_into(
    seed: int, goes_on: list[bool]
) -> None:
    random = np.random.default_rng(seed)
    coverage, whole, window = random.random((3, len(goes_on)), np.float32)
    continues = np.array(goes_on)
    rows = np.flatnonzero(random.random(len(goes_on)) > 0.3).astype(np.int32)
    found = np.empty(len(rows), np.float32)
    kernels.fuse(rows, coverage, whole, window, continues, np.array((3, 2, 1, 0.5), np.float32), found)

    scores = 3 * coverage + 2 * whole + window
    for row, score in zip(rows.tolist(), found.tolist(), strict=True):
        beside = [scores[row - 1]] if row > 0 and continues[row] else []
        beside += [scores[row + 1]] if row + 1 < len(scores) and continues[row + 1] else []
        mean = sum(beside) / len(beside) if beside else scores[row]
        assert score == pytest.approx(scores[row] + 0.5 * mean, abs=1e-5)


@given(seeds, st.integers(0, 6))
def test_a_term_gains_the_documents_that_hold_it_what_bm25_says(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    documents = np.sort(random.permutation(8)[:size]).astype(np.int32)
    frequencies = random.random(size, np.float32) * 9
    scores = np.ones(8, np.float32)
    kernels.add_gains(documents, frequencies, 2, 0.9, scores)

    expected = np.ones(8)
    expected[documents] += 2 * frequencies / (frequencies + 0.9)
    assert scores == pytest.approx(expected, rel=1e-5)


@given(seeds, st.integers(1, 4), st.integers(0, 9), st.booleans())
def test_the_frequencies_of_a_term_are_its_counts_in_all_fields_weighted(
    seed: int, fields: int, size: int, turned: bool
) -> None:
    random = np.random.default_rng(seed)
    documents = np.sort(random.permutation(9)[:size]).astype(np.int32)
    counts = random.integers(0, 3, (fields, size)).astype(np.uint8)
    factors = random.random((fields, 12), np.float32)
    first, last = sorted(random.integers(0, size + 1, 2).tolist())
    found, out = np.empty(last - first, np.int32), np.empty(last - first, np.float32)
    laid_out = np.asfortranarray(counts) if turned else counts
    kernels.weigh_frequencies(documents, laid_out, first, last, 3, factors, found, out)

    assert found.tolist() == (documents[first:last] + 3).tolist()
    assert out == pytest.approx((counts * factors[:, documents + 3]).sum(axis=0)[first:last], rel=1e-5)


@pytest.mark.slow
def test_loops_are_compiled_where_nothing_can_be_kept_too() -> None:
    code = (
        "from numba.core import caching\n"
        "for kind in (caching.CacheImpl, *caching.CacheImpl.__subclasses__()): kind._locator_classes = []\n"
        "from companion.archive import kernels\n"
        "import numpy as np\n"
        "out = np.zeros(1, np.float32)\n"
        "kernels.multiply(np.ones((1, 2), np.float32), None, np.ones(2, np.float32), np.zeros(1, np.int64), out)\n"
        "print(out[0])"
    )

    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "2.0\n"
