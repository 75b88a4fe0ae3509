"""The first words in a server."""

from __future__ import annotations

from companion.cogs.views.layout import Message, sentence


def hello_message() -> Message:
    """Who this is, and what those who manage the server do next."""
    return sentence(
        "### 👋 Hello, I'm Companion: I remember what was said in your podcast\n"
        "Ask in the channel, and I answer with the passages, word for word: who said it, when, and a link to that"
        " second.\n\n"
        "**Next**, for those who manage this server: `/setup podcasts add url:` with the address of your podcast's RSS"
        " feed. `/setup check` tells whether I may do here what I have to.\n"
        "**Then**, for everybody: `/ask` or a mention of me, `/search`, and `/help` for all the rest.\n"
        "-# I read no messages but those that are meant for me, and speak only when I'm asked, or where a manager"
        " switched it on."
    )
