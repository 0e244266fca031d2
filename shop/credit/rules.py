"""What of a wallet may be used for an order: pure, so that no money is ever counted twice."""

from shop.core.money import Money


def usable(balance: Money, *, reserved_elsewhere: Money) -> Money:
    """What is there and not kept for another open order; never less than nothing."""
    return Money(max((balance - reserved_elsewhere).minor, 0), balance.currency)


def before(price: Money, *, short: Money, part: Money, free: Money) -> Money:
    """What of the price is here before new money comes.

    `short` came for this order as too little and went to the wallet, `part` the customer set aside
    for it, `free` is what the wallet can still give. What was spent meanwhile is not here.
    """
    wanted = (short + part).minor
    return Money(max(min(wanted, free.minor, price.minor), 0), price.currency)


def offered_part(price: Money, *, free: Money) -> Money:
    """How much a customer may set aside, so that something is left to pay another way."""
    is_part = 0 < free.minor < price.minor
    return free if is_part else Money.zero(price.currency)


def covers(price: Money, *, free: Money) -> bool:
    """Whether the wallet pays all of it."""
    return price <= free
