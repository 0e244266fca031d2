"""What of an order's price is here before new money comes: sent too little, or set aside."""

from datetime import datetime

from shop.rules.money import Money
from shop.rules.wallet import before, usable
from shop.storage.books import Books
from shop.storage.journal import Journal
from shop.storage.payments import Payments
from shop.storage.wallets import Wallets


def came_before(books: Books, customer_id: int, order_id: int, price: Money) -> Money:
    """What counts towards this price, if it still lies in the wallet."""
    short = books[Payments].short_before(order_id, price.currency)
    part = books[Wallets].part(order_id, price.currency)
    if not short and not part:
        return Money.zero(price.currency)
    free = free_for(books, customer_id, order_id, price.currency)
    return before(price, short=short, part=part, free=free)


def free_for(books: Books, customer_id: int, order_id: int, currency: str) -> Money:
    """What the wallet can give for this order; 0 stands for an order that is not there yet."""
    return usable(
        books[Journal].wallet(customer_id, currency),
        kept_elsewhere=books[Wallets].kept_elsewhere(customer_id, currency, order_id=order_id),
    )


def set_aside(
    books: Books, customer_id: int, order_id: int, money: Money, *, now: datetime
) -> None:
    """Keep so much of the wallet for this order; the caller has claimed the customer."""
    books[Wallets].set_part(order_id, customer_id, money, now=now)
