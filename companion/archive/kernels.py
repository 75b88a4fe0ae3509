"""The innermost loops of search, compiled for the processor at hand when this module is imported.

numpy has no function that does one of them in a single pass, and several passes take three to eight times as long.
numba keeps what it compiled, beside this file, in the user's cache or in `NUMBA_CACHE_DIR`, so that only the first
process of a machine waits for it, some seconds. While a loop runs, other threads may.

Arguments must be contiguous and of just the types that are declared, and are not looked at further: every index must
be in range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import llvmlite.ir as untyped_ir
import numba as untyped
import numpy as np
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Bits = NDArray[np.uint64]
Places = NDArray[np.int64]
Scores = NDArray[np.float32]

numba, ir = cast("Any", untyped), cast("Any", untyped_ir)
_types = numba.types

_PAIRS, _FOURS, _EIGHTS = (np.uint64(mask * 0x0101_0101_0101_0101) for mask in (0x55, 0x33, 0x0F))
_BYTES = np.uint64(0x0101_0101_0101_0101)
_ONE, _TWO, _FOUR, _LAST_BYTE = map(np.uint64, (1, 2, 4, 56))

_LINE, _AHEAD = 64, 4
"""Bytes that memory is read by, and how many rows, or groups of rows, before they are due: they lie here and there, and
each would be waited for."""

_IN_ANY_ORDER = {"reassoc", "contract", "nsz"}
"""Sums may be taken in any order, so that the processor adds several numbers at a time."""


def _read(kind: Any, dimensions: int = 1) -> Any:
    """An array that is only read, as those in mapped files."""
    return _types.Array(kind, dimensions, "C", readonly=True)


_BITS, _SCORES, _PLACES = _read(_types.uint64), _read(_types.float32), _read(_types.int64)
_ROWS_OF_BITS, _VECTORS, _ROUNDED = _read(_types.uint64, 2), _read(_types.float32, 2), _read(_types.int8, 2)
_DOCUMENTS = _ROWS = _read(_types.int32)
_MASK = _read(_types.boolean)
_OUT, _ROWS_OUT = _types.float32[::1], _types.float32[:, ::1]


def _compiled(*signatures: tuple[Any, ...]) -> Callable[[Loop], Loop]:
    """Compiles a loop for arguments of these types."""
    declared = [_types.void(*signature) for signature in signatures]
    options: dict[str, Any] = {"nogil": True, "fastmath": _IN_ANY_ORDER}

    def compiled(loop: Loop) -> Loop:
        try:
            return numba.njit(declared, cache=True, **options)(loop)
        except RuntimeError:  # nothing can be kept here: every process compiles for itself
            return numba.njit(declared, **options)(loop)

    return compiled


def _inlined(part: Loop) -> Loop:
    return numba.njit(fastmath=_IN_ANY_ORDER, inline="always")(part)


@_inlined
def _ones(word: Any) -> Any:
    """How many bits of 64 are set; the compiler knows this form, and makes it the processor's own instruction."""
    word -= (word >> _ONE) & _PAIRS
    word = (word & _FOURS) + ((word >> _TWO) & _FOURS)
    return (((word + (word >> _FOUR)) & _EIGHTS) * _BYTES) >> _LAST_BYTE


@_inlined
def _differing(row: Any, asked: Any) -> Any:
    count = np.int64(0)
    for number in range(len(asked)):
        count += np.int64(_ones(row[number] ^ asked[number]))
    return count


@numba.extending.intrinsic
def _fetch(_: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Has the processor bring the line of memory near that a number of a matrix stands in, and goes on meanwhile."""

    def built(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(matrix)(context, builder, arguments[0])
        place = numba.core.cgutils.get_item_pointer(context, builder, matrix, array, arguments[1:])
        bits = ir.IntType(32)
        kinds = ir.FunctionType(ir.VoidType(), [place.type, bits, bits, bits])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kinds)
        builder.call(prefetch, [place, bits(0), bits(3), bits(1)])  # to read, into the nearest memory, data
        return context.get_dummy_value()

    return _types.void(matrix, row, column), built


@_inlined
def _fetch_row(matrix: Any, row: Any) -> None:
    for column in range(0, matrix.shape[1], _LINE // matrix.itemsize):
        _fetch(matrix, row, column)


@_inlined
def _product(matrix: Any, scales: Any, query: Any, row: Any) -> Any:
    total = np.float32(0)
    for number in range(len(query)):
        total += np.float32(matrix[row, number]) * query[number]
    return total if scales is None else total * scales[row]


@_compiled(
    (
        *(_DOCUMENTS, _types.Array(_types.uint8, 2, "A", readonly=True), _types.int64, _types.int64),
        *(_types.int64, _VECTORS, _types.int32[::1], _OUT),
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


@_compiled((_DOCUMENTS, _SCORES, _types.float32, _types.float32, _OUT))
def add_gains(documents: NDArray[np.int32], frequencies: Scores, weight: float, k1: float, out: Scores) -> None:
    """Adds to the score of each of the ``documents`` what a term of this weight gains it by BM25."""
    for place in range(len(documents)):
        frequency = frequencies[place]
        out[documents[place]] += weight * frequency / (frequency + k1)


@_inlined
def _fused(weights: Any, coverage: Any, whole: Any, window: Any, row: Any) -> Any:
    return weights[0] * coverage[row] + weights[1] * whole[row] + weights[2] * window[row]


@_compiled((_ROWS, _SCORES, _SCORES, _SCORES, _MASK, _SCORES, _OUT))
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


@_compiled((_ROWS_OF_BITS, _BITS, _SCORES, _OUT))
def estimate(bits: Bits, asked: Bits, estimates: Scores, out: Scores) -> None:
    """What each row of bits, of shape (n, words), stands for: ``estimates`` has a number for each count of bits in
    which it may differ from ``asked``, of shape (words,)."""
    for row in range(len(out)):
        out[row] = estimates[_differing(bits[row], asked)]


@_compiled((_ROWS_OF_BITS, _PLACES, _BITS, _SCORES, _OUT))
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


@_compiled((_VECTORS, _types.none, _SCORES, _PLACES, _OUT), (_ROUNDED, _SCORES, _SCORES, _PLACES, _OUT))
def multiply(matrix: NDArray[Any], scales: Scores | None, query: Scores, rows: Places, out: Scores) -> None:
    """The scalar products of some rows of a matrix, of float32 or int8, with a query, times the rows' scales."""
    for place in range(len(rows)):
        if place + _AHEAD < len(rows):
            _fetch_row(matrix, rows[place + _AHEAD])
        out[place] = _product(matrix, scales, query, rows[place])


@_compiled(
    (_VECTORS, _types.none, _PLACES, _SCORES, _PLACES, _OUT), (_ROUNDED, _SCORES, _PLACES, _SCORES, _PLACES, _OUT)
)
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


@_compiled((_read(_types.uint8, 2), _ROWS_OF_BITS, _PLACES, _VECTORS, _ROWS_OF_BITS, _types.int64, _ROWS_OUT))
def multiply_nearest(
    codes: NDArray[np.uint8],
    words: NDArray[np.uint64],
    first: NDArray[np.int64],
    query: NDArray[np.float32],
    asked: NDArray[np.uint64],
    slack: int,
    out: NDArray[np.float32],
) -> None:
    """The highest product of each token of a query with the bits, 0 or 1, of the tokens of each passage; shape
    (passages, asked).

    ``codes``, of shape (n, width), are the packed bits of all tokens, ``words`` the same as rows of 64, and those of
    passage i lie from ``first[i]`` to before ``first[i + 1]``. ``query`` has vectors, ``asked`` their bits. Counting
    the bits that differ is faster than multiplying: only those of a passage are multiplied that differ in at most
    ``slack`` bits more than the nearest.
    """
    longest = 0
    for passage in range(len(first) - 1):
        longest = max(longest, first[passage + 1] - first[passage])
    planes = np.empty((words.shape[1], longest), np.uint64)
    differ = np.empty(longest, np.int64)
    for passage in range(len(first) - 1):
        begin = first[passage]
        count = first[passage + 1] - begin
        for token in range(count):
            for number in range(words.shape[1]):
                planes[number, token] = words[begin + token, number]
        for place in range(len(query)):
            vector = query[place]
            differ[:count] = 0
            for number in range(words.shape[1]):
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
                    total = np.float32(0)
                    for number in range(len(vector)):
                        bit = (codes[begin + token, number >> 3] >> (7 - (number & 7))) & 1
                        total += np.float32(bit) * vector[number]
                    highest = max(highest, total)
            out[passage, place] = highest
