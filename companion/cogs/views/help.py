"""The help: what a member can do here, and a few searches at one press."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from companion.cogs.command_list import CommandLine
from companion.cogs.views.fitting import escaped_within, lines_within
from companion.cogs.views.layout import AMBER, TEAL, Message, container, line, row, text
from companion.cogs.views.limits import LAYOUT_TEXT, cut
from companion.cogs.views.markdown import escaped_sentence
from companion.cogs.views.results import example_buttons

_SEARCH = """\
### 💬 Ask what was said
`/ask`, or mention me with a question: I answer with what was said, word for word, with who, when, and a link to that \
second. Reply to an answer to go on from it. `/search` lists passages, also for keywords. \
Narrow both down by episode and speaker{speaker}."""

_BUTTONS = """\
**Under answers and results**
**Follow up** goes on in a thread · **Sources** what an answer rests on, **Context** what was said around a result, \
for you alone, and there **Clip it** 🎬 and **Correct** a name · **Tell me** 🔔 when an answer is found later \
· **More like this** what says something similar · **Save** keeps it for you alone · \
**Riff** 🎸 change somebody's question and post your variation, with credit \
· **Delete** 🗑️ for whoever asked, and moderators"""

_MAP = (
    ("Ask and read", ("ask", "search", "topic", "episodes", "episode", "saved", "follow", "privacy", "about", "help")),
    ("Highlights", ("highlights", "clip")),
    ("Paper clubs", ("paper", "club", "question", "suggest", "guest")),
    ("For those who manage this server", ("setup", "recap", "asked")),
)
"""Commands by what they are for, and in which order they are told; any other comes after these, under `_MORE`."""
_MORE = "More"
_MENUS = "In a message's menu, under Apps"
_NAME = 40
_DESCRIPTION = 110
_MISSING = 500
_SLACK = 60


def help_message(
    commands: Sequence[CommandLine], examples: tuple[str, ...], speaker: str | None, missing: Exception | None
) -> Message:
    """What the bot does and the commands that can be used; ``missing`` says why nothing can be searched here yet."""
    box = container(TEAL if missing is None else AMBER)
    named = f" (say, *{escaped_within(speaker, _NAME)}*)" if speaker else ""
    head = _SEARCH.format(speaker=named)
    box.add_item(text(head))
    told = f"⚠️ {escaped_sentence(cut(str(missing), _MISSING))}" if missing else ""
    if told:
        box.add_item(text(told))
    if examples:
        box.add_item(text("**Try one of these**"))
        box.add_item(row(example_buttons(examples)))
    box.add_item(line())
    room = LAYOUT_TEXT - len(head) - len(told) - len(_BUTTONS) - _SLACK
    for section in _sections(commands, room):
        box.add_item(text(section))
        box.add_item(line())
    box.add_item(text(_BUTTONS))
    return Message(box)


def _sections(commands: Sequence[CommandLine], room: int) -> list[str]:
    """A text for each use of commands. Where room is short, a group of commands is told in one line; where that is not
    enough, the last ones are left out, and it is said how many."""
    found: list[str] = []
    for shortened in (False, True):
        found = ["\n".join((f"**{title}**", *_lines(some, shortened=shortened))) for title, some in _uses(commands)]
        if sum(map(len, found)) <= room:
            return found
    kept, left = lines_within("\n".join(found).split("\n"), room - _SLACK)
    return ["\n".join((*kept, f"-# and {left} more: type `/`"))]


def _uses(commands: Sequence[CommandLine]) -> list[tuple[str, list[CommandLine]]]:
    typed = [command for command in commands if not command.menu]
    known = {root: (title, place) for title, roots in _MAP for place, root in enumerate(roots)}
    titles = [*(title for title, _ in _MAP), _MORE]
    placed = sorted(
        ((*known.get(command.root, (_MORE, 0)), command) for command in typed),
        key=lambda entry: (titles.index(entry[0]), entry[1]),
    )
    uses = [(title, [entry[2] for entry in some]) for title, some in groupby(placed, key=lambda entry: entry[0])]
    menus = [command for command in commands if command.menu]
    # Menus are everybody's, so they come before what is for a few.
    return [*uses[:1], *([(_MENUS, menus)] if menus else []), *uses[1:]]


def _lines(commands: Sequence[CommandLine], *, shortened: bool) -> list[str]:
    if not shortened:
        return [_line(command) for command in commands]
    lines: list[str] = []
    for group, some in groupby(commands, key=lambda command: command.group):
        members = list(some)
        if not group or len(members) == 1:
            lines += [_line(command) for command in members]
        else:
            lines.append(f"`/{group}` *{_names(members)}* – {escaped_within(members[0].about, _DESCRIPTION)}")
    return lines


def _names(members: Sequence[CommandLine]) -> str:
    """The commands of one group: those for everybody first, which most who ask for help look for."""
    for_some = [[one for one in members if one.for_managers is managers] for managers in (False, True)]
    named = (", ".join(one.name.removeprefix(f"{one.group} ") for one in some) for some in for_some)
    return " · managers: ".join(filter(None, named))


def _line(command: CommandLine) -> str:
    told = escaped_within(command.description, _DESCRIPTION)
    if command.menu:
        return f"*{escaped_within(command.name, _NAME)}* – {told}"
    # One that takes much is told by what it must have: Discord shows the rest while it is typed.
    options = "".join(
        f" {option.name}" if option.required else f" [{option.name}]"
        for option in command.options
        if option.required or not command.group
    )
    return f"`/{command.name}{options}` – {told}"
