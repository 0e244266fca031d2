"""When a payment provider is hidden, and how long it rests before it is tried again."""

from dataclasses import dataclass
from datetime import timedelta

_PROBES = (1, 2, 4, 8, 15)  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPolicy:
    """After `failures` in a row a provider is hidden; an answer after `slow_seconds` is one."""

    failures: int = 5
    slow_seconds: int = 10


def probe_wait(tries: int) -> timedelta:
    """How long a hidden provider rests after so many tries that failed (from 0)."""
    return timedelta(minutes=_PROBES[min(tries, len(_PROBES) - 1)])
