"""What managers read of who marks answers."""

from __future__ import annotations

from companion.cogs.views.layout import Message, sentence

_MAY = "mark answers ✔ right or ✘ wrong, in the message menu → Apps → *Mark this answer*"


def chosen(role_id: int, before: int | None) -> Message:
    """Who are hosts from now on, and how to take it back."""
    was = f" It was <@&{before}> until now." if before is not None and before != role_id else ""
    return sentence(
        f"✅ Members with <@&{role_id}> may {_MAY}, from now on, and so may whoever manages this server.{was}\n"
        "-# Nobody is pinged. `/setup hosts forget` takes it back; what they marked until then stays."
    )


def forgotten(role_id: int) -> Message:
    """That only managers are hosts from now on."""
    return sentence(
        f"✅ Only those who manage this server mark answers, from now on; members with <@&{role_id}> do no more."
        " What is marked stays."
    )


def shown(role_id: int | None, *, deleted: bool) -> Message:
    """Who may mark answers now; ``deleted``: the role is there no more."""
    if role_id is None:
        return sentence(
            f"Those who manage this server may {_MAY}. No role may: `/setup hosts role` chooses one that shall."
        )
    if deleted:
        return sentence(
            f"The role that was chosen is deleted. Until another is, those who manage this server may {_MAY}:"
            " `/setup hosts role` chooses one."
        )
    return sentence(f"Members with <@&{role_id}> may {_MAY}, and so may whoever manages this server.")
