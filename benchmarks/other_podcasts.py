"""How well search finds in podcasts that no weight was chosen on; written to ``benchmarks/retrieval.md``.

    python -m benchmarks.other_podcasts TITLE DATABASE QUESTIONS [TITLE DATABASE QUESTIONS …]

A podcast is a database that `companion ingest` made of it, and questions in the form of the development questions: an
object a line, with ``id``, ``question``, ``style`` and ``gold``, quotations that an answer holds; none where there is
no answer.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path

from benchmarks.material import stored
from benchmarks.pages import write_sections
from benchmarks.retrieval import REPORT, WAYS, Questions, Row, product_results, ranked_results
from companion.archive.encoders import Encoder, load_encoder
from companion.archive.encoding import EncodingWorker
from companion.archive.search import Searcher
from companion.storage.clock import SystemClock
from companion.storage.engine import Database

SECTION = "Other podcasts"
ABOUT = """Written by `python -m benchmarks.other_podcasts`, which takes any archive and questions about it.
52 questions about each were written from the transcripts before anything was searched: 40 that they answer, 12 that
they do not, half of these close to what they do talk of. How names count further down in the results, and where results
end, was chosen with the first two in view, and what a passage's own words count beside its neighbours' with all of
them; that a podcast's own name is none that must be found, with the last. Nothing else was fitted to them.

- *Conduit* (24 episodes, `kjaymiller/conduit-transcripts`): friends on habits and health, as a recogniser heard them;
  no speakers, no times, names misheard.
- *Lenny's Podcast* (16, `ChatPRD/lennys-podcast-transcripts`): interviews on products and careers, with speakers, times
  and sponsors' messages.
- *Virtual Coffee* (8, `Virtual-Coffee/podcast-transcripts`): developers on how they came to be, in subtitles.
- *Go Time* (7, `thechangelog/transcripts`): panels on a programming language and its community, with many speakers.
- *Nate Jones* (22, `sohailbhamani/nate-jones-transcripts`): one man on AI, as a recogniser heard him,
  often without a full stop; questions on what he or others said count as *speaker*."""
ALONE = ("BM25 alone", "dense alone (whole passages)")
_NUMBERS = ("hit@1", "hit@5", "hit@10", "mrr@10")
_STYLES = ("keyword", "natural", "paraphrase", "speaker", "vague")


async def rows_of(database: Path, questions: Path, encoder: Encoder) -> list[Row]:
    """The product, the product by words alone, and each of the two retrievers, asked of one podcast."""
    asked = Questions(encoder, questions)
    worker = EncodingWorker(encoder)
    try:
        async with await Database.open(f"sqlite+aiosqlite:///{database}", SystemClock()) as opened:
            searched = await stored(opened, encoder.model_id)
            return [
                asked.row("**Companion**", await product_results(Searcher(opened, worker), asked)),
                asked.row("Companion while the model loads", await product_results(Searcher(opened), asked)),
                *(asked.row(way, ranked_results(searched, asked, WAYS[way], merged=False)) for way in ALONE),
            ]
    finally:
        worker.close()


def table(podcasts: dict[str, list[Row]]) -> str:
    """Markdown: a row for each podcast and way."""
    lines = [
        f"| podcast | way | {' | '.join(_NUMBERS)} | {' | '.join(_STYLES)} | refused | falsely refused |",
        f"|---|---|{'--:|' * (len(_NUMBERS) + len(_STYLES) + 2)}",
    ]
    for title, rows in podcasts.items():
        for row in rows:
            found = row.table
            refusals = (found["refusal"], found["false refusal"]) if row is rows[0] else ("", "")
            cells = [
                *(f"{found[number]:.3f}" for number in _NUMBERS),
                *(f"{found['hit@5 by style'].get(style, 0):.2f}" for style in _STYLES),
                *refusals,
            ]
            lines.append(f"| {title if row is rows[0] else ''} | {row.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures the podcasts, and prints and writes their section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.other_podcasts", description=__doc__)
    parser.add_argument("podcasts", nargs="+", metavar="TITLE DATABASE QUESTIONS")
    given = parser.parse_args(arguments).podcasts
    if len(given) % 3:
        parser.error("a podcast is a title, a database and questions")
    encoder = load_encoder(None)
    measured = {
        title: asyncio.run(rows_of(Path(database).resolve(), Path(questions), encoder))
        for title, database, questions in zip(given[::3], given[1::3], given[2::3], strict=True)
    }
    print(table(measured))
    write_sections(REPORT, {SECTION: f"{ABOUT}\n\n{table(measured)}"})


if __name__ == "__main__":
    main()
