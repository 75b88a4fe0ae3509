"""What a bot takes of memory, and how long it takes to have the archive ready: in a process of its own.

    python -m benchmarks.footprint ARCHIVE.db QUESTIONS.npz

The questions are as `benchmarks.material.write_asked` kept them. Prints a JSON object.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median

from benchmarks.live import store_an_episode
from benchmarks.material import Asked, read_asked
from benchmarks.processes import resident_megabytes
from companion.archive.encoders import load_encoder, model_folder, model_id
from companion.archive.results import Query
from companion.archive.search import answer
from companion.archive.snapshot import Snapshot, renewed
from companion.bot.garbage import settle
from companion.storage import index_version, schema, token_vectors
from companion.storage.address import of_file
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

CHANGES = 5
"""Episodes that are added and deleted again."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Seconds, and megabytes that the process has to itself; beside these the pages of files that it has mapped.

    ``libraries`` is before the archive is opened, ``archive`` when it was searched, ``model`` with the model loaded and
    used besides.
    """

    passages: int
    vectors: int
    opened: float
    libraries: float
    archive: float
    mapped: float
    model: float
    model_mapped: float


def measured(path: Path, asked: Sequence[Asked]) -> Footprint:
    """Of this process, which should have done nothing else."""
    import_module("companion.bot.client")
    libraries = resident_megabytes()
    begun = time.perf_counter()
    snapshot = renewed(of_file(path), None, model_id(model_folder(None)))
    opened = time.perf_counter() - begun
    source = partial(token_vectors.tokens_of, of_file(path), model_id(model_folder(None)))
    for one in asked:
        answer(snapshot, Query(one.text), one.meaning(source))
    archive = resident_megabytes()
    mapped = resident_megabytes(files=True) - archive
    encoder = load_encoder(None)
    settle()
    for one in asked:
        encoder.encode_with_tokens([one.text])
    model = resident_megabytes()
    count = 0 if snapshot.vectors is None else snapshot.vectors.size
    files = resident_megabytes(files=True) - model
    return Footprint(len(snapshot), count, opened, libraries, archive, mapped, model, files)


def in_a_process(path: Path, asked: Path) -> Footprint:
    """The same, of a new process."""
    command = [sys.executable, "-m", "benchmarks.footprint", str(path), str(asked)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  our own module
    return Footprint(**json.loads(printed.splitlines()[-1]))


async def changed(path: Path, seed: Snapshot, folder: Path) -> tuple[float, float]:
    """Milliseconds until a snapshot of an archive has an episode that is added, and until it has it no more: medians of
    some episodes, one after the other."""
    copy = Path(shutil.copy(path, folder / "changed.db"))
    model = model_id(model_folder(None))
    added: list[float] = []
    deleted: list[float] = []
    async with await Database.open(f"sqlite+aiosqlite:///{copy}", SystemClock()) as database:
        before = renewed(of_file(copy), None, model)
        for number in range(CHANGES):
            await store_an_episode(database, seed, number)
            begun = time.perf_counter()
            after = renewed(of_file(copy), before, model)
            added.append(time.perf_counter() - begun)
            newest = max(after.episodes)
            async with database.write() as connection:
                await connection.execute(schema.episodes.delete().where(schema.episodes.c.id == newest))
                await index_version.raise_version(connection, changed=())
            begun = time.perf_counter()
            last = renewed(of_file(copy), after, model)
            deleted.append(time.perf_counter() - begun)
            if not len(after) > len(before) == len(last):
                raise ValueError("a snapshot does not follow the archive")
            before = last
    return median(added) * 1000, median(deleted) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.footprint", description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("questions", type=Path)
    chosen = parser.parse_args()
    print(json.dumps(asdict(measured(chosen.archive, read_asked(chosen.questions)))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
