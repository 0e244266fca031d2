"""Adds paid, tried or given time to a customer's subscription; periods never overlap."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from shop.access.account_records import Accounts, Actual
from shop.access.jobs import AccessKind, ProvisionJob
from shop.access.lifecycle import Standing, may_use, next_change, state_at
from shop.access.reminder_rules import next_after, schedule, zone_of
from shop.access.states import SubscriptionState
from shop.access.subscription_records import Schedule, Subscription, Subscriptions
from shop.books.books import Books
from shop.catalog.records import Product
from shop.core.facts import write_facts
from shop.core.intervals import Interval, Span, next_span
from shop.customers.records import Customer
from shop.messaging.outbox_records import Effect
from shop.ports import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAdded:
    """What a customer got, and the effects that bring it about (not queued yet)."""

    subscription_id: int
    span: Span
    is_new: bool
    effects: tuple[Effect, ...]


def add_time(
    books: Books,
    customer: Customer,
    product: Product,
    interval: Interval,
    *,
    live: Subscription | None,
    line_id: int | None,
    is_trial: bool,
    now: datetime,
) -> TimeAdded:
    """Add one interval to what runs, or begin anew; the caller has claimed the customer."""
    span = bought_span(interval, live=live, now=now)
    plan = _scheduled(customer, product, span, is_trial=is_trial, live=live, now=now)
    if live is None:
        subscription_id = books[Subscriptions].add(customer.id, product.id, plan)
        effect = _new_account(books, subscription_id, product)
    else:
        subscription_id = live.id
        books[Subscriptions].extend(subscription_id, plan, old=live.standing.state)
        effect = _renewed_account(books, live)
    books[Subscriptions].add_period(
        subscription_id,
        line_id=line_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        now=now,
    )
    return TimeAdded(
        subscription_id=subscription_id, span=span, is_new=live is None, effects=(effect,)
    )


def bought_span(interval: Interval, *, live: Subscription | None, now: datetime) -> Span:
    """The time this interval would buy: after what runs, or from now."""
    runs_on = live is not None and now < live.standing.access_until and _is_live(live)
    return next_span(
        interval,
        now=now,
        paid_until=live.standing.paid_until if live and runs_on else None,
        anchor_day=_anchor_of(live) if live and runs_on else None,
    )


def wish(books: Books, subscription_id: int, verb: Verb) -> Effect:
    """A wish to a connector, numbered so that each is carried out once."""
    return _wish(subscription_id, verb, books[Accounts].wish(subscription_id))


def new_token() -> str:
    """A secret for an account's playlist address: 24 characters, 144 bits."""
    return secrets.token_urlsafe(18)


def _is_live(live: Subscription) -> bool:
    return live.standing.state not in {SubscriptionState.SUSPENDED, SubscriptionState.PAUSED}


def _anchor_of(live: Subscription) -> int:
    # After a trial the paid time starts where the trial ends, and counts its months from there.
    return live.standing.paid_until.day if live.standing.is_trial else live.anchor_day


def _scheduled(
    customer: Customer,
    product: Product,
    span: Span,
    *,
    is_trial: bool,
    live: Subscription | None,
    now: datetime,
) -> Schedule:
    standing = Standing(
        state=SubscriptionState.ACTIVE,
        is_frozen=live is not None and live.standing.is_frozen,
        is_trial=is_trial,
        paid_until=span.ends_at,
        terms=product.terms,
    )
    reminders = schedule(
        starts_at=span.starts_at, ends_at=span.ends_at, zone=zone_of(customer.zone)
    )
    upcoming = next_after(reminders, after=now)
    return Schedule(
        state=state_at(standing, now=now),
        is_trial=is_trial,
        starts_at=span.starts_at,
        paid_until=span.ends_at,
        anchor_day=span.anchor_day,
        terms=product.terms,
        change_at=next_change(standing, now=now),
        remind_at=None if upcoming is None else upcoming.at,
    )


def _new_account(books: Books, subscription_id: int, product: Product) -> Effect:
    number = books[Accounts].add(subscription_id, connector=product.connector, token=new_token())
    return _wish(subscription_id, Verb.CREATE, number)


def _renewed_account(books: Books, live: Subscription) -> Effect:
    account = books[Accounts].get(live.id)
    if account.actual is Actual.NONE:
        verb = Verb.CREATE
    elif account.actual is Actual.SUSPENDED and not live.standing.is_frozen:
        verb = Verb.RESUME
    else:
        # Also when a suspension is still on its way: the wish after it puts things right.
        is_on = live.standing.state is not SubscriptionState.SUSPENDED or live.standing.is_frozen
        verb = Verb.CHANGE if is_on else Verb.RESUME
    return wish(books, live.id, verb)


def _wish(subscription_id: int, verb: Verb, number: int) -> Effect:
    return Effect(
        kind=AccessKind.PROVISION,
        lane=f"account:{subscription_id}",
        key=f"wish:{subscription_id}:{number}",
        payload=write_facts(ProvisionJob(subscription_id=subscription_id, verb=verb)),
    )


def is_allowed(live: Subscription, *, now: datetime) -> bool:
    """The one question about access, for a subscription at hand."""
    return may_use(live.standing, now=now)
