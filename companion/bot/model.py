"""The embedding model, loaded beside the running bot.

Loading takes seconds, and missing vectors may take hours: both happen in a thread of their own, with a database handle
and an event loop of their own, so that members are answered all the while. (The event loop's executor would not do: it
is waited for when the process ends.)
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from companion.archive.encoders import Encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.ingest import embed
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

LoadEncoder = Callable[[], Encoder]

_LONGEST_LOAD = 20.0
"""Seconds that closing waits for a load."""


class ModelThread:
    """Loads the model, then makes the vectors that the archive lacks.

    ``loaded`` is called on the event loop that made this when meanings can be compared, ``finished`` when that is so
    for everything, or never will be.
    """

    def __init__(
        self,
        database: Database,
        load: LoadEncoder,
        loaded: Callable[[EncodingWorker], None],
        finished: Callable[[], None],
    ) -> None:
        self._database = database
        self._load = load
        self._loaded = loaded
        self._finished = finished
        self._loop = asyncio.get_running_loop()
        self._worker: EncodingWorker | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends the encoding after the batch in hand, and waits for a load that goes on, which comes to nothing."""
        self._closing = True
        if self._worker is not None:
            self._worker.close()
        # Native threads that are left behind abort the process as it ends.
        if self._thread.is_alive():
            self._thread.join(_LONGEST_LOAD)

    def _work(self) -> None:
        try:
            encoder = self._load()
            if self._closing:
                return
            self._worker = EncodingWorker(encoder)
            self._tell(self._loaded, self._worker)
            log.info("search compares meanings now, with %s", encoder.model_id)
            asyncio.run(self._embed(self._worker))
        except CompanionError as error:
            log.error("search compares words only: %s", error)  # noqa: TRY400  the sentence says it all
        except asyncio.CancelledError:
            log.info("stopped embedding; the next start goes on with it")
        except Exception:
            if not self._closing:
                log.exception("search compares words only: the model failed")
        finally:
            self._tell(self._finished)

    async def _embed(self, worker: EncodingWorker) -> None:
        database = await Database.open(f"sqlite+aiosqlite:///{self._database.path}", self._database.clock)
        try:
            if made := await embed(database, worker):
                log.info("embedded %d passages", made)
        finally:
            await database.close()

    def _tell(self, callback: Callable[..., None], *values: object) -> None:
        if not self._closing and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *values)
