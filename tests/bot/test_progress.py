from __future__ import annotations

import io

from rich.console import Console

from companion.archive.ingest import Embedded
from companion.archive.intake import EpisodeUnchanged, SourceRead
from companion.bot.progress import IngestProgress
from companion.storage.podcasts import Podcast

PODCAST = Podcast(1, "file:Lamps", "Lamps [and] Logs", None, private=False)


def shown(*, terminal: bool) -> str:
    stream = io.StringIO()
    with IngestProgress(Console(file=stream, force_terminal=terminal, width=120)) as progress:
        progress(SourceRead(PODCAST, 2))
        progress(EpisodeUnchanged("One"))
        progress(EpisodeUnchanged("Two"))
        progress.wait_for_model(50)
        progress(Embedded(40, 50))
    return stream.getvalue()


def test_a_terminal_shows_what_is_done_of_how_much_with_rate_and_time_left() -> None:
    text = shown(terminal=True)

    assert "Lamps [and] Logs" in text
    assert "2/2" in text
    assert "40/50" in text
    assert "/s" in text
    assert "0:00" in text


def test_nothing_is_shown_where_there_is_no_terminal() -> None:
    assert shown(terminal=False).strip() == ""
