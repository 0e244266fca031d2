"""How long to wait before trying again, for each kind of work (laws 10 and 11)."""

import random
from datetime import timedelta

CONNECTOR_MINUTES = (1, 5, 15, 60)
_MESSAGE_FIRST_SECONDS = 2
_MESSAGE_MOST_SECONDS = 15 * 60
MESSAGE_TRIES = 12
_POLL_STEPS = ((10 * 60, 30), (60 * 60, 2 * 60), (24 * 3600, 15 * 60))
_POLL_LATER = 6 * 3600
POLL_FOR = timedelta(days=8)


def connector_wait(failures: int) -> timedelta | None:
    """The wait after this many failures of a connector (from 1), or None to give up."""
    if failures > len(CONNECTOR_MINUTES):
        return None
    return timedelta(minutes=CONNECTOR_MINUTES[failures - 1])


def message_wait(failures: int) -> timedelta | None:
    """The wait after this many failed sends (from 1), doubling with jitter, or None."""
    if failures >= MESSAGE_TRIES:
        return None
    seconds = min(_MESSAGE_FIRST_SECONDS * 2 ** (failures - 1), _MESSAGE_MOST_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - jitter


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


def refund_wait(age: timedelta) -> timedelta:
    """The wait before a provider is asked again about money it gives back.

    It never ends while the outcome is not known; an old one is asked about daily.
    """
    return poll_wait(age) or timedelta(days=1)
