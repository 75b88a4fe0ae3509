"""Messages that show what members asked, whichever table has the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from companion.storage.among import among
from companion.storage.schema import questions, searches


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message with the results of a search, or the answer to a question."""

    guild_id: int
    channel_id: int
    message_id: int


async def between(
    connection: AsyncConnection, guild_ids: Collection[int], after: int, before: int, limit: int
) -> list[ShownMessage]:
    """Those in these servers whose ids lie between the two, the newest first."""
    found = union_all(
        *(
            # With the sum no index is of use but that of messages: by servers, all that was ever asked there is read.
            select(table.c.guild_id, table.c.channel_id, table.c.message_id).where(
                among(table.c.guild_id + 0, guild_ids), table.c.message_id > after, table.c.message_id < before
            )
            for table in (searches, questions)
        )
    ).subquery()
    rows = await connection.execute(select(found).order_by(found.c.message_id.desc()).limit(limit))
    return [ShownMessage(*row) for row in rows]
