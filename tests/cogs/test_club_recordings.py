"""``/club recording`` and ``/club history``: what a club held enters its server's archive, and no other's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import simcord
from aiohttp import web
from aiohttp.test_utils import TestServer

from companion.community.news import News
from companion.community.recordings import Recordings
from companion.community.visibility import published_podcasts
from companion.storage import announcements, channels, episodes, papers, passages, series, sessions
from companion.storage.channels import Purpose
from companion.storage.episodes import Episode, Person
from companion.storage.papers import Paper
from companion.storage.papers import State as PaperState
from companion.storage.sessions import Session, State
from tests.clocks import StoppedClock
from tests.cogs.asking import answers_in
from tests.cogs.conftest import World
from tests.cogs.managers import bot_of, managing
from tests.cogs.messages import buttons, only, said_in, shown, text_of
from tests.cogs.test_search_buttons import press_forged
from tests.publisher import loopback_fetcher
from tests.storage import sample_clubs

VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"
NEWER = "https://media.example/new.mp3"
TITLE = "What Drifting Buoys Remember"
FIRST = "<t:1774004400:D>"
SAID = (
    "A buoy keeps the last forty waves in a ring of wax",
    "and whoever cuts the ring can read the storm backwards",
    "so the sailors bring it home in a lead box, and nobody opens it on a Sunday",
)
VTT = "WEBVTT\n\n" + "\n\n".join(
    f"00:{12 + nth}:05.000 --> 00:{12 + nth}:40.000\n<v Priya>{words}. {words}, she said again."
    for nth, words in enumerate(SAID)
)
PAGE = (
    "<html><head><title>Room</title></head><body><p>Our meetings are kept here for members of the reading room."
    "</p><p>Ask at the desk for the key, and bring it back in the evening.</p></body></html>"
)
LOGIN = "<html><head><title>Log in</title></head><body><p>Please log in to see this page.</p></body></html>"
DAYS = timedelta(days=7)
NO_HOST = "decide about its sessions"


@asynccontextmanager
async def serving(pages: dict[str, tuple[str, str]]) -> AsyncGenerator[str]:
    """The address of a server with these pages, by path: their media type and text."""

    async def answer(request: web.Request) -> web.Response:
        if request.path not in pages:
            return web.Response(status=404)
        kind, body = pages[request.path]
        return web.Response(text=body, content_type=kind)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@pytest_asyncio.fixture
async def site(world: World) -> AsyncGenerator[str]:
    """Where transcripts are, and recordings may be."""
    bot_of(world).recordings = Recordings(world.database, loopback_fetcher(), allows=lambda _address: True)
    pages = {
        "/talk.vtt": ("text/vtt", VTT),
        "/room": ("text/html", PAGE),
        "/login": ("text/html", LOGIN),
    }
    async with serving(pages) as address:
        yield address


@pytest.fixture
def mo(world: World) -> simcord.MemberActor:
    clock = StoppedClock()
    clock.advance(timedelta(days=10))
    world.database.clock = clock
    return managing(world)


async def held(
    world: World, week: int = 0, name: str = "Friday *Papers*", state: State = State.HELD, **changed: Any
) -> int:
    """The id of a session that took place, about a paper of its own."""
    club, now = sample_clubs.a_club(name, world.guild.id), world.database.clock.now()
    title = TITLE if not week else f"Paper {week}"
    paper = Paper(
        0, world.guild.id, f"arxiv:2603.0000{week % 10}", None, title, ("Ada Brook",), None, None, 7, now,
        PaperState.SCHEDULED, now,
    )  # fmt: skip
    async with world.database.write() as connection:
        known = await series.by_name(connection, world.guild.id, name)
        series_id = known.id if known else await series.add(connection, club)
        paper_id = await papers.add(connection, paper)
        session = sample_clubs.a_session(series_id, week, world.guild.id)
        about = {"paper_id": paper_id, "presented_by": world.priya.id, "author": "Ines Okafor", **changed}
        session_id = await sessions.add(connection, replace(session, state=state, **about))
    assert session_id is not None
    return session_id


async def kept(world: World, session_id: int) -> Session:
    async with world.database.read() as connection:
        session = await sessions.get(connection, world.guild.id, session_id)
    assert session is not None
    return session


async def recorded(world: World, session_id: int) -> Episode:
    """The session's episode, once it can be searched."""
    session = await kept(world, session_id)
    assert session.episode_id is not None
    async with world.database.read() as connection:
        episode = (await episodes.get(connection, [session.episode_id]))[session.episode_id]
    await bot_of(world).searcher.refresh()
    return episode


async def record(world: World, who: simcord.MemberActor, url: str = VIDEO, **options: str) -> simcord.InteractionResult:
    return await who.slash(world.channel, "club recording", url=url, **options)


async def asked(world: World, who: simcord.MemberActor, url: str = VIDEO, **options: str) -> simcord.ResponseMessage:
    """The question of who sent a recording in place of another."""
    (question,) = (await record(world, who, url, **options)).followups
    return question


async def replace_with(
    world: World, who: simcord.MemberActor, url: str = VIDEO, **options: str
) -> tuple[simcord.ResponseMessage, str]:
    """The question, as it is after it was answered with yes, and what the channel reads."""
    clock: Any = world.database.clock
    clock.advance(timedelta(minutes=5))
    question = await asked(world, who, url, **options)
    result = await who.click(question, label="Replace it")
    return question, "".join(text_of(one) for one in result.followups if not one.ephemeral)


class TestRecording:
    async def test_its_words_are_found_quoted_and_linked_to_the_second_of_the_video(
        self, world: World, mo: simcord.MemberActor, site: str
    ) -> None:
        session_id = await held(world)
        said = shown(await record(world, mo, transcript=f"{site}talk.vtt", notes="Bring *wax*."))

        assert f"📼 The recording of “{TITLE}” is in the archive now" in said
        assert f"{FIRST} · Ada Brook · presented by <@{world.priya.id}> · with Ines Okafor, an author" in said
        assert "Its words can be searched and quoted" in said
        episode = await recorded(world, session_id)
        assert episode.title == TITLE
        assert episode.facts.people == (Person("Ines Okafor", "author"),)
        page = shown(await world.jonas.slash(world.channel, "episode", name=TITLE))
        assert f"**With** <@{world.priya.id}> (presenter), Ines Okafor (author)" in page
        found = shown(await world.jonas.slash(world.channel, "search", query="forty waves in a ring of wax"))
        assert f"Paper club recordings · *{TITLE}* · {FIRST}" in found
        assert "**Priya** · [▸\u00a012:05](https://www.youtube.com/watch?v=abcdefghijk&t=725s)" in found
        await world.jonas.slash(world.channel, "ask", question="where does a buoy keep the last forty waves?")
        answer = text_of(answers_in(world, world.channel)[-1])
        assert "ring of wax" in answer
        assert "Paper club recordings" in answer

    async def test_its_notes_are_found_where_there_are_no_words(self, world: World, mo: simcord.MemberActor) -> None:
        session_id = await held(world)
        said = shown(await record(world, mo, notes="We quarrelled about marmalade on the lighthouse stairs."))

        assert "Its title and notes can be searched, in this server alone. For its words give `transcript`" in said
        await recorded(world, session_id)
        found = shown(await world.jonas.slash(world.channel, "search", query="marmalade on the lighthouse stairs"))
        assert "**Show notes**" in found
        assert "quarrelled about" in found

    async def test_no_other_server_finds_it(self, world: World, mo: simcord.MemberActor, site: str) -> None:
        session_id = await held(world)
        await record(world, mo, transcript=f"{site}talk.vtt")
        await recorded(world, session_id)

        found = shown(await world.lotte.slash(world.cave_channel, "search", query="forty waves in a ring of wax"))
        assert "ring of wax" not in found.replace("forty waves in a ring of wax", "")
        assert "Paper club" not in found
        assert "no paper club" in shown(await world.lotte.slash(world.cave_channel, "club history"))
        offered = shown(
            await managing(world, world.lotte.guild, "kai").slash(world.cave_channel, "setup podcasts known")
        )
        assert "Paper club" not in offered

    async def test_sent_again_it_takes_the_place_of_the_former_and_keeps_the_notes(
        self, world: World, mo: simcord.MemberActor, site: str
    ) -> None:
        session_id = await held(world)
        await record(world, mo, url="https://media.example/old.mp3", notes="Bring wax.")
        before = await recorded(world, session_id)
        _, said = await replace_with(world, mo, url=f"{site}talk.vtt")

        assert "is replaced in the archive" in said
        after = await recorded(world, session_id)
        assert (before.id, before.facts.audio_url) == (after.id, "https://media.example/old.mp3")
        assert after.facts.link == f"{site}talk.vtt"
        session = await kept(world, session_id)
        assert (session.recording_url, session.notes) == (f"{site}talk.vtt", "Bring wax.")
        # The load that was waited for before may have begun before the change.
        await bot_of(world).searcher.refresh()
        found = shown(await world.jonas.slash(world.channel, "search", query="forty waves in a ring of wax"))
        assert f"**Priya** · [▸\u00a012:05]({site}talk.vtt)" in found

    async def test_a_session_that_has_begun_has_taken_place_by_it_and_its_paper_is_covered(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world, state=State.PLANNED)
        clock: Any = world.database.clock
        clock.advance((await kept(world, session_id)).starts_at + timedelta(minutes=20) - clock.now())
        await record(world, mo)

        session = await kept(world, session_id)
        assert session.state is State.HELD
        async with world.database.read() as connection:
            paper = await papers.get(connection, world.guild.id, session.paper_id or 0)
        assert paper is not None
        assert paper.state is PaperState.COVERED

    async def test_without_a_session_it_is_the_last_one_that_took_place(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        first, _, coming = (
            await held(world),
            await held(world, 1, state=State.SKIPPED),
            await held(world, 2, state=State.PLANNED),
        )
        choices = await mo.autocomplete(world.channel, "club recording", "session", "", url=VIDEO)
        assert [one["value"] for one in choices] == [f"#{first}"]
        assert "2026-03-20 · What Drifting" in str(choices)
        await record(world, mo)
        assert (await kept(world, first)).recording_url == VIDEO
        for typed in (f"#{coming}", "2026-04-03", "#99", "#"):
            assert "No session that took place is meant" in shown(await record(world, mo, session=typed))

    @pytest.mark.parametrize(
        "url",
        [
            "winter",
            "ftp://x.example/a",
            "https://",
            "https://a b.example/",
            "javascript:1",
        ],
    )
    async def test_what_is_no_address_is_refused(self, world: World, mo: simcord.MemberActor, url: str) -> None:
        session_id = await held(world)
        assert "not the address of a recording" in shown(await record(world, mo, url=url))
        assert (await kept(world, session_id)).recording_url is None

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("https://me:secret@media.example/a", "There is a login in that address"),
            ("http://127.0.0.1/talk.mp3", "“127.0.0.1” can be opened in its own network alone"),
            ("http://[::1]:8080/talk.mp3", "“::1” can be opened in its own network alone"),
            ("http://nas/talk.mp3", "“nas” can be opened in its own network alone"),
        ],
    )
    async def test_what_only_some_can_open_is_refused_for_the_sender_alone(
        self, world: World, mo: simcord.MemberActor, url: str, why: str
    ) -> None:
        session_id = await held(world)
        result = await record(world, mo, url=url)

        assert [(message.ephemeral, why in text_of(message)) for message in result.followups] == [(True, True)]
        assert not any(url in told for told in said_in(world.env, world.channel))
        assert (await kept(world, session_id)).recording_url is None

    async def test_nothing_is_replaced_before_who_sent_it_has_seen_what_goes_and_said_so(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world)
        assert (await record(world, mo, notes="Bring *wax*.")).followups == []
        before, said = await kept(world, session_id), said_in(world.env, world.channel)

        question = await asked(world, mo, url=NEWER, notes="Bring lead.")

        assert question.ephemeral
        assert f"Replace the recording of “{TITLE}”?\nIts address: {VIDEO}" in text_of(question)
        assert "Its notes:\n> Bring \\*wax\\*." in text_of(question)
        assert await kept(world, session_id) == before
        assert said_in(world.env, world.channel) == said
        await mo.click(question, label="Leave it")
        assert text_of(question) == "Nothing has changed."
        assert await kept(world, session_id) == before

    async def test_who_replaces_a_recording_keeps_reading_alone_what_was_there_before(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world)
        await record(world, mo, notes="Bring *wax*.")

        same, _ = await replace_with(world, mo)
        moved, _ = await replace_with(world, mo, url=NEWER)
        noted, public = await replace_with(world, mo, url=NEWER, notes="Bring lead.")

        assert text_of(same) == "📼 Replaced."
        assert f"Its address: {VIDEO}" in text_of(moved)
        assert "Its notes" not in text_of(moved)
        assert "Its notes:\n> Bring \\*wax\\*." in text_of(noted)
        assert "Its address" not in text_of(noted)
        assert "is replaced in the archive" in public
        assert "wax" not in public
        assert (await kept(world, session_id)).notes == "Bring lead."

    async def test_of_two_who_would_replace_it_the_second_is_asked_anew(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world)
        await record(world, mo)
        question = await asked(world, world.priya, url=f"{NEWER}?priya")
        await replace_with(world, mo, url=NEWER)

        result = await world.priya.click(question, label="Replace it")

        assert "the recording is another one by now" in shown(result)
        assert (await kept(world, session_id)).recording_url == NEWER

    async def test_a_question_is_answered_by_whom_it_was_put_to_and_not_after_a_restart(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world)
        await record(world, mo)
        question = await asked(world, mo, url=NEWER)
        (custom_id,) = buttons(question)["Replace it"]
        theirs = only(await world.priya.slash(world.channel, "search", query="bats"))

        assert "I don't have what you sent any more" in shown(await press_forged(world, world.priya, theirs, custom_id))
        bot_of(world).recordings = Recordings(world.database, loopback_fetcher())
        assert "I don't have what you sent any more" in shown(await mo.click(question, label="Replace it"))
        assert (await kept(world, session_id)).recording_url == VIDEO

    async def test_who_is_a_host_no_more_replaces_nothing(self, world: World, mo: simcord.MemberActor) -> None:
        session_id = await held(world)
        await record(world, mo)
        question = await asked(world, world.priya, url=NEWER)
        async with world.database.write() as connection:
            await sessions.change(connection, session_id, world.database.clock.now(), presented_by=None)

        assert NO_HOST in shown(await world.priya.click(question, label="Replace it"))
        assert (await kept(world, session_id)).recording_url == VIDEO

    @pytest.mark.parametrize(("path", "why"), [("gone.vtt", "404"), ("login", "web page without a transcript")])
    async def test_an_address_without_a_transcript_changes_nothing(
        self, world: World, mo: simcord.MemberActor, site: str, path: str, why: str
    ) -> None:
        session_id = await held(world)
        await record(world, mo, url=f"{site}talk.vtt")
        question, said = await replace_with(world, mo, transcript=f"{site}{path}")
        assert question.ephemeral
        assert why in text_of(question)
        assert said == ""
        assert not any("📼 Reading" in told for told in said_in(world.env, world.channel))
        assert (await kept(world, session_id)).recording_url == f"{site}talk.vtt"

    async def test_a_page_that_marks_no_speaker_and_no_time_is_a_link_not_a_transcript(
        self, world: World, mo: simcord.MemberActor, site: str
    ) -> None:
        session_id = await held(world)
        said = shown(await record(world, mo, url=f"{site}room"))
        assert "No words were found at its own address: The page marks neither who speaks nor when." in said
        await recorded(world, session_id)
        found = shown(await world.jonas.slash(world.channel, "search", query="ask at the desk for the key"))
        assert "bring it back" not in found

    async def test_hosts_and_whoever_presented_send_it_and_nobody_else(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        session_id = await held(world)
        assert NO_HOST in shown(await record(world, world.jonas))
        assert (await kept(world, session_id)).recording_url is None
        assert "in the archive now" in shown(await record(world, world.priya))

    async def test_the_archive_names_no_member(self, world: World, mo: simcord.MemberActor) -> None:
        session_id = await held(world)
        await record(world, mo, notes=f"<@{world.priya.id}> brought wax.")
        episode = await recorded(world, session_id)
        async with world.database.read() as connection:
            (notes,) = [stored.passage.text for stored in await passages.of_episode(connection, episode.id)]
        assert "somebody brought wax." in notes
        assert "Priya" not in repr(episode)

    async def test_it_is_neither_announced_nor_a_daily_highlight(
        self, world: World, mo: simcord.MemberActor, site: str
    ) -> None:
        first, second = await held(world), await held(world, 1)
        for session_id in (first, second):
            clock: Any = world.database.clock
            clock.advance(timedelta(minutes=5))
            await record(world, mo, session=f"#{session_id}", transcript=f"{site}talk.vtt")
        async with world.database.write() as connection:
            await channels.choose(connection, world.guild.id, Purpose.NEWS, world.channel.id, mo.id, clock.now())
        episode = await recorded(world, second)
        async with world.database.read() as connection:
            unannounced = await announcements.unannounced(connection, clock.now() - DAYS, clock.now())
            published = await published_podcasts(connection, world.guild.id)
        assert [one.episode_id for one in unannounced] == [episode.id]
        assert await News(world.database).pending(clock.now()) == []
        assert published == {world.bees.id}


class TestHistory:
    async def test_it_has_paper_presenter_author_notes_and_recording_the_latest_first(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await held(world)
        await held(world, 1, author=None)
        await record(world, mo, session="2026-03-20", notes="Bring *wax*,\n@everyone")
        result = await world.jonas.slash(world.channel, "club history")

        said = shown(result)
        assert not only(result).ephemeral
        assert "### 🗂️ History\n-# 2 sessions · 1 recorded" in said
        assert said.index("**Paper 1**") < said.index(f"**{TITLE}**")
        who = f"{FIRST} · Ada Brook · presented by <@{world.priya.id}> · with Ines Okafor, an author"
        assert f"{who} · [📼 recording]({VIDEO})" in said
        assert "> Bring \\*wax\\*, \\@everyone" in said

    async def test_before_the_first_session_it_says_what_is_to_come(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        assert "no paper club" in shown(await world.jonas.slash(world.channel, "club history"))
        await held(world, 3, state=State.PLANNED)
        assert "No session has taken place here yet" in shown(await world.jonas.slash(world.channel, "club history"))
        assert "No session has taken place here yet" in shown(await record(world, mo))

    async def test_each_club_has_its_own_and_an_ended_one_keeps_it(self, world: World, mo: simcord.MemberActor) -> None:
        await held(world)
        await held(world, 1, "Night Shift")
        await mo.slash(world.channel, "club end", club="Night Shift")
        both = shown(await world.jonas.slash(world.channel, "club history"))
        assert f"**{TITLE}** · **Friday \\*Papers\\***" in both
        assert "**Paper 1** · **Night Shift**" in both
        one = shown(await world.jonas.slash(world.channel, "club history", club="night shift"))
        assert "History of **Night Shift**\n-# 1 session · 0 recorded" in one
        assert TITLE not in one
        assert "No club here is called" in shown(await world.jonas.slash(world.channel, "club history", club="Noon"))

    async def test_pages_turn_in_place_for_the_asker_and_beside_it_for_others(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        for week in range(9):
            await held(world, week, state=State.HELD, notes="n" * 4000)
        message = only(await world.jonas.slash(world.channel, "club history"))
        assert "9 sessions · 0 recorded · page 1 of 2" in text_of(message)
        assert TITLE not in text_of(message)
        assert "Older ›" in buttons(message)
        beside = only(await world.priya.click(message, label="Older ›"))
        assert beside.ephemeral
        assert TITLE in text_of(beside)
        assert "Delete" not in buttons(beside)
        await world.jonas.click(message, label="Older ›")
        stored = world.env.backend.get_message(world.channel.id, message.id)
        assert TITLE in str(stored.components)

    async def test_a_page_of_another_server_or_version_shows_nothing_of_it(
        self, world: World, mo: simcord.MemberActor
    ) -> None:
        await held(world)
        message = only(await world.lotte.slash(world.cave_channel, "search", query="bats"))
        for custom_id, refused in (
            ("history:page:0:1", "no paper club"),
            ("history:page:x", "Use `/club history` again"),
        ):
            said = shown(await press_forged(world, world.lotte, message, custom_id))
            assert refused in said
            assert TITLE not in said
