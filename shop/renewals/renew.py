"""Renewals that come by themselves: announced, charged once a period, tried again, given up.

A card is charged in three steps (law 4): `take_up` notes the intent under the customer's claim,
`shop.intake.charges` makes the call, and settlement takes the outcome as it takes any payment's.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shop.access.reminder_rules import in_daytime, zone_of
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.catalog.records import CatalogRecords, Price, Product
from shop.core.money import Money
from shop.core.policy import Policy
from shop.credit.reservations import paid_before
from shop.customers.records import Customer, Customers
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders, QuotedOrder
from shop.orders.orders import new_reference
from shop.orders.payment_records import Affairs, Payment, Payments
from shop.orders.states import OPEN_PAYMENTS, PaymentState
from shop.orders.waits import POLL_FOR
from shop.ports import Refusal
from shop.renewals.records import GIVEN_UP, Renewal, Renewals
from shop.renewals.rules import (
    RenewingPolicy,
    decline_wait,
    notice_after,
    plan_round,
    silence_wait,
)
from shop.renewals.saved_methods import plan_anew, tell
from shop.screening.rules import FraudPolicy
from shop.screening.screening import is_turned_away

LEASE = timedelta(minutes=2)
_LOOK_AGAIN = timedelta(hours=6)
_SEEN_AGAIN = timedelta(hours=1)
_TOLD_LATE = timedelta(hours=12)
_WORRYING = 4  # silences


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeIntent:
    """A charge noted in the books, to be made (or asked about again) now."""

    payment: Payment
    renewal: Renewal
    product: Product


def due_renewals(books: Books, *, now: datetime, most: int) -> list[int]:
    """Subscriptions whose renewal wants a look."""
    return books[Renewals].claim_due(now=now, lease=now + LEASE, most=most)


def take_up(
    books: Books, subscription_id: int, *, policy: Policy, now: datetime
) -> ChargeIntent | None:
    """Do what this renewal's time has come for; the charge to be made, if it is that.

    Everything is read again under the customer's claim: a renewal by hand just before, another
    process, or a charge of which we still know nothing each change what is to be done.
    """
    found = books[Renewals].of(subscription_id)
    if found is None:
        return None
    customer = books[Customers].claim(found.customer_id)
    renewal = books[Renewals].of(subscription_id) or found
    subscription = books[Subscriptions].get(subscription_id)
    charge = None if renewal.payment_id is None else books[Payments].get(renewal.payment_id)
    if charge is not None and charge.state in OPEN_PAYMENTS:
        return _ask_again(books, renewal, charge, subscription, now=now)
    if not renewal.is_on or subscription.standing.state is SubscriptionState.ENDED:
        return _turn_off(books, renewal)
    if subscription.standing.paid_until < renewal.round_end:
        # Time was taken back, with its money: nobody is charged for that again unasked.
        told = tell(customer, Notice.RENEWAL_OFF, renewal, subscription.product, why="taken_back")
        books[Outbox].add([told], now=now)
        return _turn_off(books, renewal)
    if subscription.standing.paid_until != renewal.round_end:
        plan_anew(books, renewal.method, subscription, renewal, policy=policy, now=now)
        return None
    return _next_step(books, customer, renewal, subscription, policy=policy, now=now)


def _next_step(
    books: Books,
    customer: Customer,
    renewal: Renewal,
    subscription: Subscription,
    *,
    policy: Policy,
    now: datetime,
) -> ChargeIntent | None:
    product = books[CatalogRecords].get(subscription.product.id)
    price = books[CatalogRecords].price_for(product.id, renewal.interval, renewal.currency)
    if price is None or not product.is_offered:
        told = tell(customer, Notice.RENEWAL_OFF, renewal, product, why="not_sold")
        books[Outbox].add([told], now=now)
        return _turn_off(books, renewal)
    waits = subscription.standing.is_frozen or not customer.is_reachable
    waits = waits or is_turned_away(books, customer.id, policy=policy[FraudPolicy])
    if waits or renewal.waits_for_person:
        # On hold, turned away, not to be told, or the person's turn: look in now and then.
        return _later(books, renewal, now + _LOOK_AGAIN)
    if renewal.told_price_id != price.id:
        return _announce(
            books, customer, renewal, subscription, product, price=price, policy=policy, now=now
        )
    if now < renewal.charge_at:
        return _later(books, renewal, renewal.charge_at)
    if page := books[Renewals].awaited(subscription, since=now):
        # He may be paying this very moment: the page or the money on its way goes first.
        is_page = page.state is not PaymentState.SEEN
        return _later(books, renewal, page.expires_at if is_page else now + _SEEN_AGAIN)
    return _begin_charge(books, renewal, product, price, now=now)


def _announce(
    books: Books,
    customer: Customer,
    renewal: Renewal,
    subscription: Subscription,
    product: Product,
    *,
    price: Price,
    policy: Policy,
    now: datetime,
) -> ChargeIntent | None:
    """Tell what is going to be charged and when; a new price is told anew, with due notice."""
    ends_at = renewal.round_end
    times = plan_round(
        starts_at=subscription.starts_at, ends_at=ends_at, policy=policy[RenewingPolicy]
    )
    tell_at = in_daytime(times.tell_at, zone_of(customer.zone))
    if now < tell_at:
        return _later(books, renewal, tell_at)
    is_in_time = renewal.told_price_id is None and now - tell_at < _TOLD_LATE
    charge_at = (
        times.charge_at
        if is_in_time
        else max(
            times.charge_at, notice_after(now, ends_at=ends_at, policy=policy[RenewingPolicy])
        )
    )
    books[Renewals].write(
        replace(renewal, told_price_id=price.id, charge_at=charge_at, next_at=charge_at)
    )
    told = tell(
        customer,
        Notice.RENEWAL_AHEAD,
        renewal,
        product,
        price_id=price.id,
        charge_at=int(charge_at.timestamp()),
        minor=price.amount.minor,
        currency=price.amount.currency,
    )
    books[Outbox].add([told], now=now)
    return None


def _begin_charge(
    books: Books, renewal: Renewal, product: Product, price: Price, *, now: datetime
) -> ChargeIntent:
    expires_at = now + POLL_FOR
    # Of two televisions each renews by an order of its own; of one, the order that a person may
    # have open for the same is the one that is paid, so that nobody pays twice.
    line = NewLine.at(
        price,
        lengthens=renewal.subscription_id,
        is_apart=not books[Subscriptions].is_alone(renewal.subscription_id),
    )
    asked = books[Orders].open_one(renewal.customer_id, [line], now=now, expires_at=expires_at)
    before = paid_before(books, renewal.customer_id, asked.order.id, price.amount)
    payment = _open_try(books, renewal, asked, price, before, now=now)
    if payment.created_at != now:
        # A page that has run out; money that still comes through it goes to the wallet.
        books[Payments].move(
            payment.id, old=payment.state, new=PaymentState.EXPIRED, poll_at=payment.poll_at
        )
        payment = _open_try(books, renewal, asked, price, before, now=now)
    # Until it is known how it ended, nobody asks but us, with the same reference each time.
    books[Payments].poll_later(payment.id, None)
    renewal = replace(renewal, payment_id=payment.id, silences=0, next_at=now + LEASE)
    books[Renewals].write(renewal)
    return ChargeIntent(payment=payment, renewal=renewal, product=product)


def _open_try(
    books: Books,
    renewal: Renewal,
    asked: QuotedOrder,
    price: Price,
    before: Money,
    *,
    now: datetime,
) -> Payment:
    return books[Payments].open_one(
        asked,
        reference=new_reference(),
        provider=renewal.method.provider,
        due=price.amount - before,
        whole=price.amount,
        screen_id=None,
        now=now,
        expires_at=now + POLL_FOR,
        poll_at=now + LEASE,
    )


def _ask_again(
    books: Books,
    renewal: Renewal,
    charge: Payment,
    subscription: Subscription,
    *,
    now: datetime,
) -> ChargeIntent | None:
    if charge.provider_ref:
        return _later(books, renewal, now + _SEEN_AGAIN)  # the clock asks about it as about any
    renewal = replace(renewal, next_at=now + LEASE)
    books[Renewals].write(renewal)
    return ChargeIntent(payment=charge, renewal=renewal, product=subscription.product)


def note_charge_made(
    books: Books, intent: ChargeIntent, *, provider_ref: str, now: datetime
) -> None:
    """The provider knows this charge: from now on it can be asked about like any payment."""
    payment = intent.payment
    books[Payments].note_page(
        payment.id, provider_ref=provider_ref, url="", expires_at=payment.expires_at
    )
    books[Payments].poll_later(payment.id, now + LEASE)


def note_charge_silence(
    books: Books, intent: ChargeIntent, *, reason: str, policy: Policy, now: datetime
) -> None:
    """No answer is not a no (law 11): the same charge is asked for again in minutes."""
    books[Customers].claim(intent.renewal.customer_id)
    renewal = books[Renewals].of(intent.renewal.subscription_id)
    payment = books[Payments].get(intent.payment.id)
    if renewal is None or payment is None or renewal.payment_id != payment.id:
        return
    if payment.state is PaymentState.CREATED:
        books[Payments].move(
            payment.id, old=payment.state, new=PaymentState.UNKNOWN, poll_at=payment.poll_at
        )
    silences = renewal.silences + 1
    books[Renewals].write(
        replace(renewal, silences=silences, next_at=now + silence_wait(silences))
    )
    if silences == _WORRYING:
        told = tell_staff(
            policy,
            Notice.METHOD_REFUSED,
            key=f"charge:{payment.reference}",
            verb="charge",
            reason=reason,
            customer=renewal.customer_id,
        )
        books[Outbox].add(told, now=now)


def note_decline(
    books: Books,
    customer: Customer,
    affairs: Affairs,
    why: Refusal,
    *,
    policy: Policy,
    now: datetime,
) -> list[Effect]:
    """A charge failed: when it is tried again, and what the person is told.

    The caller has claimed the customer, and has moved the payment to failed.
    """
    assert affairs.subscription_id is not None  # noqa: S101 - found through its renewal
    renewal = books[Renewals].of(affairs.subscription_id)
    assert renewal is not None  # noqa: S101 - the same
    tries = renewal.tries + 1
    wait = decline_wait(tries, policy[RenewingPolicy]) if why is Refusal.DECLINED else None
    again = None if wait is None else now + wait
    books[Renewals].write(
        replace(
            renewal,
            is_on=renewal.is_on and why is not Refusal.GONE,
            tries=GIVEN_UP if again is None else tries,
            charge_at=again or renewal.charge_at,
            next_at=again or now + _LOOK_AGAIN,
        )
    )
    return [
        tell(
            customer,
            Notice.RENEWAL_FAILED,
            renewal,
            affairs.product,
            key=str(affairs.payment_id),
            why=why,
            again_at=None if again is None else int(again.timestamp()),
            minor=affairs.whole.minor,
            currency=affairs.whole.currency,
        )
    ]


def _later(books: Books, renewal: Renewal, at: datetime) -> ChargeIntent | None:
    """Nothing is to be charged now; look again then."""
    books[Renewals].write(replace(renewal, next_at=at))
    return None


def _turn_off(books: Books, renewal: Renewal) -> ChargeIntent | None:
    """Nothing is to be charged any more."""
    books[Renewals].write(replace(renewal, is_on=False, next_at=None))
    return None
