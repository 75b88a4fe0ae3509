"""The job of bringing an older database forward, with rows in all its tables."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from companion.storage.address import of_file
from companion.storage.engine import Database
from companion.storage.migrations import migrate, revisions
from tests.faults.jobs import Job, require
from tests.faults.places import KeptClock, Place, faults_of, rows_of
from tests.faults.world import World
from tests.storage.every_table import Rows, contents, fill

_OLDER = "older.db"
"""What there was before, for the observer."""


class Migrate(Job):
    """A database of any older schema becomes one of this version's."""

    name = "migrate"

    def __init__(self) -> None:
        self._whole: dict[str, Rows] = {}

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        migrate(of_file(place.database), dice.choice(revisions()[:-1]))
        fill(of_file(place.database))
        shutil.copy(place.database, place.folder / _OLDER)

    async def work(self, place: Place) -> None:
        async with await Database.open(place.url, KeptClock(place)):
            place.acknowledge("migrated")

    async def check_stopped(self, place: Place, world: World) -> None:
        before, now = _revision(place.folder / _OLDER), _revision(place.database)
        newest = revisions()[-1]
        require(now in (before, newest), "half a migration:", before, now)
        require(now == newest or not place.acknowledged(), "acknowledged and not migrated")
        if now == before:
            require(
                contents(of_file(place.database)) == contents(of_file(place.folder / _OLDER)),
                "rows changed before the migration",
            )
        else:
            self._check_migrated(place, before)
        kept = place.folder / f"companion.db.before-{newest}"
        require(now == before or kept.exists(), "migrated without a backup")
        if kept.exists():
            require(not faults_of(kept), "the backup is damaged")
            require(
                contents(of_file(kept)) == contents(of_file(place.folder / _OLDER)),
                "the backup is not what there was before",
            )

    async def check_done(self, place: Place, world: World) -> None:
        require(_revision(place.database) == revisions()[-1], "not migrated")
        await self.check_stopped(place, world)

    def _check_migrated(self, place: Place, before: str) -> None:
        if before not in self._whole:
            whole = place.folder / "whole.db"
            shutil.copy(place.folder / _OLDER, whole)
            migrate(of_file(whole))
            self._whole[before] = contents(of_file(whole))
        require(contents(of_file(place.database)) == self._whole[before], "rows are not what they are without a kill")


def _revision(file: Path) -> str:
    return rows_of(file, "SELECT version_num FROM alembic_version")[0][0]
