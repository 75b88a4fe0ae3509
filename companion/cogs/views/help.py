"""The help: what can be done here, and a few searches at one press."""

from __future__ import annotations

from companion.cogs.views.layout import AMBER, TEAL, Message, container, line, row, text
from companion.cogs.views.limits import cut
from companion.cogs.views.markdown import escaped_line, escaped_sentence
from companion.cogs.views.results import example_buttons

_SEARCH = """\
### 🔎 Search what was said
`/search` finds the passages that answer, word for word, with who said them, when, and a link to that second. \
Ask in your own words or give keywords."""

_FILTERS = """\
**Narrow it down** with `episode:`, `speaker:`{speaker}, and `after:` or `before:` (`2024`, `2024-03`, `2024-03-17`).
**A message says it already?** Open its menu → Apps → *Search the archive*."""

_BUTTONS = """\
**Context** – what was said around a passage, for you alone
**More like this** – passages that say something similar
**Riff** 🎸 – change somebody's search and post your variation, with credit"""

_NAME = 40


def help_message(examples: tuple[str, ...], speaker: str | None, missing: Exception | None) -> Message:
    """What the bot does; ``missing`` says why nothing can be searched here yet."""
    box = container(TEAL if missing is None else AMBER)
    box.add_item(text(_SEARCH))
    if missing is not None:
        box.add_item(text(f"⚠️ {escaped_sentence(str(missing))}"))
    if examples:
        box.add_item(text("**Try one of these**"))
        box.add_item(row(example_buttons(examples)))
    box.add_item(line())
    named = f" (say, *{escaped_line(cut(speaker, _NAME))}*)" if speaker else ""
    box.add_item(text(_FILTERS.format(speaker=named)))
    box.add_item(line())
    box.add_item(text(f"Under every result:\n{_BUTTONS}"))
    return Message(box)
