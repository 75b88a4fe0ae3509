"""Instructions of the processor that numba has no way to say: parts of the compiled loops, given to LLVM as such.

They are of no processor in particular: LLVM makes of them what the one at hand has.
"""

from __future__ import annotations

from typing import Any, cast

import llvmlite.ir as untyped_ir

from companion.archive.compiling import numba, types

ir = cast("Any", untyped_ir)
_numbers = numba.core.cgutils

_LANES = 32
"""Numbers that are added at a time: a half of a word's bits, in one or a few of the processor's vectors."""


@numba.extending.intrinsic
def fetch(_: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Has the processor bring the line of memory near that a number of a matrix stands in, and goes on meanwhile."""

    def built(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(matrix)(context, builder, arguments[0])
        place = _numbers.get_item_pointer(context, builder, matrix, array, arguments[1:])
        bits = ir.IntType(32)
        kinds = ir.FunctionType(ir.VoidType(), [place.type, bits, bits, bits])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kinds)
        builder.call(prefetch, [place, bits(0), bits(3), bits(1)])  # to read, into the nearest memory, data
        return context.get_dummy_value()

    return types.void(matrix, row, column), built


@numba.extending.intrinsic
def sum_where_set(_: Any, numbers: Any, row: Any, words: Any, place: Any) -> Any:
    """The sum of those of a row of float32 whose bits, in a row of words of 64, are set; the lowest bit is the first's.

    A loop over bits takes three times as long: the compiler moves each by itself.
    """
    integers = ir.VectorType(ir.IntType(32), _LANES)
    floats = ir.VectorType(ir.FloatType(), _LANES)
    each_bit = ir.Constant(integers, [1 << lane if lane < 31 else -(1 << 31) for lane in range(_LANES)])  # signed
    nothing, unset = ir.Constant(floats, [0.0] * _LANES), ir.Constant(integers, [0] * _LANES)

    def built(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        begin, step = (context.get_constant(types.intp, number) for number in (0, 1))
        matrices = [
            context.make_array(kind)(context, builder, arguments[at]) for kind, at in ((numbers, 0), (words, 2))
        ]
        starts = [
            _numbers.get_item_pointer(context, builder, kind, array, [arguments[at], begin])
            for kind, array, at in zip((numbers, words), matrices, (1, 3), strict=True)
        ]
        added = builder.bitcast(starts[0], floats.as_pointer())
        halves = builder.bitcast(starts[1], ir.IntType(32).as_pointer())
        count = builder.shl(_numbers.unpack_tuple(builder, matrices[1].shape)[1], step)
        total = _numbers.alloca_once_value(builder, nothing)
        with _numbers.for_range_slice(builder, begin, count, step) as (half, _count):
            bits = builder.insert_element(
                ir.Constant(integers, ir.Undefined), builder.load(builder.gep(halves, [half])), ir.IntType(32)(0)
            )
            everywhere = builder.shuffle_vector(bits, bits, unset)
            chosen = builder.icmp_unsigned("!=", builder.and_(everywhere, each_bit), unset)
            some = builder.load(builder.gep(added, [half]), align=4)
            builder.store(builder.fadd(builder.load(total), builder.select(chosen, some, nothing)), total)
        return _sum_of(builder, builder.load(total))

    return types.float32(numbers, row, words, place), built


def _sum_of(builder: Any, vector: Any) -> Any:
    """The sum of a vector's numbers, halved again and again."""
    lanes = vector.type.count
    while lanes > 1:
        lanes //= 2
        halves = [
            builder.shuffle_vector(vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(places)))
            for places in (range(lanes), range(lanes, 2 * lanes))
        ]
        vector = builder.fadd(*halves)
    return builder.extract_element(vector, ir.IntType(32)(0))
