"""What of a customer's moneys can go back, and what has: read for the staff's screens."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shop.books.books import Books
from shop.core.money import Money, round_minor
from shop.credit.records import Kept
from shop.credit.reservations import wallet_of
from shop.ledger.receipt_records import Receipts
from shop.refunds.bookings import most_back
from shop.refunds.cases import Case
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.rules import portions


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


def missing_after(
    books: Books, receipt: int, money: Money, route: RefundRoute, *, now: datetime
) -> tuple[Kept, ...]:
    """What would be missing of what the wallet keeps for orders, were so much given back."""
    case = books[Refunds].case(receipt)
    taken = portions(case.standing, money).from_wallet
    if case.customer_id is None or route is RefundRoute.WALLET or taken.is_zero:
        return ()
    return wallet_of(books, case.customer_id, now=now).missing_without(taken)


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
