"""Moves subscriptions on when their time has come: grace, suspension, the end."""

from datetime import datetime

from shop.access.lifecycle import next_change, state_at
from shop.access.notices import Ended, Grace, Suspended
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Subscription, Subscriptions
from shop.access.subscriptions import wish
from shop.books.books import Books
from shop.customers.records import Customer, Customers
from shop.messaging.notices import CustomerNotice, tell_customer
from shop.messaging.outbox_records import Effect, Outbox
from shop.ports import Verb

_VERBS = {
    SubscriptionState.SUSPENDED: Verb.SUSPEND,
    SubscriptionState.ENDED: Verb.TERMINATE,
}


def due_changes(books: Books, *, now: datetime, most: int) -> list[tuple[int, int]]:
    """(subscription id, customer id) of those whose time has come."""
    return books[Subscriptions].changing(now=now, most=most)


def change_one(
    books: Books, subscription_id: int, customer_id: int, *, now: datetime
) -> SubscriptionState | None:
    """Bring one subscription to where the time says it is; None when a payment was first."""
    customer = books[Customers].claim(customer_id)
    subscription = books[Subscriptions].get(subscription_id)
    standing = subscription.standing
    new = state_at(standing, now=now)
    ended_at = now if new is SubscriptionState.ENDED else None
    later = None if ended_at else next_change(standing, now=now)
    books[Subscriptions].move(
        subscription_id, old=standing.state, new=new, change_at=later, ended_at=ended_at
    )
    if new is standing.state:
        return None
    books[Outbox].add(_effects(books, customer, subscription, new), now=now)
    return new


def _effects(
    books: Books, customer: Customer, subscription: Subscription, new: SubscriptionState
) -> list[Effect]:
    effects = []
    # Who is reminded hears of the grace from the reminder, in their daytime, and only once.
    is_told = new is not SubscriptionState.PAST_DUE or not customer.wants_reminders
    if (notice := _notice(subscription, new)) and is_told:
        key = f"{subscription.id}:{int(subscription.standing.paid_until.timestamp())}"
        effects.append(tell_customer(customer, notice, key=key))
    if verb := _VERBS.get(new):
        effects.append(wish(books, subscription.id, verb))
    return effects


def _notice(subscription: Subscription, new: SubscriptionState) -> CustomerNotice | None:
    match new:
        case SubscriptionState.PAST_DUE:
            return Grace(subscription=subscription.id)
        case SubscriptionState.SUSPENDED:
            return Suspended(subscription=subscription.id)
        case SubscriptionState.ENDED:
            return Ended(plan=subscription.product.slug)
    return None
