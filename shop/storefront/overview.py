"""What a customer has here: subscriptions, renewals, money on its way back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.access.account_records import Accounts, Actual
from shop.access.lifecycle import may_use
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.money import Money
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import Journal
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.records import Refund, Refunds
from shop.refunds.states import DisputeState
from shop.renewals.records import Renewal, Renewals
from shop.renewals.star_records import StarSubscription, StarSubscriptions
from shop.renewals.who_renews import Renewer, who_renews

_MOST_BACK, _SHOWN_FOR = 5, timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A subscription with what /account shows of it."""

    subscription: Subscription
    has_access: bool
    has_credentials: bool
    renewal: Renewal | None = None
    star: StarSubscription | None = None
    renewer: Renewer = Renewer.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything /account shows."""

    customer: Customer
    holdings: tuple[Holding, ...]
    wallets: tuple[Money, ...]
    may_try: bool
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()


def overview(books: Books, customer_id: int, *, now: datetime) -> Overview:
    """What a person has here."""
    holdings = [
        _holding(books, subscription, now=now)
        for subscription in books[Subscriptions].of(customer_id)
    ]
    return Overview(
        customer=books[Customers].get(customer_id),
        holdings=tuple(holdings),
        wallets=tuple(books[Journal].wallets(customer_id)),
        may_try=not books[Subscriptions].had_trial(customer_id),
        refunds=tuple(
            one
            for one in books[Refunds].of(customer_id, most=_MOST_BACK)
            if now - one.made_at < _SHOWN_FOR
        ),
        disputes=tuple(
            one
            for one in books[Disputes].of(customer_id, most=_MOST_BACK)
            if one.state is DisputeState.OPEN and one.kind is DisputeKind.DISPUTE
        ),
    )


def _holding(books: Books, subscription: Subscription, *, now: datetime) -> Holding:
    account = books[Accounts].get(subscription.id)
    renewal = books[Renewals].of(subscription.id)
    star = books[StarSubscriptions].running_for(subscription, now=now)
    return Holding(
        subscription=subscription,
        has_access=may_use(subscription.standing, now=now),
        has_credentials=account.encrypted is not None and account.actual is not Actual.TERMINATED,
        renewal=renewal,
        star=star,
        renewer=who_renews(subscription, renewal, star, now=now),
    )
