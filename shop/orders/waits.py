"""How long to wait before a provider is asked again about a payment."""

from datetime import timedelta

_POLL_STEPS = ((10 * 60, 30), (60 * 60, 2 * 60), (24 * 3600, 15 * 60))
_POLL_LATER = 6 * 3600
POLL_FOR = timedelta(days=8)


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
