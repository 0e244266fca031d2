"""What staff may do, each act with its audit row in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.access.states import SubscriptionState
from shop.access.stock_records import Stock
from shop.access.subscription_records import Subscription, Subscriptions
from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.intake.backlog import Backlog, backlog
from shop.intake.proof_records import Proofs
from shop.ledger.journal_records import Journal
from shop.ledger.receipt_records import Receipt, Receipts
from shop.messaging.inbox_records import Inbox
from shop.orders.order_records import Orders, OrderShown
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refund, Refunds
from shop.staff.audit_records import Act, AuditLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The shop at a glance; sales are (how many, how much) a currency since `since`.

    `elsewhere` is how often providers told of another business in the same account.
    """

    since: datetime
    sales: tuple[tuple[int, Money], ...]
    refunded: tuple[tuple[int, Money], ...]
    new_customers: int
    subscriptions: dict[SubscriptionState, int]
    stock: dict[str, int]
    backlog: Backlog
    proofs: int = 0
    elsewhere: int = 0


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
        elsewhere=books[Inbox].count_elsewhere(since=since),
    )


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
