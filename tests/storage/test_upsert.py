from __future__ import annotations

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from companion.storage.schema import subscriptions
from companion.storage.upsert import insert_or_keep, upsert


@pytest.mark.parametrize("engine", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_both_engines_understand_the_same_statement(engine: Dialect) -> None:
    replacing = str(upsert(subscriptions, ["guild_id", "podcast_id"], ["subscribed_at"]).compile(dialect=engine))
    keeping = str(insert_or_keep(subscriptions, ["guild_id", "podcast_id"]).compile(dialect=engine))

    assert "ON CONFLICT (guild_id, podcast_id) DO UPDATE SET subscribed_at = excluded.subscribed_at" in replacing
    assert "ON CONFLICT (guild_id, podcast_id) DO NOTHING" in keeping
