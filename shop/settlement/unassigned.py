"""Gives money of no known order its owner: the wallet or one unpaid order, exactly once."""

from dataclasses import dataclass, replace
from datetime import datetime

from shop.books.books import Books
from shop.core.errors import BadInputError, DoneAlreadyError, NotFoundError
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer, Customers
from shop.ledger.journal_records import SALES, UNASSIGNED, WALLET, Entry, Journal
from shop.ledger.receipt_records import Receipts, UnassignedReceipt
from shop.ledger.receiving import Judgement, ReceiptPolicy, Verdict, judge
from shop.messaging.inbox_records import Inbox, InboxState
from shop.messaging.notices import tell_customer
from shop.messaging.outbox_records import Effect, Outbox
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.payment_records import Payments
from shop.refunds.records import Refunds
from shop.settlement.acts import Assign
from shop.settlement.circumstances import CircumstanceRecords, Circumstances
from shop.settlement.fulfilment import due_of, fulfil, tell_not_owed
from shop.settlement.notices import Assigned
from shop.settlement.receipts import book_tax
from shop.settlement.received_money import ReceivedMoney, note_final
from shop.settlement.unassigned_records import UnassignedReceipts
from shop.staff.acts import ByStaff

_MOST = 20
_FOR_EVER = 100_000  # days: how late money may be where a person says whose it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one sum could go: this customer's wallet, or an order of theirs that is unpaid."""

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
    """Give it to the customer: to the order this payment was for, or to the wallet.

    What the order does not take is in the wallet, as with any money.
    """
    customer = books[Customers].claim(customer_id)
    books[Receipts].claim(receipt)
    money = _receipt(books, receipt)
    if not books[Refunds].case(receipt).standing.refunded.is_zero:
        raise BadInputError(reason="Some of this money went back already; it is nobody's now.")
    payment = _payment(books, customer, reference, policy=policy, now=now) if reference else None
    judgement = _all_to_wallet(money) if payment is None else _judged(payment, money)
    done = books[Receipts].assign(
        receipt,
        customer_id=customer.id,
        judgement=judgement,
        payment_id=None if payment is None else payment.affairs.payment_id,
    )
    if not done:
        raise DoneAlreadyError
    _enter(books, receipt, customer, money.money, judgement, now=now)
    if money.inbox_event_id is not None:
        books[Inbox].finish(
            money.inbox_event_id, InboxState.DONE, note=f"to customer {customer.id}"
        )
    if payment is None:
        told = tell_customer(customer, Assigned(money=money.money), key=str(money.id))
        books[Outbox].add([told], now=now)
    else:
        received = ReceivedMoney(
            payment=payment, receipt=receipt, money=money.money, judgement=judgement
        )
        books[Outbox].add(_bring_about(received), now=now)
    if judgement.fulfils:
        book_tax(books, receipt, now=now)
    act = Assign(receipt=receipt, money=money.money, order=reference or "wallet")
    ByStaff(books=books, staff_id=staff_id, now=now).note(act, customer_id=customer.id)


def _receipt(books: Books, receipt: int) -> UnassignedReceipt:
    money = books[Receipts].get(receipt)
    if money is None:
        raise NotFoundError(what="receipt", name=receipt)
    return money


def _payment(
    books: Books, customer: Customer, reference: str, *, policy: Policy, now: datetime
) -> ClaimedPayment[Circumstances]:
    payment = books[Payments].by_reference(reference)
    if payment is None or payment.customer_id != customer.id:
        raise BadInputError(reason="This order belongs to somebody else.")
    affairs = books[CircumstanceRecords].of(reference)
    return ClaimedPayment(books=books, customer=customer, affairs=affairs, policy=policy, now=now)


def _judged(payment: ClaimedPayment[Circumstances], money: UnassignedReceipt) -> Judgement:
    """A person says whose it is, so it is late for no order."""
    patient = replace(payment.policy[ReceiptPolicy], late_days=_FOR_EVER)
    due = due_of(payment, money.money)
    return judge(due, money.money, at=money.occurred_at, policy=patient)


def _all_to_wallet(money: UnassignedReceipt) -> Judgement:
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


def _bring_about(received: ReceivedMoney) -> list[Effect]:
    """What the money does for the order it was given to."""
    if not received.judgement.fulfils:
        return tell_not_owed(received)
    note_final(received.payment)
    return fulfil(received)
