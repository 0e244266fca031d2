"""What of a customer's moneys can go back, and what has: read for the staff's screens."""

from dataclasses import dataclass
from decimal import Decimal

from shop.books.books import Books
from shop.core.money import Money, round_minor
from shop.ledger.receipt_records import Receipts
from shop.refunds.bookings import most_back
from shop.refunds.cases import Case
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refund, RefundRoute, Refunds


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """A receipt with what went back of it, and the most that may go each way."""

    case: Case
    refunds: tuple[Refund, ...]
    outside: Money
    to_wallet: Money

    @property
    def most(self) -> Money:
        """The most that may go back, whichever way."""
        return max(self.outside, self.to_wallet)

    @property
    def half(self) -> Money:
        """Half of that, for a button."""
        return Money(round_minor(Decimal(self.most.minor) / 2), self.most.currency)


def refundable(books: Books, receipt: int) -> Refundable:
    """One receipt."""
    case = books[Refunds].case(receipt)
    return Refundable(
        case=case,
        refunds=tuple(books[Refunds].of_receipt(receipt)),
        outside=most_back(case, RefundRoute.PROVIDER),
        to_wallet=most_back(case, RefundRoute.WALLET),
    )


def receipts_of(books: Books, customer_id: int) -> list[Case]:
    """A customer's latest receipts."""
    return [
        books[Refunds].case(one.id) for one in books[Receipts].receipts_of(customer_id, most=8)
    ]


def refund_of(books: Books, refund_id: int) -> tuple[Refund, Case]:
    """One refund, and the receipt it is of."""
    refund = books[Refunds].get(refund_id)
    return refund, books[Refunds].case(refund.receipt)


def refund(books: Books, refund_id: int) -> Refund:
    """One refund."""
    return books[Refunds].get(refund_id)


def dispute(books: Books, dispute_id: int) -> Dispute:
    """One dispute or warning."""
    return books[Disputes].get(dispute_id)
