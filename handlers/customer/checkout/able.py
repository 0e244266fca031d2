"""Which providers can take what is about to be bought, and what each would charge."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.catalog.products import STARS
from shop.catalog.records import Price
from shop.core.money import Money
from shop.orders.limits import asked_of, limits_now
from shop.ports import PaymentProvider, limits_of
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
    found = []
    for name, price in prices_by_way(providers, one).items():
        whole, own = price.amount, limits_of(providers[name])
        due = one.due if price.id == one.price.id else whole
        asked = asked_of(whole, due, limits_now(name, whole.currency, own, one.learned))
        if asked is not None:
            found.append(Way(provider=name, price_id=price.id, amount=asked))
    return found


def prices_by_way(providers: Mapping[str, PaymentProvider], one: Basket) -> dict[str, Price]:
    """The price that each provider could take, were it not for its limits."""
    found = {}
    for name, provider in providers.items():
        price = one.stars if name == STARS_PROVIDER else one.price
        if price is None or not _takes(provider, price.amount.currency):
            continue
        if price.id == one.price.id or one.due == one.price.amount:
            found[name] = price
    return found


def _takes(provider: PaymentProvider, currency: str) -> bool:
    if (currency == STARS) != (provider.name == STARS_PROVIDER):
        return False
    return provider.currencies is None or currency in provider.currencies
