"""Money for paid time went back: what renewed that time by itself does so no more."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.line_records import OrderLines
from shop.orders.order_records import Orders
from shop.orders.states import OrderState
from shop.renewals.notices import NotRenewing, RenewalStopped, StoppedByMoneyBack
from shop.renewals.records import Renewals
from shop.renewals.saved_methods import card_label
from shop.renewals.star_records import StarSubscriptions
from shop.renewals.star_subscriptions import star_of, stop_series

_CHARGED_LATE = timedelta(days=3)
"""How long after its day Telegram may still charge a series [?]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyBack:
    """What went back of an order, and whether any of its time went with it."""

    order_id: int
    money: Money
    is_time_gone: bool


def stop_renewing_of(books: Books, back: MoneyBack, *, policy: Policy, now: datetime) -> None:
    """Nobody is charged unasked for what they got their money back for; both sides are told, once.

    It stops where all of the order went back, where paid time went with the money, or where the
    subscription ended by it. A part that goes back while the time stays leaves renewing on. Who
    wants it on again says so: no dispute that is won later does. The caller has the claim.
    """
    if back.money.is_zero:
        return
    is_whole = books[Orders].state(back.order_id) is OrderState.REFUNDED
    lines = books[OrderLines].sold(back.order_id)
    for number in dict.fromkeys(line.subscription_id for line in lines):
        subscription = books[Subscriptions].get(number)
        is_over = subscription.standing.state is SubscriptionState.ENDED
        if is_whole or back.is_time_gone or is_over:
            _stop(books, subscription, back, policy=policy, now=now)


def tell_not_renewing(
    books: Books, customer: Customer, order_id: int, *, now: datetime
) -> list[Effect]:
    """The money is here again: what it had stopped stays off until the customer wants it on."""
    told = list[Effect]()
    for number in dict.fromkeys(line.subscription_id for line in books[OrderLines].sold(order_id)):
        product = books[Subscriptions].get(number).product
        live = books[Subscriptions].live(customer.id, product.id, named=number)
        if live is None or not _was_renewed(books, number, customer.id, product.id, now=now):
            continue
        still = NotRenewing(subscription=live.id, plan=product.slug)
        key = f"{number}:{order_id}:{int(now.timestamp())}"
        told.append(tell_customer(customer, still, key=key))
    return told


def _was_renewed(
    books: Books, subscription_id: int, customer_id: int, product_id: int, *, now: datetime
) -> bool:
    """Whether it renewed by itself once, and does not now."""
    renewal = books[Renewals].of(subscription_id)
    star = books[StarSubscriptions].running(customer_id, product_id, now=now)
    if star is not None:
        return not star.renews
    return renewal is not None and not renewal.is_on and renewal.method.forgotten_at is None


def _stop(
    books: Books, subscription: Subscription, back: MoneyBack, *, policy: Policy, now: datetime
) -> None:
    card = _stop_card(books, subscription)
    has_series = _stop_stars(books, subscription, now=now)
    if card is None and not has_series:
        return
    customer = books[Customers].get(subscription.customer_id)
    is_under_way = books[Renewals].charge_of(subscription.id) is not None
    stopped = RenewalStopped(
        subscription=subscription.id,
        plan=subscription.product.slug,
        card=card or "",
        money=back.money,
        is_under_way=is_under_way,
    )
    heard = StoppedByMoneyBack(
        customer=customer.id,
        name=customer.name,
        plan=subscription.product.slug,
        card=card or "",
        money=back.money,
        is_under_way=is_under_way,
    )
    key = f"{subscription.id}:{back.order_id}:{int(now.timestamp())}"
    told = tell_customer(customer, stopped, key=key)
    books[Outbox].add([told, *tell_staff(policy, heard, key=key)], now=now)


def _stop_card(books: Books, subscription: Subscription) -> str | None:
    """The card that is charged no more, None where none was going to be.

    A charge that is under way is asked about until its end is known.
    """
    renewal = books[Renewals].of(subscription.id)
    if renewal is None or not renewal.is_on:
        return None
    books[Renewals].write(replace(renewal, is_on=False))
    return card_label(renewal.method)


def _stop_stars(books: Books, subscription: Subscription, *, now: datetime) -> bool:
    """Whether Telegram is told to charge no more."""
    star = star_of(books, subscription, now=now - _CHARGED_LATE)
    if star is None or not star.renews:
        return False
    stop_series(books, star, now=now)
    return True
