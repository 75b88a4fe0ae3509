"""Nothing that members write gets into the log, whatever they do, unless that is switched on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from companion.bot.logs import JsonFormatter, RedactingFormatter
from companion.community.blocks import Named
from companion.community.logged_texts import log_texts
from companion.storage.schema import blocked_members
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import only

WORD = "quomplish"
"""A word that nothing else has."""


class Lines(logging.Handler):
    """What the log has, written as for an operator."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(RedactingFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[Lines]:
    """All that is logged by the bot, from the finest level on, and by everything else from INFO on."""
    lines, root, own = Lines(), logging.getLogger(), logging.getLogger("companion")
    before = root.level, own.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    own.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(lines)
    root.setLevel(before[0])
    own.setLevel(before[1])


async def use_everything(world: World) -> None:
    """Words of a member's in every command that takes some, and in what is refused."""
    priya, channel = world.priya, world.channel
    mo = managing(world)
    message = only(await priya.slash(channel, "search", query=f"winter {WORD}"))
    await priya.submit_modal(await priya.click(message, label="Riff"), {"query": f"dry {WORD}"})
    await priya.slash(channel, "search", query=f"winter {WORD}", after=WORD)
    await priya.slash(channel, "search", query=f"winter {WORD}", episode=WORD)
    await priya.slash(channel, "ask", question=f"why {WORD}?")
    said = await priya.send(channel, f"is it {WORD}?")
    await priya.context_menu(channel, "Search the archive", said)
    await priya.slash(channel, "topic", words=f"{WORD} bees")
    await priya.slash(channel, "follow topic", words=f"{WORD} bees", where="direct")
    await priya.slash(channel, "suggest topic", words=f"{WORD} again")
    await priya.slash(channel, "paper propose", reference=f"https://{WORD}.example/paper", why=f"so {WORD}")
    await priya.slash(channel, "clip create", episode=WORD, start=WORD)
    await mo.slash(channel, "guest add", name=f"Ada {WORD}")
    await priya.slash(channel, "question ask", guest=f"Ada {WORD}", text=f"why {WORD}?")
    await mo.slash(channel, "setup aliases add", spelling=WORD, name=f"{WORD}s", kind="word")
    await bot_of(world).blocks.block(world.guild.id, Named(world.jonas.id), f"too {WORD}", mo.id)
    await priya.slash(channel, "privacy export")


async def test_no_word_of_a_member_is_logged(world: World, logged: Lines) -> None:
    await use_everything(world)

    assert logged.lines, "nothing was logged at all"
    assert [line for line in logged.lines if WORD in line] == []


async def test_what_the_database_refuses_is_logged_without_the_words(world: World, logged: Lines) -> None:
    await bot_of(world).blocks.block(world.guild.id, Named(world.jonas.id), f"too {WORD}", world.priya.id)
    row = {
        "guild_id": world.guild.id,
        "member_id": world.priya.id,
        "reason": f"so {WORD}",
        "blocked_by": None,
        "blocked_at": world.database.clock.now(),
    }

    with pytest.raises(IntegrityError) as refused:
        async with world.database.write() as connection:
            await connection.execute(blocked_members.insert(), row)
    logging.getLogger("companion").error("failed", exc_info=refused.value)

    assert "IntegrityError" in logged.lines[-1]
    assert "INSERT INTO blocked_members" in logged.lines[-1]
    assert [line for line in logged.lines if WORD in line] == []


async def test_an_operator_can_switch_them_on(world: World, logged: Lines) -> None:
    log_texts(on=True)
    try:
        await world.priya.slash(world.channel, "search", query=f"winter {WORD}")
        await world.priya.slash(world.channel, "ask", question=f"why {WORD}?")
    finally:
        log_texts(on=False)

    told = [line for line in logged.lines if WORD in line]
    assert len(told) == 2
    assert f"search 1 in guild {world.guild.id}: 'winter {WORD}'" in told[0]
    assert f"'why {WORD}?'" in told[1]


class RefusedRowError(Exception):
    """As a driver of PostgreSQL's tells it."""

    detail = "Failing row contains (1, winter\nbees)."

    def __str__(self) -> str:
        return f"null value in column\nDETAIL:  {self.detail}"


@pytest.mark.parametrize("form", [RedactingFormatter, JsonFormatter])
def test_a_row_that_the_database_refuses_is_logged_without_its_values(form: type[RedactingFormatter]) -> None:
    refused = RefusedRowError()
    error = ValueError(f"(IntegrityError) {refused}")
    error.__cause__ = refused
    record = logging.LogRecord("companion", logging.ERROR, "x.py", 1, "failed", (), (ValueError, error, None))

    line = form().format(record)

    assert "null value in column" in line
    assert "bees" not in line
