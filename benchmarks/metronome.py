"""A process that does nothing but wait, to tell how late whoever waits is on this machine whatever they do.

    python -m benchmarks.metronome

Until its input ends it waits again and again for a `TICK`; then it prints how late it was at the latest, in seconds.
"""

from __future__ import annotations

import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

TICK = 0.005


class Metronome:
    """Such a process beside what is measured."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.metronome"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        return self

    def __exit__(self, *_raised: object) -> None:
        self.latest = float(self._process.communicate()[0])


def main() -> None:
    """Prints the latest."""
    latest = 0.0
    while True:
        begun = time.perf_counter()
        if select.select([sys.stdin], [], [], TICK)[0]:
            break
        latest = max(latest, time.perf_counter() - begun - TICK)
    print(latest)


if __name__ == "__main__":
    main()
