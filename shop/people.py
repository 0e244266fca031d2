"""What the chat needs to know of a person, and what a person may set."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.delivery import unseal
from shop.ports import Credentials, Vault
from shop.rules.countries import COUNTRIES, ELSEWHERE
from shop.rules.errors import NotFoundError
from shop.rules.lifecycle import may_use
from shop.rules.money import Money
from shop.rules.reminders import next_after, schedule, zone_of
from shop.rules.states import DisputeState
from shop.storage.accounts import Accounts, Actual
from shop.storage.books import Books
from shop.storage.customers import Customer, Customers
from shop.storage.disputes import Dispute, DisputeKind, Disputes
from shop.storage.journal import Journal
from shop.storage.refunds import Refund, Refunds
from shop.storage.renewals import Renewal, Renewals
from shop.storage.stars import StarSubscription, StarTables
from shop.storage.subscriptions import Subscription, Subscriptions

_MOST_BACK, _SHOWN_FOR = 5, timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person as the chat describes him; `language` an IETF tag."""

    telegram_id: int
    name: str
    username: str
    language: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A subscription with what /account shows of it."""

    subscription: Subscription
    has_access: bool
    has_credentials: bool
    renewal: Renewal | None = None
    star: StarSubscription | None = None

    @property
    def renews_by_card(self) -> bool:
        """Whether a kept card is going to be charged, or is being charged, for the next time."""
        one = self.renewal
        return one is not None and one.is_on and not one.waits_for_person

    @property
    def renews_by_stars(self) -> bool:
        """Whether Telegram is going to charge Stars for the next time."""
        return self.star is not None and self.star.renews


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything /account shows."""

    customer: Customer
    holdings: tuple[Holding, ...]
    wallets: tuple[Money, ...]
    may_try: bool
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()


def greet(books: Books, visitor: Visitor, *, source: str = "", now: datetime) -> Customer:
    """Meet a person; the first meeting fixes language and time zone until he changes them."""
    return books[Customers].greet(
        visitor.telegram_id,
        name=visitor.name[:200],
        username=visitor.username[:64],
        language=visitor.language[:16],
        zone=visitor.zone,
        source=source[:64],
        now=now,
    )


def known(books: Books, telegram_id: int) -> Customer | None:
    """The person of this Telegram id, if met."""
    return books[Customers].by_telegram(telegram_id)


def person(books: Books, customer_id: int) -> Customer:
    """The person of this id."""
    return books[Customers].get(customer_id)


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


def credentials_of(
    books: Books, subscription_id: int, customer_id: int, *, vault: Vault, now: datetime
) -> tuple[Subscription, Credentials, str]:
    """(subscription, credentials, playlist token) of someone's own subscription with access."""
    subscription = books[Subscriptions].get(subscription_id)
    account = books[Accounts].get(subscription_id)
    is_own = subscription.customer_id == customer_id
    if not is_own or account.sealed is None or not may_use(subscription.standing, now=now):
        raise NotFoundError(what="access to subscription", name=subscription_id)
    return subscription, unseal(account.sealed, vault), account.token


def note_delivered(books: Books, subscription_id: int, *, now: datetime) -> None:
    """The credentials reached the chat."""
    books[Accounts].note_delivered(subscription_id, now=now)


def choose_language(books: Books, customer_id: int, language: str) -> None:
    """Speak this language from now on."""
    books[Customers].set_language(customer_id, language)


def choose_currency(books: Books, customer_id: int, currency: str) -> None:
    """Show prices in this currency from now on."""
    books[Customers].set_currency(customer_id, currency)


def choose_country(books: Books, customer_id: int, country: str) -> Customer:
    """Note where a person says he lives; gives him as he is now."""
    if country not in COUNTRIES and country != ELSEWHERE:
        raise NotFoundError(what="country", name=country)
    books[Customers].set_country(customer_id, country)
    return books[Customers].get(customer_id)


def choose_reminders(books: Books, customer_id: int, *, wants: bool, now: datetime) -> None:
    """Turn reminders on or off; turning them on plans the next ones afresh."""
    customer = books[Customers].claim(customer_id)
    books[Customers].set_reminders(customer_id, wants=wants)
    for subscription in books[Subscriptions].of(customer_id):
        reminders = schedule(
            starts_at=subscription.starts_at,
            ends_at=subscription.standing.paid_until,
            zone=zone_of(customer.zone),
        )
        upcoming = next_after(reminders, after=now)
        books[Subscriptions].reschedule(
            subscription.id, upcoming.at if upcoming and wants else None
        )


def note_unreachable(books: Books, telegram_id: int) -> None:
    """The person blocked the bot: nothing is sent until he comes back."""
    books[Customers].set_reachable(telegram_id, is_reachable=False)


def _holding(books: Books, subscription: Subscription, *, now: datetime) -> Holding:
    account = books[Accounts].get(subscription.id)
    return Holding(
        subscription=subscription,
        has_access=may_use(subscription.standing, now=now),
        has_credentials=account.sealed is not None and account.actual is not Actual.TERMINATED,
        renewal=books[Renewals].of(subscription.id),
        star=books[StarTables].running(subscription.customer_id, subscription.product.id, now=now),
    )
