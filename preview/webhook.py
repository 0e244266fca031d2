"""Delivers updates to the bot's webhook as Telegram does: in order, with retries."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from preview.clock import Clock
    from preview.updates import Pending, Updates

__all__ = ["Courier", "Webhook"]

LONGEST_PAUSE = 60
MAX_RETRY_AFTER = 3600
Reply = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where updates go, and the last error."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error: str = ""

    def info(self, *, pending: int, allowed: list[str]) -> dict[str, Any]:
        """Give the WebhookInfo object."""
        facts: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
        }
        if self.url:
            facts |= {"max_connections": self.max_connections, "ip_address": "127.0.0.1"}
        if self.last_error:
            facts |= {
                "last_error_date": self.last_error_date,
                "last_error_message": self.last_error,
            }
        return facts | ({"allowed_updates": allowed} if allowed else {})


@dataclass(slots=True, kw_only=True)
class Courier:
    """Delivers each queue in order, the queues in parallel."""

    updates: Updates
    clock: Clock
    reply: Reply
    unit: float = 1.0
    webhook: Webhook | None = None
    _lines: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _post: asyncio.Task[None] | None = None

    def start(self, webhook: Webhook) -> None:
        """Start delivering to this webhook."""
        self.webhook = webhook
        self._post = asyncio.create_task(self._sort(webhook))

    async def stop(self) -> None:
        """Stop delivering; undelivered updates keep waiting."""
        self.webhook = None
        tasks = [*self._lines.values(), *([self._post] if self._post else [])]
        self._lines.clear()
        self._post = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _sort(self, webhook: Webhook) -> None:
        slots = asyncio.Semaphore(webhook.max_connections)
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            while True:
                for queue in dict.fromkeys(one.queue for one in self.updates.fresh()):
                    line = self._lines.get(queue)
                    if line is None or line.done():
                        work = self._run(client, webhook, queue=queue, slots=slots)
                        self._lines[queue] = asyncio.create_task(work)
                await self.updates.news(timeout=self.unit)

    async def _run(
        self, client: httpx.AsyncClient, webhook: Webhook, *, queue: str, slots: asyncio.Semaphore
    ) -> None:
        failures = 0
        while True:
            line = [pending for pending in self.updates.fresh() if pending.queue == queue]
            if not line:
                return
            async with slots:
                pause = await self._deliver(client, webhook, line[0])
            if pause is None:
                self.updates.take(line[0])
                failures = 0
                continue
            failures += 1
            await asyncio.sleep(max(pause, self._backoff(failures)))

    def _backoff(self, failures: int) -> float:
        if failures == 1:
            return 0.0
        longest = random.uniform(LONGEST_PAUSE, 2 * LONGEST_PAUSE)  # noqa: S311 - jitter only
        return min(2.0 ** (failures - 1), longest) * self.unit

    async def _deliver(
        self, client: httpx.AsyncClient, webhook: Webhook, pending: Pending
    ) -> float | None:
        """Send one update; None when the bot took it, else the minimum pause in seconds."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            answer = await client.post(webhook.url, json=pending.body, headers=headers)
        except httpx.TimeoutException:
            return self._note(webhook, "Read timeout expired")
        except httpx.ConnectError:
            return self._note(webhook, "Connection refused")
        except httpx.HTTPError as wrong:
            return self._note(webhook, f"Connection failed: {type(wrong).__name__}")
        if not answer.is_success:
            reason = f"{answer.status_code} {answer.reason_phrase}"
            self._note(webhook, f"Wrong response from the webhook: {reason}")
            asked = answer.headers.get("retry-after", "")
            return float(min(int(asked), MAX_RETRY_AFTER)) if asked.isdecimal() else 0.0
        await self._take_reply(answer)
        return None

    async def _take_reply(self, answer: httpx.Response) -> None:
        try:
            call = answer.json()
        except ValueError:
            return
        if isinstance(call, dict) and not str(call.get("method", "get")).lower().startswith("get"):
            await self.reply(call)

    def _note(self, webhook: Webhook, error: str) -> float:
        webhook.last_error = error
        webhook.last_error_date = self.clock.unix()
        return 0.0
