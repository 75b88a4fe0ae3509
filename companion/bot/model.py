"""The embedding model, loaded beside the running bot, and followed as it changes.

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
from companion.bot.garbage import settle
from companion.storage.engine import Database
from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)

LoadEncoder = Callable[[], Encoder]

_LONGEST_LOAD = 20.0
"""Seconds that closing waits for a load."""
_LOOK_AGAIN = 20.0
"""Seconds between looks at which model is chosen: `companion adapt` may have made another. New passages are not waited
for so long: whoever stored them calls `embed_new`."""
_LAST_QUERIES = 5.0
"""Seconds that queries on their way to the model before have to come back."""


class ModelThread:
    """Loads the model, then makes the vectors that the archive lacks; and again when another model is ``chosen``, or
    there are new passages.

    ``loaded`` is called on the event loop that made this when meanings can be compared, ``finished`` whenever that is
    so for everything, or never will be. ``chosen`` names the model to use now, however it does; None where it never
    changes.
    """

    def __init__(
        self,
        database: Database,
        load: LoadEncoder,
        loaded: Callable[[EncodingWorker], None],
        finished: Callable[[], None],
        chosen: Callable[[], object] | None = None,
    ) -> None:
        self._database = database
        self._load = load
        self._loaded = loaded
        self._finished = finished
        self._chosen = chosen
        self._loop = asyncio.get_running_loop()
        self._worker: EncodingWorker | None = None
        self._closing = threading.Event()
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def embed_new(self) -> None:
        """There are new passages: their vectors are made soon. Called from any thread."""
        self._awake.set()

    def close(self) -> None:
        """Ends the encoding after the batch in hand, and waits for a load that goes on, which comes to nothing."""
        self._closing.set()
        self._awake.set()
        if self._worker is not None:
            self._worker.close()
        # Native threads that are left behind abort the process as it ends.
        if self._thread.is_alive():
            self._thread.join(_LONGEST_LOAD)

    def _work(self) -> None:
        used: object = None
        while not self._closing.is_set():
            used = self._chosen_now(used)
            self._use_model()
            while not self._closing.is_set() and self._chosen_now(used) == used:
                # Cleared before the look: passages that come during it wake the next one.
                if self._awake.wait(None if self._chosen is None else _LOOK_AGAIN):
                    self._awake.clear()
                    self._make_vectors()

    def _chosen_now(self, used: object) -> object:
        """What is chosen; as long as that cannot be told, what is used."""
        if self._chosen is None:
            return used
        try:
            return self._chosen()
        except CompanionError as error:
            # The load says so aloud; here it would be said again and again.
            log.debug("the model in use stays: %s", error)
            return used

    def _use_model(self) -> None:
        before = self._worker
        try:
            encoder = self._load()
            if self._closing.is_set():
                return
            self._worker = EncodingWorker(encoder)
            settle()
            self._tell(self._loaded, self._worker)
            log.info("search compares meanings now, with %s", encoder.model_id)
            if before is not None:
                self._closing.wait(_LAST_QUERIES)
                before.close()
        except CompanionError as error:
            kept = "words only" if before is None else "meanings as before"
            log.error("search compares %s: %s", kept, error)  # noqa: TRY400  the sentence says it all
        except Exception:  # whatever it is, words alone still answer
            if not self._closing.is_set():
                log.exception("the model failed: search goes on without it")
        self._make_vectors()

    def _make_vectors(self) -> None:
        """Makes those that are missing, if there is a model."""
        if self._closing.is_set():
            return
        try:
            if self._worker is not None:
                asyncio.run(self._embed(self._worker))
        except asyncio.CancelledError:
            log.info("stopped embedding; the next start goes on with it")
        except Exception:  # whatever it is, the passages are found by their words
            if not self._closing.is_set():
                log.exception("embedding failed: what has no vectors yet is found by words only")
        finally:
            self._tell(self._finished)

    async def _embed(self, worker: EncodingWorker) -> None:
        database = await Database.open(self._database.address, self._database.clock)
        try:
            if made := await embed(database, worker):
                log.info("embedded %d passages", made)
        finally:
            await database.close()

    def _tell(self, callback: Callable[..., None], *values: object) -> None:
        if not self._closing.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *values)
