"""What members wish for, as it is posted: a card each with its votes, and the survey."""

from __future__ import annotations

from companion.cogs.views import suggestion_ids
from companion.cogs.views.counting import voted
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.markdown import escaped, linked, quotation
from companion.cogs.views.tally import tally_line
from companion.community.ranked_votes import Placed
from companion.community.suggestions import Shown, Survey
from companion.storage.suggestions import State, Suggestion, SuggestionKind

ASK = "Would you like that?"
"""What members are asked about a suggestion."""
SHOWN = 10
"""Suggestions that are listed: with all that is said of each they fit into a message."""
_LISTED = 140

_WISHES = {
    SuggestionKind.GUEST: "🎙️ Somebody to have on the podcast",
    SuggestionKind.PAPER: "📄 A paper to talk about",
    SuggestionKind.TOPIC: "💡 A topic to talk about",
}
_MARKS = {SuggestionKind.GUEST: "🎙️", SuggestionKind.PAPER: "📄", SuggestionKind.TOPIC: "💡"}
_SURVEYS = {
    None: "What we wish for",
    SuggestionKind.GUEST: "Whom we wish to hear",
    SuggestionKind.PAPER: "Papers we wish for",
    SuggestionKind.TOPIC: "Topics we wish for",
}
_STATES = {State.DONE: "✅ Done: hosts took it up.", State.DECLINED: "Not for now, hosts say."}


def card(shown: Shown, *, heading: str = "", emoji: tuple[str, str]) -> Message:
    """A posted suggestion. ``heading`` is Markdown on top of it."""
    wish = shown.suggestion
    box = container(TEAL)
    top = f"### {_WISHES[wish.kind]}"
    box.add_item(text(f"-# {heading}\n{top}" if heading else top))
    box.add_item(text(f"{quotation(escaped(wish.text))}\n-# suggested by <@{wish.suggested_by}>"))
    if wish.state in _STATES:
        box.add_item(text(_STATES[wish.state]))
    box.add_item(text(tally_line(shown.tally, ASK, emoji)))
    box.add_item(line())
    ways = [button("Delete", suggestion_ids.delete(wish.id), emoji="🗑️")]
    if wish.state is State.OPEN:
        done, declined = (suggestion_ids.decide(wish.id, state) for state in (State.DONE, State.DECLINED))
        ways = [button("Done", done, emoji="✅"), button("Not for now", declined), *ways]
    else:
        ways = [button("Open it again", suggestion_ids.decide(wish.id, State.OPEN)), *ways]
    box.add_item(row(ways))
    return Message(box)


def known_heading(wish: Suggestion) -> str:
    """What stands over a suggestion that somebody made in the same words before."""
    return "This is suggested already: vote for it." if wish.state is State.OPEN else "Somebody suggested this before."


def survey_message(survey: Survey) -> Message:
    """The open suggestions, the best first."""
    box = container(TEAL)
    box.add_item(text(f"### 💡 {_SURVEYS[survey.kind]}\n-# {len(survey.ranked)} open · {voted(survey.voters)}"))
    shown = survey.ranked[:SHOWN]
    if not shown:
        box.add_item(text("Nobody has suggested anything yet: `/suggest guest`, `/suggest paper` or `/suggest topic`."))
        box.add_item(row([delete_button()]))
        return Message(box)
    box.add_item(text("\n".join(_entry(number, one, survey) for number, one in enumerate(shown, 1))))
    if len(survey.ranked) > SHOWN:
        box.add_item(text(f"-# and {len(survey.ranked) - SHOWN} more"))
    box.add_item(row([delete_button()]))
    return Message(box)


def decided_message(suggestion: Suggestion) -> Message:
    """What a host's press came to, to who pressed."""
    return sentence(_STATES.get(suggestion.state, "✅ It stands in the survey again."))


def deleted_message(suggestion: Suggestion) -> Message:
    """That a suggestion was deleted, to who did it."""
    return sentence(f"🗑️ Deleted, with its votes: “{escaped_within(suggestion.text, _LISTED)}”")


def gone_message() -> Message:
    """What stands in place of a deleted suggestion where it was posted."""
    return sentence("🗑️ This suggestion was deleted.")


def _entry(number: int, one: Placed[Suggestion], survey: Survey) -> str:
    wish = one.thing
    mark = "" if survey.kind else f"{_MARKS[wish.kind]} "
    facts = [f"{one.tally.up} for, {one.tally.down} against", f"suggested by <@{wish.suggested_by}>"]
    facts += ["too few votes"] if one.too_few else []
    facts += ["tied"] if one.tied and not one.too_few else []
    posted = survey.posted.get(wish.id)
    if posted is not None:
        facts.append(linked("vote", f"https://discord.com/channels/{wish.guild_id}/{posted[0]}/{posted[1]}"))
    return f"{number}. {mark}{escaped_within(wish.text, _LISTED)}\n-# {' · '.join(facts)}"
