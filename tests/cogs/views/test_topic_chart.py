from __future__ import annotations

import gc
import io
from datetime import date

import pytest
from discord.ui import TextDisplay
from matplotlib.backends.backend_agg import RendererAgg
from PIL import Image

from companion.archive.results import Query
from companion.archive.topics import traced
from companion.cogs.views.topic import alt, topic_message
from companion.cogs.views.topic_chart import chart, drawable, label
from companion.community.periods import Unit, period_of, periods
from companion.community.topics import Bar, Topic, told
from tests.snapshots import KITCHEN, snapshot_of

LETTERS = frozenset(map(ord, "Aé漢Жαשع กa1%“”"))


def topic(text: str, bars: tuple[Bar, ...] | None = None) -> Topic:
    found = told(traced(snapshot_of(KITCHEN), Query("tide", frozenset({1, 2})), None))
    assert found is not None
    return Topic(
        text,
        None,
        found.bars if bars is None else bars,
        found.undated,
        *(found.passages, found.said, found.episodes, found.first, found.top, found.semantic),
    )


def picture(of: Topic) -> Image.Image:
    return Image.open(io.BytesIO(chart(of))).convert("RGB")


@pytest.mark.parametrize("text", ["tide", "$x_{", "模型", "نماذج", "\U0001f41d\U0001f41d", "a" * 300, "%s {} \\ ^_^"])
def test_any_words_make_a_picture_of_a_size_that_discord_shows(text: str) -> None:
    shown = picture(topic(text))

    assert shown.size == (960, 672)
    assert len({colour for _, colour in shown.getcolors(1 << 20) or []}) > 10


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2024, 3, 1), date(2024, 3, 1)), (date(2019, 1, 1), date(2024, 1, 1)), (date(1990, 1, 1), date(2024, 1, 1))],
)
def test_any_length_of_time_makes_a_picture(first: date, last: date) -> None:
    bars = tuple(Bar(period, 10, place % 10) for place, period in enumerate(periods(first, last)))

    assert picture(topic("tide", bars)).size == (960, 672)


def test_the_more_is_said_of_it_the_more_is_coloured() -> None:
    month = period_of(date(2024, 3, 1), Unit.MONTH)

    def coloured(spoken: int) -> int:
        next_month = period_of(date(2024, 4, 1), Unit.MONTH)
        shown = picture(topic("tide", (Bar(month, 100, 100), Bar(next_month, 100, spoken))))
        return sum(count for count, colour in shown.getcolors(1 << 20) or [] if colour == (0x2B, 0xB3, 0xA3))

    assert coloured(0) < coloured(20) < coloured(80)


def test_pixels_of_drawn_pictures_do_not_wait_for_the_garbage_collector() -> None:
    picture(topic("tide"))  # what matplotlib keeps once and for all
    gc.collect()
    gc.disable()
    try:
        before = _kept()
        for text in ("tide", "moon", "ebb"):
            picture(topic(text))
        assert _kept() == before
    finally:
        gc.enable()


def _kept() -> int:
    return sum(isinstance(one, RendererAgg) for one in gc.get_objects())


@pytest.mark.parametrize("text", ["Aé", "漢", "Ж", "α 1%"])
def test_letters_that_a_font_has_are_drawn(text: str) -> None:
    assert drawable(text, LETTERS)


@pytest.mark.parametrize("text", ["ב", "ש", "ع", "ก", "Aע", "\U0001f41d"])
def test_letters_that_no_font_has_or_that_need_shaping_are_left_out(text: str) -> None:
    assert not drawable(text, LETTERS)


def test_a_period_is_labelled_by_its_unit() -> None:
    day = date(2009, 5, 17)

    assert [label(period_of(day, unit)) for unit in Unit] == ["May 09", "Q2 09", "2009"]


def test_the_alternative_text_says_what_the_chart_says() -> None:
    bars = tuple(
        Bar(period, 20, spoken)
        for period, spoken in zip(periods(date(2024, 1, 1), date(2024, 4, 1)), (5, 0, 0, 1), strict=True)
    )

    assert alt(topic("the *tide*", bars)) == (
        "Bar chart: passages that speak of “the *tide*” by month, from Jan 2024 to Apr 2024, with their share of all"
        " that was said then. Jan 2024: 5 (25%); Apr 2024: 1 (5.0%). None in the other 2."
    )


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([(40, 10), (1, 1)], "Most in Jan 2024: 10, 25% of what was said then."),
        ([(40, 10), (19, 9)], "Most in Jan 2024: 10, 25% of what was said then."),
        (
            [(40, 10), (20, 9)],
            "Most in Jan 2024: 10, 25% of what was said then. The largest share was in Feb 2024: 45%.",
        ),
        ([(19, 10), (40, 1)], "Most in Jan 2024: 10."),
    ],
)
def test_a_share_is_told_where_enough_was_said_for_one(counts: list[tuple[int, int]], told: str) -> None:
    months = periods(date(2024, 1, 1), date(2024, 2, 1))
    of = topic("tide", tuple(Bar(month, *count) for month, count in zip(months, counts, strict=True)))

    lines = [part.content for part in topic_message(of, picture=False).walk_children() if isinstance(part, TextDisplay)]

    assert told in "\n".join(lines).splitlines()


def test_the_alternative_text_of_a_long_time_keeps_to_discord_s_limit() -> None:
    bars = tuple(Bar(period, 10, 7) for period in periods(date(1900, 1, 1), date(2024, 1, 1)))

    assert len(alt(topic("x" * 300, bars))) <= 1024
