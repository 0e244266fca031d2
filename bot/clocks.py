"""Where the time comes from (law 2): the system's clock, or the demo's movable one."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time, in whole seconds."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class MovableClock:
    """The machine's time, moved forward by the demo."""

    def __init__(self, moved: timedelta = timedelta()) -> None:
        """Start as far ahead as the demo was left."""
        self.moved = moved

    def now(self) -> datetime:
        """The present moment of the demo."""
        return datetime.now(UTC).replace(microsecond=0) + self.moved

    def move(self, seconds: int) -> datetime:
        """Move forward; returns the new present."""
        self.moved += timedelta(seconds=seconds)
        return self.now()
