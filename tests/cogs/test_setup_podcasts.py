"""``/setup podcasts`` through the real bot, with feeds from a server on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import discord
import pytest
import pytest_asyncio
import simcord

from companion.archive.encoders import ToyEncoder
from companion.archive.feed_memory import known_feed, note_failure
from companion.bot.client import CompanionBot
from companion.cogs import progress
from companion.cogs.views import podcast_ids
from companion.community.fair_use import Work
from companion.storage import episodes, feeds, podcasts, subscriptions, vectors
from companion.storage.errors import CompanionError
from companion.storage.feeds import FeedState
from companion.storage.podcasts import Podcast
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, give_setup_to_everybody, managing
from tests.cogs.messages import only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.publisher import Publisher, item, publishing


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PACE", 0.01)


@pytest_asyncio.fixture
async def publisher() -> AsyncGenerator[Publisher]:
    async with publishing() as running:
        yield running


async def use(
    world: World, member: simcord.MemberActor, command: str, **options: str | float | bool
) -> simcord.InteractionResult:
    return await member.slash(world.channel, f"setup podcasts {command}", **options)


async def told(world: World, wanted: str, channel: simcord.ChannelHandle | None = None) -> str:
    """What the newest message of a channel says, once it says what is wanted."""
    said = ""
    for _ in range(300):
        said = next(iter(reversed(said_in(world.env, channel or world.channel))), "")
        if wanted in said:
            break
        await asyncio.sleep(0.02)
    assert wanted in said
    return said


async def sent(world: World, wanted: str) -> None:
    """Waits until the bot has sent something that says what is wanted."""
    for _ in range(300):
        if any(wanted in str(request.json) for request in world.env.http_requests):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never sent: {wanted}")


async def answered(message: simcord.ResponseMessage, wanted: str) -> str:
    """What an answer says, once it says what is wanted."""
    for _ in range(300):
        if wanted in text_of(message):
            break
        await asyncio.sleep(0.02)
    assert wanted in text_of(message)
    return text_of(message)


async def add(world: World, member: simcord.MemberActor, url: str, wanted: str = "can be searched here") -> str:
    """What is told in the end of an address that was given."""
    await use(world, member, "add", url=url)
    return await told(world, wanted)


async def stored(world: World) -> dict[str, Podcast]:
    async with world.database.read() as connection:
        return {podcast.title: podcast for podcast in await podcasts.list_podcasts(connection)}


async def seen(world: World, guild_id: int) -> set[str]:
    async with world.database.read() as connection:
        ids = await subscriptions.podcast_ids(connection, guild_id)
        return {podcast.title for podcast in (await podcasts.by_ids(connection, ids)).values()}


async def public_feed(world: World, publisher: Publisher, title: str = "Lamps") -> Podcast:
    """A podcast that the bot knows, and no server of this test sees."""
    bot = bot_of(world)
    url = publisher.publish(f"/{title}.xml", [item(7), item(1)], title)
    added = await bot.subscriptions.add(4711, url)
    return added.podcast


async def embedded(world: World) -> bool:
    """Waits until every passage has its vectors. False if that takes too long."""
    for _ in range(300):
        async with world.database.read() as connection:
            if await vectors.count_missing(connection, ToyEncoder().model_id) == 0:
                return True
        await asyncio.sleep(0.02)
    return False


class TestAdding:
    async def test_a_feed_is_read_told_of_in_the_channel_embedded_and_searched(
        self, world: World, publisher: Publisher
    ) -> None:
        url = publisher.publish("/feed.xml", [item(number) for number in (7, 1, 2)])
        answer = await use(world, managing(world), "add", url=url)

        assert only(answer).flags.ephemeral
        said = await told(world, "can be searched here")
        assert "✅ Lamps can be searched here" in said
        assert "3 episodes" in said
        assert "`/search query:`Lamp" in said
        found = ""
        for _ in range(100):
            found = shown(await world.priya.slash(world.channel, "search", query="sunken organ tide"))
            if "Lamp 7" in found:
                break
            await asyncio.sleep(0.05)
        assert "Lamp 7" in found
        assert await embedded(world)

    async def test_its_message_is_edited_not_posted_again(self, world: World, publisher: Publisher) -> None:
        before = len(world.channel.history())
        await add(world, managing(world), publisher.publish("/feed.xml", [item(number) for number in range(9)]))

        assert len(world.channel.history()) == before + 1

    async def test_problems_are_told_and_the_rest_is_kept(self, world: World, publisher: Publisher) -> None:
        gone = '<podcast:transcript url="http://127.0.0.1:9/gone.vtt" type="text/vtt"/>'
        said = await add(world, managing(world), publisher.publish("/feed.xml", [item(7), item(1, more=gone)]))

        assert "2 episodes" in said
        assert "What could not be read" in said

    async def test_where_the_bot_may_not_write_the_manager_alone_is_told(
        self, world: World, publisher: Publisher
    ) -> None:
        quiet = discord.PermissionOverwrite(send_messages=False)
        closed = world.guild.create_text_channel("closed", overwrites={world.guild.default_role: quiet})
        url = publisher.publish("/feed.xml", [item(7)])
        answer = await managing(world).slash(closed, "setup podcasts add", url=url)

        await answered(only(answer), "can be searched here")
        assert len(closed.history()) == 0

    @pytest.mark.parametrize(
        "typed", ["/etc/passwd", "file:///etc/passwd", "lamps.example", "https://", "C:\\feed.xml", "ftp://a.example/f"]
    )
    async def test_nothing_but_an_address_is_read(self, world: World, typed: str) -> None:
        assert "not the address of a feed" in shown(await use(world, managing(world), "add", url=typed))

    async def test_a_feed_that_fails_is_told_with_the_reason_and_leaves_nothing(
        self, world: World, publisher: Publisher
    ) -> None:
        before, mo = await stored(world), managing(world)
        empty = publisher.publish("/feed.xml", [])
        for url, reason in ((f"{empty}.gone", "answered with status 404"), (empty, "holds no episodes")):
            answer = await use(world, mo, "add", url=url)
            await answered(only(answer), reason)
        assert await stored(world) == before

    async def test_an_address_of_the_operators_own_network_is_not_asked(
        self, world: World, publisher: Publisher
    ) -> None:
        url = publisher.publish("/feed.xml", [item(7)])
        await world.become(CompanionBot(world.database, shard_count=1))
        answer = await use(world, managing(world), "add", url=url)

        await answered(only(answer), "private network")
        assert publisher.asked.total() == 0

    async def test_what_is_known_is_not_read_again(self, world: World, publisher: Publisher) -> None:
        podcast = await public_feed(world, publisher)
        asked = publisher.asked.copy()
        await add(world, managing(world), podcast.key, "Lamps can be searched here")

        assert publisher.asked == asked
        assert "Lamps" in await seen(world, world.guild.id)

    async def test_a_known_public_podcast_is_found_by_its_guid_and_stays_at_its_address(
        self, world: World, publisher: Publisher
    ) -> None:
        guid = "<podcast:guid>917393E3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"
        bot = bot_of(world)
        first = (await bot.subscriptions.add(4711, publisher.publish("/a.xml", [item(7)], head=guid))).podcast
        again = publisher.publish("/b.xml", [item(7), item(1)], "Spoof", guid)
        await add(world, managing(world), again, "Lamps can be searched here")

        assert (await stored(world))["Lamps"] == first
        assert "Spoof" not in await stored(world)

    async def test_others_wait_for_their_turn_and_are_told_so(self, world: World, publisher: Publisher) -> None:
        bot = bot_of(world)
        async with bot.fair_use.own_turn(Work.INGEST):
            asking = asyncio.create_task(
                use(world, managing(world), "add", url=publisher.publish("/feed.xml", [item(7)]))
            )
            await sent(world, "Another feed is being read just now")
            assert publisher.asked.total() == 0
        await asking
        await told(world, "can be searched here")

    async def test_a_stop_in_the_middle_says_so_and_the_next_time_goes_on(
        self, world: World, publisher: Publisher
    ) -> None:
        mo, url = managing(world), publisher.publish("/feed.xml", [item(7)])
        bot = bot_of(world)
        async with bot.fair_use.own_turn(Work.INGEST):
            asking = asyncio.create_task(use(world, mo, "add", url=url))
            await sent(world, "Another feed is being read just now")
            await bot.remove_cog("PodcastButtons")
        await asking
        assert "goes on where it stopped" in await told(world, "stopped while reading")
        await world.restart()

        assert "1 episode" in await add(world, mo, url)


class TestKnownOnes:
    async def test_public_podcasts_that_the_server_has_not_are_offered_and_had_at_once(
        self, world: World, publisher: Publisher
    ) -> None:
        mo = managing(world)
        await public_feed(world, publisher)
        choices = await mo.autocomplete(world.channel, "setup podcasts subscribe", "podcast", "lam")
        known = shown(await use(world, mo, "known"))
        answer = await use(world, mo, "subscribe", podcast=choices[0]["value"])

        assert [choice["name"] for choice in choices] == ["Lamps"]
        assert "- Lamps" in known
        assert "Cave Notes" not in known
        assert "Lamps can be searched here" in shown(answer)
        assert "no public podcast that this server does not have" in shown(await use(world, mo, "known"))

    @pytest.mark.parametrize("name", ["Cave Notes", "2", "Nothing", "https://caves.example/secret-token/feed.xml"])
    async def test_a_private_one_is_as_unknown_as_one_that_is_not_there(self, world: World, name: str) -> None:
        answer = await use(world, managing(world), "subscribe", podcast=name)

        assert "I know no public podcast of that name" in shown(answer)
        assert "Cave" not in shown(answer)
        assert await seen(world, world.guild.id) == {"Hive Minds"}


class TestUnsubscribing:
    async def test_it_is_asked_first_and_says_what_remains(self, world: World) -> None:
        mo = managing(world)
        asked = only(await use(world, mo, "unsubscribe"))
        assert "Its 2 episodes cannot be searched here any more, and no podcast is left" in text_of(asked)
        assert await seen(world, world.guild.id) == {"Hive Minds"}

        await world.restart()
        await mo.click(asked, label="Take it away")

        assert "not seen by this server any more" in text_of(asked)
        assert "No podcast is left here" in text_of(asked)
        assert await seen(world, world.guild.id) == set()
        assert set(await stored(world)) == {"Hive Minds", "Cave Notes"}
        empty = shown(await world.priya.slash(world.channel, "search", query="winter"))
        assert "`/setup podcasts add`" in empty

    async def test_a_button_of_another_version_is_answered(self, world: World) -> None:
        message = only(await world.priya.slash(world.channel, "search", query="winter"))

        assert "don't know this button any more" in shown(
            await press_forged(world, managing(world), message, "podcasts:unsubscribe:x")
        )


class TestListing:
    async def test_it_tells_how_feeds_do_and_never_a_private_feeds_address(self, world: World) -> None:
        now = world.database.clock.now()
        async with world.database.write() as connection:
            await feeds.put(connection, world.bees.id, FeedState(None, None, None, "1", now - timedelta(hours=2)))
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, now)
        known = await known_feed(world.database, world.bees.key)
        assert known is not None
        await note_failure(world.database, known, CompanionError("no"))
        listed = shown(await use(world, managing(world), "list"))

        assert "**Hive Minds** · 2 episodes · newest <t:" in listed
        assert (
            f"Fails since then (1 time in a row): feed read <t:{int((now - timedelta(hours=2)).timestamp())}:R>"
            in listed
        )
        assert "**Cave Notes** · 1 episode" in listed
        assert "🔒 private" in listed
        assert "not read to its end yet" in listed
        assert "secret-token" not in listed
        assert "caves.example" not in listed

    async def test_a_server_without_any_is_told_how_to_begin(self, world: World) -> None:
        guild = world.nadia.guild
        boss = managing(world, guild, "boss")

        answer = await boss.slash(world.quiet_channel, "setup podcasts list")

        assert "This server has no podcast yet" in shown(answer)
        assert "`/setup podcasts add`" in shown(answer)


class TestLinks:
    async def test_they_follow_the_template_everywhere_from_now_on(self, world: World) -> None:
        mo = managing(world)
        answer = await use(world, mo, "links", page_template="{link}?at={seconds}", audio_offset=10)

        assert "Changed, from now on" in shown(answer)
        assert "https://bees.example/episode?at=764" in shown(answer)
        found = ""
        for _ in range(100):
            found = shown(await world.priya.slash(world.channel, "search", query="winter cluster heat"))
            if "?at=" in found:
                break
            await asyncio.sleep(0.05)
        assert "https://bees.example/episode?at=50" in found

        back = shown(await use(world, mo, "links", page_template="none", audio_offset=0))
        assert "https://bees.example/audio.mp3#t=754" in back

    async def test_without_a_change_it_shows_how_they_are(self, world: World) -> None:
        answer = shown(await use(world, managing(world), "links"))

        assert "As they are now." in answer
        assert "https://bees.example/audio.mp3#t=754" in answer

    async def test_a_template_that_cannot_be_is_refused_with_an_example(self, world: World) -> None:
        answer = shown(await use(world, managing(world), "links", page_template="{page}"))

        assert "a place {page}, which nothing is known for" in answer
        assert "`{link}#t={seconds}`" in answer

    async def test_a_server_that_came_later_sees_and_does_not_change_them(self, world: World) -> None:
        async with world.database.write() as connection:
            await subscriptions.subscribe(connection, world.guild.id, world.caves.id, world.database.clock.now())
        mo = managing(world)
        choices = await mo.autocomplete(world.channel, "setup podcasts links", "podcast", "cave")

        assert [choice["name"] for choice in choices] == ["Cave Notes"]
        assert "As they are now." in shown(await use(world, mo, "links", podcast=choices[0]["value"]))
        refused = shown(await use(world, mo, "links", podcast="Cave Notes", video_offset=3))
        assert "cannot be changed from this server" in refused
        assert (await stored(world))["Cave Notes"].video_offset == 0


class TestWhoMay:
    async def test_a_member_who_manages_nothing_is_refused_whatever_they_try(
        self, world: World, publisher: Publisher
    ) -> None:
        await give_setup_to_everybody(world)
        tried: dict[str, dict[str, str]] = {
            "add": {"url": publisher.publish("/feed.xml", [item(7)])},
            "known": {},
            "subscribe": {"podcast": "1"},
            "unsubscribe": {},
            "list": {},
            "links": {"page_template": "{link}"},
        }
        for command, options in tried.items():
            answer = await use(world, world.priya, command, **options)
            assert "Only those who may manage this server" in shown(answer), command
        assert publisher.asked.total() == 0

    async def test_their_forged_press_is_refused(self, world: World) -> None:
        message = only(await world.priya.slash(world.channel, "search", query="winter"))

        result = await press_forged(world, world.priya, message, podcast_ids.unsubscribe(world.bees.id))

        assert "Only those who may manage this server" in shown(result)
        assert await seen(world, world.guild.id) == {"Hive Minds"}

    async def test_no_episode_is_lost_by_leaving_and_coming_back(self, world: World) -> None:
        async with world.database.read() as connection:
            before = await episodes.list_episodes(connection, frozenset({world.bees.id}))
        mo = managing(world)
        await mo.click(only(await use(world, mo, "unsubscribe", podcast="hive")), label="Take it away")
        async with world.database.read() as connection:
            assert await episodes.list_episodes(connection, frozenset({world.bees.id})) == before
