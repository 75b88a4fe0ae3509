"""What cannot be done with clubs and their sessions, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence

from companion.storage.errors import CompanionError, NotFoundError
from companion.storage.papers import Paper
from companion.storage.papers import State as PaperState
from companion.storage.series import Series
from companion.storage.sessions import Session, State


class NoClubsError(NotFoundError):
    """A server without a club."""

    def __init__(self) -> None:
        super().__init__("There is no paper club in this server yet. Whoever manages it can begin one: `/club create`.")


class NoSuchClubError(NotFoundError):
    """A name that no club of the server has."""

    def __init__(self, typed: str, known: Sequence[str]) -> None:
        names = ", ".join(f"“{name}”" for name in known)
        super().__init__(f"No club here is called “{typed.strip()[:60]}”. There is {names}: choose one as you type.")


class WhichClubError(CompanionError):
    """The server has several, and none was named."""

    def __init__(self, known: Sequence[str]) -> None:
        names = ", ".join(f"“{name}”" for name in known)
        super().__init__(f"Which club do you mean? There is {names}: name it as `club`.")


class EndedClubError(CompanionError):
    """The club is over, and so are its sessions."""

    def __init__(self, ended: Series) -> None:
        super().__init__(f"“{ended.name}” has ended. Whoever manages this server can bring it back: `/club resume`.")


class NoSessionError(NotFoundError):
    """There is no coming session then. ``known`` are the days of those to come: of the ``free`` ones, where such a one
    is wanted."""

    def __init__(self, typed: str, known: Sequence[str], *, free: bool = False) -> None:
        which = "Free dates are" if free else "The next are on"
        next_ones = f" {which} {', '.join(known)}." if known else " `/club next` shows what is planned."
        super().__init__(f"No session to come is on “{typed.strip()[:40]}”.{next_ones} Choose one as you type.")


class WhichSessionError(CompanionError):
    """Several sessions are on the days that may be meant."""

    def __init__(self, typed: str, known: Sequence[str]) -> None:
        super().__init__(
            f"“{typed.strip()[:40]}” may mean several sessions: {', '.join(known)}. Choose one as you type."
        )


class TakenError(CompanionError):
    """The session has its paper. ``title`` is None where it is gone."""

    def __init__(self, title: str | None) -> None:
        has = f"“{title[:120]}”" if title else "another paper"
        super().__init__(
            f"This session is taken: it has {has}. Choose another date, or ask a host: `/club swap` changes two"
            " sessions, and `/club clear` frees one."
        )


class NotPlannedError(CompanionError):
    """A session that does not take place, or is over."""

    def __init__(self, session: Session) -> None:
        became = {
            State.SKIPPED: "is skipped: `/club schedule` or `/club move` brings it back",
            State.CANCELLED: "was cancelled: `/club schedule` or `/club move` brings it back",
        }.get(session.state, "has begun already, so it stays as it is")
        super().__init__(f"The session of {session.day} {became}.")


class NoSuchPaperError(NotFoundError):
    """No paper of this server."""

    def __init__(self) -> None:
        super().__init__(
            "This server has no such paper: choose one from what is suggested, or propose it with `/paper propose`."
        )


class NotInQueueError(CompanionError):
    """A paper that nobody proposes now, or that was talked about already."""

    def __init__(self, paper: Paper) -> None:
        why = {
            PaperState.COVERED: "was covered already: `/paper show` says when",
            PaperState.WITHDRAWN: "was withdrawn: `/paper propose` brings it back",
            PaperState.EXPIRED: "has expired: `/paper propose` brings it back",
        }.get(paper.state, "cannot be scheduled now")
        super().__init__(f"“{paper.title[:120]}” {why}.")


class ScheduledElsewhereError(CompanionError):
    """The paper has a session."""

    def __init__(self, paper: Paper, session: Session) -> None:
        super().__init__(
            f"“{paper.title[:120]}” is scheduled already, on {session.day}: `/club move` moves that session, and"
            " `/club swap` changes it with another."
        )


class NothingToChangeError(CompanionError):
    """Neither a paper nor anything else was named for a session that is planned."""

    def __init__(self) -> None:
        super().__init__("That session is planned. Name what is to be scheduled: a paper, a presenter or an author.")


class NoPaperYetError(CompanionError):
    """A presenter or an author without a paper."""

    def __init__(self) -> None:
        super().__init__("That session has no paper yet: name the `paper`, too.")


class SwapOverError(CompanionError):
    """An offer that was made by who presents no more, or of what is so no more."""

    def __init__(self) -> None:
        super().__init__("These sessions have changed since that was offered. `/club swap` offers it anew.")


class TookOneAlreadyError(CompanionError):
    """Members take one date at a time."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            f"You present on {session.day} already, and everybody takes one date at a time. A host can give you"
            " more with `/club schedule`."
        )


class NotThenError(CompanionError):
    """A session cannot be then."""

    def __init__(self) -> None:
        super().__init__("A session can be moved to a time that is still to come, within a year.")


class DoubledError(CompanionError):
    """The club meets then already."""

    def __init__(self) -> None:
        super().__init__("The club has another session at that very time: choose another time, or `/club swap`.")


class SameSessionError(CompanionError):
    """A session cannot be swapped with itself, or with one that has as little."""

    def __init__(self) -> None:
        super().__init__("Name two different sessions, of which one at least has a paper.")
