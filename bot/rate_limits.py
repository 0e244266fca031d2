"""Keeps to Telegram's limits: 30 messages a second overall, about one a second per chat."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

# Opts in to the form of durations that will be the library's only one.
os.environ.setdefault("PTB_TIMEDELTA", "1")
_OVERALL = 30
_BURST, _BURST_SECONDS = 3, 3.0  # one a second on average, but three parts of an answer at once
_MOST_CHATS = 10_000


class RateLimits(BaseRateLimiter[int]):
    """Paces calls that send messages; answers to taps and edits are not delayed."""

    def __init__(self) -> None:
        """Start empty; the limits are per process, and Telegram's 429 corrects them."""
        self._overall = AsyncLimiter(_OVERALL, 1)
        self._chats: dict[object, AsyncLimiter] = {}
        self._closed_until = 0.0

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(  # noqa: PLR0917 - the library's own signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - the library's own signature
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - whatever Telegram answered
        """Wait for a free slot, then call."""
        del rate_limit_args
        if endpoint.startswith(("send", "copy", "forward")) and endpoint != "sendChatAction":
            await self._wait(data.get("chat_id"))
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._closed_until = asyncio.get_running_loop().time() + seconds_of(error)
            raise

    async def _wait(self, chat: object) -> None:
        left = self._closed_until - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)
        if len(self._chats) > _MOST_CHATS:
            self._chats.clear()
        limiter = self._chats.setdefault(chat, AsyncLimiter(_BURST, _BURST_SECONDS))
        await limiter.acquire()
        await self._overall.acquire()


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
