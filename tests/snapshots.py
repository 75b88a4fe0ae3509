"""Archives in memory, as search sees them, made of invented talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from companion.archive.encoders import Encoder
from companion.archive.grains import embedded_texts
from companion.archive.late_interaction import Meaning, packed
from companion.archive.snapshot import Snapshot
from companion.storage.corpus import Corpus
from companion.storage.episodes import Episode, EpisodeFacts, Kind, Passage, Person, Piece
from companion.storage.passages import StoredPassage
from companion.storage.podcasts import Podcast


def spoken(ordinal: int, *turns: tuple[str | None, str], start: float | None = 0.0, first_turn: int = 0) -> Passage:
    """A passage of these turns, (speaker, text), of ten seconds each."""
    pieces: list[Piece] = []
    offset = 0
    for number, (speaker, text) in enumerate(turns):
        begins = None if start is None else start + 10.0 * number
        ends = None if begins is None else begins + 10.0
        pieces.append(Piece(offset, first_turn + number, speaker, begins, ends, approximate=False))
        offset += len(text) + 1
    text = "\n".join(text for _, text in turns)
    return Passage(
        ordinal=ordinal,
        kind=Kind.SPEECH,
        speaker=turns[0][0],
        start=pieces[0].start,
        end=pieces[-1].end,
        approximate=False,
        first_word=100 * ordinal,
        last_word=100 * ordinal + len(text.split()) - 1,
        chapter=None,
        text=text,
        pieces=tuple(pieces),
    )


def episode(
    number: int, title: str, *, podcast: int = 1, published: datetime | None = None, people: tuple[Person, ...] = ()
) -> Episode:
    facts = EpisodeFacts(f"guid-{number}", title, published, f"https://talk.example/{number}", None, None, people)
    return Episode(number, podcast, facts, "hash")


def snapshot_of(
    talk: Mapping[Episode, Sequence[Passage]], encoder: Encoder | None = None, version: int = 1
) -> Snapshot:
    """The snapshot of these episodes, with vectors where there is an encoder."""
    stored: list[StoredPassage] = []
    for owner, passages in talk.items():
        stored += [StoredPassage(len(stored) + n + 1, owner.id, passage) for n, passage in enumerate(passages)]
    vectors = {one.id: encoder.encode(embedded_texts(one.passage)) for one in stored} if encoder else {}
    podcasts = {owner.podcast_id: Podcast(owner.podcast_id, "key", "Talk", None, private=False) for owner in talk}
    corpus = Corpus(version, podcasts, {owner.id: owner for owner in talk}, tuple(stored), vectors)
    return Snapshot.build(corpus, encoder.model_id if encoder else None)


def meaning_in(snapshot: Snapshot, encoder: Encoder, text: str) -> Meaning:
    """What the encoder makes of a question that is asked of the snapshot."""
    [vector], [tokens] = encoder.encode_with_tokens([text])
    passages = {stored.id: stored.passage for stored in snapshot.passages}

    def source(passage_ids: Sequence[int]) -> dict[int, bytes]:
        texts = [embedded_texts(passages[passage_id])[0] for passage_id in passage_ids]
        return dict(zip(passage_ids, map(packed, encoder.encode_with_tokens(texts)[1]), strict=True))

    return Meaning(vector, tokens, source)


BAKING = episode(1, "The Patient Loaf", published=datetime(2024, 3, 1, 12, tzinfo=UTC), people=(Person("Ida Moreau"),))
TIDES = episode(2, "Reading the Tide", published=datetime(2024, 9, 15, 12, tzinfo=UTC))
SECRET = episode(3, "Behind the Curtain", podcast=2)

KITCHEN: dict[Episode, list[Passage]] = {
    BAKING: [
        spoken(0, ("Ida", "Flour remembers the weather. I weigh it on wet days and on dry ones, and I keep a diary.")),
        spoken(
            1, ("Host", "What about salt?"), ("Ida", "Salt slows the yeast down, so I add it an hour late."), start=60
        ),
        spoken(2, ("Ida", "The oven lies about its temperature. Buy a thermometer for two coins."), start=120),
        spoken(4, ("Host", "Thank you for coming, and for the bread."), start=300),
    ],
    TIDES: [
        spoken(0, ("Bram Kok", "A spring tide has nothing to do with spring. It leaps.")),
        spoken(1, ("Bram Kok", "Eels swim with the tide at night, and I count them by lantern."), start=90),
    ],
    SECRET: [spoken(0, ("Ghost", "The yeast and the salt and the tide are all in the curtain, said the oven."))],
}
