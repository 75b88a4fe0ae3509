"""Fuzzing by coverage, of all targets or one: `python -m tests.fuzz [TARGET] [--seconds 60]` (or `make fuzz`).

What breaks a target is kept in `tests/fuzz/found/TARGET`, where the tests find it from then on.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# Without stubs, and installed by the extra `fuzz` only.
atheris: Any = importlib.import_module("atheris")
# What numba compiles it could not read instrumented.
os.environ["NUMBA_DISABLE_JIT"] = "1"

with atheris.instrument_imports(include=["companion"]):
    from tests.fuzz.seeds import seeds_of
    from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
_LONGEST = 1 << 14
_SECONDS_AN_INPUT = 10


def main() -> int:
    """Fuzz one target in this process, or all, each in a process of its own; status 1 where one breaks."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    options = parser.parse_args()
    if options.target:
        fuzz(options.target, options.seconds)
    broken = [
        name
        for name in TARGETS
        if subprocess.run(
            [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(options.seconds)], check=False
        ).returncode
    ]
    outcome = f"Broken: {', '.join(broken)}; the inputs are in {FOUND}." if broken else "Nothing broke."
    sys.stdout.write(f"{outcome}\n")
    return bool(broken)


def fuzz(name: str, seconds: int) -> None:
    """Fuzz a target from its seeds. Ends the process."""
    found = FOUND / name
    found.mkdir(parents=True, exist_ok=True)
    corpus = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    for nth, seed in enumerate(seeds_of(name)):
        (corpus / f"{nth:03}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-max_len={_LONGEST}",
            f"-timeout={_SECONDS_AN_INPUT}",
            f"-artifact_prefix={found}/",
            "-rss_limit_mb=3000",
            "-print_final_stats=1",
            "-verbosity=0",
            str(corpus),
        ],
        TARGETS[name],
    )
    atheris.Fuzz()


if __name__ == "__main__":
    raise SystemExit(main())
