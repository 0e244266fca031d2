"""What people agreed to: their card is kept and renews a subscription, until they say stop."""

from dataclasses import replace
from datetime import datetime

from shop.access.holds import refuse_on_hold
from shop.access.lifecycle import state_at
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.errors import NotFoundError, ShopError
from shop.core.facts import write_facts
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.payment_records import Payment, Payments
from shop.orders.states import OrderState
from shop.renewals.jobs import MethodJob, MethodVerb, RenewalKind
from shop.renewals.notices import OffReason, RenewalOff, RenewalOn
from shop.renewals.records import Renewal, Renewals, SavedMethod
from shop.renewals.rules import RenewalPolicy, plan_round
from shop.renewals.star_records import SubscribedError
from shop.renewals.who_renews import is_telegrams


class OverError(ShopError):
    """This has ended, so there is nothing to renew. You are welcome to buy it again."""


def keep_method(
    books: Books,
    payment_id: int,
    method: tuple[bytes, str, str] | None,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Keep what this was paid with (sealed handle, brand, last4), and renew by it from now on.

    None: it cannot be charged again, and people are told so. Whose money went back meanwhile has
    taken that wish back with it.
    """
    payment = books[Payments].get(payment_id)
    if payment is None or not books[Renewals].has_consent(payment_id):
        return
    customer = books[Customers].claim(payment.customer_id)
    affairs = books[Payments].affairs(payment.reference)
    if affairs.order_state is OrderState.REFUNDED:
        return
    if method is None:
        off = RenewalOff(plan=affairs.product.slug, why=OffReason.UNKEPT)
        told = tell_customer(customer, off, key=f"unkept:{payment_id}")
        books[Outbox].add([told], now=now)
        return
    encrypted, brand, last4 = method
    number = books[Renewals].keep_method(
        payment, encrypted=encrypted, brand=brand, last4=last4, now=now
    )
    kept = None if number is None else books[Renewals].method(number)
    if kept is not None:
        books[Outbox].add(plan_with(books, payment, kept, policy=policy, now=now), now=now)


def plan_with(
    books: Books, payment: Payment, method: SavedMethod, *, policy: Policy, now: datetime
) -> list[Effect]:
    """Renew what this payment bought with what it was paid with; the caller has the claim."""
    affairs = books[Payments].affairs(payment.reference)
    if affairs.subscription_id is None:
        return []  # it ended meanwhile, or the money did not buy anything
    customer = books[Customers].get(payment.customer_id)
    subscription = books[Subscriptions].get(affairs.subscription_id)
    if is_telegrams(books, subscription, now=now):
        return []
    if method.provider != payment.provider or not subscription.standing.paid_until > now:
        return []
    fresh = Renewal(
        subscription_id=subscription.id,
        customer_id=customer.id,
        method=method,
        interval=affairs.interval,
        currency=payment.whole.currency,
        is_on=True,
        agreed_at=now,
        round_end=subscription.standing.paid_until,
        told_price_id=None,
        charge_at=now,
        tries=0,
        silences=0,
        payment_id=None,
        next_at=now,
    )
    charge_at = plan_anew(books, method, subscription, fresh, policy=policy, now=now)
    on = RenewalOn(
        subscription=subscription.id,
        plan=affairs.product.slug,
        card=card_label(method),
        charge_at=charge_at,
    )
    return [tell_customer(customer, on, key=str(method.id))]


def switch(
    books: Books,
    subscription_id: int,
    customer_id: int,
    *,
    is_on: bool,
    policy: Policy,
    now: datetime,
) -> bool:
    """Turn one's own renewal on or off; False when the card is no longer kept.

    Raises `SubscribedError` where Telegram renews it, `OnHoldError` while it rests, `OverError`
    once it has ended: what is answered with "it renews again" does.
    """
    renewal = _own(books, subscription_id, customer_id)
    if renewal.method.forgotten_at is not None:
        return False
    if not is_on:
        books[Renewals].write(replace(renewal, is_on=False))
        return True
    subscription = books[Subscriptions].get(subscription_id)
    if is_telegrams(books, subscription, now=now):
        raise SubscribedError
    refuse_on_hold(subscription)
    if state_at(subscription.standing, now=now) is SubscriptionState.ENDED:
        raise OverError
    if not renewal.is_on or renewal.tries:
        agreed = replace(renewal, agreed_at=now)
        plan_anew(books, renewal.method, subscription, agreed, policy=policy, now=now)
    return True


def forget(books: Books, subscription_id: int, customer_id: int, *, now: datetime) -> bool:
    """Never charge this card again, whatever it renews; the provider is told to forget it too."""
    renewal = _own(books, subscription_id, customer_id)
    if not books[Renewals].forget_means(renewal.method.id, now=now):
        return False
    for number in books[Renewals].with_means(renewal.method.id):
        if (one := books[Renewals].of(number)) is not None:
            books[Renewals].write(replace(one, is_on=False))
    books[Outbox].add([method_effect(MethodVerb.FORGET, renewal.method.id, now=now)], now=now)
    return True


def method_effect(verb: MethodVerb, number: int, *, now: datetime) -> Effect:
    """A wish to a provider about a saved payment method; `number` as `MethodJob` has it."""
    return Effect(
        kind=RenewalKind.METHODS,
        lane=f"means:{number}",
        key=f"means:{verb}:{number}:{int(now.timestamp())}",
        payload=write_facts(MethodJob(verb=verb, number=number)),
    )


def _own(books: Books, subscription_id: int, customer_id: int) -> Renewal:
    books[Customers].claim(customer_id)
    renewal = books[Renewals].of(subscription_id)
    if renewal is None or renewal.customer_id != customer_id:
        raise NotFoundError(what="renewal", name=subscription_id)
    return renewal


def plan_anew(
    books: Books,
    method: SavedMethod,
    subscription: Subscription,
    renewal: Renewal,
    *,
    policy: Policy,
    now: datetime,
) -> datetime:
    """Begin a fresh round for the end as it stands now; returns when it will be charged."""
    ends_at = subscription.standing.paid_until
    times = plan_round(
        starts_at=subscription.starts_at, ends_at=ends_at, policy=policy[RenewalPolicy]
    )
    books[Renewals].plan(
        subscription.id,
        method,
        interval=renewal.interval,
        currency=renewal.currency,
        agreed_at=renewal.agreed_at,
        round_end=ends_at,
        charge_at=times.charge_at,
        next_at=max(times.tell_at, now),
    )
    return times.charge_at


def round_key(renewal: Renewal, *, price_id: int = 0) -> str:
    """The key of a notice that is told once for each round and price."""
    return f"{renewal.subscription_id}:{int(renewal.round_end.timestamp())}:{price_id}"


def card_of(books: Books, customer_id: int, payment_id: int) -> str:
    """The card that we charged with this payment, "" when it was none."""
    renewal = books[Renewals].charged_by(customer_id, payment_id)
    return card_label(renewal.method) if renewal else ""


def card_label(method: SavedMethod) -> str:
    """What people call it: Visa •••• 4242."""
    digits = f"•••• {method.last4}" if method.last4 else ""
    return " ".join(part for part in (method.brand, digits) if part)
