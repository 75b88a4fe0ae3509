"""Which paper of a server is meant by what a member types of it."""

from __future__ import annotations

import pytest

from companion.community.club_papers import ClubPapers
from companion.community.club_refusals import NoSuchPaperError
from companion.community.visibility import OutsideServersError
from companion.community.wishes import SeveralFitError
from companion.storage.engine import Database
from companion.storage.papers import State
from tests.community.clubs import GUILD, propose

ELSEWHERE = GUILD + 1


async def test_a_paper_is_known_by_its_number_its_address_and_words_of_its_title(database: Database) -> None:
    moss, kept = await propose(database, "On Moss"), ClubPapers(database)
    await propose(database, "On Ferns")

    for typed in (str(moss), "https://papers.example/On Moss", " mOSS ", "on moss"):
        assert (await kept.named(GUILD, typed)).id == moss
    for typed in ("", "On Bees", "99", "https://papers.example/bees", "https://papers.example/nothing"):
        with pytest.raises(NoSuchPaperError):
            await kept.named(GUILD, typed)
    with pytest.raises(SeveralFitError, match=r"“On” fits several papers: “On Ferns”; “On Moss”\. Choose one"):
        await kept.named(GUILD, "On")


async def test_of_titles_that_begin_alike_the_whole_one_is_meant(database: Database) -> None:
    moss = await propose(database, "On Moss")
    await propose(database, "On Moss II")

    assert (await ClubPapers(database).named(GUILD, "on  moss")).id == moss


async def test_a_title_means_what_is_open_and_nothing_of_another_server_is_meant(database: Database) -> None:
    kept = ClubPapers(database)
    held = await propose(database, "On Moss", state=State.COVERED)
    away = await propose(database, "On Ferns", guild=ELSEWHERE)

    assert (await kept.named(GUILD, str(held))).id == held
    for typed in ("On Moss", "On Ferns", str(away), "https://papers.example/On Ferns"):
        with pytest.raises(NoSuchPaperError):
            await kept.named(GUILD, typed)
    assert await kept.like(GUILD, "on", 25) == []
    with pytest.raises(OutsideServersError):
        await kept.named(None, "On Moss")
