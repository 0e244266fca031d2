"""Times cross into the books as whole seconds since 1970 UTC, and back as aware datetimes."""

from datetime import UTC, datetime


def seconds(moment: datetime) -> int:
    """The stored form of an aware moment."""
    return int(moment.timestamp())


def maybe_seconds(moment: datetime | None) -> int | None:
    """The stored form, or None."""
    return None if moment is None else int(moment.timestamp())


def moment(stored: int) -> datetime:
    """The moment, aware, UTC."""
    return datetime.fromtimestamp(stored, UTC)


def maybe_moment(stored: int | None) -> datetime | None:
    """The moment, or None."""
    return None if stored is None else datetime.fromtimestamp(stored, UTC)
