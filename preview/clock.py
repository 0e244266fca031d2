"""The stand-in's own time: real time plus what the page has skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


class Clock:
    """Real time moved forward; all message dates and periods come from it."""

    def __init__(self) -> None:
        """Begin at the real time."""
        self.skipped = timedelta()

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        return datetime.now(UTC) + self.skipped

    def unix(self) -> int:
        """Give the present moment the way Telegram writes dates."""
        return int(self.now().timestamp())

    def move(self, seconds: float) -> None:
        """Skip ahead; a negative value undoes a move that the shop did not follow."""
        self.skipped += timedelta(seconds=seconds)

    def follow(self, moment: datetime) -> None:
        """Adopt the shop's time, so that both sides date things alike."""
        self.skipped = moment - datetime.now(UTC)
