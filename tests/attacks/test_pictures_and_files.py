"""Pictures, exports and errors hold what is meant to be in them, and nothing of what the process knows besides."""

from __future__ import annotations

import asyncio
import io
import json
import traceback
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from companion.bot.portraits import portrait
from companion.cogs.views.quote_card import quote_card
from companion.cogs.views.topic_chart import chart
from companion.community.exported_clips import json_feed, soundbites, top_clips
from companion.community.privacy import Privacy
from companion.storage import schema
from companion.storage.clips import ClipTurn
from companion.storage.engine import Database, plain_transaction
from companion.storage.privacy import PLACES
from tests.bot.commands import companion
from tests.bot.test_export_clips import HERE, THERE, clipped
from tests.bot.test_export_clips import JONAS as VOTING
from tests.bot.test_export_clips import PRIYA as EXPORTING
from tests.cogs.views.test_quote_card import clip_of
from tests.cogs.views.test_topic_chart import topic
from tests.storage.everywhere import seed

TOKEN, KEY, PASSWORD, METRICS = "discordsecret42", "sk-modelsecret42", "databasesecret42", "metricssecret42"
SECRETS = (TOKEN, KEY, PASSWORD, METRICS)
ASKED = "what nobody else was meant to read"
GUILD, PRIYA = 900000000000000010, 800000000000000001
WORDS = (
    "A hive does not freeze.",
    "It starves.",
    "Tomas Ek",
    "Mara Lind",
    "The Winter Cluster",
    "Hive Minds",
    "~1:02:03",
)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("COMPANION_METRICS_TOKEN", METRICS)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is drawn."""
    texts: list[str] = []
    draw = ImageDraw.ImageDraw.text

    def text(self: Any, place: Any, text: str, *args: Any, **options: Any) -> None:
        texts.append(text)
        draw(self, place, text, *args, **options)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    return texts


def a_card(logo: bytes | None = None) -> bytes:
    turns = ClipTurn("Tomas Ek", False, WORDS[0]), ClipTurn("Mara Lind", False, WORDS[1])
    png = quote_card(clip_of(*turns), logo=logo)
    assert png is not None
    return png


def chunks(png: bytes) -> set[bytes]:
    """The kinds of what a PNG is made of."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = set[bytes](), 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        found.add(png[at + 4 : at + 8])
        at += 12 + length
    return found


PIXELS = {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
"""The size, how dense the pixels are, and the pixels."""


class TestPictures:
    def test_a_quote_card_is_pixels_alone(self) -> None:
        assert chunks(a_card()) <= PIXELS

    def test_on_a_quote_card_are_the_words_of_the_clip_alone(self, drawn: list[str]) -> None:
        a_card()

        meant = " ".join(WORDS)
        left = [text for text in drawn if not all(word.strip("“”:·,") in meant for word in text.split())]
        assert left == []
        assert {"Tomas Ek, Mara Lind", "The Winter Cluster"} <= set(drawn)

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_what_a_server_s_icon_tells_besides_its_pixels_is_not_on_the_card(self, kind: str) -> None:
        about = PngImagePlugin.PngInfo()
        about.add_text("Comment", "taken at home")
        exif = Image.Exif()
        exif[0x010E] = "taken at home"
        icon = io.BytesIO()
        options: dict[str, Any] = {"pnginfo": about} if kind == "PNG" else {}
        Image.new("RGB", (64, 64), "#cc3344").save(icon, kind, exif=exif, **options)
        assert b"taken at home" in icon.getvalue()

        card = a_card(icon.getvalue())

        assert chunks(card) <= PIXELS
        assert card != a_card()
        with Image.open(io.BytesIO(card)) as read:
            assert not read.getexif()
            assert set(read.info) <= {"dpi"}

    def test_a_chart_is_pixels_alone(self) -> None:
        assert chunks(chart(topic("bees"))) <= PIXELS

    def test_a_portrait_is_pixels_and_a_letter(self, drawn: list[str]) -> None:
        assert chunks(portrait("P", "#336699")) <= PIXELS
        assert drawn == ["P"]


class TestErrors:
    async def test_an_error_of_the_database_repeats_nothing_of_what_was_stored(self, database: Database) -> None:
        row = {"key": ASKED, "value": "x"}

        async def on_the_loop() -> None:
            async with database.write() as connection:
                await connection.execute(insert(schema.settings), [row, row])

        def in_a_thread() -> None:
            with plain_transaction(database.address) as connection:
                connection.execute(insert(schema.settings), [row, row])

        for work in (on_the_loop(), asyncio.to_thread(in_a_thread)):
            with pytest.raises(IntegrityError) as refused:
                await work
            told = "".join(traceback.format_exception(refused.value))
            assert "settings" in str(refused.value)
            assert "str() failed" not in told
            assert ASKED not in told

    @pytest.mark.own_database("nobody is there")
    def test_a_database_that_cannot_be_reached_is_told_of_without_its_password(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://someone:{PASSWORD}@127.0.0.1:1/companion")
        for command in (
            ["doctor"],
            ["doctor", "--json"],
            ["search", "bees"],
            ["privacy", "show", "1"],
            ["backup", "x"],
        ):
            told = companion(*command)
            assert told.exit_code
            said = told.output + "".join(traceback.format_exception(told.exception)) if told.exception else told.output
            assert [secret for secret in SECRETS if secret in said] == []


class TestExports:
    async def test_a_member_s_copy_has_no_secret_of_the_server_or_of_the_process(self, database: Database) -> None:
        async with database.write() as connection:
            await seed(connection, GUILD, PRIYA)
            await connection.execute(schema.calendar_tokens.update().values(digest="digestsecret42"))
            await connection.execute(schema.blocked_members.update().values(reason="reasonsecret42"))

        exported = await Privacy(database).export(None, PRIYA)

        told = json.dumps(exported)
        assert "calendar links you made" in told
        assert "secret42" not in told
        kinds = {place.what: place for place in PLACES}
        for what, kind in exported["kept"].items():
            assert all(set(row) == {one.name for one in kinds[what].told} for row in kind["rows"])

    async def test_an_exported_clip_names_no_member_and_no_address_of_a_private_feed(self, database: Database) -> None:
        await clipped(database)
        private = {"key": "https://feeds.example/private?token=feedsecret42", "private": True}
        async with database.write() as connection:
            theirs = schema.podcasts.c.title == "Hive Minds"
            await connection.execute(schema.podcasts.update().where(theirs).values(private))

        top = await top_clips(database, None, 10)

        for told in (soundbites(top), json.dumps(json_feed(top))):
            assert "Winter Cluster" in told
            assert "secret42" not in told
            assert [member for member in (HERE, THERE, EXPORTING, VOTING) if str(member) in told] == []
