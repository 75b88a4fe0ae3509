"""Why a recording of a session is not taken, or none is found, each with what to do instead."""

from __future__ import annotations

from companion.storage.errors import CompanionError, NotFoundError


class NotARecordingError(CompanionError):
    """What is no address of the web."""

    def __init__(self) -> None:
        super().__init__("That is not the address of a recording: give one that begins with https://.")


class LoginInAddressError(CompanionError):
    """An address with somebody's name or password in it."""

    def __init__(self) -> None:
        super().__init__("There is a login in that address, which is nobody else's to read: give one without.")


class NotOpenToAllError(CompanionError):
    """A recording at a host that only its own network knows."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"“{host}” can be opened in its own network alone, and a recording is linked for everybody here: give an"
            " address that members can open."
        )


class GoneReplacementError(CompanionError):
    """What somebody sent is not known any more, or what they would replace is not what they saw."""

    def __init__(self) -> None:
        super().__init__("I don't have what you sent any more, or the recording is another one by now: send it again.")


class NoneHeldError(NotFoundError):
    """A club, or a server, in which no session has taken place."""

    def __init__(self) -> None:
        super().__init__(
            "No session has taken place here yet: what was held stands in this history from then on."
            " `/club next` shows what is planned."
        )


class NotHeldError(NotFoundError):
    """A session that was not, or is not yet, held."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"No session that took place is meant by “{typed.strip()[:40]}”. Choose one as you type, or write its day,"
            " such as 2026-03-06; left out, it is the last one."
        )
