"""What managers read of who the hosts are."""

from __future__ import annotations

from companion.cogs.views.layout import Message, sentence

_MAY = (
    "mark answers ✔ right or ✘ wrong (in the message menu → Apps → *Mark this answer*), decide about the sessions of"
    " paper clubs, say which guests come, and tick off questions and suggestions"
)


def chosen(role_id: int, before: int | None) -> Message:
    """Who are hosts from now on, and how to take it back."""
    was = f" It was <@&{before}> until now." if before is not None and before != role_id else ""
    return sentence(
        f"✅ Members with <@&{role_id}> are hosts from now on, as whoever manages this server is.{was} Hosts {_MAY}.\n"
        "-# Nobody is pinged. `/setup hosts forget` takes it back; what they did until then stays."
    )


def forgotten(role_id: int) -> Message:
    """That only managers are hosts from now on."""
    return sentence(
        f"✅ Only those who manage this server are hosts from now on; members with <@&{role_id}> are no more. What they"
        " did stays."
    )


def shown(role_id: int | None, *, deleted: bool) -> Message:
    """Who the hosts are now; ``deleted``: the role is there no more."""
    if role_id is None:
        return sentence(
            f"Only those who manage this server are hosts. Hosts {_MAY}.\n`/setup hosts role` chooses a role whose"
            " members are hosts, too."
        )
    if deleted:
        return sentence(
            "The role that was chosen is deleted: until another is, only those who manage this server are hosts."
            " `/setup hosts role` chooses one."
        )
    return sentence(f"Members with <@&{role_id}> are hosts, as whoever manages this server is. Hosts {_MAY}.")
