"""Telegram's limits are kept before Telegram has to say so."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.rate_limits import RateLimits


class Line:
    """Counts what reaches Telegram, and when."""

    def __init__(self) -> None:
        self.rate_limits = RateLimits()
        self.began = asyncio.get_running_loop().time()
        self.sent: list[float] = []

    async def send(self, chat: int, endpoint: str = "sendMessage") -> None:
        async def call() -> None:
            self.sent.append(asyncio.get_running_loop().time() - self.began)

        await self.rate_limits.process_request(call, (), {}, endpoint, {"chat_id": chat}, None)


async def test_one_chat_gets_three_at_once_and_then_about_one_a_second() -> None:
    line = Line()
    await asyncio.gather(*(line.send(1) for _ in range(4)))
    assert sum(at < 0.5 for at in line.sent) == 3
    assert line.sent[3] >= 0.9


async def test_all_chats_together_get_no_more_than_thirty_at_once() -> None:
    line = Line()
    tasks = [asyncio.create_task(line.send(chat)) for chat in range(40)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(line.sent) <= 31
    await asyncio.gather(*tasks)


async def test_answers_to_taps_and_edits_do_not_wait() -> None:
    line = Line()
    await asyncio.gather(*(line.send(1, "editMessageText") for _ in range(50)))
    assert len(line.sent) == 50


async def test_when_telegram_asks_to_wait_everybody_waits() -> None:
    line = Line()

    async def refused() -> Any:  # noqa: ANN401 - it never answers
        raise RetryAfter(timedelta(seconds=1))

    with pytest.raises(RetryAfter):
        await line.rate_limits.process_request(
            refused, (), {}, "sendMessage", {"chat_id": 1}, None
        )
    await line.send(2)
    assert line.sent[0] >= 0.9
