"""Gives paid time again that had been taken with its money, once the money is here again."""

from datetime import datetime, timedelta

from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.core.intervals import Interval, Unit
from shop.customers.records import Customer
from shop.messaging.outbox_records import Effect
from shop.orders.given_time import give_time
from shop.refunds.line_records import RefundLines
from shop.refunds.records import Refund

_DAY = int(timedelta(days=1).total_seconds())


def restore_time(
    books: Books, customer: Customer, refund: Refund, *, now: datetime
) -> list[Effect]:
    """As much as this refund took of each line; of a day begun the customer has all of it.

    It lengthens what runs, or begins anew: an account that was given up is not made alive again.
    """
    effects = list[Effect]()
    for taken in books[RefundLines].time_revoked(refund.id):
        days = -(-taken.seconds // _DAY)
        given = give_time(
            books,
            customer,
            books[Subscriptions].get(taken.subscription_id).product,
            Interval(count=days, unit=Unit.DAY),
            named=taken.subscription_id,
            now=now,
        )
        books[RefundLines].note_restored(refund.id, taken.line_id, by=given.line_id)
        effects += given.added.effects
    return effects
