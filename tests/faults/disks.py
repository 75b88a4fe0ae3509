"""Disks that are small, or take nothing: mounted for a test, where that is allowed."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def disk(folder: Path, size: int) -> Generator[Path]:
    """A disk of so many bytes, at a new folder. Skips the test where none can be mounted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_read_only(folder: Path) -> None:
    """As a disk becomes that fails."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


class Ballast:
    """A file that takes all the room there is, until it is thrown away."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ballast"
        with self._file.open("wb", buffering=0) as stream:
            for size in (1 << 16, 1 << 12):
                try:
                    while stream.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def throw_away(self) -> None:
        self._file.unlink()
