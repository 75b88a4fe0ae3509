"""Servers are strangers: nothing of one's private podcast can be reached from the other, whatever is tried.

Commands, autocompletes and buttons are taken from the running bot, so that a new one is tried too.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

import discord
import pytest
import pytest_asyncio
import simcord
from discord import app_commands

from companion.archive.encoders import ToyEncoder
from companion.archive.paper_references import paper_reference
from companion.community.calendars import Calendars, Link
from companion.community.clips import Clips
from companion.community.guests import Guests
from companion.community.hosts import Host
from companion.community.member_questions import MemberQuestions
from companion.community.papers import written_facts
from companion.community.recordings import Sent
from companion.community.suggestions import Suggestions
from companion.storage import (
    aliases,
    corrections,
    duels,
    episodes,
    follows,
    highlight_slots,
    passages,
    podcasts,
    searches,
    series,
    sessions,
)
from companion.storage.aliases import Alias, Origin
from companion.storage.corrections import About, Mistake, Verdict
from companion.storage.duels import Duel
from companion.storage.episodes import Kind
from companion.storage.highlight_slots import Slot, State, offer_kind
from companion.storage.member_questions import AskedOf
from companion.storage.member_questions import State as Asked
from companion.storage.names import AliasKind, AliasState
from companion.storage.podcasts import Podcast, PodcastFacts
from companion.storage.saved import Owner
from companion.storage.sessions import State as Became
from companion.storage.suggestions import SuggestionKind
from tests import samples
from tests.cogs.answers import REFUSED, asked
from tests.cogs.asking import answers_in, last_answer, mention
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.publisher import Publisher, publishing
from tests.storage import sample_clubs


@dataclass(frozen=True)
class Invented:
    """A private podcast whose every word is its own."""

    title: str
    episode: str
    speaker: str
    chapter: str
    said: str
    token: str
    proposal: str

    @property
    def path(self) -> str:
        return f"/feed?token={self.token}"

    @property
    def item(self) -> str:
        body = "\n".join(
            f"{(self.speaker, 'Noor')[turn % 2]} [00:{turn:02}:00]: "
            + " ".join(f"The {self.said} and its {self.chapter} came up again, in {turn}{nth}." for nth in range(6))
            for turn in range(8)
        )
        return (
            f"<item><guid>episode-1</guid><title>{escape(self.episode)}</title>"
            f"<pubDate>Fri, 01 Mar 2024 06:00:00 GMT</pubDate><link>https://{self.token}.example/1</link>"
            f'<enclosure url="https://{self.token}.example/1.mp3" type="audio/mpeg" length="1"/>'
            f'<podcast:soundbite startTime="1" duration="9">{self.said}</podcast:soundbite>'
            f"<description>{body}</description></item>"
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may read, in any case of letters."""
        return (self.title, self.episode, self.speaker, self.chapter, self.said, self.token, self.proposal)


VELVET = Invented(
    "Velvet Lantern", "The Seventh Cushion", "Ottilie Brandt", "pillow arithmetic", "marzipan submarine", "velvetkey",
    "kushon",
)  # fmt: skip
COMET = Invented(
    "Hollow Comet", "A Tooth Made of Ice", "Ferdinand Quill", "dental astronomy", "turnip cathedral", "cometkey",
    "komet",
)  # fmt: skip
GUID = "<podcast:guid>917393E3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"


OFFERED = date(2026, 1, 2)
NO_LINK = Link(None, None, 0)


@dataclass
class Side:
    """A server with a private podcast, and who is there."""

    podcast: Podcast
    invented: Invented
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    manager: simcord.MemberActor
    message: simcord.ResponseMessage
    """An answer in which anything may be pressed."""
    episode_id: int
    search_id: int
    reference: str
    """A passage, as components carry it."""
    question_id: int
    correction_id: int
    """A question that was asked and refused."""
    clip_id: int
    duel_id: int
    paper_id: int
    guest_id: int = 0
    asked_id: int = 0
    """A question for the guest."""
    wish_id: int = 0
    session_id: int = 0
    """Of a club, recorded."""
    calendar: Link = NO_LINK


@dataclass
class Strangers:
    world: World
    publisher: Publisher
    here: Side
    there: Side

    def leaks(self, said: object, typed: str = "") -> list[str]:
        """What of there is read here. What was typed may come back; nothing else may."""
        secrets = [secret.casefold() for secret in self.there.invented.secrets]
        return [secret for secret in secrets if secret in str(said).casefold() and secret not in typed.casefold()]


@pytest_asyncio.fixture(params=["bees", pytest.param("caves", marks=pytest.mark.slow)])
async def strangers(request: pytest.FixtureRequest, world: World) -> AsyncGenerator[Strangers]:
    """Seen from one of the two; from the other one too with all tests, though nothing tells them apart."""
    async with publishing() as publisher:
        bees = await _side(world, publisher, VELVET, world.guild, world.channel, world.priya)
        caves = await _side(world, publisher, COMET, world.lotte.guild, world.cave_channel, world.lotte)
        for side in (bees, caves):
            await _with_guest(world, side)
            await _with_club(world, side)
        here, there = (bees, caves) if request.param == "bees" else (caves, bees)
        yield Strangers(world, publisher, here, there)


async def _side(
    world: World,
    publisher: Publisher,
    invented: Invented,
    guild: simcord.GuildHandle,
    channel: simcord.ChannelHandle,
    member: simcord.MemberActor,
) -> Side:
    bot = bot_of(world)
    url = publisher.publish(invented.path, [invented.item], invented.title, GUID)
    podcast = (await bot.subscriptions.add(guild.id, url)).podcast
    await bot.searcher.refresh()
    message = only(await member.slash(channel, "search", query=invented.said))
    assert invented.episode in text_of(message)
    alias = Alias(
        podcast.id, AliasKind.TERM, invented.proposal, invented.chapter, AliasState.PROPOSED, Origin.MINED, "heard"
    )
    async with world.database.write() as connection:
        await aliases.propose(connection, [alias], datetime(2026, 1, 1, tzinfo=UTC))
    async with world.database.read() as connection:
        (episode,) = await episodes.list_episodes(connection, frozenset({podcast.id}))
        stored = next(
            one for one in await passages.of_episode(connection, episode.id) if one.passage.kind is Kind.SPEECH
        )
        found = re.search(r"search:riff:(\d+)", json.dumps(_components(world, message)))
    question_id = await asked(world, REFUSED, guild_id=guild.id, channel_id=channel.id, text=invented.said)
    assert podcast.private
    assert found is not None
    passage = stored.passage
    reference = f"{episode.id}s{passage.start:.0f}-{passage.end:.0f}w{passage.first_word}-{passage.last_word}"
    manager = managing(world, guild, f"boss{guild.id % 1000}")
    mistake = Mistake(About.TERM, invented.said, invented.proposal)
    async with world.database.write() as connection:
        correction_id = await corrections.add(
            connection, guild.id, member.id, stored.reference, mistake, datetime(2026, 1, 1, tzinfo=UTC)
        )
    made = await Clips(world.database).make(guild.id, member.id, episode.id, passage.first_word, passage.last_word)
    clip_id = made.shown.clip.id
    async with world.database.write() as connection:
        now = world.database.clock.now()
        duel = Duel(0, guild.id, channel.id, clip_id, clip_id, member.id, now, now + timedelta(days=1))
        duel_id = await duels.add(connection, duel)
        offer = Slot(guild.id, offer_kind(1), OFFERED, State.PROPOSED, clip_id)
        await highlight_slots.put(connection, offer)
    essay = paper_reference(f"https://{invented.token}.example/paper")
    described = written_facts(f"{invented.proposal} {len(invented.title)}", invented.speaker)
    _, proposed = await bot.papers.propose(guild.id, member.id, essay, invented.chapter, described)
    paper_id = proposed.paper.id
    ids = episode.id, int(found[1]), reference, question_id, correction_id, clip_id, duel_id, paper_id
    return Side(podcast, invented, channel, member, manager, message, *ids)


async def _with_guest(world: World, side: Side) -> None:
    """A guest is expected there, and somebody asks them something, and wishes for something else."""
    guild_id, member_id, invented = side.member.guild.id, side.member.id, side.invented
    guest = (await Guests(world.database).add(Host(guild_id, side.manager.id), invented.speaker, None)).guest
    asked_for = await MemberQuestions(world.database).ask(
        guild_id, AskedOf(guest.id), member_id, f"Why the {invented.said}?"
    )
    wish = await Suggestions(world.database).suggest(guild_id, SuggestionKind.TOPIC, member_id, invented.chapter)
    side.guest_id, side.asked_id, side.wish_id = guest.id, asked_for.shown.question.id, wish.shown.suggestion.id


async def _with_club(world: World, side: Side) -> None:
    """A club of that server has read the member's paper, and its recording is in the archive."""
    guild_id, invented = side.member.guild.id, side.invented
    async with world.database.write() as connection:
        series_id = await series.add(connection, sample_clubs.a_club(invented.chapter, guild_id))
        held = replace(sample_clubs.a_session(series_id, 0, guild_id), paper_id=side.paper_id, state=Became.HELD)
        side.session_id = await sessions.add(connection, replace(held, author=invented.speaker)) or 0
    sent = Sent(f"https://{invented.token}.example/talk.mp3", f"Of the {invented.said} and its {invented.chapter}.")
    await bot_of(world).recordings.attach(guild_id, side.session_id, sent)
    await bot_of(world).searcher.refresh()
    side.calendar = await Calendars(world.database).subscribe(guild_id, side.member.id, None)
    message = only(await side.member.slash(side.channel, "club history"))
    assert invented.said in text_of(message)


def _components(world: World, message: simcord.ResponseMessage) -> list[dict[str, Any]]:
    return world.env.backend.get_message(message.channel_id, message.id).components


def commands(world: World) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """Every slash command of the bot."""
    for command in bot_of(world).tree.walk_commands():
        if isinstance(command, app_commands.Command):
            yield command


def filled(command: app_commands.Command[Any, ..., Any], option: str, value: str) -> dict[str, Any] | None:
    """The options of a command with ``value`` in one, and something in each of the others that it needs. None for a
    command that needs somebody or a channel, which no podcast's name is."""
    options: dict[str, Any] = {option: value}
    for parameter in command.parameters:
        if parameter.name == option or not parameter.required:
            continue
        if parameter.choices:
            options[parameter.name] = parameter.choices[0].value
        elif parameter.type is discord.AppCommandOptionType.string:
            options[parameter.name] = "winter"
        else:
            return None
    return options


async def test_no_search_finds_anything_of_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    for options in (
        {"query": there.invented.said},
        {"query": f"{there.invented.speaker} on {there.invented.chapter}"},
        {"query": there.invented.said, "episode": str(there.episode_id)},
        {"query": there.invented.said, "episode": there.invented.episode},
        {"query": "number", "speaker": there.invented.speaker},
        {"query": "latest episode"},
        {"query": there.invented.title},
    ):
        said = shown(await here.member.slash(here.channel, "search", **options))
        for typed in options.values():
            said = said.replace(typed, "")
        assert strangers.leaks(said) == [], options
        assert f"{there.invented.token}.example" not in said


async def test_no_question_is_answered_from_the_other(strangers: Strangers) -> None:
    here, there, world = strangers.here, strangers.there, strangers.world
    said = there.invented.said
    for options in (
        {"question": f"what is the {said}"},
        {"question": f"{there.invented.speaker} on {there.invented.chapter}"},
        {"question": said, "episode": str(there.episode_id)},
        {"question": said, "speaker": there.invented.speaker},
        {"question": "what is the latest episode"},
    ):
        before = len(answers_in(world, here.channel))
        told = shown(await here.member.slash(here.channel, "ask", **options))
        told += "".join(text_of(answer) for answer in answers_in(world, here.channel)[before:])
        assert told
        for typed in options.values():
            told = told.replace(typed, "")
        assert strangers.leaks(told) == [], options
    await here.member.send(here.channel, mention(world, f"what is the {said}"))
    answer = last_answer(world, here.channel)
    private = shown(await here.member.click(answer, label="Sources"))
    assert strangers.leaks((text_of(answer) + private).replace(f"what is the {said}", "")) == []


async def test_a_passage_of_the_other_is_neither_pinned_nor_remembered_in_a_conversation(strangers: Strangers) -> None:
    here, there, world = strangers.here, strangers.there, strangers.world
    held = bot_of(world).questions.conversations
    await here.member.slash(here.channel, "ask", question=here.invented.said)
    await here.member.click(last_answer(world, here.channel), label="Follow up")
    (thread,) = here.channel.threads
    await here.member.send(thread, mention(world, here.invented.said))
    answer = last_answer(world, thread)
    own = int(buttons(answer)["Riff"][0].split(":")[2])

    result = await press_forged(world, here.member, answer, f"ask:pin:{own}:0:{there.reference}")

    assert "no longer in the archive" in shown(result)
    assert await held.pins(thread.id) == ()
    for podcast, known in ((here.podcast, True), (there.podcast, False)):
        kept = await held.before(own, frozenset({podcast.id}))
        assert any(one.cited for one in kept) is known


async def test_no_autocomplete_of_any_command_suggests_anything_of_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    typed = ("", there.invented.title[:4], there.invented.episode[:6], there.invented.speaker[:5], "a")
    tried = 0
    for command in commands(strangers.world):
        for parameter in command.parameters:
            if not parameter.autocomplete:
                continue
            rest = filled(command, parameter.name, "") or {}
            rest.pop(parameter.name, None)
            for name in (option for option in ("podcast", "episode") if option != parameter.name):
                if any(one.name == name for one in command.parameters):
                    rest[name] = str(there.podcast.id if name == "podcast" else there.episode_id)
            for text in typed:
                choices = await here.manager.autocomplete(
                    here.channel, command.qualified_name, parameter.name, text, **rest
                )
                assert strangers.leaks(choices) == [], f"{command.qualified_name} {parameter.name}"
                tried += 1
    assert tried > 40


@pytest.mark.parametrize("one_of", [4, pytest.param(1, marks=pytest.mark.slow)])
async def test_no_command_tells_of_the_other_whatever_is_typed(strangers: Strangers, one_of: int) -> None:
    """One of so many values in each option, beginning with another one in the next."""
    here, there = strangers.here, strangers.there
    first = 0
    values = (
        f"g{there.guest_id}", there.invented.said, f"#{there.session_id}", there.invented.chapter,
        str(there.podcast.id), str(there.episode_id), there.podcast.key, there.invented.title, there.invented.episode,
        there.invented.speaker, there.invented.proposal, str(there.clip_id), str(there.paper_id),
    )  # fmt: skip
    tried = 0
    for command in commands(strangers.world):
        if command.qualified_name == "setup podcasts add":
            continue  # who has the address has the podcast
        for parameter in command.parameters:
            if parameter.type is not discord.AppCommandOptionType.string or parameter.choices:
                continue
            if command.qualified_name == "club recording" and parameter.name in ("url", "notes"):
                continue  # what is typed there is kept, and shown in this server from then on
            first = (first + 1) % one_of
            for value in values[first::one_of]:
                options = filled(command, parameter.name, value[:60] if parameter.max_value else value)
                if options is None:
                    continue
                said = shown(await here.manager.slash(here.channel, command.qualified_name, **options))
                # What is stopped or removed is told with its words, which were typed before.
                undone = command.qualified_name in ("follow stop", "guest remove")
                own = " ".join(values) if undone else options[parameter.name]
                assert strangers.leaks(said, typed=own) == [], (command.qualified_name, options)
                tried += 1
    assert tried > 60
    async with strangers.world.database.read() as connection:
        assert await podcasts.get(connection, there.podcast.id) == there.podcast
        proposed = await aliases.get(connection, there.podcast.id, AliasKind.TERM, there.invented.proposal)
    assert proposed is not None
    assert proposed.state is AliasState.PROPOSED


def forged(there: Side) -> list[str]:
    """Components that the bot never made for this server."""
    search, podcast, episode = there.search_id, there.podcast.id, there.episode_id
    return [
        f"search:page:{search}:0",
        f"search:riff:{search}",
        f"search:like:{search}:{there.reference}",
        f"search:context:{search}:{there.reference}",
        f"search:context:{search}:{there.reference}q0-9",
        f"search:try:{there.invented.said}",
        f"aliases:accept:{podcast}:t:{there.invented.proposal}",
        f"aliases:list:{podcast}:0",
        f"aliases:review:{podcast}:0",
        f"podcasts:unsubscribe:{podcast}",
        f"episodes:page:0:{podcast}:",
        f"episode:chapters:{episode}",
        f"episode:links:{episode}:0",
        f"episode:quotes:{episode}",
        f"episode:search:{episode}",
        "members:blocked:0",
        f"saved:save:{there.reference}",
        "saved:remove:1",
        "saved:list:0",
        f"corrections:correct:{there.reference}",
        f"corrections:correct:{there.reference}q0-9",
        f"corrections:accept:{there.correction_id}",
        f"corrections:reject:{there.correction_id}:0",
        f"corrections:withdraw:{there.correction_id}",
        "corrections:list:0",
        f"ask:sources:{there.question_id}:0",
        f"ask:prompt:{there.question_id}:0",
        f"ask:riff:{there.question_id}",
        f"ask:follow:{there.question_id}",
        f"ask:dated:{there.question_id}:a2020-01-01",
        f"ask:pin:{there.question_id}:0:{there.reference}",
        f"feedback:up:{there.question_id}",
        f"feedback:why:{there.question_id}:answer",
        f"marks:{there.question_id}:right",
        f"awaited:tell:{there.question_id}",
        f"awaited:told:{there.question_id}:{there.member.id}",
        "asked:page:quarter:0",
        f"clip:make:{there.reference}",
        f"clip:make:{there.reference}q0-9",
        f"clip:save:{there.clip_id}",
        f"clip:delete:{there.clip_id}:0",
        "clip:list:0",
        f"duel:vote:{there.duel_id}:left",
        "paper:queue:0",
        "paper:fill:arxiv:2603.00001@2",
        f"question:new:g{there.guest_id}",
        f"question:put:{there.asked_id}",
        f"question:back:{there.asked_id}",
        f"question:withdraw:{there.asked_id}",
        f"question:choose:g{there.guest_id}",
        f"guestanswer:told:{there.asked_id}:{there.member.id}",
        f"suggest:done:{there.wish_id}",
        f"suggest:declined:{there.wish_id}",
        f"suggest:open:{there.wish_id}",
        f"suggest:delete:{there.wish_id}",
        f"highlight:post:{OFFERED}:1",
        f"highlight:another:{OFFERED}:1",
        f"highlight:skip:{OFFERED}:1",
        f"highlight:undo:{OFFERED}",
        "winner:all:month:2026-01-01",
        "club:move:1:9999999999",
        f"club:swap:1:1:{there.member.id}",
        "club:line:1",
        f"calendar:revoke:{there.calendar.digest}",
        "calendar:all:mine",
        "calendar:all:everybody",
        f"session:going:{there.session_id}:0",
        f"session:direct:{there.session_id}:0",
        f"session:done:{there.session_id}:1",
        "history:page:0:0",
        f"history:page:0:{there.session_id}",
        "history:replace:1",
        "history:leave",
        "recap:top:week:now:0-9999999999",
        "recap:post:9999999999",
        "recap:often:none:9999999999",
        # Whose data is meant is whoever presses.
        "privacy:export:everywhere",
        "privacy:delete:everywhere",
        "privacy:forget:everywhere",
        "privacy:keep",
    ]


async def test_no_forged_component_reaches_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    # With an own search's number, so that only the passage is the other's.
    mixed = [one.replace(f":{there.search_id}:", f":{here.search_id}:") for one in forged(there)]
    for custom_id in dict.fromkeys([*forged(there), *mixed]):
        message = only(await here.member.slash(here.channel, "search", query=here.invented.said))
        result = await press_forged(strangers.world, here.manager, message, custom_id)
        said = [shown(result), text_of(message), json.dumps(getattr(result, "modal", None), default=str)]
        assert strangers.leaks(said, typed=there.invented.said if ":try:" in custom_id else "") == [], custom_id
    async with strangers.world.database.read() as connection:
        assert await searches.get(connection, there.search_id) is not None
        assert await podcasts.get(connection, there.podcast.id) == there.podcast
        proposed = await aliases.get(connection, there.podcast.id, AliasKind.TERM, there.invented.proposal)
        correction = await corrections.get(connection, there.correction_id)
        chosen = await duels.chosen(connection, there.duel_id)
        offer = await highlight_slots.get(connection, there.member.guild.id, offer_kind(1), OFFERED)
    assert chosen == {}
    assert proposed is not None
    assert proposed.state is AliasState.PROPOSED
    assert correction is not None
    assert correction.verdict is Verdict.OPEN
    assert offer is not None
    assert offer.state is State.PROPOSED
    asked_for = await MemberQuestions(strangers.world.database).shown(there.member.guild.id, there.asked_id)
    assert asked_for.question.state is Asked.OPEN
    survey = await Suggestions(strangers.world.database).survey(there.member.guild.id)
    assert [one.thing.id for one in survey.ranked] == [there.wish_id]
    assert there.calendar.token is not None
    subscribed = await Calendars(strangers.world.database).opened(there.calendar.token)
    assert subscribed.name == there.invented.chapter
    kept = Clips(strangers.world.database)
    assert (await kept.shown(there.member.guild.id, there.clip_id)).clip.made_by == there.member.id


async def test_every_button_of_the_bot_is_tried_above(strangers: Strangers) -> None:
    state: Any = bot_of(strangers.world)._connection  # pyright: ignore[reportPrivateUsage]
    patterns: list[re.Pattern[str]] = list(state._view_store._dynamic_items)
    # These carry nothing: one deletes the message that it is on, the others mean what their menus have, tried below.
    bare = ("answer:delete", "episodes:open", "follow:stop")
    tried = [*forged(strangers.there), *bare]

    assert [pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, tried))] == []


async def test_no_forged_choice_of_a_menu_reaches_the_other(strangers: Strangers) -> None:
    here, there, world = strangers.here, strangers.there, strangers.world
    listing = only(await here.member.slash(here.channel, "episodes"))
    for part in _walk(_components(world, listing)):
        if part.get("type") == 3:
            part["options"] = [{"label": "x", "value": str(there.episode_id)}]
    result = await here.member.select(listing, [str(there.episode_id)], custom_id="episodes:open")

    assert shown(result)
    assert strangers.leaks([shown(result), text_of(listing)]) == []


async def test_nothing_that_is_followed_there_is_told_or_stopped_here(strangers: Strangers) -> None:
    here, there, world = strangers.here, strangers.there, strangers.world
    await there.member.slash(there.channel, "follow topic", words=there.invented.said)
    await there.member.slash(there.channel, "follow podcast", name=there.invented.title)
    await here.member.slash(here.channel, "follow topic", words="winter")
    owner = Owner(there.member.guild.id, there.member.id)
    async with world.database.read() as connection:
        kept = await follows.listed(connection, owner)
    listed = only(await here.member.slash(here.channel, "follow list"))
    for part in _walk(_components(world, listed)):
        if part.get("type") == 3:
            part["options"] = [{"label": "x", "value": str(one.id)} for one in kept]

    for one in kept:
        stopped = await here.member.slash(here.channel, "follow stop", what=str(one.id))
        chosen = await here.member.select(listed, [str(one.id)], custom_id="follow:stop")
        for result in (stopped, chosen):
            assert "You don't follow that here" in shown(result)
            assert strangers.leaks([shown(result), text_of(listed)]) == []
    async with world.database.read() as connection:
        assert await follows.listed(connection, owner) == kept


async def test_no_new_episode_of_the_other_is_told_to_who_follows_its_words(strangers: Strangers) -> None:
    here, there, world = strangers.here, strangers.there, strangers.world
    await here.member.slash(here.channel, "follow topic", words=there.invented.said)
    await there.member.slash(there.channel, "follow topic", words=there.invented.said)
    now = world.database.clock.now()
    said = [samples.Turn(there.invented.speaker, 0.0, 9.0, False, f"About the {there.invented.said}, once more.")]
    facts = PodcastFacts(there.podcast.key, there.podcast.title, None, private=True)
    await samples.store_podcast(world.database, facts, [samples.reading(there.invented.episode, said, published=now)])
    await samples.embed(world.database, ToyEncoder())
    duty: Any = bot_of(world).get_cog("FollowDuty")
    await duty.tell(now)

    assert len(said_in(world.env, there.member.user.dm_channel)) == 1
    assert said_in(world.env, here.member.user.dm_channel) == []


async def test_no_forged_form_reaches_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    for label, custom_id in (
        ("Riff", f"search:riffed:{there.search_id}"),
        ("Riff", f"episode:searched:{there.episode_id}"),
        ("Riff", f"ask:riffed:{there.question_id}"),
        ("Riff", f"question:form:g{there.guest_id}"),
    ):
        form: Any = await here.member.click(here.message, label=label)
        form._interaction.modal["custom_id"] = custom_id
        result = await here.member.submit_modal(form, {"query": "winter"})
        assert shown(result), custom_id
        assert strangers.leaks([shown(result)]) == [], custom_id


async def test_no_forged_correction_reaches_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    context = only(
        await press_forged(
            strangers.world, here.member, here.message, f"search:context:{here.search_id}:{here.reference}"
        )
    )
    form: Any = await here.member.click(context, label="Correct")
    form._interaction.modal["custom_id"] = f"corrections:form:{there.reference}"
    result = await here.member.submit_modal(form, {"wrong": ["term"], "read": there.invented.said, "right": "winter"})

    assert "This passage is no longer in the archive" in shown(result)
    async with strangers.world.database.read() as connection:
        known = await corrections.same(
            connection, here.manager.guild.id, there.podcast.id, there.episode_id,
            Mistake(About.TERM, there.invented.said, "winter"),
        )  # fmt: skip
    assert known == []


async def test_no_forged_form_makes_a_clip_of_the_other(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    own = f"search:context:{here.search_id}:{here.reference}"
    context = only(await press_forged(strangers.world, here.member, here.message, own))
    form: Any = await here.member.click(context, label="Clip it")
    form._interaction.modal["custom_id"] = f"clip:form:{there.reference}"
    result = await here.member.submit_modal(form, {})

    assert "This passage is no longer in the archive" in shown(result)
    assert strangers.leaks(shown(result)) == []
    assert len(await Clips(strangers.world.database).like(here.member.guild.id, "", 9)) == 1


def _walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components") or [])


async def test_the_same_guid_and_episodes_at_another_address_are_another_podcast(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    copied = strangers.publisher.publish("/public", [there.invented.item.replace("turnip", "parsnip")], "Copy", GUID)
    added = await bot_of(strangers.world).subscriptions.add(here.manager.guild.id, copied)

    assert added.podcast.id != there.podcast.id
    async with strangers.world.database.read() as connection:
        assert await podcasts.get(connection, there.podcast.id) == there.podcast
        (episode,) = await episodes.list_episodes(connection, frozenset({there.podcast.id}))
    assert episode.id == there.episode_id


async def test_an_address_that_is_wrong_by_one_letter_tells_nothing(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    answer = await here.manager.slash(here.channel, "setup podcasts add", url=there.podcast.key[:-1])
    said = shown(answer)

    assert "status 404" in said
    assert strangers.leaks(said) == []


async def test_who_has_the_address_has_the_podcast_as_if_it_were_new(strangers: Strangers) -> None:
    here, there = strangers.here, strangers.there
    added = await bot_of(strangers.world).subscriptions.add(here.manager.guild.id, there.podcast.key)
    listed = shown(await here.manager.slash(here.channel, "setup podcasts list"))

    assert (added.podcast, added.new, added.episodes) == (there.podcast, True, 1)
    assert there.invented.title in listed
    assert there.invented.token not in listed
