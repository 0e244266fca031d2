"""Answers every door's one question: whether a token's holder may use the service (law 14)."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from shop.access.account_records import Accounts, Holder
from shop.access.credentials import decrypt
from shop.access.lifecycle import may_use
from shop.books.books import Books
from shop.catalog.records import Product
from shop.ports import Encryption


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A yes, with what media servers want to know; `until` is when to ask again at the latest."""

    subscription_id: int
    product: Product
    until: datetime


def may(books: Books, token: str, *, now: datetime) -> Access | None:
    """Access, or None for a no; an unknown token is a no like any other."""
    holder = books[Accounts].holder(token)
    return None if holder is None else _answer(holder, now=now)


def may_sign_in(
    books: Books,
    username: str,
    password: str,
    *,
    connector: str,
    encryption: Encryption,
    now: datetime,
) -> Access | None:
    """The same question asked with the credentials that this connector made."""
    for holder in books[Accounts].holders_named(username, connector=connector):
        if holder.account.encrypted is None:
            continue
        known = decrypt(holder.account.encrypted, encryption).password
        if hmac.compare_digest(known.encode(), password.encode()):
            return _answer(holder, now=now)
    return None


def _answer(holder: Holder, *, now: datetime) -> Access | None:
    if not may_use(holder.standing, now=now):
        return None
    return Access(
        subscription_id=holder.account.subscription_id,
        product=holder.product,
        until=holder.standing.access_until,
    )
