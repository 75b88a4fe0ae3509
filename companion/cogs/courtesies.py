"""What is said to the bot and asks nothing: a greeting, thanks, a call for help. It is answered, not searched for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto

from companion.cogs.companion import Companion
from companion.cogs.views.asking import what_to_ask_message
from companion.cogs.views.layout import Message
from companion.community.visibility import NoPodcastYetError


class Courtesy(Enum):
    """What is meant by it."""

    GREETING = auto()
    THANKS = auto()
    HELP = auto()


_GREETINGS = """
hello|hi|hey|heya|hiya|howdy|yo|greetings|good morning|good afternoon|good evening|good day|how are you
|how are you doing|what's up|whats up|hallo|hola|bonjour|salut|ciao|guten tag|guten morgen|guten abend|servus|olá
"""
_THANKS = """
thanks|thank you|thank u|thx|ty|cheers|great|nice|nice one|cool|awesome|perfect|well done|good bot|good job|danke|merci
|gracias|grazie|obrigado|obrigada|bye|goodbye|good night
"""
_HELP = """
help|help me|what can you do|what can i do|what can i ask|what can i ask you|what do you do|who are you|what are you
|how do you work|how does this work|how do i use this|how do i use you
"""
_BESIDE = """
there|all|everyone|everybody|folks|friend|companion|bot|you|so|very|much|so much|a lot|again|please|and|my|dear|oh
|ok|okay|for that|for this|for the help|for your help|for the answer|today
"""
"""What may stand beside any of them, and means nothing alone."""
_LONGEST = 12
"""Words. Who says more says something."""


def _phrases(meaning: Courtesy | None, listed: str) -> dict[tuple[str, ...], Courtesy | None]:
    return {tuple(phrase.split()): meaning for phrase in listed.split("|")}


_KNOWN: Mapping[tuple[str, ...], Courtesy | None] = {
    **_phrases(None, _BESIDE),
    **_phrases(Courtesy.GREETING, _GREETINGS),
    **_phrases(Courtesy.THANKS, _THANKS),
    **_phrases(Courtesy.HELP, _HELP),
}
_MOST_WORDS = max(map(len, _KNOWN))


def courtesy(said: str) -> Courtesy | None:
    """What is meant, where nothing is asked; None for anything that has one other word in it.

    Of several it is the last: who says hello and asks for help wants help.
    """
    words = re.findall(r"[\w']+", said.casefold().replace("’", "'"))
    if len(words) > _LONGEST:
        return None
    meant: Courtesy | None = None
    while words:
        for length in range(min(_MOST_WORDS, len(words)), 0, -1):
            phrase = tuple(words[:length])
            if phrase in _KNOWN:
                meant = _KNOWN[phrase] or meant
                del words[:length]
                break
        else:
            return None
    return meant


async def answered(bot: Companion, guild_id: int | None, meant: Courtesy, *, seed: int) -> Message:
    """A friendly sentence on what can be asked, with searches from the server's own archive; ``seed`` chooses them."""
    examples: tuple[str, ...] = ()
    with suppress(NoPodcastYetError):
        examples = await bot.searches.examples(guild_id, seed)
    opening = {Courtesy.GREETING: "👋 Hello! ", Courtesy.THANKS: "😊 You're welcome. ", Courtesy.HELP: "💬 "}[meant]
    return what_to_ask_message(bot.user.id if bot.user else 0, opening, examples)
