"""Why a paper is not proposed, shown or withdrawn, each with what to do instead."""

from __future__ import annotations

from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.papers import State

MOST_OPEN = 10
"""Proposals of one member that may wait in a server's queue."""


class GonePaperError(NotFoundError):
    """A paper that this server does not have."""

    def __init__(self) -> None:
        super().__init__("This server has no such paper. Choose one from what is suggested, or see `/paper queue`.")


class UnknownPaperError(CompanionError):
    """No catalogue has the paper: somebody has to say its title."""

    def __init__(self) -> None:
        super().__init__("No catalogue that I ask knows this one. Say what its title is, and who wrote it.")


class TooManyProposalsError(CompanionError):
    """The member has as many proposals in the queue as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_OPEN} of your proposals are in the queue, which is as many as one member may have there. Withdraw"
            " one with `/paper withdraw`, or wait until one is scheduled."
        )


class NotYoursError(CompanionError):
    """Somebody withdraws what they never proposed."""

    def __init__(self) -> None:
        super().__init__("You did not propose this one. Members withdraw their own; moderators any.")


class NotWaitingError(CompanionError):
    """A paper that cannot be withdrawn any more."""

    def __init__(self, state: State) -> None:
        told = {
            State.SCHEDULED: "This one is scheduled: it can be withdrawn once it is off its session.",
            State.COVERED: "This one was covered already: it stays where it is.",
        }
        super().__init__(told.get(state, "This one is in the queue no more."))
