"""Time that staff give away."""

from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded
from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.checkout.acts import Extend, Grant
from shop.checkout.notices import Given
from shop.core.errors import BadInputError
from shop.core.intervals import Interval, Unit
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.given_time import give_time
from shop.staff.acts import ByStaff

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
    by = ByStaff(books=books, staff_id=staff_id, now=now, tap=tap)
    added = _give(by, customer_id=customer_id, slug=slug, interval=interval, named=0)
    by.note(Grant(plan=slug, interval=interval), customer_id=customer_id)
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
    by = ByStaff(books=books, staff_id=staff_id, now=now, tap=tap)
    customer_id = subscription.customer_id
    added = _give(
        by,
        customer_id=customer_id,
        slug=subscription.product.slug,
        interval=Interval(count=days, unit=Unit.DAY),
        named=subscription_id,
    )
    by.note(Extend(subscription=subscription_id, days=days), customer_id=customer_id)
    return added


def _give(
    by: ByStaff, *, customer_id: int, slug: str, interval: Interval, named: int
) -> TimeAdded:
    books, now = by.books, by.now
    customer = books[Customers].claim(customer_id)
    by.refuse_second(Grant, customer_id)
    product = books[CatalogRecords].by_slug(slug)
    given = give_time(books, customer, product, interval, named=named, now=now)
    added = given.added
    told = tell_customer(
        customer,
        Given(plan=slug, interval=interval, until=added.span.ends_at, is_trial=False),
        key=f"order:{given.order_id}",
    )
    books[Outbox].add([told, *added.effects], now=now)
    return added
