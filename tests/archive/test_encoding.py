from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence

import numpy as np
import pytest

from companion.archive.encoders import ToyEncoder
from companion.archive.encoding import MICRO_BATCH, EncodingWorker
from companion.archive.ingest import embed
from companion.archive.late_interaction import packed
from companion.archive.tokens import Tokens, Vectors
from companion.storage.engine import Database
from tests import samples


class GatedEncoder(ToyEncoder):
    """Encodes nothing until its gate opens, and remembers the batches."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.batches: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self._begin(texts)
        return super().encode(texts)

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        self._begin(texts)
        return ToyEncoder().encode_with_tokens(texts)

    def _begin(self, texts: Sequence[str]) -> None:
        self.gate.wait(10)
        self.batches.append(list(texts))
        if "broken" in texts:
            raise ValueError("this text breaks the model")


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
async def worker(encoder: GatedEncoder) -> AsyncIterator[EncodingWorker]:
    worker = EncodingWorker(encoder)
    yield worker
    encoder.gate.set()
    worker.close()


async def test_vectors_come_in_the_order_of_the_texts(worker: EncodingWorker, encoder: GatedEncoder) -> None:
    encoder.gate.set()
    texts = ["a long text about bees and honey", "rust", "a gate of iron", "x", "tide and time", "eels at night swim"]

    vectors = await worker.encode_passages(texts)

    assert np.array_equal(vectors, ToyEncoder().encode(texts))
    assert max(len(batch) for batch in encoder.batches) <= MICRO_BATCH


async def test_packed_tokens_come_with_the_vectors_of_passages(worker: EncodingWorker, encoder: GatedEncoder) -> None:
    encoder.gate.set()
    texts = ["a long text about bees and honey", "rust", "a gate of iron", "x", "tide and time", "eels at night swim"]

    made = await worker.encode_passages_with_tokens(texts)

    vectors, tokens = ToyEncoder().encode_with_tokens(texts)
    assert np.array_equal(np.stack([vector for vector, _ in made]), vectors)
    assert [codes for _, codes in made] == [packed(one) for one in tokens]


async def test_no_texts_are_no_vectors(worker: EncodingWorker) -> None:
    assert (await worker.encode_passages([])).shape == (0, worker.dimension)
    assert await worker.encode_passages_with_tokens([]) == []


async def test_a_query_overtakes_an_ingest(worker: EncodingWorker, encoder: GatedEncoder) -> None:
    ingest = asyncio.create_task(worker.encode_passages([f"passage {number}" for number in range(20)]))
    await asyncio.sleep(0.05)
    query = asyncio.create_task(worker.encode_query("a member asks"))
    await asyncio.sleep(0)
    encoder.gate.set()

    vector, tokens = await query
    assert np.array_equal(vector, ToyEncoder().encode(["a member asks"])[0])
    assert tokens.spans.tolist() == [[0, 1], [2, 8], [9, 13]]
    await ingest
    assert encoder.batches.index(["a member asks"]) <= 1


async def test_an_error_reaches_who_waits_and_the_worker_goes_on(worker: EncodingWorker, encoder: GatedEncoder) -> None:
    encoder.gate.set()

    with pytest.raises(ValueError, match="breaks the model"):
        await worker.encode_query("broken")
    assert (await worker.encode_query("whole"))[0].shape == (worker.dimension,)


async def test_a_cancelled_ingest_leaves_the_rest_undone(worker: EncodingWorker, encoder: GatedEncoder) -> None:
    ingest = asyncio.create_task(worker.encode_passages([f"passage {number}" for number in range(40)]))
    await asyncio.sleep(0.05)
    ingest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ingest
    encoder.gate.set()
    await worker.encode_query("still there")

    assert sum(len(batch) for batch in encoder.batches) <= MICRO_BATCH + 1


async def test_a_closed_worker_takes_nothing_more(encoder: GatedEncoder) -> None:
    encoder.gate.set()
    worker = EncodingWorker(encoder)
    worker.close()
    worker.close()

    with pytest.raises(RuntimeError, match="closed"):
        await worker.encode_query("too late")


class SlowEncoder(GatedEncoder):
    """Takes a twentieth of a second for each text."""

    def _begin(self, texts: Sequence[str]) -> None:
        time.sleep(0.05 * len(texts))
        super()._begin(texts)


async def test_while_members_ask_a_slow_encoder_takes_fewer_passages_at_once() -> None:
    encoder = SlowEncoder()
    encoder.gate.set()
    worker = EncodingWorker(encoder)
    texts = [f"passage {number}" for number in range(8)]
    await worker.encode_passages(texts)
    assert {len(batch) for batch in encoder.batches} == {MICRO_BATCH}

    await worker.encode_query("a question")
    encoder.batches.clear()
    vectors = await worker.encode_passages(texts)
    worker.close()

    assert {len(batch) for batch in encoder.batches} == {1}
    assert np.array_equal(vectors, ToyEncoder().encode(texts))


class InLanes(GatedEncoder):
    """Has two lanes for passages, and encodes nothing until both are taken and two more wait."""

    lanes = 2

    def __init__(self) -> None:
        super().__init__()
        self.together = threading.Barrier(self.lanes + 2)
        self.rests = 0

    def rest(self) -> None:
        self.rests += 1

    def _begin(self, texts: Sequence[str]) -> None:
        self.together.wait(10)
        super()._begin(texts)


async def test_passages_have_lanes_of_their_own_and_a_query_waits_for_none_of_them() -> None:
    encoder, bulk = ToyEncoder(), InLanes()
    encoder.bulk = bulk
    worker = EncodingWorker(encoder)
    texts = [f"passage {number}" for number in range(2 * (bulk.lanes + 2) * MICRO_BATCH)]
    ingest = asyncio.create_task(worker.encode_passages(texts))

    vector, _ = await asyncio.wait_for(worker.encode_query("a member asks"), 5)
    assert np.array_equal(vector, ToyEncoder().encode(["a member asks"])[0])
    assert not ingest.done()

    bulk.gate.set()
    assert np.array_equal(await ingest, ToyEncoder().encode(texts))
    worker.close()


async def test_after_the_last_passage_what_only_they_need_rests(database: Database) -> None:
    encoder, bulk = ToyEncoder(), InLanes()
    encoder.bulk = bulk
    bulk.gate.set()
    bulk.together = threading.Barrier(1)
    await samples.store_podcast(database, samples.BEES, samples.bee_readings())
    worker = EncodingWorker(encoder)

    assert await embed(database, worker)
    worker.close()

    assert bulk.rests == 1
