"""What members and hosts say of answers. Everything that is named is checked against the server that names it."""

from __future__ import annotations

from dataclasses import replace

from companion.community.hosts import Host
from companion.community.questions import GoneQuestionError
from companion.storage import questions, thumbs, verdicts
from companion.storage.engine import Database
from companion.storage.errors import CompanionError
from companion.storage.questions import Question
from companion.storage.thumbs import Reason
from companion.storage.verdicts import Verdict


class NoAnswerError(CompanionError):
    """A message that answers no question."""

    def __init__(self) -> None:
        super().__init__("This message is none of my answers: choose one that I gave to a question.")


class NoThumbDownError(CompanionError):
    """A reason for a thumb that is not down."""

    def __init__(self) -> None:
        super().__init__("You took your 👎 back, so there is nothing to explain. Press 👎 again to say what is wrong.")


class Feedback:
    """Thumbs and verdicts, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def thumb(self, guild_id: int | None, question_id: int, member_id: int, *, up: bool) -> bool | None:
        """Gives the member's thumb, or takes it back where they gave the same before; returns what stands then.

        Raises `GoneQuestionError`.
        """
        async with self._database.write() as connection:
            of_server(await questions.get(connection, question_id), guild_id)
            return await thumbs.press(connection, question_id, member_id, up, self._database.clock.now())

    async def explain(self, guild_id: int | None, question_id: int, member_id: int, reason: Reason) -> None:
        """Says why the member's thumb is down. Raises `GoneQuestionError` and `NoThumbDownError`."""
        async with self._database.write() as connection:
            of_server(await questions.get(connection, question_id), guild_id)
            if not await thumbs.explain(connection, question_id, member_id, reason):
                raise NoThumbDownError

    async def shown_by(self, guild_id: int | None, message_id: int) -> Question:
        """The question that a message answers. Raises `NoAnswerError`."""
        async with self._database.read() as connection:
            question = await questions.shown_by(connection, guild_id or 0, message_id)
        if question is None:
            raise NoAnswerError
        return question

    async def judge(self, host: Host, question_id: int, verdict: Verdict) -> Question:
        """Gives a host's verdict, or takes it back where it stands already; returns the question as it is then.

        Raises `GoneQuestionError`.
        """
        now = self._database.clock.now()
        async with self._database.write() as connection:
            question = of_server(await questions.get(connection, question_id), host.guild_id)
            stands = await verdicts.judge(connection, question_id, host.member_id, verdict, now)
        if stands is None:
            return replace(question, verdict=None, judged_by=None, judged_at=None)
        return replace(question, verdict=stands.value, judged_by=host.member_id, judged_at=now)


def of_server(question: Question | None, guild_id: int | None) -> Question:
    """The question, if it is this server's. Raises `GoneQuestionError` for any other, and for none."""
    if question is None or question.guild_id != guild_id:
        raise GoneQuestionError
    return question
