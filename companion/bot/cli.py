"""The command line: which commands there are, and how they end.

Nothing heavy is imported here: a command's module is loaded when the command is run, so that ``--help`` is quick.
"""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import click

from companion import __version__
from companion.archive import heap
from companion.bot.turns import take_short_turns
from companion.storage.errors import CompanionError

INTERRUPTED = 130
"""The exit status of a process that Ctrl-C ended, by convention 128 + SIGINT."""


class Entry(NamedTuple):
    """Where a command is, and the line that the list of commands shows."""

    module: str
    help: str


COMMANDS = {
    "ingest": Entry("ingest", "Read podcasts into the archive: feeds, transcripts, folders of them."),
    "adapt": Entry("adapt", "Adapt the embedding model to the archive: search understands its talk better."),
    "episodes": Entry("archive", "List the episodes in the archive, newest first."),
    "transcript": Entry("archive", "Print what was said in an episode."),
    "transcribe": Entry("transcribe", "Make the transcript of an episode from its audio."),
    "search": Entry("search", "Search everything that was said."),
    "ask": Entry("asking", "Answer a question from what was said, with the passages that say so."),
    "aliases": Entry("people", "List and edit other spellings of people and things in a podcast."),
    "podcasts": Entry("subscriptions", "List the podcasts in the archive and the servers that see them."),
    "subscribe": Entry("subscriptions", "Let a Discord server see a podcast."),
    "unsubscribe": Entry("subscriptions", "Hide a podcast from a Discord server again."),
    "export": Entry("export", "Write what is stored for other programs: answers, and the best clips."),
    "privacy": Entry("privacy", "Show, write or delete what is kept of a member who cannot ask the bot."),
    "backup": Entry("backup", "Copy the database to a file, also while the bot runs."),
    "restore": Entry("backup", "Put a backup in the database's place. Stop the bot before."),
    "migrate-storage": Entry("transfer", "Copy everything to another database: from SQLite to PostgreSQL, or back."),
    "doctor": Entry("doctor", "Check a setup: the token, permissions, database, model, disk, feeds."),
    "run": Entry("run", "Start the bot; without DISCORD_TOKEN, the sandbox."),
    "sandbox": Entry("run", "Try the bot in a simulated Discord, in the browser."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"companion.bot.commands.{entry.module}")
        return getattr(module, cmd_name.replace("-", "_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CompanionError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="companion")
def main() -> None:
    """Companion gives a podcast community its memory: search what was said, on Discord and here."""
    heap.share_arenas()
    take_short_turns()
