"""A refund that a bank returned is owed again, until it goes back anew: whole, or part by part."""

from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money, split
from shop.core.policy import Policy
from shop.refunds.bookings import follow
from shop.refunds.line_records import RefundLines
from shop.refunds.records import NewRefund, Refund, RefundRoute, Refunds
from shop.refunds.rules import shares_of_lines
from shop.refunds.states import RefundState


def is_owed_again(refund: Refund) -> bool:
    """Whether a bank returned it, and it has not found another way yet."""
    return refund.state is RefundState.MANUAL and refund.returned_at is not None


def pay_owed_again(
    books: Books, refund: Refund, money: Money, *, policy: Policy, now: datetime
) -> Money:
    """So much went back at the provider; what of it this refund owed, the rest stays owed."""
    if money.is_zero:
        return money
    part = min(refund.money, money)
    if part == refund.money:
        books[Refunds].move(refund, RefundState.DONE, ask_at=None, done_at=now)
        follow(books, books[Refunds].get(refund.id), policy=policy, now=now)
    else:
        follow(books, _divide(books, refund, part, now=now), policy=policy, now=now)
    return part


def _divide(books: Books, refund: Refund, part: Money, *, now: datetime) -> Refund:
    """The part that went is a refund of its own; whence its money came is shared to the cent."""
    loss = refund.money - refund.from_wallet - refund.from_order
    from_wallet, from_order, _loss = split(
        part, [refund.from_wallet.minor, refund.from_order.minor, loss.minor]
    )
    tax = Money(
        0
        if refund.from_order.is_zero
        else refund.tax.minor * from_order.minor // refund.from_order.minor,
        refund.tax.currency,
    )
    many = len(books[Refunds].of_receipt(refund.receipt))
    gone = books[Refunds].add(
        NewRefund(
            reference=f"rf_told_{refund.receipt}_{many}",
            receipt=refund.receipt,
            customer_id=refund.customer_id,
            route=RefundRoute.TOLD,
            state=RefundState.DONE,
            money=part,
            from_wallet=from_wallet,
            from_order=from_order,
            tax=tax,
            reason=refund.reason,
            staff_id=None,
            ask_at=None,
            done_at=now,
        ),
        now=now,
    )
    books[Refunds].lessen(
        refund.id, by=part, from_wallet=from_wallet, from_order=from_order, tax=tax
    )
    if not from_order.is_zero:
        shares = shares_of_lines(
            books[RefundLines].of(refund.id, part.currency), back=from_order, tax=tax
        )
        books[RefundLines].add(gone, shares)
        books[RefundLines].lessen(refund.id, shares)
    # What followed from this money followed when it first went.
    return replace(books[Refunds].get(gone), returned_at=refund.returned_at)
