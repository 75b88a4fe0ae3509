"""Why a question for a guest is not taken, shown or withdrawn, each with what to do instead."""

from __future__ import annotations

from companion.storage.errors import CompanionError, NotFoundError

MOST = 20
"""Open questions that a member may have in one server."""


class NoQuestionError(NotFoundError):
    """A question that the server does not have."""

    def __init__(self) -> None:
        super().__init__("There is no such question here any more. `/question top` shows those that there are.")


class NobodyToAskError(NotFoundError):
    """Neither a guest nor a session of the server."""

    def __init__(self) -> None:
        super().__init__(
            "There is nobody here of that name to ask: choose one of those that are suggested. Hosts say who is coming"
            " with `/guest add`."
        )


class NobodyComesError(NotFoundError):
    """No name was given, and nobody can be asked."""

    def __init__(self) -> None:
        super().__init__(
            "There is nobody to ask now: no guest is expected, and no session is planned. Hosts say who is coming with"
            " `/guest add`."
        )


class TooLateError(CompanionError):
    """The guest was heard already, or the session is over."""


class NothingToAskError(CompanionError):
    """A question without a word."""

    def __init__(self) -> None:
        super().__init__("There is no question in that: write what you would ask, in a sentence.")


class EnoughQuestionsError(CompanionError):
    """The member has as many open questions as they may."""

    def __init__(self) -> None:
        super().__init__(
            f"You have {MOST} open questions here, which is all there is room for: withdraw some that matter less."
        )


class NotTheirQuestionError(CompanionError):
    """Somebody wants to withdraw what another asked."""

    def __init__(self) -> None:
        super().__init__("Only who asked this can withdraw it, and whoever may manage messages in this channel.")


class NotTheirMessageError(CompanionError):
    """Somebody wants to delete what told another of their answer."""

    def __init__(self) -> None:
        super().__init__("Only who was told here can delete this message, and whoever may manage messages.")
