"""How much a webhook may bring by its word alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shop.core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderClaimPolicy:
    """`confirm_above` is by currency, in minor units: more than that is asked about first."""

    confirm_above: Mapping[str, int] = field(default_factory=dict)

    def may_believe(self, money: Money) -> bool:
        """Whether a webhook alone may bring this much."""
        most = self.confirm_above.get(money.currency)
        return most is None or money.minor <= most
