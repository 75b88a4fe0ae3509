from __future__ import annotations

from companion.archive.naming import find_names, propose_spellings
from companion.storage import aliases, passages
from companion.storage.engine import Database
from companion.storage.episodes import Turn
from companion.storage.names import AliasState
from tests import samples

TALK = (
    Turn("Mara", 0.0, 40.0, False, "Welcome. Tomas keeps his bees in a Warry Hive, and so do I now."),
    Turn("Tomas", 40.0, 90.0, False, "I do. It is a small hive, and the bees build down from the top of it."),
)


async def test_at_the_end_of_an_ingest_speakers_have_their_names_and_spellings_are_proposed(database: Database) -> None:
    episode = samples.reading("Small hives - with Tomas Ek", TALK, notes="We build a Warrée Hive with Mara Lindqvist.")
    podcast = await samples.store_podcast(database, samples.BEES, [episode])
    await find_names(database, podcast.id)
    await propose_spellings(database, await samples.only_episode(database, podcast))

    async with database.read() as connection:
        speakers = await passages.speakers(connection, None)
        (proposal,) = await aliases.listed(connection, [podcast.id])
    assert {speaker.name: speaker.spellings for speaker in speakers} == {
        "Tomas Ek": {"tomas", "tomas ek"},
        "Mara Lindqvist": {"mara", "mara lindqvist"},
    }
    assert (proposal.name, proposal.spelling, proposal.state) == ("Warrée Hive", "warry hive", AliasState.PROPOSED)
