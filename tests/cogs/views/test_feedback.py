"""What is shown of thumbs, verdicts, awaited answers and of what was asked: within Discord's limits, and no ping."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.archive.answers import Answer, Asking, Quotation, Source
from companion.archive.results import Query, Results
from companion.cogs.views import awaited_ids, feedback_ids, limits
from companion.cogs.views.asked import PAGE, asked_message, page_id
from companion.cogs.views.awaited import told_message
from companion.cogs.views.feedback import feedback_buttons, mark_message, thumb_message, verdict_line
from companion.cogs.views.layout import Message
from companion.community.asked import PER_PAGE, AskedPage, Period
from companion.community.awaited import Tidings
from companion.storage.asked import Totals, Unanswered
from companion.storage.awaited import Awaited
from companion.storage.questions import Question
from companion.storage.thumbs import Reason
from companion.storage.verdicts import Verdict
from tests.cogs.messages import walk
from tests.cogs.views.test_results import HOSTILE, NOW, hits
from tests.examples import examples

IDS = st.integers(1, 10**15 - 1)
MEMBERS = st.integers(1, 2**63)


def question(verdict: str | None = None, judged_by: int | None = None, message_id: int | None = 900) -> Question:
    return Question(
        10, 20, 30, "Priya", "@everyone", NOW, message_id=message_id, verdict=verdict, judged_by=judged_by, id=7
    )


def texts(message: Message) -> str:
    return "\n".join(str(part["content"]) for part in walk(parts(message)) if part.get("type") == 10)


def parts(message: Message) -> list[dict[str, Any]]:
    return message.to_components()


def assert_fits(message: Message) -> None:
    shown = list(walk(parts(message)))
    assert len(shown) <= limits.LAYOUT_COMPONENTS
    assert len(texts(message)) <= limits.LAYOUT_TEXT
    assert all(part["content"] for part in shown if part.get("type") == 10)
    custom_ids = [part["custom_id"] for part in shown if part.get("custom_id")]
    assert len(custom_ids) == len(set(custom_ids))
    assert all(len(custom_id) <= limits.CUSTOM_ID for custom_id in custom_ids)


@given(IDS, MEMBERS, st.sampled_from(Reason), st.sampled_from(Verdict), st.sampled_from(Period), st.integers(0, 99_999))
def test_every_custom_id_fits_and_is_understood_by_its_own_pattern_alone(
    question_id: int, member_id: int, reason: Reason, verdict: Verdict, period: Period, page: int
) -> None:
    written = {
        feedback_ids.THUMB: feedback_ids.thumb(question_id, up=True),
        feedback_ids.REASON: feedback_ids.reason(question_id, reason),
        feedback_ids.VERDICT: feedback_ids.verdict(question_id, verdict),
        awaited_ids.TELL: awaited_ids.tell(question_id),
        awaited_ids.TOLD: awaited_ids.told(question_id, member_id),
        PAGE: page_id(period, page),
    }
    for pattern, custom_id in written.items():
        assert len(custom_id) <= limits.CUSTOM_ID
        assert [own for own, other in written.items() if pattern.fullmatch(other)] == [pattern]
    match = awaited_ids.TOLD.fullmatch(written[awaited_ids.TOLD])
    assert match is not None
    assert (int(match["question"]), int(match["member"])) == (question_id, member_id)


@pytest.mark.parametrize(("refused", "count"), [(False, 2), (True, 3)])
def test_a_row_under_an_answer_has_room_for_one_button_more(refused: bool, count: int) -> None:
    buttons = feedback_buttons(7, refused=refused)

    assert len(buttons) == count
    assert [str(button.emoji) for button in buttons[:2]] == ["👍", "👎"]


@pytest.mark.parametrize(
    ("verdict", "judged_by", "shown"),
    [
        ("right", 5, "✔ marked right by <@5>"),
        ("wrong", 5, "✘ marked wrong by <@5>"),
        (None, None, ""),
        # Of a deleted question, and of a newer version.
        ("right", None, ""),
        ("splendid", 5, ""),
    ],
)
def test_a_verdict_is_shown_with_credit_or_not_at_all(verdict: str | None, judged_by: int | None, shown: str) -> None:
    assert verdict_line(question(verdict, judged_by)) == shown


def test_what_stands_is_the_button_that_stands_out() -> None:
    styles = {
        part["label"]: part["style"] for part in walk(parts(mark_message(question("wrong", 5)))) if "style" in part
    }

    assert styles["✔ Right"] != styles["✘ Wrong"] == 4


@pytest.mark.parametrize("stands", [True, False, None])
def test_only_a_thumb_down_is_asked_a_question(stands: bool | None) -> None:
    message = thumb_message(7, stands)

    assert_fits(message)
    assert ("what is wrong?" in texts(message)) is (stands is False)


@st.composite
def tidings(draw: st.DrawFn) -> Tidings:
    found = draw(st.lists(hits(), min_size=1, max_size=4))
    sources = tuple(Source(number, hit) for number, hit in enumerate(found, 1))
    quotations = tuple(
        Quotation(
            number,
            draw(HOSTILE),
            draw(st.none() | HOSTILE),
            draw(st.none() | st.floats(0, 99_999)),
            draw(st.booleans()),
            draw(st.booleans()),
            hit.url,
            hit.passage.chapter,
        )
        for number, hit in enumerate(found, 1)
    )
    query = Query("x")
    results = Results(query, tuple(found), answerable=True, semantic=True)
    answer = Answer(Asking("x", query), "x", results, sources, quotations)
    member = draw(MEMBERS)
    return Tidings(Awaited(7, member, NOW), question(message_id=draw(st.none() | st.just(900))), answer)


@examples(60)
@given(tidings(), st.booleans())
def test_whatever_was_said_what_is_told_fits_and_mentions_nobody_but_who_waits(told: Tidings, direct: bool) -> None:
    message = told_message(told, direct=direct)

    assert_fits(message)
    shown = texts(message)
    mentioned = set(re.findall(r"(?<!\\)<@!?(\d+)>", shown))
    # Whose question it was is named, which pings nobody: the message is sent with the one member allowed.
    assert mentioned <= {str(told.awaited.member_id), "30"}
    assert (f"<@{told.awaited.member_id}>" in shown) is (not direct)
    assert "@everyone" not in shown


@st.composite
def pages(draw: st.DrawFn) -> AskedPage:
    found = st.builds(
        Unanswered,
        id=IDS,
        text=HOSTILE.filter(lambda text: bool(text.strip())),
        asked_at=st.just(NOW),
        channel_id=MEMBERS,
        message_id=st.none() | MEMBERS,
        waiting=st.integers(0, 10**6),
        found=st.booleans(),
    )
    big = st.integers(0, 10**9)
    totals = Totals(*(draw(big) for _ in range(10)))
    page = draw(st.integers(0, 50))
    listed = draw(st.lists(found, max_size=PER_PAGE))
    return AskedPage(draw(st.sampled_from(Period)), NOW, totals, tuple(listed), page, page + draw(st.integers(1, 3)))


@examples(60)
@given(pages())
def test_whatever_was_asked_a_page_of_it_fits(page: AskedPage) -> None:
    message = asked_message(2**63, page)

    assert_fits(message)
    assert re.search(r"(?<!\\)@everyone|(?<!\\)<@\d", texts(message)) is None
