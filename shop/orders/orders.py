"""What happens to any order, however it is paid."""

import secrets

from shop.books.books import Books
from shop.orders.order_records import Orders
from shop.ports import (
    Clock,
)


def new_reference() -> str:
    """Our name for one payment: 22 characters of [a-z0-9_], 95 bits, safe in any address."""
    alphabet = "abcdefghijkmnopqrstuvwxyz23456789"
    return "tk_" + "".join(secrets.choice(alphabet) for _ in range(19))


def expire_orders(books: Books, *, clock: Clock, most: int = 500) -> int:
    """Close orders nobody paid; money that still comes for them is honoured by the policy."""
    return books[Orders].expire(now=clock.now(), most=most)
