"""Where questions are answered, in words, for managers."""

from __future__ import annotations

from collections.abc import Mapping

from companion.cogs.views.fitting import lines_within
from companion.cogs.views.layout import Message, sentence
from companion.cogs.views.limits import LAYOUT_TEXT
from companion.storage.asking_channels import Mode

MODES: Mapping[Mode, str] = {
    Mode.MENTIONS: "commands and mentions; then mentions only in channels chosen so",
    Mode.COMMANDS: "commands only",
    Mode.OFF: "nothing",
}
_ANSWERED = {
    Mode.MENTIONS: "`/ask` and mentions are answered",
    Mode.COMMANDS: "`/ask` is answered, mentions are not",
    Mode.OFF: "nothing is answered",
}
_SLACK = 600


def chose(channel_id: int, mode: Mode, modes: Mapping[int, Mode]) -> Message:
    """What holds in the channel from now on, and elsewhere."""
    return sentence(
        f"✅ In <#{channel_id}>, and in its threads, {_ANSWERED[mode]} from now on. {elsewhere(modes)}\n"
        f"-# `/setup asking forget` takes it back; `/setup asking list` shows every channel."
    )


def forgot(channel_id: int, modes: Mapping[int, Mode]) -> Message:
    """That the default holds there again, and what that is."""
    return sentence(f"✅ Nothing is chosen for <#{channel_id}> any more. {elsewhere(modes)}")


def list_message(modes: Mapping[int, Mode]) -> Message:
    """What was chosen for which channel."""
    lines, left = lines_within(
        [f"- <#{channel_id}>: {_ANSWERED[mode]}" for channel_id, mode in modes.items()], LAYOUT_TEXT - _SLACK
    )
    more = [f"-# and {left} more"] if left else []
    return sentence("\n".join(("### 💬 Where questions are answered", *lines, *more, elsewhere(modes))))


def elsewhere(modes: Mapping[int, Mode]) -> str:
    """What holds in channels for which nothing was chosen."""
    if Mode.MENTIONS in modes.values():
        return "Everywhere else `/ask` is answered, and mentions only in the threads of conversations."
    where = "Everywhere else" if modes else "Everywhere"
    return f"{where} `/ask` is answered, and so is whoever mentions me or replies to an answer."
