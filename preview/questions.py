"""Questions the bot must answer in time: pressed buttons and pre-checkout queries."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from preview.errors import refuse

__all__ = ["Question", "Questions"]


@dataclass(slots=True, kw_only=True)
class Question:
    """One open question; `answer` is what the bot said."""

    until: float
    answer: asyncio.Future[dict[str, Any]]

    async def wait(self, seconds: float) -> dict[str, Any] | None:
        """Wait for the bot's answer; None when it did not come in time."""
        try:
            return await asyncio.wait_for(asyncio.shield(self.answer), seconds)
        except TimeoutError:
            return None


@dataclass(slots=True)
class Questions:
    """Open questions by id; each is answered once, and times out in real time."""

    open: dict[str, Question] = field(default_factory=dict)

    def ask(self, question_id: str, *, seconds: float) -> Question:
        """Open a question for this many seconds."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.open[question_id] = Question(until=time.monotonic() + seconds, answer=future)
        return self.open[question_id]

    def answer(self, question_id: str, said: dict[str, Any]) -> None:
        """Take the bot's answer; BadRequest when it is too late."""
        question = self.open.pop(question_id, None)
        if question is None or question.until < time.monotonic():
            refuse("query is too old and response timeout expired or query ID is invalid")
        question.answer.set_result(said)
