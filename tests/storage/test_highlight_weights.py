"""A server's weights as they are stored."""

from __future__ import annotations

from companion.storage import highlight_weights
from companion.storage.engine import Database
from companion.storage.highlight_weights import Weight


async def test_a_server_has_the_weights_that_were_stored_last_and_no_others(database: Database) -> None:
    now = database.clock.now()
    async with database.write() as connection:
        await highlight_weights.replace(connection, 1, {"claims": Weight(0.1, 60.0), "names": Weight(0.0, 61.5)}, now)
        await highlight_weights.replace(connection, 1, {"claims": Weight(0.2, 62.0)}, now)
        await highlight_weights.replace(connection, 2, {"claims": Weight(-0.2, 60.0)}, now)
        await highlight_weights.replace(connection, 3, {}, now)

    async with database.read() as connection:
        assert await highlight_weights.of_server(connection, 1) == {"claims": Weight(0.2, 62.0)}
        assert await highlight_weights.of_server(connection, 2) == {"claims": Weight(-0.2, 60.0)}
        assert await highlight_weights.of_server(connection, 3) == {}
