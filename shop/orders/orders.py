"""What happens to any order, however it is paid."""

import secrets

from shop.books.books import Books
from shop.orders.order_records import Orders
from shop.ports import (
    Clock,
)

_OURS = "tk_"


def new_reference() -> str:
    """Our name for one payment: 22 characters of [a-z0-9_], 95 bits, safe in any address."""
    alphabet = "abcdefghijkmnopqrstuvwxyz23456789"
    return _OURS + "".join(secrets.choice(alphabet) for _ in range(19))


def is_of_our_form(reference: str) -> bool:
    """Whether a shop such as this one may have given this name, even if not this shop."""
    return reference.startswith(_OURS)


def expire_orders(books: Books, *, clock: Clock, most: int = 500) -> int:
    """Close orders nobody paid; money that still comes for them is honoured by the policy."""
    return books[Orders].expire(now=clock.now(), most=most)
