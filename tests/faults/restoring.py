"""The job of making a backup, and of putting another one in the database's place."""

from __future__ import annotations

from pathlib import Path
from random import Random

from companion.storage import settings
from companion.storage.backup import back_up, restore
from companion.storage.engine import Database
from tests.faults.jobs import Job, require
from tests.faults.places import KeptClock, Place, faults_of, rows_of
from tests.faults.world import World

_THEN, _NOW = "then", "now"


class Restore(Job):
    """The database says what is now, the backup what was then; what is now is backed up before that is restored."""

    name = "restore"

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        async with await Database.open(place.url, KeptClock(place)) as database:
            for word in (_THEN, _NOW):
                async with database.write() as connection:
                    await settings.put(connection, "word", word)
                if word == _THEN:
                    back_up(place.database, place.folder / "then.db")

    async def work(self, place: Place) -> None:
        newer = place.folder / "now.db"
        if not newer.exists():
            back_up(place.database, newer)
            place.acknowledge("backed up")
        restore(place.folder / "then.db", place.database, KeptClock(place).now())
        place.acknowledge("restored")

    async def check_stopped(self, place: Place, world: World) -> None:
        told = [what for (what,) in place.acknowledged()]
        require(place.database.exists(), "there is no database")
        require(_word(place.database) in ((_THEN,) if "restored" in told else (_THEN, _NOW)), "another database")
        newer = place.folder / "now.db"
        require(newer.exists() or "backed up" not in told, "acknowledged and lost: the backup")
        named = [file for file in (newer, *place.folder.glob("*.replaced-*")) if file.exists()]
        for file in named:
            require(not faults_of(file), "a copy that is not whole:", file.name)
        require(not newer.exists() or _word(newer) == _NOW, "a backup of something else")

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        require(_word(place.database) == _THEN, "not restored")
        aside = [_word(file) for file in place.folder.glob("*.replaced-*")]
        require(_NOW in aside, "what was there before is lost:", aside)


def _word(file: Path) -> str:
    return rows_of(file, "SELECT value FROM settings WHERE key = 'word'")[0][0]
