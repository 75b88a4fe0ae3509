"""What members ask of the bot, one by one, from when it is heard of until its task has ended.

Each has a short id. It stands in every line that is logged meanwhile, down to the database's statements, and is the
reference that its member reads where something fails.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter

from companion.storage.errors import CompanionError

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """How something is asked."""

    COMMAND = "command"
    MENU = "menu"
    AUTOCOMPLETE = "autocomplete"
    BUTTON = "button"
    FORM = "form"
    MESSAGE = "message"


class Outcome(StrEnum):
    """What came of it."""

    ANSWERED = "answered"
    REFUSED = "refused"
    """For a reason that its member was told: a cool-down, a permission, something that is not there."""
    FAILED = "failed"
    """By a fault of ours."""
    LATE = "late"
    """Discord, which waits for three seconds, took no first answer any more. Its member reads that there was none."""


@dataclass(slots=True)
class Request:
    """One of them. ``name`` is one that the program gave: nothing that a member typed or could forge is in it."""

    kind: Kind
    name: str
    id: str = field(default_factory=lambda: secrets.token_hex(3))
    outcome: Outcome = Outcome.ANSWERED
    _begun: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Since it was heard of."""
        return perf_counter() - self._begun


class StoppingError(CompanionError):
    """The process is about to end."""

    def __init__(self) -> None:
        super().__init__("I am being restarted just now: please try again in a minute.")


Ended = Callable[[Request], None]
_current: ContextVar[Request | None] = ContextVar("companion_request", default=None)


def current() -> Request | None:
    """The request that this task, or the one that began it, answers."""
    return _current.get()


def settle(outcome: Outcome) -> str:
    """Notes what comes of the current request. Returns the reference by which its member and the log know it."""
    request = _current.get()
    if request is None:
        return secrets.token_hex(3)
    request.outcome = outcome
    return request.id


class Requests:
    """Those that are being answered in this process."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[object], Request] = {}
        self._stopping = False
        self.ended: list[Ended] = []
        """Called on the event loop with each that ended."""

    def __len__(self) -> int:
        return len(self._running)

    @property
    def stopping(self) -> bool:
        """Is nothing new taken on?"""
        return self._stopping

    def begin(self, kind: Kind, name: str) -> None:
        """The current task answers a request from here to its end."""
        task = asyncio.current_task()
        if task is None or task in self._running:
            return
        request = Request(kind, name)
        _current.set(request)
        self._running[task] = request
        task.add_done_callback(self._end)

    def require_running(self) -> None:
        """Raises `StoppingError` when nothing new is taken on. Asked once of each request."""
        if self._stopping:
            raise StoppingError

    async def drain(self, seconds: float) -> int:
        """Takes on nothing new, and waits for what is being answered, so long at most. Returns how many are left,
        which are cancelled."""
        self._stopping = True
        mine = asyncio.current_task()
        running = {task for task in self._running if task is not mine}
        if not running:
            return 0
        log.info("%d requests are brought to their end", len(running))
        _, left = await asyncio.wait(running, timeout=seconds)
        for task in left:
            log.warning("request %s (%s) is broken off", self._running[task].id, self._running[task].name)
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1)
        return len(left)

    def _end(self, task: asyncio.Task[object]) -> None:
        request = self._running.pop(task)
        if task.cancelled():
            request.outcome = Outcome.FAILED
        elif (error := task.exception()) is not None:
            # What nobody answered; asked for here, it is told by nobody else.
            request.outcome = Outcome.FAILED
            log.error("%s %s failed", request.kind, request.name, exc_info=error, extra={"request": request.id})
        log.debug(
            "%s %s was %s in %.3f s", request.kind, request.name, request.outcome, request.seconds,
            extra={"request": request.id},
        )  # fmt: skip
        for ended in self.ended:
            ended(request)
