"""When a shop has come to rest: asked at a tick's end, so that nothing taken is overlooked."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.clock import Ticker
from bot.crew import Crew

_A_WHILE = 0.2  # seconds, after which whoever asks looks whether the shop still lives


class Rest:
    """Each question is answered by a tick that began after it, and wakes the clock for it."""

    def __init__(self, is_nothing_due: Callable[[], bool]) -> None:
        self._is_nothing_due = is_nothing_due
        self.asked = self.answered = 0
        self._wake: Callable[[], None] = lambda: None
        self._news = asyncio.Event()

    def ask(self) -> int:
        """Ask once more; `answered` reaches the number given once the shop was at rest."""
        self.asked += 1
        self._wake()
        return self.asked

    async def reaches(self, question: int) -> bool:
        """Whether it is answered within a while."""
        self._news.clear()
        with suppress(TimeoutError):
            while self.answered < question:
                await asyncio.wait_for(self._news.wait(), _A_WHILE)
                self._news.clear()
        return self.answered >= question

    def ticker(self, *parts: Any, **facts: Any) -> Ticker:  # noqa: ANN401 - as the Ticker's own
        """A Ticker that answers."""
        ticker = _WatchedTicker(*parts, **facts)
        ticker.rest, self._wake = self, facts["awake"].set
        return ticker

    def answer(self, question: int, crews: list[Crew]) -> None:
        """What was taken has hands, which rest when it is done; what was not is still due."""
        is_new = question > self.answered
        if is_new and all(crew.is_idle for crew in crews) and self._is_nothing_due():
            self.answered = question
            self._news.set()


class _WatchedTicker(Ticker):
    rest: Rest

    async def tick(self) -> None:
        question = self.rest.asked
        await super().tick()
        self.rest.answer(question, [one for one in vars(self).values() if isinstance(one, Crew)])
