"""Whatever members write, questions, suggestions and guests fit into a message and format nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.cogs.views import guests as guest_views
from companion.cogs.views import limits, question_ids
from companion.cogs.views import question as views
from companion.cogs.views import suggestion as survey_views
from companion.cogs.views.layout import Message
from companion.community.guests import LONGEST_NAME, Added, Listed, What
from companion.community.member_questions import LONGEST, Addressee, Shown, Top
from companion.community.ranked_votes import Placed
from companion.community.suggestions import Shown as ShownSuggestion
from companion.community.suggestions import Survey
from companion.storage.guests import Guest
from companion.storage.member_questions import AskedOf, MemberQuestion, State
from companion.storage.suggestions import State as Decided
from companion.storage.suggestions import Suggestion, SuggestionKind
from companion.storage.votes import Tally
from tests.examples import examples

BIG = 10**19 - 1
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
NASTY = "*_`~|<@1>[x](http://y.z/)# \n"
EMOJI = ("👍", "👎")

written = st.one_of(
    st.text(min_size=1, max_size=LONGEST), st.text(alphabet=NASTY, min_size=LONGEST - 5, max_size=LONGEST)
)
named = st.one_of(
    st.text(min_size=1, max_size=LONGEST_NAME), st.text(alphabet=NASTY, min_size=40, max_size=LONGEST_NAME)
)


def question(text: str, number: int = 1, state: State = State.OPEN) -> MemberQuestion:
    return MemberQuestion(number, BIG, AskedOf(1), text, BIG, NOW, state)


def session(name: str, paper: str) -> Addressee:
    return Addressee(AskedOf(session_id=10**14), name, date(2026, 3, 14), NOW, paper, BIG)


def text_in(view: Message) -> str:
    return "".join(one.content for one in view.walk_children() if isinstance(one, discord.ui.TextDisplay))


def assert_fits(view: Message) -> None:
    assert len(text_in(view)) <= limits.LAYOUT_TEXT
    assert sum(1 for _ in view.walk_children()) <= limits.LAYOUT_COMPONENTS
    for one in view.walk_children():
        if isinstance(one, discord.ui.Button | discord.ui.Select):
            assert len(str(one.custom_id)) <= limits.CUSTOM_ID


@examples(60)
@given(written, named)
def test_a_list_of_the_longest_questions_fits(text: str, name: str) -> None:
    ranked = tuple(
        Placed(question(text, 10**14 + number), Tally(9999, 9999), 0.5, 1, tied=True, too_few=number % 2 == 0)
        for number in range(60)
    )
    posted = {one.thing.id: (BIG, BIG) for one in ranked}

    assert_fits(views.top_message(Top(session(name, text), ranked, 10**6, 10**6, posted), "60 marked as asked."))


@examples(60)
@given(written, named, st.sampled_from(State))
def test_a_card_fits_and_its_form_too(text: str, name: str, state: State) -> None:
    to = session(name, text)

    assert_fits(views.card(Shown(question(text, state=state), to, Tally()), heading="Again.", emoji=EMOJI))
    assert 1 <= len(views.form(to).title) <= limits.MODAL_TITLE
    assert len(views.choice(to)) <= limits.CHOICE_TEXT


@examples(60)
@given(written, st.sampled_from(SuggestionKind), st.sampled_from(Decided))
def test_the_survey_fits_and_its_cards_too(text: str, kind: SuggestionKind, state: Decided) -> None:
    wish = Suggestion(10**14, BIG, kind, text[:200], BIG, NOW, state)
    ranked = (Placed(wish, Tally(9999, 9999), 0.5, 1, tied=True, too_few=True),) * 60

    assert_fits(survey_views.survey_message(Survey(None, ranked, 10**6, {wish.id: (BIG, BIG)})))
    assert_fits(survey_views.card(ShownSuggestion(wish, Tally()), heading="Again.", emoji=EMOJI))
    assert_fits(survey_views.deleted_message(wish))


@examples(60)
@given(named)
def test_a_hundred_guests_fit(name: str) -> None:
    guest = Guest(1, BIG, name, date(2026, 9, 30), BIG, NOW)

    assert_fits(guest_views.list_message([Listed(guest, 10**6, None)] * 100))
    for what in What:
        assert_fits(guest_views.added_message(Added(guest, what, wished_for=True)))
    assert len(guest_views.choice(guest)) <= limits.CHOICE_TEXT


def test_what_members_write_formats_nothing_and_mentions_nobody() -> None:
    told = text_in(views.card(Shown(question("**Why** <@1> @everyone?"), session("*x*", "_y_"), Tally()), emoji=EMOJI))

    assert "> \\*\\*Why\\*\\* \\<\\@1> \\@everyone?" in told
    assert "in **\\*x\\***" in told
    assert "*\\_y\\_*" in told


@pytest.mark.parametrize("of", [AskedOf(7), AskedOf(session_id=10**14)])
def test_whom_a_question_is_for_comes_back_from_what_carries_it(of: AskedOf) -> None:
    for pattern, custom_id in (
        (question_ids.NEW, question_ids.new(of)),
        (question_ids.FORM, question_ids.form(of)),
        (question_ids.CHOOSE, question_ids.choose(of)),
    ):
        match = pattern.fullmatch(custom_id)
        assert match is not None
        assert question_ids.meant(match) == of
    assert question_ids.typed(question_ids.written(of)) == of
    assert question_ids.typed("Tomas Ek") is question_ids.typed("g") is question_ids.typed("g1x") is None
