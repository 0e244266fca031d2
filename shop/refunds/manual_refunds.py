"""What staff pay back outside the shop: they say that it is done, or that it is not."""

from datetime import datetime

from shop.books.books import Books
from shop.core.policy import Policy
from shop.ledger.journal_records import REFUNDING, WALLET, Entry, Journal
from shop.messaging.outbox_records import Outbox
from shop.refunds.acts import RefundGivenUp, RefundPaid, RefundToWallet
from shop.refunds.bookings import follow, tell_gone
from shop.refunds.provider_refunds import undo
from shop.refunds.records import Refund, Refunds
from shop.refunds.refund import RefundMovedOnError, claimed_refund
from shop.refunds.states import RefundState
from shop.staff.acts import ByStaff


def confirm_manual_refund(
    books: Books, staff_id: int, *, refund_id: int, policy: Policy, now: datetime
) -> Refund:
    """Staff paid it back outside, and say so."""
    refund = _at_hand(books, refund_id)
    books[Refunds].move(refund, RefundState.DONE, ask_at=None, done_at=now)
    books[Refunds].by_hand(refund)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(RefundPaid(refund=refund.id, money=refund.money), customer_id=refund.customer_id)
    follow(books, books[Refunds].get(refund_id), policy=policy, now=now)
    return books[Refunds].get(refund_id)


def cancel_manual_refund(
    books: Books, staff_id: int, *, refund_id: int, policy: Policy, now: datetime
) -> Refund:
    """It is not paid back after all.

    What a bank returned is owed all the same: that goes into the customer's wallet.
    """
    refund = _at_hand(books, refund_id)
    if refund.returned_at is not None and refund.customer_id is not None:
        return _into_wallet(books, refund, staff_id, policy=policy, now=now)
    books[Refunds].move(refund, RefundState.CANCELLED, ask_at=None, done_at=now)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(RefundGivenUp(refund=refund.id, money=refund.money), customer_id=refund.customer_id)
    undo(books, refund, policy=policy, now=now)
    return books[Refunds].get(refund_id)


def _into_wallet(
    books: Books, refund: Refund, staff_id: int, *, policy: Policy, now: datetime
) -> Refund:
    books[Refunds].into_wallet(refund, now=now)
    entries = (
        Entry(account=REFUNDING, money=refund.money),
        Entry(account=WALLET, money=-refund.money, customer_id=refund.customer_id),
    )
    books[Journal].enter(f"refund:{refund.id}:wallet", entries, now=now)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(RefundToWallet(refund=refund.id, money=refund.money), customer_id=refund.customer_id)
    refund = books[Refunds].get(refund.id)
    books[Outbox].add(tell_gone(books, refund, policy=policy), now=now)
    return refund


def _at_hand(books: Books, refund_id: int) -> Refund:
    refund = claimed_refund(books, refund_id)
    if refund.state is not RefundState.MANUAL:
        raise RefundMovedOnError
    return refund
