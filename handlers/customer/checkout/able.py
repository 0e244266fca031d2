"""Which providers can take what is about to be bought, and what each would charge."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.core.money import Money
from shop.orders.limits import asked_of, limits_now
from shop.ports import PaymentProvider, limits_of, takes
from shop.storefront.plans import Basket

STARS_PROVIDER = "stars"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A provider that can take this payment, and what it would charge."""

    provider: str
    price_id: int
    amount: Money


def ways_for(providers: Mapping[str, PaymentProvider], one: Basket) -> list[Way]:
    """Providers that can take this, in the owner's order; Stars only the full price in Stars."""
    found = (_way(provider, one) for provider in providers.values())
    return [way for way in found if way is not None]


def _way(provider: PaymentProvider, one: Basket) -> Way | None:
    name = provider.name
    price = one.stars if name == STARS_PROVIDER else one.price
    if price is None or not takes(provider.currencies, price.amount.currency):
        return None
    whole, is_apart = price.amount, price.id != one.price.id
    if is_apart and one.due != one.price.amount:
        return None
    limits = limits_now(name, whole.currency, limits_of(provider), one.learned)
    asked = asked_of(whole, whole if is_apart else one.due, limits)
    return None if asked is None else Way(provider=name, price_id=price.id, amount=asked)
