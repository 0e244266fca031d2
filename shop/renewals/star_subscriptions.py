"""Star subscriptions: Telegram charges them by itself every 30 days, and the books follow.

Every charge carries the payload of the first; each becomes an order and a payment of its own, at
the price that was agreed, for as long as the subscription runs: Telegram goes on charging that.
"""

from dataclasses import replace
from datetime import datetime

from shop.access.subscription_records import Subscription
from shop.books.books import Books
from shop.catalog.records import CatalogRecords
from shop.core.errors import NotFoundError
from shop.customers.records import Customers
from shop.ledger.receipt_records import Receipts
from shop.messaging.notices import CustomerNotice, tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders
from shop.orders.orders import new_reference
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PaymentState
from shop.ports import Happening, PaymentEvent, SeriesFacts
from shop.renewals.jobs import MethodVerb
from shop.renewals.notices import StarsFailed, StarsResumed, StarsStopped
from shop.renewals.records import Renewals
from shop.renewals.saved_methods import method_effect
from shop.renewals.star_records import StarState, StarSubscription, StarSubscriptions

STANDINGS = frozenset({Happening.STOPPED, Happening.RESUMED, Happening.LAPSED})
_STATES = {
    Happening.STOPPED: StarState.CANCELED,
    Happening.RESUMED: StarState.ACTIVE,
    Happening.LAPSED: StarState.FAILED,
}
_CAME = frozenset({PaymentState.FINAL, PaymentState.REFUNDED, PaymentState.DISPUTED})


def is_later_charge(affairs: Affairs, event: PaymentEvent) -> bool:
    """Whether this is money of a series whose first payment came before."""
    return isinstance(event.detail, SeriesFacts) and affairs.payment_state in _CAME


def take_charge(update: PaymentUpdate[Affairs]) -> str | None:
    """The reference of the payment that this charge is; None when exactly this money is known.

    It counts as paid in time however late we hear of it: Telegram took it when it was due.
    """
    books, affairs, event, now = update.books, update.affairs, update.event, update.now
    series = event.detail
    assert isinstance(series, SeriesFacts)  # noqa: S101 - `is_later_charge` looked
    if books[Receipts].receipt_named(affairs.provider, event.receipt_id) is not None:
        return None
    star = books[StarSubscriptions].of_payment(affairs.payment_id)
    if star is None:
        return (
            affairs.reference
        )  # the first payment was no subscription: this money was not asked for
    price = books[CatalogRecords].price(star.price_id)
    expires_at = max(event.occurred_at or now, now) + update.policy.order_lifetime
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
    _note_charged(books, star, until=max(series.until, star.expires_at), now=now)
    return reference


def _note_charged(books: Books, star: StarSubscription, *, until: datetime, now: datetime) -> None:
    """A charge proves that it renews, whatever was heard in between.

    Not what we stopped: nobody but us can let that go on, so Telegram took it before it heard of
    the stop, or never did, and is told once more.
    """
    is_ours = star.is_stopped_here
    state = star.state if is_ours else StarState.ACTIVE
    books[StarSubscriptions].note(
        star.payment_id, state=state, is_stopped_here=is_ours, expires_at=until
    )
    if is_ours:
        stop = method_effect(MethodVerb.STOP, star.payment_id, now=now)
        books[Outbox].add([stop], now=now)


def note_first_charge(update: PaymentUpdate[Affairs]) -> None:
    """A series began; a card that renewed the same plan rests from now on."""
    books, affairs, series = update.books, update.affairs, update.event.detail
    if not isinstance(series, SeriesFacts):
        return
    if books[StarSubscriptions].of_payment(affairs.payment_id) is not None:
        return
    books[StarSubscriptions].begin(
        affairs.payment_id,
        charge_id=update.event.receipt_id,
        expires_at=series.until,
        now=update.now,
    )
    _let_card_rest(books, affairs.subscription_id)


def _let_card_rest(books: Books, subscription_id: int | None) -> None:
    """Who renews is one: where Telegram does, no card is charged."""
    renewal = None if subscription_id is None else books[Renewals].of(subscription_id)
    if renewal is not None and renewal.is_on:
        books[Renewals].write(replace(renewal, is_on=False))


def note_standing(update: PaymentUpdate[Affairs]) -> None:
    """Telegram says that a subscription stopped, goes on, or could not be charged."""
    books, affairs, event = update.books, update.affairs, update.event
    star = books[StarSubscriptions].of_payment(affairs.payment_id)
    if star is None:
        return
    state = _STATES[event.happening]
    if star.state is state:
        return
    books[StarSubscriptions].note(
        star.payment_id, state=state, is_stopped_here=False, expires_at=star.expires_at
    )
    if state is StarState.ACTIVE:
        _let_card_rest(books, star.subscription_id)
    told = tell_customer(update.customer, _notice(affairs, star, state), key=event.event_id)
    books[Outbox].add([told], now=update.now)


def _notice(affairs: Affairs, star: StarSubscription, state: StarState) -> CustomerNotice:
    plan = affairs.product.slug
    if state is StarState.FAILED:
        return StarsFailed(plan=plan, money=affairs.whole)
    told = StarsStopped if state is StarState.CANCELED else StarsResumed
    return told(plan=plan, until=star.expires_at)


def star_of(books: Books, subscription: Subscription, *, now: datetime) -> StarSubscription | None:
    """The Star subscription that pays for this while its time lasts, renewing or not."""
    return books[StarSubscriptions].running_for(subscription, now=now)


def steer(
    books: Books, payment_id: int, customer_id: int, *, is_stopped: bool, now: datetime
) -> bool:
    """Stop one's own subscription, or allow it to go on; Telegram is told after the commit.

    False when there is nothing to do. What we stopped we can only allow again: the person
    lets it go on, in Telegram's settings, and an update tells us.
    """
    books[Customers].claim(customer_id)
    star = books[StarSubscriptions].of_payment(payment_id)
    if star is None or star.customer_id != customer_id or star.expires_at <= now:
        raise NotFoundError(what="Star subscription", name=payment_id)
    if is_stopped == (not star.renews) and is_stopped == star.is_stopped_here:
        return False
    if not is_stopped and not star.is_stopped_here:
        return False  # stopped in Telegram itself: there is nothing for us to allow
    if is_stopped:
        stop_series(books, star, now=now)
        return True
    books[StarSubscriptions].note(
        payment_id, state=star.state, is_stopped_here=False, expires_at=star.expires_at
    )
    books[Outbox].add([method_effect(MethodVerb.RESUME, payment_id, now=now)], now=now)
    return True


def stop_series(books: Books, star: StarSubscription, *, now: datetime) -> None:
    """Telegram charges no more, and is told so after the commit."""
    books[StarSubscriptions].note(
        star.payment_id, state=StarState.CANCELED, is_stopped_here=True, expires_at=star.expires_at
    )
    stop = method_effect(MethodVerb.STOP, star.payment_id, now=now)
    books[Outbox].add([stop], now=now)
