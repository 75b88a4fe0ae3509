"""The paper club of the sandbox's server: what it read, what it may read, and a session to which its members come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import simcord

from companion.archive.paper_references import paper_reference
from companion.cogs.club_reminders import ClubReminders
from companion.cogs.companion import Companion
from companion.cogs.session_posts import SessionPosts
from companion.cogs.votes import Votes
from companion.community.attendance import Attendance
from companion.community.channels import Place
from companion.community.club_rules import session_of
from companion.community.club_setup import ClubSetup
from companion.community.club_wishes import Wanted, When, Where
from companion.community.clubs import Clubs
from companion.community.permissions import INVITED
from companion.community.recordings import Sent
from companion.storage import paper_metadata, papers, sessions
from companion.storage.engine import Database
from companion.storage.paper_metadata import PaperMetadata
from companion.storage.papers import State as PaperState
from companion.storage.rsvps import Answer
from companion.storage.series import Frequency, Series, Venue
from companion.storage.sessions import Session, State

CLUB = "Small Machines Papers"
ROOM = "https://meet.example.com/small-machines"
RECORDING = "https://example.com/small-machines/polite-robots.mp4"
NOTES = (
    "Nobody could say when a loaf is done, so we asked what a stop button is for. Amara showed the cushion test. Next"
    " time everybody brings one machine that asks too many questions."
)
AUTHOR = "Tove Marchetti"
MESSAGES = 5
"""What stands in the channel afterwards: three proposals, the post of the session to come, and that it has a thread."""
_AHEAD, _MINUTE = 2, 18 * 60
"""In how many days the next session is, and at which minute of that day."""
_READ = (
    "2603.99104",
    "Polite Robots: Handing Over at the Speed of the Slower Hand",
    ("Oda Whitlock", "Kasimir Bell"),
    date(2026, 3, 12),
    "A robot that waits is thought to be slow, and one that hurries is thought to be rude. In four bakeries we let the"
    " slowest pair of hands set the pace, and dropped fewer loaves than at any fixed speed.",
)
_NEXT = (
    "2604.99217",
    "Listening to a Hive Through Its Floor",
    (AUTHOR, "Ruben Achebe", "Mila Sorensen"),
    date(2026, 4, 20),
    "We put a single microphone under each of forty hives for two winters. The loudness of the cluster at four in the"
    " morning tells how much honey is left, to within three days' food, without anybody opening a lid.",
)
_PROPOSED = (
    (
        "2602.99031",
        "Tide Tables from Brass: What Harmonic Gears Cannot Forget",
        ("Leopold Anyango", "Sunniva Kerr"),
        date(2026, 2, 3),
        "Machines that add up the tides carry their constituents in the teeth of their wheels. We measure how wear"
        " changes the prediction of a machine that ran for seventy years, and find the error of one wheel in the"
        " predictions of three harbours.",
    ),
    (
        "2605.99118",
        "How Long Should a Catalogue Last? Formats of Four Seed Libraries",
        ("Ottoline Reyes",),
        date(2026, 5, 11),
        "Of four seed libraries founded between the wars we ask which of their records can be read today, by whom, and"
        " what it costs. Paper cards outlive every file; the files that survive were copied by somebody who was fond"
        " of them.",
    ),
    (
        "2601.99076",
        "A Stop Button Is a Question",
        ("Kasimir Bell", "Ngozi Straub", "Ilse Vandermeer"),
        date(2026, 1, 18),
        "People press a stop button to ask what a machine is doing. We logged two thousand presses on eleven machines:"
        " two thirds were followed by a restart within five seconds, and nearly all of these by a look.",
    ),
)
_WHY = (
    "The brass machine from the show, but somebody opened one and measured it.",
    "Constance would have opinions.",
    "Short, funny, and it has data.",
)
_VOTES = (" 👍 ", "👍 👎", "👍👍 ")
"""What each of the members, in their order, thinks of each proposal; a space is nothing, as is one's own."""


async def meet(
    database: Database,
    bot: Companion,
    channel: simcord.ChannelHandle,
    guild: simcord.GuildHandle,
    members: Sequence[simcord.MemberActor],
) -> None:
    """Lets the club be there. The first of the members hosts it."""
    now = database.clock.now()
    async with database.write() as connection:
        for number, title, authors, published, abstract in (_READ, _NEXT, *_PROPOSED):
            known = PaperMetadata(f"arxiv:{number}", title, authors, abstract, published, 1, now)
            await paper_metadata.keep(connection, known)
    host, presenter, *_ = members
    club, session = await _begin(database, channel, guild, host, now)
    await _past(database, bot, club, session, members)
    for member, (number, *_), why, votes in zip(members, _PROPOSED, _WHY, _VOTES, strict=True):
        card = await member.slash(channel, "paper propose", reference=f"https://arxiv.org/abs/{number}", why=why)
        for voter, emoji in zip(members, votes, strict=True):
            if card.response is not None and emoji.strip():
                await voter.react(card.response, emoji)
    _, proposed = await bot.papers.propose(guild.id, presenter.id, paper_reference(_NEXT[0]))
    await Clubs(database).schedule(guild.id, session.id, proposed.paper.id, presenter.id, AUTHOR)
    counted = bot.get_cog("Votes")
    if isinstance(counted, Votes):
        await counted.settled()
    reminders, posts = bot.get_cog("ClubReminders"), bot.get_cog("SessionPosts")
    if isinstance(reminders, ClubReminders) and isinstance(posts, SessionPosts):
        # The post comes first, and the thread hangs on it.
        await reminders.tell(now)
        await reminders.tell(now)
        for member, answer in zip(members, (Answer.GOING, Answer.GOING, Answer.MAYBE), strict=True):
            await Attendance(database).answer(guild.id, session.id, member.id, answer)
        await posts.keep(now)
        await posts.shown.finish()


async def _begin(
    database: Database,
    channel: simcord.ChannelHandle,
    guild: simcord.GuildHandle,
    host: simcord.MemberActor,
    now: datetime,
) -> tuple[Series, Session]:
    """The club, and its next session."""
    wanted = Wanted(
        name=CLUB,
        when=When((now + timedelta(days=_AHEAD)).weekday(), (Frequency.WEEKLY, None), _MINUTE, "UTC"),
        place=Place(channel.id, INVITED.value),
        where=Where(Venue.EXTERNAL, text=ROOM),
        hosted_by=host.id,
        capacity=12,
    )
    decided = await ClubSetup(database).create(guild.id, host.id, wanted)
    return decided.series, decided.coming[0]


async def _past(
    database: Database, bot: Companion, club: Series, coming: Session, members: Sequence[simcord.MemberActor]
) -> None:
    """The club's session of a week before, recorded."""
    *_, presenter = members
    _, proposed = await bot.papers.propose(club.guild_id, presenter.id, paper_reference(_READ[0]))
    before = session_of(club, coming.slot - timedelta(days=7), database.clock.now())
    async with database.write() as connection:
        held = replace(before, state=State.HELD, paper_id=proposed.paper.id, presented_by=presenter.id)
        session_id = await sessions.add(connection, held)
        await papers.set_state(connection, club.guild_id, proposed.paper.id, PaperState.COVERED)
    if session_id is not None:
        await bot.recordings.attach(club.guild_id, session_id, Sent(RECORDING, NOTES))
        await bot.searcher.refresh()
