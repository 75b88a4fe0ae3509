"""The token, the application and its servers, asked of a small Discord on the loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import aiohttp
import pytest
import pytest_asyncio

from companion.bot.doctor import application, servers, token
from companion.bot.doctor.discord_api import DiscordApi
from companion.bot.doctor.findings import Severity
from companion.community.permissions import INVITED, Permission, invite_link
from companion.storage import subscriptions
from companion.storage.engine import Database
from tests.bot.doctor.said import of, worst
from tests.bot.loopback import APPLICATION_ID, TOKEN, LoopbackDiscord, server
from tests.storage.readings import store_podcast


@pytest_asyncio.fixture
async def discord() -> AsyncGenerator[LoopbackDiscord]:
    async with LoopbackDiscord().serving() as serving:
        yield serving


@pytest_asyncio.fixture
async def api(discord: LoopbackDiscord) -> AsyncGenerator[DiscordApi]:
    async with aiohttp.ClientSession() as session:
        yield DiscordApi(session, TOKEN, discord.base)


class TestTheToken:
    def test_one_of_the_right_form_is_fine(self) -> None:
        assert worst(token.check(TOKEN)) is Severity.OK

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ("a" * 32, "may be the client secret"),
            (APPLICATION_ID, "is a number"),
            (f"Bot {TOKEN}", "begins with “Bot ”"),
            (f'"{TOKEN}"', "quotation marks"),
            (TOKEN[:40], "has not the form"),
            (TOKEN[1:], "a part of it is lost"),
        ],
    )
    def test_what_is_no_token_is_told_apart_and_never_repeated(self, wrong: str, said: str) -> None:
        found = token.check(wrong)

        assert said in of(Severity.ERROR, found)
        assert wrong not in of(Severity.ERROR, found)


class TestTheApplication:
    async def test_a_good_one_is_fine_and_its_invitation_asks_for_exactly_what_is_needed(self, api: DiscordApi) -> None:
        found = await application.check(api)

        assert worst(found) is Severity.OK
        assert invite_link(APPLICATION_ID) in of(Severity.OK, found)
        assert "998 of 1000 logins are left" in of(Severity.OK, found)

    async def test_a_wrong_token_is_one_finding_with_its_cure(self, discord: LoopbackDiscord) -> None:
        wrong = TOKEN.replace("x", "y")
        async with aiohttp.ClientSession() as session:
            (found,) = await application.check(DiscordApi(session, wrong, discord.base))

        assert found.sentence == "Discord refused the DISCORD_TOKEN."
        assert "Bot → Reset Token" in found.cure
        assert discord.paths == ["/users/@me"], "after a refusal nothing else is asked"
        assert wrong not in f"{found.sentence} {found.cure}"

    @pytest.mark.parametrize(
        ("status", "said"), [(500, "status 500"), (429, "again in 7 seconds"), (403, "status 403")]
    )
    async def test_a_discord_that_fails_is_told(
        self, discord: LoopbackDiscord, api: DiscordApi, status: int, said: str
    ) -> None:
        discord.status = status

        assert said in of(Severity.ERROR, await application.check(api))

    async def test_a_discord_that_is_not_there_is_told(self, api: DiscordApi) -> None:
        async with aiohttp.ClientSession() as session:
            nobody = DiscordApi(session, TOKEN, "http://127.0.0.1:9")
            assert "cannot be reached" in of(Severity.ERROR, await application.check(nobody))

    async def test_intents_that_nothing_uses_are_a_hint(self, discord: LoopbackDiscord, api: DiscordApi) -> None:
        discord.application["flags"] = 1 << 19 | 1 << 14

        assert "Server Members, Message Content" in of(Severity.HINT, await application.check(api))

    async def test_the_text_of_messages_that_is_asked_for_has_to_be_granted(
        self, discord: LoopbackDiscord, api: DiscordApi
    ) -> None:
        missing = await application.check(api, message_content=True)
        discord.application["flags"] = 1 << 19
        granted = await application.check(api, message_content=True)

        assert "MESSAGE_CONTENT asks for the message content intent" in of(Severity.ERROR, missing)
        assert "The message content intent is on" in of(Severity.OK, granted)
        assert of(Severity.HINT, granted) == of(Severity.ERROR, granted) == ""

    async def test_a_code_grant_that_lets_no_invitation_end_is_an_error(
        self, discord: LoopbackDiscord, api: DiscordApi
    ) -> None:
        discord.application["bot_require_code_grant"] = True

        assert "code grant" in of(Severity.ERROR, await application.check(api))

    @pytest.mark.parametrize(("left", "severity"), [(0, Severity.ERROR), (20, Severity.WARNING), (500, Severity.OK)])
    async def test_logins_that_run_out_are_told(
        self, discord: LoopbackDiscord, api: DiscordApi, left: int, severity: Severity
    ) -> None:
        discord.logins["remaining"] = left

        assert f"{left} of 1000 logins" in of(severity, await application.check(api))


class TestServers:
    async def test_each_missing_permission_is_named_with_the_server(
        self, discord: LoopbackDiscord, api: DiscordApi
    ) -> None:
        lacking = INVITED & ~Permission.ATTACH_FILES & ~Permission.SEND_MESSAGES_IN_THREADS
        discord.servers = [server(1), server(2, lacking.value)]

        ours, found = await servers.check_permissions(api)

        said = of(Severity.WARNING, found)
        assert f"In Hive 2 ({server(2)['id']}) the bot lacks Attach Files and Send Messages in Threads" in said
        assert "Server Settings → Roles" in said
        assert "Hive 1" not in said
        assert ours == {int(server(1)["id"]), int(server(2)["id"])}

    async def test_an_administrator_is_told_that_it_is_too_much(
        self, discord: LoopbackDiscord, api: DiscordApi
    ) -> None:
        discord.servers = [server(1, Permission.ADMINISTRATOR.value)]

        _, found = await servers.check_permissions(api)

        assert "far more than it needs" in of(Severity.HINT, found)
        assert worst(found) is Severity.HINT

    async def test_no_server_is_a_hint(self, discord: LoopbackDiscord, api: DiscordApi) -> None:
        discord.servers = []

        assert "in no server yet" in of(Severity.HINT, (await servers.check_permissions(api))[1])

    async def test_many_servers_come_in_pages(self, discord: LoopbackDiscord, api: DiscordApi) -> None:
        discord.servers = [server(number) for number in range(450)]

        ours, found = await servers.check_permissions(api)

        assert ours is not None
        assert len(ours) == 450
        assert discord.paths == ["/users/@me/guilds"] * 3
        assert "all 450" in of(Severity.OK, found)

    async def test_servers_and_podcasts_that_do_not_know_each_other_are_hints(self, database: Database) -> None:
        bees, caves = await store_podcast(database, "Bees"), await store_podcast(database, "Caves")
        async with database.write() as connection:
            await subscriptions.subscribe(connection, 7, bees.id, database.clock.now())

        said = of(Severity.HINT, await servers.check_subscriptions(database, frozenset({8})))

        assert f"No server sees 'Caves'. `companion subscribe SERVER {caves.id}`" in said
        assert "Servers without a podcast: 8." in said
        assert "1 subscriptions are of servers that the bot is not in" in said
        assert "'Bees'" not in said
