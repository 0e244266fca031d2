"""Time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class HandClock:
    """A clock moved by hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> datetime:
        """Go forward, as `timedelta` is told: days=1, seconds=30."""
        self._now += timedelta(**by)
        return self._now
