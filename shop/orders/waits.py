"""How long to wait before a provider is asked again about a payment, and for what was seen."""

from datetime import datetime, timedelta

_POLL_STEPS = ((10 * 60, 30), (60 * 60, 2 * 60), (24 * 3600, 15 * 60))
_POLL_LATER = 6 * 3600
POLL_FOR = timedelta(days=8)
SEEN_FOR = timedelta(days=7)
"""How long what a provider sees may stay without its last word, where it names no bound."""
NEWS_FOR = timedelta(minutes=10)
"""How long after a page has closed the news that it was paid in time may be on its way."""
SILENT_FOR = timedelta(days=2)
"""How much longer, where nobody answers at all (law 11)."""


def poll_wait(age: timedelta) -> timedelta | None:
    """How long to wait before asking a provider again about a payment of this age.

    None when the payment is too old to ask about: a late webhook may still settle it.
    """
    if age > POLL_FOR:
        return None
    for until, wait in _POLL_STEPS:
        if age.total_seconds() < until:
            return timedelta(seconds=wait)
    return timedelta(seconds=_POLL_LATER)


def seen_wait(age: timedelta, *, left: timedelta) -> timedelta:
    """How long to wait before asking again about what was seen; `left` until its bound.

    It is asked about when its bound comes, however old it is, and for a while after that.
    """
    wait = poll_wait(age) or timedelta(seconds=_POLL_LATER)
    return min(wait, left) if left > timedelta(0) else wait


def is_seen_too_long(until: datetime, *, now: datetime, is_silent: bool) -> bool:
    """Whether what was seen ends: at its bound, or later where nobody answers (law 11)."""
    return now >= (until + SILENT_FOR if is_silent else until)
