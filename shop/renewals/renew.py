"""Renewals that come by themselves: announced, charged once a period, tried again, given up.

A card is charged in three steps (law 4): `take_up` notes the intent under the customer's claim,
`shop.intake.charges` makes the call, and settlement takes the outcome as it takes any payment's.
"""

from collections.abc import Mapping
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
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Outbox
from shop.orders.limits import asked_of, learned_limits, limits_now
from shop.orders.line_records import NewLine
from shop.orders.order_records import Orders, QuotedOrder
from shop.orders.orders import new_reference
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import OPEN_PAYMENTS, PaymentState
from shop.orders.waits import POLL_FOR
from shop.ports import PaymentProvider, limits_of
from shop.renewals.notices import OffReason, RenewalAhead, RenewalOff
from shop.renewals.records import Renewal, Renewals
from shop.renewals.rules import LOOK_AGAIN, RenewalPolicy, notice_after, plan_round
from shop.renewals.saved_methods import card_label, plan_anew, round_key
from shop.renewals.unheard_charges import give_up_unheard, unheard_until
from shop.screening.rules import FraudPolicy
from shop.screening.screening import is_turned_away

LEASE = timedelta(minutes=2)
_SEEN_AGAIN = timedelta(hours=1)
_TOLD_LATE = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeIntent:
    """A charge noted in the books, to be made (or asked about again) now."""

    payment: Payment
    renewal: Renewal
    product: Product


def due_renewals(books: Books, *, now: datetime, most: int) -> list[int]:
    """Subscriptions whose renewal wants a look."""
    return books[Renewals].claim_due(now=now, lease=now + LEASE, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRenewal:
    """A renewal whose time has come, as it was read under its customer's claim (law 6)."""

    books: Books
    customer: Customer
    renewal: Renewal
    subscription: Subscription
    providers: Mapping[str, PaymentProvider]
    policy: Policy
    now: datetime


def take_up(
    books: Books,
    subscription_id: int,
    *,
    providers: Mapping[str, PaymentProvider],
    policy: Policy,
    now: datetime,
) -> ChargeIntent | None:
    """Do what this renewal's time has come for; the charge to be made, if it is that.

    Everything is read again under the customer's claim: a renewal by hand just before, another
    process, or a charge of which we still know nothing each change what is to be done.
    """
    found = books[Renewals].of(subscription_id)
    if found is None:
        return None
    customer = books[Customers].claim(found.customer_id)
    due = DueRenewal(
        books=books,
        customer=customer,
        renewal=books[Renewals].of(subscription_id) or found,
        subscription=books[Subscriptions].get(subscription_id),
        providers=providers,
        policy=policy,
        now=now,
    )
    renewal, standing = due.renewal, due.subscription.standing
    charge = None if renewal.payment_id is None else books[Payments].get(renewal.payment_id)
    if charge is not None and charge.state in OPEN_PAYMENTS:
        return _ask_again(due, charge)
    if not renewal.is_on or standing.state is SubscriptionState.ENDED:
        return _turn_off(due)
    is_given_back = books[Renewals].has_money_gone(subscription_id)
    if is_given_back or standing.paid_until < renewal.round_end:
        # Time was taken back, or its money was: nobody is charged for that again unasked. Whoever
        # gives money back switches it off (`given_back`); this holds whatever else was done.
        return _turn_off(due, why=OffReason.TAKEN_BACK)
    if standing.paid_until != renewal.round_end:
        plan_anew(books, renewal.method, due.subscription, renewal, policy=policy, now=now)
        return None
    return _next_step(due)


def _next_step(due: DueRenewal) -> ChargeIntent | None:
    books, customer, renewal, now = due.books, due.customer, due.renewal, due.now
    product = books[CatalogRecords].get(due.subscription.product.id)
    price = books[CatalogRecords].price_for(product.id, renewal.interval, renewal.currency)
    if price is None or not product.is_offered:
        return _turn_off(due, why=OffReason.NOT_SOLD)
    waits = due.subscription.standing.is_frozen or not customer.is_reachable
    waits = waits or is_turned_away(books, customer.id, policy=due.policy[FraudPolicy])
    if waits or renewal.waits_for_person:
        # On hold, turned away, not to be told, or the person's turn: look in now and then.
        return _later(due, now + LOOK_AGAIN)
    if renewal.told_price_id != price.id:
        return _announce(due, product, price)
    if now < renewal.charge_at:
        return _later(due, renewal.charge_at)
    if page := books[Renewals].awaited(due.subscription, since=now):
        # Someone may be paying this very moment: the page or the money on its way goes first.
        is_page = page.state is not PaymentState.SEEN
        return _later(due, page.expires_at if is_page else now + _SEEN_AGAIN)
    return _begin_charge(due, product, price)


def _announce(due: DueRenewal, product: Product, price: Price) -> ChargeIntent | None:
    """Tell what is going to be charged and when; a new price is told anew, with due notice."""
    renewal, now, rules = due.renewal, due.now, due.policy[RenewalPolicy]
    ends_at = renewal.round_end
    times = plan_round(starts_at=due.subscription.starts_at, ends_at=ends_at, policy=rules)
    tell_at = in_daytime(times.tell_at, zone_of(due.customer.zone))
    if now < tell_at:
        return _later(due, tell_at)
    is_in_time = renewal.told_price_id is None and now - tell_at < _TOLD_LATE
    charge_at = (
        times.charge_at
        if is_in_time
        else max(times.charge_at, notice_after(now, ends_at=ends_at, policy=rules))
    )
    due.books[Renewals].write(
        replace(renewal, told_price_id=price.id, charge_at=charge_at, next_at=charge_at)
    )
    ahead = RenewalAhead(
        subscription=renewal.subscription_id,
        plan=product.slug,
        card=card_label(renewal.method),
        charge_at=charge_at,
        price_id=price.id,
        money=price.amount,
    )
    key = round_key(renewal, price_id=price.id)
    due.books[Outbox].add([tell_customer(due.customer, ahead, key=key)], now=now)
    return None


def _begin_charge(due: DueRenewal, product: Product, price: Price) -> ChargeIntent:
    books, renewal, now = due.books, due.renewal, due.now
    expires_at = now + POLL_FOR
    # Of two televisions each renews by an order of its own; of one, the order that a person may
    # have open for the same is the one that is paid, so that nobody pays twice.
    line = NewLine.at(
        price,
        lengthens=renewal.subscription_id,
        is_apart=not books[Subscriptions].is_alone(renewal.subscription_id),
    )
    asked = books[Orders].open_one(renewal.customer_id, [line], now=now, expires_at=expires_at)
    before = paid_before(books, renewal.customer_id, asked.order.id, price.amount, now=now)
    before = _counted(due, price.amount, before)
    payment = _open_try(books, renewal, asked, price, before, now=now)
    if payment.created_at != now:
        # A page that has run out; money that still comes through it goes to the wallet.
        books[Payments].supersede(payment)
        payment = _open_try(books, renewal, asked, price, before, now=now)
    # Until it is known how it ended, nobody asks but us, with the same reference each time.
    books[Payments].poll_later(payment.id, None)
    renewal = replace(renewal, payment_id=payment.id, silences=0, next_at=now + LEASE)
    books[Renewals].write(renewal, is_under_way=True)
    return ChargeIntent(payment=payment, renewal=renewal, product=product)


def _counted(due: DueRenewal, price: Money, before: Money) -> Money:
    """How much of what is here already counts, so that the card's provider takes the rest.

    What it does not take at all it refuses, and staff hear of it.
    """
    name = due.renewal.method.provider
    provider = due.providers.get(name)
    own = {} if provider is None else limits_of(provider)
    learned = learned_limits(due.books, now=due.now)
    asked = asked_of(price, price - before, limits_now(name, price.currency, own, learned))
    return before if asked is None else price - asked


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


def _ask_again(due: DueRenewal, charge: Payment) -> ChargeIntent | None:
    until = unheard_until(charge)
    if until is not None and due.now >= until:
        give_up_unheard(
            due.books,
            due.customer,
            due.renewal,
            charge,
            plan=due.subscription.product.slug,
            policy=due.policy,
            now=due.now,
        )
        return None
    if charge.provider_ref:
        return _later(due, due.now + _SEEN_AGAIN)  # the clock asks about it as about any
    renewal = replace(due.renewal, next_at=due.now + LEASE)
    due.books[Renewals].write(renewal, is_under_way=True)
    return ChargeIntent(payment=charge, renewal=renewal, product=due.subscription.product)


def _later(due: DueRenewal, at: datetime) -> ChargeIntent | None:
    """Nothing is to be charged now; look again then."""
    due.books[Renewals].write(replace(due.renewal, next_at=at))
    return None


def _turn_off(due: DueRenewal, *, why: OffReason | None = None) -> ChargeIntent | None:
    """Nothing is to be charged any more; `why` is told, where it was not the person's own wish."""
    if why is not None:
        off = RenewalOff(plan=due.subscription.product.slug, why=why)
        told = tell_customer(due.customer, off, key=round_key(due.renewal))
        due.books[Outbox].add([told], now=due.now)
    due.books[Renewals].write(replace(due.renewal, is_on=False, next_at=None))
    return None
