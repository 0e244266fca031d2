"""What the owner wants to be sure of: when a webhook is believed, when a provider is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shop.rules.money import Money

_PROBES = (1, 2, 4, 8, 15)  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardPolicy:
    """`confirm_above` is by currency, in minor units: a webhook that tells of more is not believed
    until the provider was asked. `keep_days` is how long letters keep what they said, 0 for ever.
    After `failures` in a row a provider is hidden; an answer slower than `slow_seconds` is one.
    """  # noqa: D205 - the fields are the summary

    confirm_above: Mapping[str, int] = field(default_factory=dict)
    keep_days: int = 90
    failures: int = 5
    slow_seconds: int = 10

    def may_believe(self, money: Money) -> bool:
        """Whether a webhook alone may bring this much."""
        most = self.confirm_above.get(money.currency)
        return most is None or money.minor <= most


def probe_wait(tries: int) -> timedelta:
    """How long a hidden provider rests after so many tries that failed (from 0)."""
    return timedelta(minutes=_PROBES[min(tries, len(_PROBES) - 1)])
