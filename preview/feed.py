"""What happened, in order: the page follows it, and tests wait on it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

__all__ = ["Feed"]

KEPT = 5000


class Feed:
    """Numbered events; the newest one's `seq` tells how far the stand-in has come."""

    def __init__(self) -> None:
        """Begin empty."""
        self.seq = 0
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._bell = asyncio.Event()

    def tell(self, kind: str, **facts: Any) -> int:  # noqa: ANN401 - an event's JSON facts
        """Add an event and wake all waiters; returns its number."""
        self.seq += 1
        self._kept.append({"seq": self.seq, "type": kind, **facts})
        self._bell.set()
        self._bell = asyncio.Event()
        return self.seq

    def since(self, seq: int) -> list[dict[str, Any]]:
        """Give the events after this number."""
        return [event for event in self._kept if event["seq"] > seq]

    async def wait(self, *, timeout: float) -> bool:  # noqa: ASYNC109 - callers hold the deadline
        """Wait for the next event; False when none came in time."""
        try:
            await asyncio.wait_for(self._bell.wait(), timeout)
        except TimeoutError:
            return False
        return True
