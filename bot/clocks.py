"""Where the time comes from (law 2): the system's clock, or the demo's that can be moved."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time, in whole seconds."""

    def now(self) -> datetime:
        """The present moment: aware, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class MovableClock:
    """The machine's time moved forward by as much as the demo was asked to."""

    def __init__(self, moved: timedelta = timedelta()) -> None:
        """Begin as far ahead as the demo was left."""
        self.moved = moved

    def now(self) -> datetime:
        """The present moment of the demo."""
        return datetime.now(UTC).replace(microsecond=0) + self.moved

    def move(self, seconds: int) -> datetime:
        """Go forward; returns the new present."""
        self.moved += timedelta(seconds=seconds)
        return self.now()
