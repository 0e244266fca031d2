"""Holds updates until the bot confirms them, and serves polling."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preview.errors import ConflictError

if TYPE_CHECKING:
    from preview.clock import Clock

__all__ = ["DAY", "Pending", "Updates"]

DAY = 86_400
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One update; a webhook gets those with the same `queue` strictly in order."""

    body: dict[str, Any]
    queue: str
    until: float

    @property
    def id(self) -> int:
        """The update's number."""
        return int(self.body["update_id"])


class Updates:
    """The bot's inbox at Telegram. Update ids begin at the Unix time, so that a shop which
    remembers the updates it has seen is not confused by a stand-in that was started anew.
    """  # noqa: D205 - one sentence more than a line

    def __init__(self, clock: Clock) -> None:
        """Begin empty."""
        self.waiting: list[Pending] = []
        self.sent: dict[int, dict[str, Any]] = {}
        self.allowed: list[str] = []
        self.webhook_set = False
        self.closing = False
        self.last_poll = 0.0
        self._clock = clock
        self._next = int(time.time())
        self._bell = asyncio.Event()
        self._poller: asyncio.Event | None = None

    def add(self, kind: str, body: dict[str, Any], *, queue: str, seconds: float = DAY) -> int:
        """Queue an update of this kind for this many seconds; returns its id."""
        self._next += 1
        update = {"update_id": self._next, kind: body}
        if self._wanted(kind):
            self._queue(update, queue=queue, seconds=seconds)
        return self._next

    def again(self, update_id: int) -> bool:
        """Queue a delivered update again, with the same id."""
        update = self.sent.get(update_id)
        if update is None:
            return False
        self._queue(update, queue=f"again:{update_id}", seconds=DAY)
        return True

    def take(self, pending: Pending) -> None:
        """Remove an update that the bot has taken."""
        if pending in self.waiting:
            self.waiting.remove(pending)

    def fresh(self) -> list[Pending]:
        """Give the waiting updates, without the expired ones."""
        now = self._clock.now().timestamp()
        self.waiting = [pending for pending in self.waiting if pending.until > now]
        return self.waiting

    def drop(self) -> None:
        """Drop all waiting updates."""
        self.waiting.clear()

    def polled(self) -> bool:
        """Say whether a bot is fetching updates at present."""
        return self._poller is not None or time.monotonic() - self.last_poll < 1

    async def news(self, *, timeout: float) -> None:  # noqa: ASYNC109 - a plain upper bound
        """Wait until something is queued, or the time is up."""
        with contextlib.suppress(TimeoutError):
            # Not wait_for: in Python 3.11 it loses a cancellation when the event is set just then.
            async with asyncio.timeout(timeout):
                await self._bell.wait()

    async def poll(self, *, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Answer getUpdates: an offset confirms earlier updates; a new poll ends an older one."""
        if self.webhook_set:
            msg = (
                "can't use getUpdates method while webhook is active;"
                " use deleteWebhook to delete the webhook first"
            )
            raise ConflictError(msg)
        if self._poller is not None:
            self._poller.set()
        mine = self._poller = asyncio.Event()
        try:
            self._confirm(offset)
            return await self._collect(mine, limit=limit, deadline=time.monotonic() + seconds)
        finally:
            self.last_poll = time.monotonic()
            if self._poller is mine:
                self._poller = None

    async def _collect(
        self, ended: asyncio.Event, *, limit: int, deadline: float
    ) -> list[dict[str, Any]]:
        while True:
            ready = [pending.body for pending in self.fresh()[:limit]]
            left = deadline - time.monotonic()
            if ready or left <= 0 or self.closing:
                return ready
            waits = [asyncio.create_task(one.wait()) for one in (self._bell, ended)]
            await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            if ended.is_set() and not self.closing:
                by = "setWebhook" if self.webhook_set else "other getUpdates"
                hint = (
                    "" if self.webhook_set else "; make sure that only one bot instance is running"
                )
                msg = f"terminated by {by} request{hint}"
                raise ConflictError(msg)

    def close(self) -> None:
        """End a waiting poll with an empty answer: the stand-in is stopping."""
        self.closing = True
        self.end_poll()

    def end_poll(self) -> None:
        """End a waiting poll with an error: a webhook was set."""
        if self._poller is not None:
            self._poller.set()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.waiting = [pending for pending in self.waiting if pending.id >= offset]

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT

    def _queue(self, update: dict[str, Any], *, queue: str, seconds: float) -> None:
        self.sent[update["update_id"]] = update
        until = self._clock.now().timestamp() + seconds
        self.waiting.append(Pending(body=update, queue=queue, until=until))
        self._bell.set()
        self._bell = asyncio.Event()
