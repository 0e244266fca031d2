"""Answers every door's one question: whether a token's holder may use the service (law 14)."""

from dataclasses import dataclass
from datetime import datetime

from shop.rules.lifecycle import may_use
from shop.storage.books import Books
from shop.storage.catalog import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A yes, with what media servers want to know; `until` is when to ask again at the latest."""

    subscription_id: int
    product: Product
    until: datetime


def may(books: Books, token: str, *, now: datetime) -> Access | None:
    """Access, or None for a no; an unknown token is a no like any other."""
    holder = books.accounts.holder(token)
    if holder is None or not may_use(holder.standing, now=now):
        return None
    return Access(
        subscription_id=holder.account.subscription_id,
        product=holder.product,
        until=holder.standing.access_until,
    )
