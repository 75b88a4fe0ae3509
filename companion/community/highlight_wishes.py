"""What managers wish of votes, winners, the hall of fame and cards, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from companion.community.card_colours import colour_of, colours_of, require_readable
from companion.community.channels import Place
from companion.community.highlight_rules import HallOfItsOwnError, NoRuleError, usable
from companion.community.permissions import HIGHLIGHTS
from companion.community.slot_posts import pass_over
from companion.community.spans import Span
from companion.community.votes import same_emoji
from companion.storage import highlight_rules
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.highlight_rules import HighlightRule, Wishes
from companion.storage.highlight_slots import MONTHLY, WEEKLY


class SameEmojiError(CompanionError):
    """One emoji for both."""

    def __init__(self) -> None:
        super().__init__("A vote for a clip and a vote against it need two emoji that differ: choose another for one.")


class TurnedEmojiError(CompanionError):
    """An emoji that stood for the opposite."""

    def __init__(self) -> None:
        super().__init__(
            "That emoji stood for the opposite here: the votes that were given with it would change sides. Choose"
            " another."
        )


class NoHallError(CompanionError):
    """A threshold for a hall that is not there."""

    def __init__(self) -> None:
        super().__init__("There is no hall of fame here yet: name its `channel` as well.")


class HighlightWishes:
    """The wishes of all servers, over one database. Each change returns the rule with it, or raises `NoRuleError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self, guild_id: int) -> HighlightRule:
        """The rule as it is."""
        return await self._change(guild_id, lambda rule: rule.wishes)

    async def vote_with(
        self, guild_id: int, up: str | None, down: str | None, account_days: int | None
    ) -> HighlightRule:
        """Sets the emoji, as Discord writes them, and how old accounts have to be; what is None stays.

        Emoji that voted until now go on counting. Raises `SameEmojiError` and `TurnedEmojiError`.
        """

        def changed(rule: HighlightRule) -> Wishes:
            before = rule.wishes
            after = replace(
                before,
                up=before.up if up is None else up,
                down=before.down if down is None else down,
                account_days=before.account_days if account_days is None else account_days,
            )
            if same_emoji(after.up) == same_emoji(after.down):
                raise SameEmojiError
            were_up, were_down = {before.up, *before.former_up}, {before.down, *before.former_down}
            if _among(after.up, were_down) or _among(after.down, were_up):
                raise TurnedEmojiError
            return replace(
                after,
                former_up=tuple(sorted(one for one in were_up if not _among(one, {after.up}))),
                former_down=tuple(sorted(one for one in were_down if not _among(one, {after.down}))),
            )

        return await self._change(guild_id, changed)

    async def open_hall(self, guild_id: int, place: Place | None, votes: int | None) -> HighlightRule:
        """Chooses the hall of fame; ``place`` is None where its channel stays, and so is ``votes``.

        Raises `CompanionError` for a channel in which nothing could be posted.
        """
        channel_id = None if place is None else usable(place, HIGHLIGHTS)

        def changed(rule: HighlightRule) -> Wishes:
            if channel_id == rule.channel_id:
                raise HallOfItsOwnError
            if channel_id is None and rule.wishes.hall_of_fame is None:
                raise NoHallError
            return replace(
                rule.wishes,
                hall_of_fame=channel_id or rule.wishes.hall_of_fame,
                hall_of_fame_votes=votes or rule.wishes.hall_of_fame_votes,
            )

        return await self._change(guild_id, changed)

    async def close_hall(self, guild_id: int) -> HighlightRule:
        """Posts nothing more in the hall of fame."""
        return await self._change(guild_id, lambda rule: replace(rule.wishes, hall_of_fame=None))

    async def announce_winners(self, guild_id: int, weekly: bool | None, monthly: bool | None) -> HighlightRule:
        """Lets winners come by themselves, or not; what is None stays. The next is that of the span that goes on."""

        def changed(rule: HighlightRule) -> Wishes:
            before = rule.wishes
            return replace(
                before,
                winners_weekly=before.winners_weekly if weekly is None else weekly,
                winners_monthly=before.winners_monthly if monthly is None else monthly,
            )

        return await self._change(guild_id, changed)

    async def paint_cards(
        self, guild_id: int, background: str | None, text: str | None, accent: str | None, logo: bool | None
    ) -> HighlightRule:
        """Sets the colours of cards, as they are typed, and whether the server's icon is on them; what is None stays.

        Raises `NotAColourError` and `FaintColoursError`.
        """

        def changed(rule: HighlightRule) -> Wishes:
            before = rule.wishes
            after = replace(
                before,
                card_background=before.card_background if background is None else colour_of(background),
                card_text=before.card_text if text is None else colour_of(text),
                card_accent=before.card_accent if accent is None else colour_of(accent),
                card_logo=before.card_logo if logo is None else logo,
            )
            require_readable(colours_of(after))
            return after

        return await self._change(guild_id, changed)

    async def _change(self, guild_id: int, changed: Callable[[HighlightRule], Wishes]) -> HighlightRule:
        now = self._database.clock.now()
        async with self._database.write() as connection:
            rule = await highlight_rules.get(connection, guild_id)
            if rule is None:
                raise NoRuleError
            before, wishes = rule.wishes, changed(rule)
            rule = replace(rule, wishes=wishes)
            await highlight_rules.put(connection, rule)
            if wishes.winners_weekly and not before.winners_weekly:
                await pass_over(connection, rule, Span.WEEK, WEEKLY, now)
            if wishes.winners_monthly and not before.winners_monthly:
                await pass_over(connection, rule, Span.MONTH, MONTHLY, now)
        return rule


def _among(emoji: str, others: set[str]) -> bool:
    return same_emoji(emoji) in {same_emoji(one) for one in others}
