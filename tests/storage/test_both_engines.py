"""What the two engines do differently by themselves, and do alike here."""

from __future__ import annotations

from sqlalchemy import String, func, insert, inspect, select, update

from companion.storage import podcasts, schema, settings
from companion.storage.address import address_of
from companion.storage.engine import Database, plain_connection
from companion.storage.podcasts import PodcastFacts
from tests.clocks import StoppedClock
from tests.storage.readings import reading, store, store_podcast

NAMES = [
    "aunt",
    "Zebra",
    "über",
    "a b",
    "ab",
    "Äpfel",
    "_",
    "aB",
    "zebra",
    "A",
    "a-c",
    "😀",
    "a",
    "\ue000",
    "1",
    "10",
    "9",
]


async def facts(database: Database, key: str, title: str) -> int:
    async with database.write() as connection:
        facts = PodcastFacts(key, title, None, private=False)
        return (await podcasts.upsert(connection, facts, database.clock.now())).id


async def test_texts_are_in_the_order_of_their_characters(database: Database) -> None:
    for name in NAMES:
        await facts(database, name, name)

    async with database.read() as connection:
        assert [one.title for one in await podcasts.list_podcasts(connection)] == sorted(NAMES)
        later = select(schema.podcasts.c.title).where(schema.podcasts.c.title > "Zebra")
        assert set((await connection.execute(later)).scalars()) == {name for name in NAMES if name > "Zebra"}


async def test_only_letters_of_english_have_a_lower_case(database: Database) -> None:
    await facts(database, "k", "ÄPFEL")

    async with database.read() as connection:
        assert (await connection.execute(select(func.lower(schema.podcasts.c.title)))).scalar_one() == "Äpfel"


def test_no_column_of_texts_on_a_server_keeps_an_order_of_its_own(server_url: str) -> None:
    with plain_connection(address_of(server_url)) as connection:
        inspector = inspect(connection)
        columns = [column["type"] for table in schema.metadata.tables for column in inspector.get_columns(table)]

    texts = [column for column in columns if isinstance(column, String)]
    assert len(texts) > 100
    assert {text.collation for text in texts} == {"C"}


async def test_any_text_can_be_stored_and_found_again(database: Database) -> None:
    hostile = "be\0fore 'quoted\" \\0 %s :name $1 {} 😀\u2028\x01 end"
    async with database.write() as connection:
        await settings.put(connection, hostile, hostile)

    async with database.read() as connection:
        stored = await settings.get(connection, hostile)
    assert stored is not None
    assert stored.replace("\N{REPLACEMENT CHARACTER}", "\0") == hostile
    assert len(stored) == len(hostile)


async def test_any_text_can_be_stored_in_a_list_or_among_many_rows(database: Database) -> None:
    podcast = await store_podcast(database)
    episode = await store(database, podcast, reading("pilot"))
    async with database.write() as connection:
        own = schema.episodes.c.id == episode.id
        await connection.execute(update(schema.episodes).where(own).values(people=["a\0b", "😀\\u0000"]))
        rows = [{"key": f"k{number}\0", "value": "v\0"} for number in range(3)]
        await connection.execute(insert(schema.settings), rows)

    async with database.read() as connection:
        people = (await connection.execute(select(schema.episodes.c.people).where(own))).scalar_one()
        assert people == ["a\0b", "😀\\u0000"]
        assert len((await connection.execute(select(schema.settings))).all()) == 3


async def test_many_rows_give_back_what_the_database_made_of_them(database: Database) -> None:
    async with database.write() as connection:
        rows = [
            {"key": f"k{number}", "title": "t\0", "private": False, "created_at": database.clock.now()}
            for number in range(3)
        ]
        made = await connection.execute(insert(schema.podcasts).returning(schema.podcasts.c.title), rows)
        assert {title.replace("\N{REPLACEMENT CHARACTER}", "\0") for title in made.scalars()} == {"t\0"}


async def test_an_id_is_never_given_again(database: Database) -> None:
    first = await facts(database, "first", "First")
    async with database.write() as connection:
        await connection.execute(schema.podcasts.delete())

    assert await facts(database, "second", "Second") > first


async def test_numbers_and_times_come_back_as_they_were(database: Database, clock: StoppedClock) -> None:
    podcast = await store_podcast(database)
    for offset in (0.1 + 0.2, 1e-300, 1.7976931348623157e308, 3_753.123456789012):
        async with database.write() as connection:
            await connection.execute(update(schema.podcasts).values(video_offset=offset))
        async with database.read() as connection:
            row = (await connection.execute(select(schema.podcasts))).one()
        assert repr(row.video_offset) == repr(offset)
        assert row.created_at == clock.now()
        assert row.private is False
    assert podcast.id == row.id
