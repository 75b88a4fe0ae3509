"""In processes of their own: the C library's settings hold for good."""

from __future__ import annotations

import subprocess
import sys

import pytest

glibc = pytest.mark.skipif(sys.platform != "linux", reason="these are habits of glibc's")

THREADS = """
import ctypes, threading
from companion.archive import heap
{first}
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
together = threading.Barrier(6)
def work():
    together.wait()
    library.malloc(1000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
out = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, out)
library.fflush(out)
"""

FREED = """
import ctypes
from companion.archive import heap
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
def resident():
    return int(open("/proc/self/statm").read().split()[1])
held = [library.malloc(4000) for _ in range(20_000)]
for pointer in held: ctypes.memset(pointer, 1, 4000)
# The last is kept: what is free lies below it, where by itself nothing is returned.
for pointer in held[:-1]: library.free(ctypes.c_void_p(pointer))
before = resident()
heap.give_back()
print(before - resident())
"""


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


@glibc
def test_threads_share_an_arena() -> None:
    assert run(THREADS.format(first="heap.share_arenas()")).count("<heap nr=") <= 2


@glibc
def test_what_is_free_is_given_back_to_the_system() -> None:
    assert int(run(FREED)) > 10_000
