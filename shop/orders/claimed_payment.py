"""A claimed payment and what is said of it: what settlement, refunds and renewals share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shop.books.books import Books
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.orders.payment_records import Affairs
from shop.ports import PaymentEvent

A_co = TypeVar("A_co", bound=Affairs, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPayment(Generic[A_co]):
    """A payment as this transaction found it; the claim (law 6) holds it so until the commit.

    With it goes what every use case needs besides: the books, the owner's policy and the time.
    """

    books: Books
    customer: Customer
    affairs: A_co
    policy: Policy
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUpdate(ClaimedPayment[A_co], Generic[A_co]):
    """The same with what its provider says of it."""

    event: PaymentEvent

    @property
    def said_at(self) -> datetime | None:
        """When its provider says that it happened: never later than now, for nobody knows more."""
        at = self.event.occurred_at
        return None if at is None else min(at, self.now)
