"""What the buttons around questions for guests carry. Whoever answers a press checks it against the server."""

from __future__ import annotations

import re

from companion.storage.member_questions import AskedOf

PREFIX = "question:"
TOLD_PREFIX = "guestanswer:"
_QUESTION = r"(?P<question>[0-9]{1,15})"
_OF = r"(?P<of>[gs])(?P<number>[0-9]{1,15})"

NEW = re.compile(rf"question:new:{_OF}")
FORM = re.compile(rf"question:form:{_OF}")
PUT = re.compile(rf"question:put:{_QUESTION}")
BACK = re.compile(rf"question:back:{_QUESTION}")
WITHDRAW = re.compile(rf"question:withdraw:{_QUESTION}")
CHOOSE = re.compile(rf"question:choose:{_OF}")
TOLD = re.compile(rf"guestanswer:told:{_QUESTION}:(?P<member>[0-9]{{1,20}})")
_TYPED = re.compile(_OF)


def new(of: AskedOf) -> str:
    """Opens the form in which a question is asked."""
    return f"question:new:{written(of)}"


def form(of: AskedOf) -> str:
    """The form that `new` opens."""
    return f"question:form:{written(of)}"


def put(question_id: int) -> str:
    """A host put the question."""
    return f"question:put:{question_id}"


def back(question_id: int) -> str:
    """It was not put after all."""
    return f"question:back:{question_id}"


def withdraw(question_id: int) -> str:
    """Who asked takes it back."""
    return f"question:withdraw:{question_id}"


def choose(of: AskedOf) -> str:
    """A menu of questions, of which a host chooses those that were put."""
    return f"question:choose:{written(of)}"


def told(question_id: int, member_id: int) -> str:
    """Deletes the message that told the member of the answer, which is known by this, too."""
    return f"guestanswer:told:{question_id}:{member_id}"


def written(of: AskedOf) -> str:
    """Whom a question is for, as buttons and options carry it."""
    return f"g{of.guest_id}" if of.guest_id is not None else f"s{of.session_id}"


def meant(match: re.Match[str]) -> AskedOf:
    """Whom a custom_id means."""
    number = int(match["number"])
    return AskedOf(number) if match["of"] == "g" else AskedOf(session_id=number)


def typed(value: str) -> AskedOf | None:
    """Whom the value of an option means; None for what is none of those that are suggested."""
    match = _TYPED.fullmatch(value)
    return meant(match) if match else None
