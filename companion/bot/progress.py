"""Progress of an ingest: bars with rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from companion.archive.ingest import Embedded
from companion.archive.intake import EpisodeStored, EpisodeUnchanged, Event, ProblemsFound, SourceRead


class RateColumn(ProgressColumn):
    """Steps a second, as measured over the last ones."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.1f}/s", style="progress.data.speed")


class IngestProgress:
    """Shows the events of an ingest while it is entered. Call it with each event."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._reading: TaskID | None = None
        self._embedding: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event | Embedded) -> None:
        match event:
            case SourceRead():
                description = f"Reading [bold]{escape(event.podcast.title)}[/]"
                self._reading = self._progress.add_task(description, total=event.episodes)
            case EpisodeStored() | EpisodeUnchanged():
                if self._reading is not None:
                    self._progress.advance(self._reading)
            case ProblemsFound():
                pass  # told at the end: lines would run into the bars
            case Embedded():
                if self._embedding is None:
                    self._embedding = self._progress.add_task("Embedding passages", total=event.total)
                self._progress.update(self._embedding, completed=event.done, total=event.total)

    def wait_for_model(self, texts: int) -> None:
        """The model is being loaded, for so many texts."""
        self._embedding = self._progress.add_task("Embedding passages", total=texts)
