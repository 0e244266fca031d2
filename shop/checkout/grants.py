"""Time that staff give away."""

from datetime import datetime

from shop.access.by_staff import refuse_second
from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded, add_time
from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.core.errors import BadInputError
from shop.core.intervals import Interval, Unit
from shop.customers.records import Customers
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.line_records import NewLine, OrderLines
from shop.orders.order_records import OrderKind, Orders
from shop.staff.audit_records import AuditLog

_MOST_DAYS = 3660


def grant(
    books: Books,
    staff_id: int,
    *,
    customer_id: int,
    slug: str,
    interval: Interval,
    tap: str = "",
    now: datetime,
) -> TimeAdded:
    """Give time for nothing: begins a subscription, or adds to the one that runs.

    `tap` names the button that asked for it: a second tap on the same one is refused.
    """
    added = _give(
        books,
        staff_id,
        customer_id=customer_id,
        slug=slug,
        interval=interval,
        named=0,
        tap=tap,
        now=now,
    )
    books[AuditLog].audit(
        staff_id,
        "grant",
        customer_id=customer_id,
        facts={"plan": slug, "term": interval.key},
        now=now,
    )
    return added


def extend(
    books: Books,
    staff_id: int,
    *,
    subscription_id: int,
    days: int,
    tap: str = "",
    now: datetime,
) -> TimeAdded:
    """Add days to a subscription; `tap` as in `grant`."""
    if not 1 <= days <= _MOST_DAYS:
        raise BadInputError(reason="Give a number of days from 1 to 3660.")
    subscription = books[Subscriptions].get(subscription_id)
    added = _give(
        books,
        staff_id,
        customer_id=subscription.customer_id,
        slug=subscription.product.slug,
        interval=Interval(count=days, unit=Unit.DAY),
        named=subscription_id,
        tap=tap,
        now=now,
    )
    books[AuditLog].audit(
        staff_id,
        "extend",
        customer_id=subscription.customer_id,
        facts={"subscription": subscription_id, "days": days},
        now=now,
    )
    return added


def _give(
    books: Books,
    staff_id: int,
    *,
    customer_id: int,
    slug: str,
    interval: Interval,
    named: int,
    tap: str,
    now: datetime,
) -> TimeAdded:
    customer = books[Customers].claim(customer_id)
    refuse_second(books, f"{staff_id}:grant:{customer_id}", tap)
    product = books[CatalogRecords].by_slug(slug)
    line = NewLine(product_id=product.id, interval=interval, price=None, lengthens=named or None)
    order, line_id = books[Orders].add_given(customer.id, line, kind=OrderKind.GRANT, now=now)
    live = books[Subscriptions].live(customer.id, product.id, named=named)
    added = add_time(
        books, customer, product, interval, live=live, line_id=line_id, is_trial=False, now=now
    )
    books[OrderLines].note_sold(line_id, subscription_id=added.subscription_id)
    told = tell_customer(
        customer,
        Notice.GIVEN,
        key=f"order:{order.id}",
        plan=slug,
        term=interval.key,
        until=int(added.span.ends_at.timestamp()),
        is_trial=False,
    )
    books[Outbox].add([told, *added.effects], now=now)
    return added
