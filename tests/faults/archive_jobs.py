"""Jobs on the archive: reading a feed, and making vectors by another model."""

from __future__ import annotations

from random import Random
from typing import Any

from companion.archive import block_files, ingest, intake
from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import EncodingWorker
from companion.archive.fetch import Fetcher
from companion.archive.intake import EpisodeStored, Event
from companion.archive.snapshot import renewed
from companion.storage.engine import Database
from tests.faults.jobs import Job, require
from tests.faults.places import KeptClock, Place, rows_of
from tests.faults.world import World
from tests.feeds import item, talk, write_feed

_EPISODES = 6
_BEFORE, _AFTER = ToyEncoder(64), ToyEncoder(32)

_TEXTS = (
    "SELECT guid, title, people, content_hash, source_hash, notes FROM episodes ORDER BY guid",
    "SELECT guid, t.ordinal, speaker, start_s, end_s, text FROM turns t JOIN episodes e ON e.id = t.episode_id"
    " ORDER BY guid, t.ordinal",
    "SELECT guid, p.ordinal, kind, speaker, text, digest FROM passages p JOIN episodes e ON e.id = p.episode_id"
    " ORDER BY guid, p.ordinal",
    "SELECT guid, origin, turns FROM transcripts t JOIN episodes e ON e.id = t.episode_id ORDER BY guid, origin",
    "SELECT guid, data FROM sketches s JOIN episodes e ON e.id = s.episode_id ORDER BY guid",
    "SELECT spelling, name, kind, state, origin FROM aliases ORDER BY spelling, kind",
    "SELECT key, title, private, guid FROM podcasts",
    "SELECT reader, failures FROM feeds",
)
_VECTORS = "SELECT digest, dimension, data FROM vectors WHERE model = '{}' ORDER BY digest"
_TOKENS = "SELECT digest, data FROM token_vectors WHERE model = '{}' ORDER BY digest"


class Ingest(Job):
    """A feed is read into an empty archive, an episode a transaction."""

    name = "ingest"

    def __init__(self) -> None:
        self._whole: list[Any] | None = None

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        write_feed(place.folder / "feed.xml", [item(number, talk(number, 6)) for number in range(_EPISODES)])

    async def work(self, place: Place) -> None:
        def told(event: Event) -> None:
            if isinstance(event, EpisodeStored):
                place.acknowledge(event.episode.facts.guid, event.passages)

        async with await Database.open(place.url, KeptClock(place)) as database:
            await intake.ingest(database, str(place.folder / "feed.xml"), Fetcher(), listener=told)

    async def check_stopped(self, place: Place, world: World) -> None:
        stored = dict(
            rows_of(
                place.database,
                "SELECT guid, (SELECT count(*) FROM passages p WHERE p.episode_id = e.id) FROM episodes e",
            )
            if place.acknowledged()
            else []
        )
        for guid, passages in place.acknowledged():
            require(stored.get(guid) == passages, "acknowledged and lost:", guid, stored.get(guid))

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        guids = [guid for guid, _ in place.acknowledged()]
        require(len(guids) == len(set(guids)), "an episode was stored twice:", guids)
        found = [rows_of(place.database, one) for one in _TEXTS]
        require(len(found[0]) == _EPISODES, "episodes:", len(found[0]))
        self._whole = self._whole or found
        require(found == self._whole, "the archive is not what it is without a kill")


class Embed(Job):
    """An archive that has vectors of one model gets those of another, and the files of its search index."""

    name = "re-embed"

    def __init__(self) -> None:
        self._whole: list[Any] | None = None

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        write_feed(place.folder / "feed.xml", [item(number, talk(number, 6)) for number in range(_EPISODES)])
        async with await Database.open(place.url, KeptClock(place)) as database:
            await intake.ingest(database, str(place.folder / "feed.xml"), Fetcher())
            await _embed(database, _BEFORE)

    async def work(self, place: Place) -> None:
        ingest.COMMIT_EVERY, ingest.TOGETHER, block_files.KEPT_FROM = 8, 4, 1
        async with await Database.open(place.url, KeptClock(place)) as database:
            await _embed(database, _AFTER, place)
            for encoder in (_BEFORE, _AFTER):
                snapshot = renewed(database.address, None, encoder.model_id)
                place.acknowledge("snapshot", encoder.model_id, len(snapshot))

    async def check_stopped(self, place: Place, world: World) -> None:
        made = len(rows_of(place.database, _VECTORS.format(_AFTER.model_id)))
        told = sum(one[1] for one in place.acknowledged() if one[0] == "embedded")
        require(made >= told, "vectors that were acknowledged and lost:", told - made)
        passages = rows_of(place.database, "SELECT count(DISTINCT digest) FROM passages")[0][0]
        before = len(rows_of(place.database, _VECTORS.format(_BEFORE.model_id)))
        require(before == passages, "vectors of the model before that are lost:", passages - before)

    async def check_done(self, place: Place, world: World) -> None:
        await self.check_stopped(place, world)
        found = [
            rows_of(place.database, one.format(encoder.model_id))
            for encoder in (_BEFORE, _AFTER)
            for one in (_VECTORS, _TOKENS)
        ]
        self._whole = self._whole or found
        require(found == self._whole, "the vectors are not what they are without a kill")
        sizes = {one[2] for one in place.acknowledged() if one[0] == "snapshot"}
        passages = rows_of(place.database, "SELECT count(*) FROM passages")[0][0]
        require(sizes == {passages}, "passages in the search index:", sizes, "of", passages)


async def _embed(database: Database, encoder: ToyEncoder, place: Place | None = None) -> None:
    last = 0

    def told(event: ingest.Embedded) -> None:
        nonlocal last
        if place is not None:
            place.acknowledge("embedded", event.done - last)
        last = event.done

    worker = EncodingWorker(encoder)
    try:
        await ingest.embed(database, worker, listener=told)
    finally:
        worker.close()
