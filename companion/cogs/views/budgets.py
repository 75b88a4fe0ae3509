"""What managers read of budgets."""

from __future__ import annotations

from companion.cogs.views.counting import counted
from companion.cogs.views.layout import TEAL, Message, container, sentence, text
from companion.cogs.views.times import relative
from companion.community.budgets import MICROS_A_DOLLAR, Decided, ModelCost
from companion.storage.budgets import WHOLE_SERVER, Amount, Limits

_MOST_ROLES = 20
_UNDO = "-# `/setup budgets show` shows all of them, `/setup budgets reset` takes it back."


def decided(limits: Limits, role_id: int, guild_id: int) -> Message:
    """What holds from now on."""
    return sentence(
        f"✅ From the next question on, a day has for {_whose(role_id, guild_id)}: {_told(limits)}.\n{_UNDO}"
    )


def reset(role_id: int | None, guild_id: int) -> Message:
    """That what was decided is forgotten."""
    if role_id is None:
        return sentence("✅ All budgets of this server are the usual ones again, from the next question on.")
    again = "the usual one" if role_id in (guild_id, WHOLE_SERVER) else "that of everyone"
    return sentence(f"✅ The budget of {_whose(role_id, guild_id)} is {again} again, from the next question on.")


def shown(kept: Decided) -> Message:
    """All budgets of a server, and what is left of today's."""
    box = container(TEAL)
    lines = [
        "### 🪙 Budgets for a day",
        f"**Everyone:** {_told(kept.member)}",
        f"**The whole server:** {_told(kept.server)}",
    ]
    roles = list(kept.roles.items())
    lines += [f"<@&{role}>: {_told(limits)}" for role, limits in roles[:_MOST_ROLES]]
    if len(roles) > _MOST_ROLES:
        lines.append(f"… and {counted(len(roles) - _MOST_ROLES, 'more role')}")
    box.add_item(text("\n".join(lines)))
    spent = _amount(kept.spent) if kept.model else counted(kept.spent.questions, "question")
    notes = [f"The server's today so far: {spent}. The next day begins {relative(kept.again)}."]
    if roles:
        notes.append(
            "-# A member has, of each, the most that one of these roles has, in place of everyone's; what a role leaves"
            " open is as for everyone."
        )
    box.add_item(text("\n".join((*notes, f"-# {_of_the_model(kept.model)}"))))
    return Message(box)


def _of_the_model(model: ModelCost | None) -> str:
    if model is None:
        return "No language model writes answers here, so only questions count."
    over = "Who has used up tokens or dollars still gets answers, as quotations."
    if model.price is None:
        return f"What the model costs is not known (COMPANION_MODEL_PRICES), so dollars don't count. {over}"
    return over


def _whose(role_id: int, guild_id: int) -> str:
    if role_id == WHOLE_SERVER:
        return "the whole server together"
    return "each member" if role_id == guild_id else f"each member with <@&{role_id}>"


def _told(limits: Limits) -> str:
    parts: list[str] = []
    if limits.questions is not None:
        parts.append(counted(limits.questions, "question"))
    if limits.tokens is not None:
        parts.append(counted(limits.tokens, "token"))
    if limits.micros is not None:
        parts.append(_dollars(limits.micros))
    return " · ".join(parts)


def _amount(amount: Amount) -> str:
    return f"{counted(amount.questions, 'question')} · {counted(amount.tokens, 'token')} · {_dollars(amount.micros)}"


def _dollars(micros: int) -> str:
    """To the cent, and small amounts to their first digits."""
    dollars = micros / MICROS_A_DOLLAR
    return f"${dollars:,.2f}" if micros == 0 or dollars >= 1 or micros % 10_000 == 0 else f"${dollars:.4f}"
