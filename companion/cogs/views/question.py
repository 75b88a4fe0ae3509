"""Questions for guests and presenters as they are posted: a card each with its votes, and the list of the best."""

from __future__ import annotations

import discord

from companion.cogs.views import question_ids
from companion.cogs.views.counting import voted
from companion.cogs.views.delete import delete_button
from companion.cogs.views.fitting import escaped_within
from companion.cogs.views.layout import TEAL, Message, button, container, line, row, sentence, text
from companion.cogs.views.limits import CHOICE_TEXT, CHOICES, MODAL_TITLE, OPTION_TEXT, cut
from companion.cogs.views.markdown import escaped, linked, one_line, quotation
from companion.cogs.views.passages import quoted
from companion.cogs.views.tally import tally_line
from companion.cogs.views.times import calendar_day, moment
from companion.community.guest_answers import Tidings
from companion.community.member_questions import LONGEST, Addressee, Shown, Top
from companion.community.ranked_votes import Placed
from companion.storage.member_questions import AskedOf, MemberQuestion, State
from companion.storage.votes import Tally

ASK = "Worth asking?"
"""What members are asked about a question."""
SHOWN = 8
"""Questions that are listed: with all that is said of each they fit into a message."""
WORDS = "words"
"""The field of the form."""
_NAME = 80
_PAPER = 120
_LISTED = 200
_ANSWER = 900


def card(shown: Shown, *, heading: str = "", emoji: tuple[str, str]) -> Message:
    """A posted question. ``heading`` is Markdown on top of it."""
    question = shown.question
    box = container(TEAL)
    top = f"### ❓ For {_called(shown.to)}"
    box.add_item(text(f"-# {heading}\n{top}" if heading else top))
    box.add_item(text(f"{quotation(escaped(question.text))}\n-# asked by <@{question.asked_by}>"))
    if shown.answer is not None and shown.episode is not None:
        box.add_item(text(f"💬 **Answered**\n{quoted(shown.answer, shown.episode, _ANSWER)}"))
    elif question.state is State.ASKED:
        box.add_item(text("✅ Asked: if what is said then answers it, it is linked here."))
    box.add_item(text(tally_line(shown.tally, ASK, emoji)))
    box.add_item(line())
    ways: list[discord.ui.Button[Message]] = []
    if question.state is State.OPEN:
        ways.append(button("Mark as asked", question_ids.put(question.id), emoji="✅"))
    elif question.state is State.ASKED:
        ways.append(button("Not asked after all", question_ids.back(question.id)))
    ways.append(button("Withdraw", question_ids.withdraw(question.id), emoji="🗑️"))
    box.add_item(row(ways))
    return Message(box)


def known_heading(question: MemberQuestion) -> str:
    """What stands over a question that somebody asked in the same words before."""
    return "This is asked already: vote for it." if question.state is State.OPEN else "Somebody asked this before."


def top_message(top: Top, done: str = "") -> Message:
    """The questions for somebody that were not put yet, the best first, with a menu for hosts."""
    box = container(TEAL)
    facts = [f"{len(top.ranked)} open", *([f"{top.put} asked already"] if top.put else []), voted(top.voters)]
    told = f"\n✅ {done}" if done else ""
    box.add_item(text(f"### ❓ Questions for {_called(top.to)}\n-# {' · '.join(facts)}{told}"))
    shown = top.ranked[:SHOWN]
    if shown:
        box.add_item(text("\n".join(_entry(number, one, top) for number, one in enumerate(shown, 1))))
        if len(top.ranked) > SHOWN:
            box.add_item(text(f"-# and {len(top.ranked) - SHOWN} more"))
    else:
        box.add_item(text("All of them were asked." if top.put else "There are none yet."))
    box.add_item(line())
    if shown:
        box.add_item(_menu(top))
    asked = [] if top.to.over else [ask_button(top.to.of)]
    box.add_item(row([*asked, delete_button()]))
    return Message(box)


def ask_button(of: AskedOf) -> discord.ui.Button[Message]:
    """Opens the form in which whoever presses asks."""
    return button("Ask a question", question_ids.new(of), emoji="❓")


def form(to: Addressee) -> discord.ui.Modal:
    """The form in which a question is written. It is stopped, so that it is answered by its custom_id alone."""
    title = cut(f"A question for {one_line(to.name)}", MODAL_TITLE)
    modal = discord.ui.Modal(title=title, custom_id=question_ids.form(to.of), timeout=None)
    written = discord.ui.TextInput[discord.ui.Modal](
        custom_id=WORDS, style=discord.TextStyle.paragraph, max_length=LONGEST, required=True
    )
    told = "It is posted here, with your name, for everybody to vote on."
    modal.add_item(discord.ui.Label[discord.ui.Modal](text="What would you ask?", description=told, component=written))
    modal.stop()
    return modal


def choice(to: Addressee) -> str:
    """Who can be asked, as autocomplete suggests them."""
    when = f" · {calendar_day(to.day)}" if to.day is not None else ""
    paper = f": {one_line(to.paper)}" if to.paper else ""
    return cut(f"{one_line(to.name)}{paper}", CHOICE_TEXT - len(when)) + when


def withdrawn_message(question: MemberQuestion) -> Message:
    """That a question was taken back, to who did it."""
    return sentence(f"🗑️ Withdrawn, with its votes: “{escaped_within(question.text, _LISTED)}”")


def gone_message() -> Message:
    """What stands in place of a question that was withdrawn where it was posted."""
    return sentence("🗑️ This question was withdrawn.")


def put_message(question: MemberQuestion) -> Message:
    """What a host's press came to, to who pressed."""
    if question.state is State.OPEN:
        return sentence("✅ It stands among those that were not asked yet again.")
    return sentence("✅ Marked as asked. Once the episode is in the archive, I look for the answer and link it here.")


def told_message(tidings: Tidings, posted: tuple[int, int] | None, *, direct: bool) -> Message:
    """Where a question was answered, to who asked it. ``posted`` are the channel and the message of its card."""
    question = tidings.question
    place = None if posted is None else _address(question.guild_id, posted)
    box = container(TEAL)
    told = f"{linked('Your question', place)} for {_called(tidings.to)} was answered, as far as I can tell:"
    box.add_item(text(f"💬 {told}" if direct else f"💬 <@{question.asked_by}> {told}"))
    box.add_item(line())
    box.add_item(text(quoted(tidings.answer, tidings.episode, _ANSWER)))
    box.add_item(line())
    box.add_item(text("-# Quoted word for word. This is told once, to you alone."))
    box.add_item(row([button("Delete", question_ids.told(question.id, question.asked_by), emoji="🗑️")]))
    return Message(box)


def deleted_message() -> Message:
    """That the message is deleted that told of an answer."""
    return sentence("🗑️ Deleted. The answer is linked under your question as well.")


def _called(to: Addressee) -> str:
    """Whom questions are for, and when."""
    name = f"**{escaped_within(to.name, _NAME)}**"
    if to.starts_at is None:
        return name if to.day is None else f"{name} · {calendar_day(to.day)}"
    who = f"<@{to.presented_by}> in {name}" if to.presented_by is not None else name
    paper = f" · *{escaped_within(to.paper, _PAPER)}*" if to.paper else ""
    return f"{who} · {moment(to.starts_at)}{paper}"


def _entry(number: int, one: Placed[MemberQuestion], top: Top) -> str:
    question = one.thing
    posted = top.posted.get(question.id)
    facts = [_votes(one.tally), f"asked by <@{question.asked_by}>"]
    facts += ["too few votes"] if one.too_few else []
    facts += ["tied"] if one.tied and not one.too_few else []
    facts += [linked("vote", _address(question.guild_id, posted))] if posted else []
    return f"{number}. {escaped_within(question.text, _LISTED)}\n-# {' · '.join(facts)}"


def _menu(top: Top) -> discord.ui.ActionRow[Message]:
    options = [
        discord.SelectOption(label=cut(one_line(one.thing.text), OPTION_TEXT), value=str(one.thing.id))
        for one in top.ranked[:CHOICES]
    ]
    menu: discord.ui.Select[Message] = discord.ui.Select(
        custom_id=question_ids.choose(top.to.of),
        placeholder="Hosts: which of them were asked?",
        min_values=1,
        max_values=len(options),
        options=options,
    )
    return discord.ui.ActionRow(menu)


def _address(guild_id: int, posted: tuple[int, int]) -> str:
    """The link to a message."""
    return f"https://discord.com/channels/{guild_id}/{posted[0]}/{posted[1]}"


def _votes(tally: Tally) -> str:
    return f"{tally.up} for, {tally.down} against"
