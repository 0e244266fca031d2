"""Star subscriptions: Telegram charges them by itself every 30 days, and the books follow.

Every charge carries the payload of the first; each becomes an order and a payment of its own, at
the price that was agreed, for as long as the subscription runs: Telegram goes on charging that.
"""

from dataclasses import replace
from datetime import UTC, datetime

from shop.access.subscription_records import Subscription
from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.core.errors import NotFoundError
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.receipt_records import Receipts
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders
from shop.orders.orders import new_reference
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PaymentState
from shop.ports import Happening, PaymentEvent
from shop.renewals.jobs import MethodVerb
from shop.renewals.records import Renewals
from shop.renewals.saved_methods import method_effect
from shop.renewals.star_records import StarState, StarSubscription, StarSubscriptions

UNTIL = "subscribed_until"
"""The fact of an event that says it is one charge of a series, and until when it is paid."""
STANDINGS = frozenset({Happening.STOPPED, Happening.RESUMED, Happening.LAPSED})
_STATES = {
    Happening.STOPPED: (StarState.CANCELED, Notice.STARS_STOPPED),
    Happening.RESUMED: (StarState.ACTIVE, Notice.STARS_RESUMED),
    Happening.LAPSED: (StarState.FAILED, Notice.STARS_FAILED),
}
_CAME = frozenset({PaymentState.FINAL, PaymentState.REFUNDED, PaymentState.DISPUTED})


def is_later_charge(affairs: Affairs, event: PaymentEvent) -> bool:
    """Whether this is money of a series whose first payment came before."""
    return UNTIL in event.facts and affairs.payment_state in _CAME


def take_charge(
    books: Books, affairs: Affairs, event: PaymentEvent, *, policy: Policy, now: datetime
) -> str | None:
    """The reference of the payment that this charge is; None when exactly this money is known.

    It counts as paid in time however late we hear of it: Telegram took it when it was due.
    """
    if books[Receipts].receipt_named(affairs.provider, event.receipt_id) is not None:
        return None
    star = books[StarSubscriptions].of_payment(affairs.payment_id)
    if star is None:
        return (
            affairs.reference
        )  # the first payment was no subscription: this money was not asked for
    price = books[CatalogRecords].price(star.price_id)
    expires_at = max(event.occurred_at or now, now) + policy.order_lifetime
    line = NewLine.at(price, lengthens=star.subscription_id)
    asked = books[Orders].order_for_charge(star.customer_id, line, now=now, expires_at=expires_at)
    reference = new_reference()
    books[Payments].payment_for_charge(
        asked,
        reference=reference,
        provider=affairs.provider,
        due=price.amount,
        provider_ref=reference,
        now=now,
        expires_at=expires_at,
    )
    until = max(_until(event), star.expires_at)
    # A charge proves that it renews, whatever was heard in between.
    books[StarSubscriptions].note(
        star.payment_id, state=StarState.ACTIVE, is_stopped_here=False, expires_at=until
    )
    return reference


def note_first_charge(
    books: Books, affairs: Affairs, event: PaymentEvent, *, now: datetime
) -> None:
    """A series began; a card that renewed the same plan rests from now on."""
    if (
        UNTIL not in event.facts
        or books[StarSubscriptions].of_payment(affairs.payment_id) is not None
    ):
        return
    books[StarSubscriptions].begin(
        affairs.payment_id, charge_id=event.receipt_id, expires_at=_until(event), now=now
    )
    if affairs.subscription_id is not None:
        renewal = books[Renewals].of(affairs.subscription_id)
        if renewal is not None and renewal.is_on:
            books[Renewals].write(replace(renewal, is_on=False))


def note_standing(
    books: Books, customer: Customer, affairs: Affairs, event: PaymentEvent, *, now: datetime
) -> None:
    """Telegram says that a subscription stopped, goes on, or could not be charged."""
    star = books[StarSubscriptions].of_payment(affairs.payment_id)
    if star is None:
        return
    state, notice = _STATES[event.happening]
    if star.state is state:
        return
    books[StarSubscriptions].note(
        star.payment_id, state=state, is_stopped_here=False, expires_at=star.expires_at
    )
    told = tell_customer(
        customer,
        notice,
        key=event.event_id,
        plan=affairs.product.slug,
        term=affairs.term,
        until=int(star.expires_at.timestamp()),
        minor=affairs.whole.minor,
        currency=affairs.whole.currency,
        price_id=star.price_id,
    )
    books[Outbox].add([told], now=now)


def star_of(books: Books, subscription: Subscription, *, now: datetime) -> StarSubscription | None:
    """The Star subscription that pays for this while its time lasts, renewing or not."""
    return books[StarSubscriptions].running_for(subscription, now=now)


def steer(
    books: Books, payment_id: int, customer_id: int, *, is_stopped: bool, now: datetime
) -> bool:
    """Stop one's own subscription, or allow it to go on; Telegram is told after the commit.

    False when there is nothing to do. What we stopped we can only allow again: the person
    himself lets it go on, in Telegram's settings, and an update tells us.
    """
    books[Customers].claim(customer_id)
    star = books[StarSubscriptions].of_payment(payment_id)
    if star is None or star.customer_id != customer_id or star.expires_at <= now:
        raise NotFoundError(what="Star subscription", name=payment_id)
    if is_stopped == (not star.renews) and is_stopped == star.is_stopped_here:
        return False
    if not is_stopped and not star.is_stopped_here:
        return False  # stopped in Telegram itself: there is nothing for us to allow
    state = StarState.CANCELED if is_stopped else star.state
    books[StarSubscriptions].note(
        payment_id, state=state, is_stopped_here=is_stopped, expires_at=star.expires_at
    )
    verb = MethodVerb.STOP if is_stopped else MethodVerb.RESUME
    books[Outbox].add([method_effect(verb, payment_id, now=now)], now=now)
    return True


def _until(event: PaymentEvent) -> datetime:
    return datetime.fromtimestamp(int(event.facts[UNTIL]), UTC)
