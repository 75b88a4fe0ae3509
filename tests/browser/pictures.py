"""Takes the pictures in ``docs/images`` anew: ``python -m tests.browser.pictures``.

Every surface of the bot, as the sandbox shows it, with the packaged model.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from PIL import Image

from companion.archive.chat_completions import ChatModel
from companion.archive.encoders import load_encoder
from companion.bot.client import CompanionBot
from companion.bot.sandbox import Sandbox, opened, previewed
from companion.bot.sandbox_club import CLUB
from companion.cogs.club_reminders import ClubReminders
from companion.community.clubs import Clubs
from companion.storage.clock import SystemClock
from tests.browser.window import Window, chromium, opened_window
from tests.language_models import Reply, serving_model

IMAGES = Path(__file__).parents[2] / "docs" / "images"
QUERY = "what does a frost do to a hive?"
EPISODE = "brass"
TOPIC = "machine"
FOLLOW_UP = "and what does it sound like?"
WRITTEN = (
    "A frost makes every hive lose several degrees within the hour [1]. In the cold the bees sit in a ball and shiver"
    " to keep warm, and the hive gets lighter by what they eat [2]."
)
RIFF = "what can you hear from inside a hive?"


async def take_all(executable: str, folder: Path) -> None:
    """Takes every picture into the folder."""
    async with opened(lambda: load_encoder(None)) as sandbox:
        await _loaded(sandbox)
        async with opened_window(executable, sandbox.url, width=1280, height=860, scale=2) as window:
            await window.picture(folder / "sandbox.png")
        async with opened_window(executable, sandbox.url, width=700, height=1000, scale=2, bare=True) as window:
            await _take_week(window, folder)
            await _take_club(window, folder)
            await _take_asking(window, folder)
            await _take(window, folder)
            await _take_reading(window, folder)
            await _take_setup(window, folder)


async def take_writing(executable: str, folder: Path) -> None:
    """Takes the picture of an answer that a language model wrote."""
    async with serving_model() as model:
        writer = ChatModel(model.endpoint(), SystemClock())
        model.will(Reply(WRITTEN))
        async with opened(lambda: load_encoder(None), writer=writer) as sandbox:
            await _loaded(sandbox)
            async with opened_window(executable, sandbox.url, width=700, height=1000, scale=2, bare=True) as window:
                await window.type_command("ask", question=QUERY)
                await window.send()
                await window.latest.get_by_text("Written by").wait_for()
                await window.picture(folder / "ask-model.png", window.latest)
        await writer.close()


async def take_card(folder: Path) -> None:
    """Takes the picture of the last highlight's quote card, as it is attached."""
    async with opened(None) as sandbox:
        posted = [one for one in sandbox.channel.history() if one.attachments]
        (folder / "quote-card.png").write_bytes(await posted[-1].attachments[0].read())


async def take_reminder(executable: str, folder: Path) -> None:
    """Takes the picture of a reminder, a day before the session."""
    async with opened(None) as sandbox:
        bot = sandbox.env.bot
        (meeting,) = (await Clubs(sandbox.database).coming(sandbox.guild.id))[:1]
        reminders = bot.get_cog("ClubReminders") if isinstance(bot, CompanionBot) else None
        if isinstance(reminders, ClubReminders):
            await reminders.tell(meeting.session.starts_at - timedelta(days=1))
        async with opened_window(executable, sandbox.url, width=700, height=1000, scale=2, bare=True) as window:
            await window.picture(folder / "reminder.png", window.messages.filter(has_text="Coming up: ").last)


async def take_thread(executable: str, folder: Path) -> None:
    """Takes the picture of a conversation: the browser opens no threads, so it is shown one."""
    async with opened(lambda: load_encoder(None)) as sandbox:
        await _loaded(sandbox)
        await sandbox.preview.close()
        priya, jonas, _ = sandbox.members
        await priya.slash(sandbox.channel, "ask", question=QUERY)
        answer = sandbox.channel.last_message
        assert answer is not None
        await jonas.click(answer, label="Follow up")
        thread = max(sandbox.channel.threads, key=lambda one: one.id)
        assert sandbox.env.bot.user is not None
        await jonas.send(thread, f"<@{sandbox.env.bot.user.id}> {FOLLOW_UP}")
        async with (
            previewed(sandbox.env, thread, sandbox.members, None) as preview,
            opened_window(executable, preview.url, width=700, height=1200, scale=2, bare=True) as window,
        ):
            await window.picture(folder / "ask-thread.png")


async def _take_week(window: Window, folder: Path) -> None:
    """What happened until now: posted by itself, and voted on."""
    for name, said in (("highlight", "Highlight of the day"), ("duel", "Which is more worth"), ("recap", "The week")):
        await window.picture(folder / f"{name}.png", window.messages.filter(has_text=said).first)
    await window.type_command("highlights top")
    await window.send()
    await window.picture(folder / "leaderboard.png", window.latest)


async def _take_club(window: Window, folder: Path) -> None:
    """A proposal with votes and what the archive has of it, the session to come, the queue, and what was held."""
    for name, said in (("paper", "Pre-reading"), ("session", f"📅 {CLUB}")):
        await window.picture(folder / f"{name}.png", window.messages.filter(has_text=said).first)
    for name, command in (("paper-queue", "paper queue"), ("club-history", "club history")):
        await window.type_command(command)
        await window.send()
        await window.picture(folder / f"{name}.png", window.latest)


async def _take_asking(window: Window, folder: Path) -> None:
    await window.type_command("ask", question=QUERY)
    await window.send()
    await window.picture(folder / "ask.png", window.latest)
    await window.press("Sources")
    await window.picture(folder / "ask-sources.png", window.latest)
    await window.type_command("ask", question="what is the capital of Mongolia?")
    await window.send()
    await window.picture(folder / "ask-nothing.png", window.latest)


async def _take(window: Window, folder: Path) -> None:
    await window.type_command("search", query=QUERY)
    await window.send()
    await window.picture(folder / "search.png", window.latest)
    result = window.message(await window.latest_id())

    await window.press("Context")
    await window.picture(folder / "context.png", window.latest)
    await window.press("More like this", message=result)
    await window.picture(folder / "more-like-this.png", window.latest)

    await window.look_as("Jonas")
    await window.open_form("Riff", message=result)
    await window.write_form(RIFF)
    await window.picture(folder / "riff-form.png")
    await window.submit_form()
    await window.picture(folder / "riff.png", window.latest)

    await window.type_command("search", query="bees", episode="th")
    await window.suggestions()
    await window.picture(folder / "autocomplete.png")
    await window.clear_command()

    await window.type_command("search", query="what is the capital of Mongolia?")
    await window.send()
    await window.picture(folder / "nothing-found.png", window.latest)
    await window.type_command("search", query="bees", speaker="Nobody Atall")
    await window.send()
    await window.picture(folder / "error.png", window.latest)
    await window.type_command("help")
    await window.send()
    await window.picture(folder / "help.png", window.latest)


async def _take_reading(window: Window, folder: Path) -> None:
    """What everyone may read about."""
    for name, command, options in (
        ("episodes", "episodes", {}),
        ("episode", "episode", {"name": EPISODE}),
        ("topic", "topic", {"words": TOPIC}),
        ("about", "about", {}),
    ):
        await window.type_command(command, **options)
        await window.send()
        await window.picture(folder / f"{name}.png", window.latest)


async def _take_setup(window: Window, folder: Path) -> None:
    """What those who manage the server see: the first member owns it."""
    await window.look_as("Priya")
    for name, command in (
        ("setup-help", "help"),
        ("setup-check", "setup check"),
        ("setup-podcasts", "setup podcasts list"),
    ):
        await window.type_command(command)
        await window.send()
        await window.picture(folder / f"{name}.png", window.latest)


def _make_small(path: Path) -> None:
    """A quarter of the size: these pictures have few colours."""
    with Image.open(path) as taken:
        few_colours = taken.convert("RGB").quantize(colors=256, method=Image.Quantize.MEDIANCUT)
    few_colours.save(path, optimize=True)


async def _loaded(sandbox: Sandbox) -> None:
    bot = sandbox.env.bot
    while isinstance(bot, CompanionBot) and bot.searches.loading:  # noqa: ASYNC110  set from a thread
        await asyncio.sleep(0.1)


def main() -> None:
    executable = chromium()
    if executable is None:
        sys.exit("There is no chromium on this machine: install it, or name it in CHROMIUM.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    for take in (take_all, take_writing, take_thread, take_reminder):
        asyncio.run(take(executable, IMAGES))
    asyncio.run(take_card(IMAGES))
    for path in IMAGES.glob("*.png"):
        _make_small(path)


if __name__ == "__main__":
    main()
