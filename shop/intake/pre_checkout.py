"""Whether a payment may still be paid: Telegram asks just before the money moves."""

from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.credit.reservations import came_before
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import OPEN_PAYMENTS, OrderState
from shop.renewals.star_records import StarSubscriptions
from shop.screening.rules import FraudPolicy
from shop.screening.screening import is_turned_away


def may_pay(books: Books, reference: str, money: Money, *, policy: Policy, now: datetime) -> bool:
    """Whether Telegram may take this money now (pre-checkout): the order waits for just this."""
    payment = books[Payments].by_reference(reference)
    if payment is None or payment.due != money:
        return False
    star = books[StarSubscriptions].of_payment(payment.id)
    if star is not None and star.renews:
        # Should Telegram ever ask before a later charge [?]: the sum is the agreed one.
        return True
    if now >= payment.expires_at or is_turned_away(
        books, payment.customer_id, policy=policy[FraudPolicy]
    ):
        return False
    affairs = books[Payments].affairs(reference)
    about = affairs.subscription_id
    if about is not None and books[Subscriptions].get(about).standing.is_frozen:
        return False
    # One that was paid another way, or that a person decides about, waits for nothing.
    is_awaited = affairs.order_state is OrderState.OPEN and payment.state in OPEN_PAYMENTS
    return is_awaited and _is_enough(books, payment, now=now)


def _is_enough(books: Books, payment: Payment, *, now: datetime) -> bool:
    """Whether what the page counts on lies in the wallet still: staff or a bank may take it."""
    counted = payment.whole - payment.due
    if counted.is_zero:
        return True
    customer, order = payment.customer_id, payment.order_id
    return counted <= came_before(books, customer, order, payment.whole, counted=counted, now=now)
