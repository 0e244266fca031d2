"""What of a wallet may be used for an order: pure, so that no money is ever counted twice."""

from shop.core.money import Money


def usable(balance: Money, *, older: Money, own: Money, younger: Money) -> Money:
    """What the wallet can give to one order, for which it keeps `own`; never less than nothing.

    `older` and `younger` it keeps for other orders. Where staff or a bank took what was kept,
    the older claim goes first: of two pages one gives what it sold, not neither.
    """
    left = balance - older
    nothing = Money.zero(balance.currency)
    return max(left - younger, min(own, left), nothing)


def before(price: Money, *, short: Money, part: Money, counted: Money, free: Money) -> Money:
    """What of the price is here before new money comes.

    `short` came for this order as too little and went to the wallet, `part` the customer set aside
    for it, `counted` is what the page that is being paid was reckoned with, `free` is what the
    wallet can still give. What was spent meanwhile is not here.
    """
    wanted = max(short + part, counted)
    return max(min(wanted, free, price), Money.zero(price.currency))


def as_part(price: Money, *, here: Money) -> Money:
    """What of that counts as a part of the price; nothing when it is all, for that is no rest."""
    return here if here < price else Money.zero(price.currency)


def offered_part(price: Money, *, free: Money) -> Money:
    """How much a customer may set aside, so that something is left to pay another way."""
    is_part = 0 < free.minor < price.minor
    return free if is_part else Money.zero(price.currency)


def covers(price: Money, *, free: Money) -> bool:
    """Whether the wallet pays all of it."""
    return price <= free
