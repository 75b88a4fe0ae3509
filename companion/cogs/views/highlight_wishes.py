"""What a server wishes of votes, winners, the hall of fame and cards, as managers are told it."""

from __future__ import annotations

from companion.cogs.views.counting import counted
from companion.cogs.views.layout import Message, sentence
from companion.cogs.views.tally import shown_emoji
from companion.community.card_colours import colours_of, written
from companion.storage.highlight_rules import HighlightRule, Wishes

_UNCHANGED = "You named nothing to change, so it stays as it is:"


def voting(wishes: Wishes, *, changed: bool) -> Message:
    """With what members vote, and who may."""
    up, down = shown_emoji(wishes.up), shown_emoji(wishes.down)
    former = [shown_emoji(one) for one in (*wishes.former_up, *wishes.former_down)]
    lines = [
        f"{_done(changed)} Members vote with {up} and {down}. Clips that are posted from now on begin with these.",
        f"Votes count of accounts that are at least {counted(wishes.account_days, 'day')} old when they react."
        if wishes.account_days
        else "Votes of all accounts count, however young.",
    ]
    if former:
        lines.append(f"Under older posts {' '.join(former)} go on counting as they did.")
    lines.append("-# Votes that were given stand. Nobody votes on a clip of their own.")
    return sentence("\n".join(lines))


def hall(rule: HighlightRule, waiting: int, *, changed: bool) -> Message:
    """Where the hall of fame is, and what comes into it."""
    wishes = rule.wishes
    if wishes.hall_of_fame is None:
        left = " any more: nothing more is posted there, and what stands there stays" if changed else ""
        return sentence(
            f"{_done(changed)} There is no hall of fame{left}.\n"
            "-# `/highlights hall-of-fame` with a `channel` opens one."
        )
    now = {
        0: "None has that many yet.",
        1: "1 clip has that many already, and comes within a minute.",
    }.get(waiting, f"{waiting} clips have that many already, and come within the next minutes.")
    more = counted(wishes.hall_of_fame_votes, "more vote")
    return sentence(
        f"{_done(changed)} A clip with {more} for it than against it is posted once in"
        f" <#{wishes.hall_of_fame}>, whatever becomes of its votes afterwards. {_paused(rule) or now}"
    )


def winners(rule: HighlightRule, *, changed: bool) -> Message:
    """Which winners come by themselves."""
    wishes = rule.wishes
    named = [
        name
        for name, wanted in (
            ("of the week on Mondays", wishes.winners_weekly),
            ("of the month on the first", wishes.winners_monthly),
        )
        if wanted
    ]
    if not named:
        return sentence(f"{_done(changed)} No winners are posted from now on; `/highlights top` shows the best clips.")
    return sentence(
        f"{_done(changed)} The best clip {' and '.join(named)} is posted where the daily highlight is, at its time of"
        " the day; the next is that of the week or month that goes on now. Nothing comes where nobody voted."
        f" {_paused(rule)}".rstrip()
    )


def cards(wishes: Wishes, *, changed: bool) -> Message:
    """What cards look like from now on."""
    colours = colours_of(wishes)
    logo = "with this server's icon, where it has one" if wishes.card_logo else "without this server's icon"
    return sentence(
        f"{_done(changed)} Quote cards are written in `{written(colours.text)}` on `{written(colours.background)}`,"
        f" with marks of `{written(colours.accent)}`, {logo}.\n"
        "-# The cards of clips that are posted from now on look like that; those posted before stay as they are."
        " `/clip random` shows one."
    )


def _paused(rule: HighlightRule) -> str:
    return "Highlights are paused: it comes after `/highlights resume`." if rule.paused_at else ""


def _done(changed: bool) -> str:
    return "✅" if changed else _UNCHANGED
