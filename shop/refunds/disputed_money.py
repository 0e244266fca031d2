"""The money that a bank asks about: which receipt it is, and what of it the bank has now."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.ledger.journal_records import Entry, Journal
from shop.ledger.receipt_records import Receipts, unnamed
from shop.ledger.receiving import Verdict
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Affairs
from shop.refunds.bookings import DISPUTED
from shop.refunds.cases import Case
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refunds
from shop.refunds.rules import left_outside


def money_asked_about(update: PaymentUpdate[Affairs]) -> tuple[str, int | None]:
    """The money it is about; where none is named, what came last for this payment."""
    books, affairs, named = update.books, update.affairs, update.event.receipt_id
    if named:
        found = books[Receipts].receipt_named(affairs.provider, named)
        return named, in_place(books, found)
    receipts = books[Receipts].receipts_of_payment(affairs.payment_id)
    if not receipts:
        return unnamed(affairs.reference), None
    return books[Refunds].case(receipts[0]).receipt_id, in_place(books, receipts[0])


def in_place(books: Books, receipt: int | None) -> int | None:
    """A receipt whose money has its place; what a person must decide about has none yet."""
    if receipt is None or books[Refunds].case(receipt).standing.verdict is Verdict.IN_REVIEW:
        return None
    return receipt


def case_of_dispute(books: Books, dispute: Dispute) -> Case | None:
    """The money it is about; None where the books have none, or none in that currency.

    A sum in another currency than came cannot be taken out of it: staff are told, no more.
    """
    if dispute.receipt is None:
        return None
    case = books[Refunds].case(dispute.receipt)
    is_same = case.standing.money.currency == dispute.asked.currency
    return case if is_same else None


def hold_disputed(books: Books, dispute: Dispute, *, now: datetime) -> Dispute:
    """The provider keeps what the bank asks for until it has decided, as far as it is here."""
    case = case_of_dispute(books, dispute)
    if case is None:
        return dispute
    return have_taken(
        books, dispute, min(dispute.asked, dispute.money + left_outside(case.standing)), now=now
    )


def have_taken(books: Books, dispute: Dispute, money: Money, *, now: datetime) -> Dispute:
    """Have the bank hold just so much: what it lacks is taken, what is too much given back."""
    more = money - dispute.money
    if more.is_zero:
        return dispute
    entries = (
        Entry(account=f"provider:{dispute.provider}", money=-more),
        Entry(account=DISPUTED, money=more),
    )
    books[Journal].enter(f"dispute:{dispute.id}:{dispute.turns}", entries, now=now)
    books[Disputes].take(dispute, money)
    return replace(dispute, money=money, turns=dispute.turns + 1)
