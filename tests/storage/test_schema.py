from __future__ import annotations

from companion.storage.schema import metadata

NOBODY = ("guild_id", "channel_id", "message_id", "thread_id", "role_id", "event_id")
"""What has an id in Discord and is no member."""


def test_a_column_with_a_member_s_id_is_known_by_its_name() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    from_discord = {one.name for one in columns if one.name.endswith("_id") and not one.foreign_keys}

    # A subject is what is voted on: a row of ours.
    assert {name for name in from_discord if not name.endswith(NOBODY)} - {"subject_id"} == {"member_id"}
