"""What staff may do, each act with its audit row in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.notices import tell_customer
from shop.ports import Vault, Verb
from shop.rules.errors import BadInputError, DoneAlreadyError
from shop.rules.money import Money
from shop.rules.notices import Notice
from shop.rules.periods import Interval, Unit
from shop.rules.policy import Policy
from shop.rules.states import SubscriptionState
from shop.stockroom import Loaded, load_stock
from shop.storage.accounts import Accounts
from shop.storage.books import Books
from shop.storage.catalog import CatalogTables, Product
from shop.storage.circuits import Circuit, Circuits
from shop.storage.customers import Customer, Customers
from shop.storage.disputes import Dispute, Disputes
from shop.storage.guards import Guards
from shop.storage.inbox import Inbox, InboxState
from shop.storage.journal import Journal
from shop.storage.orders import Order, OrderKind, Orders
from shop.storage.outbox import Depth, Outbox
from shop.storage.payments import Payments, Receipt
from shop.storage.proofs import Proofs
from shop.storage.receipts import Receipts
from shop.storage.refunds import Refund, Refunds
from shop.storage.staff import Act, StaffTables
from shop.storage.stock import Stock
from shop.storage.subscriptions import Subscription, Subscriptions
from shop.subscribing import TimeAdded, add_time, wish

_MOST_DAYS = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits, and what wants a person."""

    outbox: tuple[Depth, ...]
    dead: int
    letters: dict[InboxState, int]
    held: int
    unassigned: int
    hidden: tuple[Circuit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The shop at a glance; sales are (how many, how much) a currency since `since`."""

    since: datetime
    sales: tuple[tuple[int, Money], ...]
    given_back: tuple[tuple[int, Money], ...]
    new_customers: int
    subscriptions: dict[SubscriptionState, int]
    stock: dict[str, int]
    backlog: Backlog
    proofs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One customer's story; lists are the latest first, acts with whose they were."""

    customer: Customer
    subscriptions: tuple[Subscription, ...]
    orders: tuple[tuple[Order, Product], ...]
    receipts: tuple[Receipt, ...]
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]
    wallets: tuple[Money, ...]
    acts: tuple[tuple[Act, str], ...]


def today(books: Books, *, since: datetime, policy: Policy, now: datetime) -> Today:
    """Sales since `since`, and what needs a hand."""
    until = now + timedelta(seconds=1)
    return Today(
        since=since,
        sales=tuple(books[Payments].totals(since=since, until=until)),
        given_back=tuple(books[Refunds].totals(since=since, until=until)),
        new_customers=books[StaffTables].new_customers(
            since=since, until=until, staff_ids=policy.staff_ids
        ),
        subscriptions=books[Subscriptions].counts(),
        stock=books[Stock].levels(),
        backlog=backlog(books),
        proofs=books[Proofs].count_waiting(),
    )


def backlog(books: Books) -> Backlog:
    """What waits in the outbox, and what staff should look at."""
    return Backlog(
        outbox=tuple(books[Outbox].depth()),
        dead=books[Outbox].count_dead(),
        letters=books[Inbox].counts(),
        held=books[Guards].count_waiting(),
        unassigned=books[Receipts].count_unassigned(),
        hidden=tuple(books[Circuits].opened()),
    )


def find(books: Books, words: str) -> list[Customer]:
    """Up to ten people by id, Telegram id, @username or part of a name."""
    if not words.strip():
        raise BadInputError(reason="Write a name, @username or number to look for.")
    return books[Customers].find(words)


def history(books: Books, customer_id: int) -> History:
    """A customer's history for one screen."""
    return History(
        customer=books[Customers].get(customer_id),
        subscriptions=tuple(books[Subscriptions].of(customer_id)),
        orders=tuple(
            (order, books[CatalogTables].get(order.product_id))
            for order, _ in books[Orders].of(customer_id, most=8)
        ),
        receipts=tuple(books[Payments].receipts_of(customer_id, most=8)),
        refunds=tuple(books[Refunds].of(customer_id, most=8)),
        disputes=tuple(books[Disputes].of(customer_id, most=4)),
        wallets=tuple(books[Journal].wallets(customer_id)),
        acts=tuple(
            (one, books[Customers].name_of(one.staff_id))
            for one in books[StaffTables].acts_on(customer_id, most=5)
        ),
    )


def subscription(books: Books, subscription_id: int) -> Subscription:
    """One subscription, whoever's it is."""
    return books[Subscriptions].get(subscription_id)


def grant(
    books: Books,
    staff_id: int,
    *,
    customer_id: int,
    slug: str,
    interval: Interval,
    tap: str = "",
    now: datetime,
) -> TimeAdded:
    """Give time for nothing: begins a subscription, or adds to the one that runs.

    `tap` names the button that asked for it: a second tap on the same one is refused.
    """
    added = _give(
        books, staff_id, customer_id=customer_id, slug=slug, interval=interval, tap=tap, now=now
    )
    books[StaffTables].audit(
        staff_id,
        "grant",
        customer_id=customer_id,
        facts={"plan": slug, "term": interval.key},
        now=now,
    )
    return added


def extend(
    books: Books,
    staff_id: int,
    *,
    subscription_id: int,
    days: int,
    tap: str = "",
    now: datetime,
) -> TimeAdded:
    """Add days to a subscription; `tap` as in `grant`."""
    if not 1 <= days <= _MOST_DAYS:
        raise BadInputError(reason="Give a number of days from 1 to 3660.")
    subscription = books[Subscriptions].get(subscription_id)
    added = _give(
        books,
        staff_id,
        customer_id=subscription.customer_id,
        slug=subscription.product.slug,
        interval=Interval(count=days, unit=Unit.DAY),
        tap=tap,
        now=now,
    )
    books[StaffTables].audit(
        staff_id,
        "extend",
        customer_id=subscription.customer_id,
        facts={"subscription": subscription_id, "days": days},
        now=now,
    )
    return added


def hold(
    books: Books, staff_id: int, *, subscription_id: int, is_held: bool, now: datetime
) -> None:
    """Stop access at once, or give it back; the paid time is not touched."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    subscription = books[Subscriptions].get(subscription_id)
    if subscription.standing.is_held == is_held:
        return
    books[Subscriptions].hold(subscription_id, is_held=is_held)
    notice, verb = (Notice.HELD, Verb.SUSPEND) if is_held else (Notice.RELEASED, Verb.RESUME)
    effect = wish(books, subscription_id, verb)
    told = tell_customer(customer, notice, key=effect.key, plan=subscription.product.slug)
    books[Outbox].add([told, effect], now=now)
    books[StaffTables].audit(
        staff_id,
        "suspend" if is_held else "resume",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def resend(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Send the customer his credentials again; `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    _refuse_second(books, f"{staff_id}:resend:{subscription_id}", tap)
    if books[Accounts].get(subscription_id).sealed is None:
        raise BadInputError(reason="This account has no credentials yet.")
    key = f"resend:{subscription_id}:{books[Accounts].wish(subscription_id)}"
    told = tell_customer(customer, Notice.CREDENTIALS, key=key, subscription=subscription_id)
    books[Outbox].add([told], now=now)
    books[StaffTables].audit(
        staff_id,
        "resend",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def rotate(
    books: Books, staff_id: int, *, subscription_id: int, tap: str = "", now: datetime
) -> None:
    """Make new credentials; the old ones stop working. `tap` as in `grant`."""
    subscription = books[Subscriptions].get(subscription_id)
    customer = books[Customers].claim(subscription.customer_id)
    _refuse_second(books, f"{staff_id}:rotate:{subscription_id}", tap)
    books[Outbox].add([wish(books, subscription_id, Verb.ROTATE)], now=now)
    books[StaffTables].audit(
        staff_id,
        "rotate",
        customer_id=customer.id,
        facts={"subscription": subscription_id},
        now=now,
    )


def load(
    books: Books, staff_id: int, *, plan: str, csv_text: str, vault: Vault, now: datetime
) -> Loaded:
    """Put stock on the shelf; the lines themselves stay out of the audit."""
    loaded = load_stock(books, plan, csv_text, vault=vault, now=now)
    books[StaffTables].audit(
        staff_id,
        "load_stock",
        customer_id=None,
        facts={"plan": plan, "added": loaded.added, "repeated": loaded.repeated},
        now=now,
    )
    return loaded


def unbalanced(books: Books) -> list[str]:
    """Journal groups that do not sum to zero: always none, and doctor looks."""
    return books[Journal].unbalanced()


def _give(
    books: Books,
    staff_id: int,
    *,
    customer_id: int,
    slug: str,
    interval: Interval,
    tap: str,
    now: datetime,
) -> TimeAdded:
    customer = books[Customers].claim(customer_id)
    _refuse_second(books, f"{staff_id}:grant:{customer_id}", tap)
    product = books[CatalogTables].by_slug(slug)
    order = books[Orders].add_given(
        customer.id, product_id=product.id, kind=OrderKind.GRANT, interval=interval, now=now
    )
    live = books[Subscriptions].live(customer.id, product.id)
    added = add_time(
        books, customer, product, interval, live=live, order_id=order.id, is_trial=False, now=now
    )
    told = tell_customer(
        customer,
        Notice.GIVEN,
        key=f"order:{order.id}",
        plan=slug,
        term=interval.key,
        until=int(added.span.ends_at.timestamp()),
        is_trial=False,
    )
    books[Outbox].add([told, *added.effects], now=now)
    return added


def _refuse_second(books: Books, what: str, tap: str) -> None:
    if not tap:
        return
    key = f"tap:{what}"
    if books[StaffTables].note(key) == tap:
        raise DoneAlreadyError
    books[StaffTables].set_note(key, tap)
