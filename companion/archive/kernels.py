"""The innermost loops of search over vectors, bits and postings, compiled.

numpy has no function that does one of them in a single pass, and several passes take three to eight times as long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.archive.compiling import compiled, inlined, read, types
from companion.archive.instructions import fetch, sum_where_set

Bits = NDArray[np.uint64]
Places = NDArray[np.int64]
Scores = NDArray[np.float32]

_PAIRS, _FOURS, _EIGHTS = (np.uint64(mask * 0x0101_0101_0101_0101) for mask in (0x55, 0x33, 0x0F))
_BYTES = np.uint64(0x0101_0101_0101_0101)
_ONE, _TWO, _FOUR, _LAST_BYTE = map(np.uint64, (1, 2, 4, 56))

_FNV_BASIS, _FNV_PRIME, _HALF = map(np.uint64, (0xCBF2_9CE4_8422_2325, 0x100_0000_01B3, 32))

_LINE, _AHEAD = 64, 4
"""Bytes that memory is read by, and how many rows, or groups of rows, before they are due: they lie here and there, and
each would be waited for."""

_BITS, _SCORES, _PLACES = read(types.uint64), read(types.float32), read(types.int64)
_ROWS_OF_BITS, _VECTORS, _ROUNDED = read(types.uint64, 2), read(types.float32, 2), read(types.int8, 2)
_DOCUMENTS = _ROWS = read(types.int32)
_MASK = read(types.boolean)
_OUT, _ROWS_OUT = types.float32[::1], types.float32[:, ::1]


@inlined
def _ones(word: Any) -> Any:
    """How many bits of 64 are set; the compiler knows this form, and makes it the processor's own instruction."""
    word -= (word >> _ONE) & _PAIRS
    word = (word & _FOURS) + ((word >> _TWO) & _FOURS)
    return (((word + (word >> _FOUR)) & _EIGHTS) * _BYTES) >> _LAST_BYTE


@inlined
def _differing(row: Any, asked: Any) -> Any:
    count = np.int64(0)
    for number in range(len(asked)):
        count += np.int64(_ones(row[number] ^ asked[number]))
    return count


@inlined
def _fetch_row(matrix: Any, row: Any) -> None:
    for column in range(0, matrix.shape[1], _LINE // matrix.itemsize):
        fetch(matrix, row, column)


@inlined
def _product(matrix: Any, scales: Any, query: Any, row: Any) -> Any:
    total = np.float32(0)
    for number in range(len(query)):
        total += np.float32(matrix[row, number]) * query[number]
    return total if scales is None else total * scales[row]


@compiled((read(types.uint8), _PLACES, types.uint64[::1]))
def hash_texts(data: NDArray[np.uint8], ends: Places, out: Bits) -> None:
    """The 64-bit FNV-1a hash (Fowler, Noll and Vo) of each of some texts, which lie one after the other and end before
    ``ends``; its upper half is folded into the lower one, too."""
    begin = 0
    for text in range(len(ends)):
        value = _FNV_BASIS
        for place in range(begin, ends[text]):
            value = (value ^ np.uint64(data[place])) * _FNV_PRIME
        out[text] = value ^ (value >> _HALF)
        begin = ends[text]


@compiled(
    (
        *(_DOCUMENTS, types.Array(types.uint8, 2, "A", readonly=True), types.int64, types.int64),
        *(types.int64, _VECTORS, types.int32[::1], _OUT),
    )
)
def weigh_frequencies(
    documents: NDArray[np.int32],
    counts: NDArray[np.uint8],
    first: int,
    last: int,
    offset: int,
    factors: Scores,
    found: NDArray[np.int32],
    out: Scores,
) -> None:
    """The documents of the postings from ``first`` to before ``last``, counted from ``offset``, and how often each has
    the term: its ``counts``, of shape (fields, postings), times the ``factors``, of shape (fields, documents)."""
    for place in range(first, last):
        document = documents[place] + offset
        total = np.float32(0)
        for field in range(len(counts)):
            if counts[field, place]:  # titles and the like have few of a question's words
                total += np.float32(counts[field, place]) * factors[field, document]
        found[place - first] = document
        out[place - first] = total


@compiled((_DOCUMENTS, _SCORES, types.float32, types.float32, _OUT))
def add_gains(documents: NDArray[np.int32], frequencies: Scores, weight: float, k1: float, out: Scores) -> None:
    """Adds to the score of each of the ``documents`` what a term of this weight gains it by BM25."""
    for place in range(len(documents)):
        frequency = frequencies[place]
        out[documents[place]] += weight * frequency / (frequency + k1)


@inlined
def _fused(weights: Any, coverage: Any, whole: Any, window: Any, row: Any) -> Any:
    return weights[0] * coverage[row] + weights[1] * whole[row] + weights[2] * window[row]


@compiled((_ROWS, _SCORES, _SCORES, _SCORES, _MASK, _SCORES, _OUT))
def fuse(
    rows: NDArray[np.int32],
    coverage: Scores,
    whole: Scores,
    window: Scores,
    continues: NDArray[np.bool_],
    weights: Scores,
    out: Scores,
) -> None:
    """The weighted sum of the three scores of each of the ``rows``, and a share of its neighbours' mean.

    Neighbours are the row before, where the row ``continues``, and the one after, where that does; a row without any
    counts as its own. ``weights`` are those of the three, and the share.
    """
    for place in range(len(rows)):
        row = rows[place]
        own = _fused(weights, coverage, whole, window, row)
        before = row > 0 and continues[row]
        after = row + 1 < len(coverage) and continues[row + 1]
        beside = np.float32(0)
        if before:
            beside += _fused(weights, coverage, whole, window, row - 1)
        if after:
            beside += _fused(weights, coverage, whole, window, row + 1)
        if before and after:
            beside *= np.float32(0.5)
        out[place] = own + weights[3] * (beside if before or after else own)


@compiled((_ROWS_OF_BITS, _BITS, _SCORES, _OUT))
def estimate(bits: Bits, asked: Bits, estimates: Scores, out: Scores) -> None:
    """What each row of bits, of shape (n, words), stands for: ``estimates`` has a number for each count of bits in
    which it may differ from ``asked``, of shape (words,)."""
    for row in range(len(out)):
        out[row] = estimates[_differing(bits[row], asked)]


@compiled((_ROWS_OF_BITS, _PLACES, _BITS, _SCORES, _OUT))
def estimate_highest(bits: Bits, first: Places, asked: Bits, estimates: Scores, out: Scores) -> None:
    """What the row that differs the least of each group stands for; where a group has no rows ``out`` stays.

    The rows of group i are those from ``first[i]`` to before ``first[i + 1]``. ``estimates`` fall.
    """
    for group in range(len(out)):
        begin, end = first[group], first[group + 1]
        if begin < end:
            lowest = _differing(bits[begin], asked)
            for row in range(begin + 1, end):
                lowest = min(lowest, _differing(bits[row], asked))
            out[group] = estimates[lowest]


@compiled((_VECTORS, types.none, _SCORES, _PLACES, _OUT), (_ROUNDED, _SCORES, _SCORES, _PLACES, _OUT))
def multiply(matrix: NDArray[Any], scales: Scores | None, query: Scores, rows: Places, out: Scores) -> None:
    """The scalar products of some rows of a matrix, of float32 or int8, with a query, times the rows' scales."""
    for place in range(len(rows)):
        if place + _AHEAD < len(rows):
            _fetch_row(matrix, rows[place + _AHEAD])
        out[place] = _product(matrix, scales, query, rows[place])


@compiled((_VECTORS, types.none, _PLACES, _SCORES, _PLACES, _OUT), (_ROUNDED, _SCORES, _PLACES, _SCORES, _PLACES, _OUT))
def multiply_highest(
    matrix: NDArray[Any], scales: Scores | None, first: Places, query: Scores, groups: Places, out: Scores
) -> None:
    """The highest such product among the rows of each of some groups, which are as above."""
    for place in range(len(groups)):
        begin, end = first[groups[place]], first[groups[place] + 1]
        if place + _AHEAD < len(groups):
            later = groups[place + _AHEAD]
            for row in range(first[later], first[later + 1]):
                _fetch_row(matrix, row)
        if begin < end:
            highest = np.float32(-np.inf)
            for row in range(begin, end):
                highest = max(highest, _product(matrix, scales, query, row))
            out[place] = highest


@compiled((_ROWS_OF_BITS, *(_PLACES,) * 3, _VECTORS, _ROWS_OF_BITS, types.int64, _ROWS_OUT))
def multiply_nearest(
    bits: Bits,
    begins: Places,
    ends: Places,
    places: Places,
    query: NDArray[np.float32],
    asked: Bits,
    slack: int,
    out: NDArray[np.float32],
) -> None:
    """The highest product of each token of a query with the bits, 0 or 1, of the tokens of each passage; shape
    (passages, asked).

    ``bits``, of shape (n, words), are those of all tokens; those of passage i, whose row of ``out`` is ``places[i]``,
    lie from ``begins[i]`` to before ``ends[i]``: one at least. ``query``, of shape (asked, 64 · words), has a number
    for each bit of a word, the lowest bit first, and ``asked`` its bits. Counting the bits that differ is faster than
    multiplying: only those of a passage are multiplied that differ in at most ``slack`` bits more than the nearest.
    """
    longest = 0
    for passage in range(len(places)):
        longest = max(longest, ends[passage] - begins[passage])
    planes = np.empty((bits.shape[1], longest), np.uint64)
    differ = np.empty(longest, np.int64)
    for passage in range(len(places)):
        begin = begins[passage]
        count = ends[passage] - begin
        for token in range(count):
            for number in range(bits.shape[1]):
                planes[number, token] = bits[begin + token, number]
        for place in range(len(query)):
            differ[:count] = 0
            for number in range(bits.shape[1]):
                plane, word = planes[number], asked[place, number]
                for token in range(count):
                    differ[token] += _ones(plane[token] ^ word)
            most = differ[0]
            for token in range(count):
                most = min(most, differ[token])
            most += slack
            highest = np.float32(-np.inf)
            for token in range(count):
                if differ[token] <= most:
                    highest = max(highest, sum_where_set(query, place, bits, begin + token))
            out[places[passage], place] = highest
