"""Whether anything is due, asked wing by wing."""

from dataclasses import dataclass
from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.messaging.inbox_records import Inbox
from shop.messaging.outbox_records import Outbox
from shop.orders.health_records import ProviderHealthRecords
from shop.orders.order_records import Orders
from shop.orders.payment_records import Payments
from shop.refunds.records import Refunds
from shop.renewals.records import Renewals


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due now; read before any write, so that an idle shop writes nothing."""

    effects: bool
    reminders: bool
    orders: bool
    polls: bool
    renewals: bool
    inbox_events: bool
    trials: bool
    refunds: bool


def is_due(books: Books, *, now: datetime) -> Due:
    """Read the first row of each queue."""
    return Due(
        effects=_is_past(books[Outbox].next_due(), now),
        reminders=_is_past(books[Subscriptions].next_reminder(), now),
        orders=_is_past(books[Orders].next_expiry(), now),
        polls=_is_past(books[Payments].next_poll(), now),
        renewals=_is_past(books[Renewals].next_due(), now),
        inbox_events=_is_past(books[Inbox].next_due(), now),
        trials=_is_past(books[ProviderHealthRecords].next_try(), now),
        refunds=_is_past(books[Refunds].next_question(), now),
    )


def _is_past(due: datetime | None, now: datetime) -> bool:
    return due is not None and due <= now
