"""Whether a payment may still be paid: Telegram asks just before the money moves."""

from datetime import datetime

from shop.access.subscription_records import Subscriptions
from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.orders.payment_records import Payments
from shop.orders.states import OPEN_PAYMENTS
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
    if now >= payment.expires_at:
        return False
    if is_turned_away(books, payment.customer_id, policy=policy[FraudPolicy]):
        return False
    about = books[Payments].affairs(reference).subscription_id
    if about is not None and books[Subscriptions].get(about).standing.is_frozen:
        return False
    return payment.state in OPEN_PAYMENTS
