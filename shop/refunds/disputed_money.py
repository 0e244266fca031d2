"""The money that a bank asks about: which receipt it is, and where it lies meanwhile."""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.ledger.journal_records import Entry, Journal
from shop.ledger.receipt_records import Receipts, unnamed
from shop.ledger.receiving import Verdict
from shop.orders.claimed_payment import PaymentUpdate
from shop.orders.payment_records import Affairs
from shop.refunds.bookings import DISPUTED
from shop.refunds.dispute_records import Dispute
from shop.refunds.records import Refunds


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


def enter_disputed(
    books: Books, dispute: Dispute, money: Money, *, now: datetime, group: str = ""
) -> None:
    """The provider keeps this money until the bank has decided; negative money is given back."""
    entries = (
        Entry(account=f"provider:{dispute.provider}", money=-money),
        Entry(account=DISPUTED, money=money),
    )
    books[Journal].enter(f"dispute:{dispute.id}{group}", entries, now=now)
