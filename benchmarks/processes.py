"""What the running process takes of the machine, and what machine that is."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def resident_megabytes(*, files: bool = False) -> float:
    """The memory that the process has to itself, swapped out or not; with ``files`` also the pages of files that it has
    mapped.

    It is the proportional or unique set size without those files: they are on disk, so the system drops and shares them
    as it likes, and how many there are says more about what else runs.
    """
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own = sum(int(fields[name].split()[0]) for name in ("RssAnon", "RssShmem", "VmSwap"))
    return (own + (int(fields["RssFile"].split()[0]) if files else 0)) / 1024


def machine() -> str:
    """The processor, how many of its cores, and how busy they were."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, load {load:.1f} when this was written"
