"""Gives money of no known order its owner: to his wallet or to one of his orders, exactly once."""

from dataclasses import dataclass, replace
from datetime import datetime

from shop.books.books import Books
from shop.core.errors import BadInputError, DoneAlreadyError, NotFoundError
from shop.core.money import Money
from shop.core.moves import may_move
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import SALES, UNASSIGNED, WALLET, Entry, Journal
from shop.ledger.receipt_records import Receipts, UnassignedReceipt
from shop.ledger.receiving import Judgement, ReceiptPolicy, Verdict, judge
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.kinds import Notice
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.payment_records import Payments
from shop.orders.states import PAYMENT_MOVES, PaymentState
from shop.refunds.records import Refunds
from shop.settlement.acts import Assign
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.fulfilment import due_of, fulfil, tell_not_owed
from shop.settlement.receipts import book_tax
from shop.settlement.unassigned_records import UnassignedReceipts
from shop.staff.acts import ByStaff

_MOST = 20
_FOR_EVER = 100_000  # days: how late money may be where a person says whose it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one sum could go: this customer's wallet, or one of his unpaid orders."""

    money: UnassignedReceipt
    customer: Customer
    orders: tuple[Circumstances, ...]


def unassigned(books: Books) -> list[UnassignedReceipt]:
    """Money of no known order, the oldest first."""
    return books[UnassignedReceipts].unassigned(most=_MOST)


def unassigned_receipt(books: Books, receipt: int) -> tuple[UnassignedReceipt, list[Customer]]:
    """One sum, and who was asked for just this much lately."""
    money = _receipt(books, receipt)
    return money, books[UnassignedReceipts].owing(money.money, most=5)


def places_for(books: Books, receipt: int, customer_id: int) -> Place:
    """Where this sum could go if it is this customer's."""
    money = _receipt(books, receipt)
    found = books[UnassignedReceipts].assignable(customer_id, money.money.currency, most=5)
    return Place(
        money=money,
        customer=books[Customers].get(customer_id),
        orders=tuple(books[CircumstanceRecords].of(one.reference) for one in found),
    )


def assign(
    books: Books,
    staff_id: int,
    *,
    receipt: int,
    customer_id: int,
    reference: str = "",
    policy: Policy,
    now: datetime,
) -> None:
    """Give it to him: to the order this payment was for, or to his wallet.

    What the order does not take is in the wallet, as with any money.
    """
    customer = books[Customers].claim(customer_id)
    books[Receipts].claim(receipt)
    money = _receipt(books, receipt)
    if books[Refunds].case(receipt).standing.refunded:
        raise BadInputError(reason="Some of this money went back already; it is nobody's now.")
    affairs = _affairs(books, customer, reference) if reference else None
    judgement = _judged(books, customer, affairs, money, policy=policy)
    done = books[Receipts].assign(
        receipt,
        customer_id=customer.id,
        judgement=judgement,
        payment_id=None if affairs is None else affairs.payment_id,
    )
    if not done:
        raise DoneAlreadyError
    _enter(books, receipt, customer, money.money, judgement, now=now)
    if money.inbox_event_id is not None:
        books[Inbox].finish(
            money.inbox_event_id, InboxState.DONE, note=f"to customer {customer.id}"
        )
    effects = _effects(books, customer, affairs, money, judgement, policy=policy, now=now)
    if judgement.fulfils:
        book_tax(books, receipt, now=now)
    books[Outbox].add(effects, now=now)
    act = Assign(receipt=receipt, money=money.money, order=reference or "wallet")
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=customer.id)


def _receipt(books: Books, receipt: int) -> UnassignedReceipt:
    money = books[Receipts].get(receipt)
    if money is None:
        raise NotFoundError(what="receipt", name=receipt)
    return money


def _affairs(books: Books, customer: Customer, reference: str) -> Circumstances:
    payment = books[Payments].by_reference(reference)
    if payment is None or payment.customer_id != customer.id:
        raise BadInputError(reason="This order is not one of his.")
    return books[CircumstanceRecords].of(reference)


def _judged(
    books: Books,
    customer: Customer,
    affairs: Circumstances | None,
    money: UnassignedReceipt,
    *,
    policy: Policy,
) -> Judgement:
    if affairs is not None:
        patient = replace(policy[ReceiptPolicy], late_days=_FOR_EVER)
        due = due_of(books, customer, affairs, money.money)
        return judge(due, money.money, at=money.occurred_at, policy=patient)
    nothing = Money.zero(money.money.currency)
    return Judgement(
        verdict=Verdict.ASSIGNED,
        to_order=nothing,
        to_wallet=money.money,
        from_wallet=nothing,
        fulfils=False,
    )


def _enter(
    books: Books,
    receipt: int,
    customer: Customer,
    money: Money,
    judgement: Judgement,
    *,
    now: datetime,
) -> None:
    books[Journal].enter(
        f"assigned:{receipt}",
        (
            Entry(account=UNASSIGNED, money=money),
            Entry(account=SALES, money=-judgement.to_order),
            Entry(account=WALLET, money=-judgement.to_wallet, customer_id=customer.id),
            Entry(account=WALLET, money=judgement.from_wallet, customer_id=customer.id),
        ),
        now=now,
    )


def _effects(
    books: Books,
    customer: Customer,
    affairs: Circumstances | None,
    money: UnassignedReceipt,
    judgement: Judgement,
    *,
    policy: Policy,
    now: datetime,
) -> list[Effect]:
    if affairs is None:
        told = tell_customer(
            customer,
            Notice.ASSIGNED,
            key=str(money.id),
            minor=money.money.minor,
            currency=money.money.currency,
        )
        return [told]
    if not judgement.fulfils:
        return tell_not_owed(customer, affairs, judgement, money.id, money.money, policy=policy)
    if may_move(PAYMENT_MOVES, affairs.payment_state, PaymentState.FINAL):
        books[Payments].move(
            affairs.payment_id, old=affairs.payment_state, new=PaymentState.FINAL, poll_at=None
        )
    return fulfil(
        books,
        customer,
        affairs,
        judgement,
        receipt=money.id,
        money=money.money,
        policy=policy,
        now=now,
    )
