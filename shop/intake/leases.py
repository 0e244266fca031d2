"""What a process had under way when it was killed is taken up by one that lives (decision 5)."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from shop.books.books import Books
from shop.books.queries import Sql
from shop.messaging.inbox_records import Inbox
from shop.messaging.outbox_records import Outbox
from shop.orders.payment_records import Payments
from shop.refunds.records import Refunds
from shop.renewals.records import Renewals


class _Leased(Protocol):
    """A table whose rows are taken for a while."""

    def holders(self, *, now: datetime, latest: datetime) -> set[int]: ...

    def release(self, holder: int, *, now: datetime) -> int: ...


_LEASED: tuple[Callable[[Sql], _Leased], ...] = (Outbox, Inbox, Payments, Refunds, Renewals)
_LONGEST = timedelta(minutes=3)  # no lease lasts longer, whosever clock it was written by


def lease_holders(books: Books, *, now: datetime) -> frozenset[int]:
    """Whose leases run: an effect, an update, a poll, a refund or a charge is in their hands."""
    found = (books[table].holders(now=now, latest=now + _LONGEST) for table in _LEASED)
    return frozenset[int]().union(*found)


def take_over(books: Books, gone: Iterable[int], *, now: datetime) -> int:
    """Make due at once what these had taken; returns how much that is.

    They must be known to be gone: what a living process holds would be done twice.
    """
    return sum(
        books[table].release(holder, now=now) for holder in sorted(gone) for table in _LEASED
    )
