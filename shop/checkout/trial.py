"""The one trial a customer may take."""

from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded, add_time
from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.checkout.notices import Given
from shop.checkout.payment import NotOfferedError
from shop.core.errors import ShopError
from shop.core.intervals import Interval, Unit
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.line_records import NewLine, OrderLines
from shop.orders.order_records import OrderKind, Orders
from shop.screening.rules import FraudPolicy
from shop.screening.screening import refuse_at_door


class TrialUsedError(ShopError):
    """The trial has been used already."""


class NoTrialError(ShopError):
    """This plan has no trial."""


def start_trial(
    books: Books, customer_id: int, slug: str, *, policy: Policy, now: datetime
) -> TimeAdded:
    """Give the trial of a plan, once a person."""
    customer = books[Customers].claim(customer_id)
    refuse_at_door(books, customer, policy=policy[FraudPolicy], now=now, is_trial=True)
    product = books[CatalogRecords].by_slug(slug)
    if not product.is_offered:
        raise NotOfferedError
    if not product.trial_days:
        raise NoTrialError
    live = books[Subscriptions].live(customer.id, product.id)
    if live is not None or not books[Subscriptions].take_trial(customer.id, product.id, now=now):
        raise TrialUsedError
    interval = Interval(count=product.trial_days, unit=Unit.DAY)
    line = NewLine(product_id=product.id, interval=interval, price=None)
    order, line_id = books[Orders].add_given(customer.id, line, kind=OrderKind.TRIAL, now=now)
    added = add_time(
        books, customer, product, interval, live=None, line_id=line_id, is_trial=True, now=now
    )
    books[OrderLines].note_sold(line_id, subscription_id=added.subscription_id)
    told = tell_customer(
        customer,
        Given(plan=product.slug, interval=interval, until=added.span.ends_at, is_trial=True),
        key=f"order:{order.id}",
    )
    books[Outbox].add([told, *added.effects], now=now)
    return added
