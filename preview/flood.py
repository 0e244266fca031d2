"""Telegram's message rates: about 30 a second in all, 1 a second in a chat after a burst."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from preview.errors import TooManyRequestsError

__all__ = ["Flood"]


@dataclass(slots=True, kw_only=True)
class _Bucket:
    size: float
    rate: float
    level: float
    at: float

    def missing(self, now: float) -> float:
        """Give the seconds until one more message fits."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (1 - self.level) / self.rate)


@dataclass(slots=True, kw_only=True)
class Flood:
    """Buckets that refill; a message needs room in its chat's bucket and in the bot's."""

    overall: float = 30.0
    per_chat: float = 1.0
    burst: float = 20.0
    _buckets: dict[int, _Bucket] = field(default_factory=dict)

    def spend(self, chat_id: int) -> None:
        """Count one message; TooManyRequests when it does not fit."""
        now = time.monotonic()
        everyone = self._bucket(0, size=self.overall, rate=self.overall, now=now)
        one = self._bucket(chat_id, size=self.burst, rate=self.per_chat, now=now)
        wait = max(everyone.missing(now), one.missing(now))
        if wait > 0:
            raise TooManyRequestsError(math.ceil(wait))
        everyone.level -= 1
        one.level -= 1

    def _bucket(self, key: int, *, size: float, rate: float, now: float) -> _Bucket:
        if key not in self._buckets:
            self._buckets[key] = _Bucket(size=size, rate=rate, level=size, at=now)
        return self._buckets[key]
