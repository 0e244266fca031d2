"""What staff may do, each act with its audit row in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.access.states import SubscriptionState
from shop.access.stock_records import Stock
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.errors import BadInputError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.intake.proof_records import Proofs
from shop.ledger.journal_records import Journal
from shop.ledger.receipt_records import Receipt, Receipts
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.outbox_records import Depth, Outbox
from shop.orders.health_records import ProviderHealth, ProviderHealthRecords
from shop.orders.order_records import Orders, OrderShown
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refund, Refunds
from shop.settlement.review_records import Reviews
from shop.settlement.unassigned_records import UnassignedReceipts
from shop.staff.audit_records import Act, AuditLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits, and what wants a person."""

    outbox: tuple[Depth, ...]
    dead: int
    inbox_events: dict[InboxState, int]
    held: int
    unassigned: int
    hidden: tuple[ProviderHealth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The shop at a glance; sales are (how many, how much) a currency since `since`."""

    since: datetime
    sales: tuple[tuple[int, Money], ...]
    refunded: tuple[tuple[int, Money], ...]
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
    orders: tuple[OrderShown, ...]
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
        sales=tuple(books[Receipts].totals(since=since, until=until)),
        refunded=tuple(books[Refunds].totals(since=since, until=until)),
        new_customers=books[Customers].new_customers(
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
        inbox_events=books[Inbox].counts(),
        held=books[Reviews].count_waiting(),
        unassigned=books[UnassignedReceipts].count_unassigned(),
        hidden=tuple(books[ProviderHealthRecords].opened()),
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
        orders=tuple(books[Orders].of(customer_id, most=8)),
        receipts=tuple(books[Receipts].receipts_of(customer_id, most=8)),
        refunds=tuple(books[Refunds].of(customer_id, most=8)),
        disputes=tuple(books[Disputes].of(customer_id, most=4)),
        wallets=tuple(books[Journal].wallets(customer_id)),
        acts=tuple(
            (one, books[Customers].name_of(one.staff_id))
            for one in books[AuditLog].acts_on(customer_id, most=5)
        ),
    )


def unbalanced(books: Books) -> list[str]:
    """Journal groups that do not sum to zero: always none, and doctor looks."""
    return books[Journal].unbalanced()
