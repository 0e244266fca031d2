"""Time that is given without being paid for: an order of its own, and what it lengthens."""

from dataclasses import dataclass
from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.access.subscriptions import TimeAdded, add_time
from shop.books.books import Books
from shop.catalog.records import Product
from shop.core.intervals import Interval
from shop.customers.records import Customer
from shop.orders.line_records import NewLine, OrderLines
from shop.orders.order_records import OrderKind, Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTime:
    """What was given; its effects are not queued yet."""

    order_id: int
    line_id: int
    added: TimeAdded


def give_time(
    books: Books,
    customer: Customer,
    product: Product,
    interval: Interval,
    *,
    named: int,
    now: datetime,
) -> GivenTime:
    """Lengthen the subscription of this number, else one that runs, or begin one.

    `named` is 0 where none is meant; the caller has claimed the customer.
    """
    line = NewLine(product_id=product.id, interval=interval, price=None, lengthens=named or None)
    order, line_id = books[Orders].add_given(customer.id, line, kind=OrderKind.GRANT, now=now)
    live = books[Subscriptions].live(customer.id, product.id, named=named)
    added = add_time(
        books, customer, product, interval, live=live, line_id=line_id, is_trial=False, now=now
    )
    books[OrderLines].note_sold(line_id, subscription_id=added.subscription_id)
    return GivenTime(order_id=order.id, line_id=line_id, added=added)
