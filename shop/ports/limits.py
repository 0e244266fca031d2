"""How little and how much one payment by a way to pay may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from shop.core.money import Money
from shop.ports.payments import PaymentProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From `least` to `most` minor units of one currency; `most` None says nothing."""

    least: int = 1
    most: int | None = None

    def take(self, money: Money) -> bool:
        """Whether one payment may be this much."""
        return self.least <= money.minor and (self.most is None or money.minor <= self.most)

    def within(self, other: "Limits") -> "Limits":
        """What holds where both hold."""
        mosts = [most for most in (self.most, other.most) if most is not None]
        return Limits(least=max(self.least, other.least), most=min(mosts, default=None))


NO_LIMITS = Limits()


def limits_of(provider: PaymentProvider) -> Mapping[str, Limits]:
    """What a provider says of itself, by currency; nothing where it says nothing."""
    return cast("Mapping[str, Limits]", getattr(provider, "limits", {}))
