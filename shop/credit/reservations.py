"""What of an order's price is here before new money comes: sent too little, or set aside."""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.credit.records import Wallets
from shop.credit.rules import before, usable
from shop.ledger.journal_records import Journal
from shop.orders.payment_records import Payments


def paid_before(books: Books, customer_id: int, order_id: int, price: Money) -> Money:
    """What of the price is here already; nothing when it is all of it, for that is no rest."""
    found = came_before(books, customer_id, order_id, price)
    return found if found < price else Money.zero(price.currency)


def came_before(books: Books, customer_id: int, order_id: int, price: Money) -> Money:
    """What counts towards this price, if it still lies in the wallet."""
    short = books[Payments].short_before(order_id, price.currency)
    part = books[Wallets].part(order_id, price.currency)
    if short.is_zero and part.is_zero:
        return Money.zero(price.currency)
    free = free_for(books, customer_id, order_id, price.currency)
    return before(price, short=short, part=part, free=free)


def free_for(books: Books, customer_id: int, order_id: int, currency: str) -> Money:
    """What the wallet can give for this order; 0 stands for an order that is not there yet."""
    return usable(
        books[Journal].wallet(customer_id, currency),
        reserved_elsewhere=books[Wallets].reserved_elsewhere(
            customer_id, currency, order_id=order_id
        ),
    )


def reserve(books: Books, customer_id: int, order_id: int, money: Money, *, now: datetime) -> None:
    """Keep so much of the wallet for this order; the caller has claimed the customer."""
    books[Wallets].reserve(order_id, customer_id, money, now=now)
