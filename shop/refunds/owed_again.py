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

OWED = "owed"  # why: a bank took what was owed to the customer


def owed_again(books: Books, receipt: int) -> list[Refund]:
    """What a bank returned of this receipt, and what has not found another way; oldest first."""
    return [one for one in books[Refunds].of_receipt(receipt) if one.is_owed_again]


def pay_owed_again(
    books: Books, refund: Refund, money: Money, *, policy: Policy, now: datetime
) -> Money:
    """So much went back at the provider; what of it this refund owed, the rest stays owed."""
    if money.is_zero:
        return money
    part = min(refund.money, money)
    if part == refund.money:
        books[Refunds].move(refund, RefundState.DONE, ask_at=None, done_at=now)
        gone = replace(books[Refunds].get(refund.id), route=RefundRoute.TOLD)
        follow(books, gone, policy=policy, now=now)
        books[Refunds].given_anew(refund)
    else:
        many = len(books[Refunds].of_receipt(refund.receipt))
        name = f"rf_told_{refund.receipt}_{many}"
        gone = divide(books, refund, part, route=RefundRoute.TOLD, reference=name, now=now)
        follow(books, gone, policy=policy, now=now)
    return part


def lose_owed_again(
    books: Books, refund: Refund, money: Money, *, reference: str, policy: Policy, now: datetime
) -> Money:
    """A bank took so much; what of it this refund owed is owed no more, the rest stays owed."""
    part = min(refund.money, money)
    gone = divide(
        books,
        refund,
        part,
        route=RefundRoute.DISPUTE,
        reference=reference,
        reason=OWED,
        now=now,
    )
    follow(books, gone, policy=policy, now=now)
    return part


def divide(
    books: Books,
    refund: Refund,
    part: Money,
    *,
    route: RefundRoute,
    reference: str,
    reason: str = "",
    now: datetime,
) -> Refund:
    """The part that went is a refund of its own; whence its money came is shared to the cent.

    Of one that has gone whole nothing is left, and it is over. What followed from this money
    followed when it first went: nothing does any more.
    """
    loss = refund.money - refund.from_wallet - refund.from_order
    weights = [refund.from_wallet.minor, refund.from_order.minor, loss.minor]
    from_wallet, from_order, _loss = split(part, weights)
    whole = refund.from_order.minor
    tax = refund.tax.minor * from_order.minor // whole if whole else 0
    gone = NewRefund(
        reference=reference,
        receipt=refund.receipt,
        customer_id=refund.customer_id,
        route=route,
        state=RefundState.DONE,
        money=part,
        from_wallet=from_wallet,
        from_order=from_order,
        tax=Money(tax, part.currency),
        reason=reason or refund.reason,
        staff_id=None,
        ask_at=None,
        done_at=now,
    )
    made = books[Refunds].get(books[Refunds].add(gone, now=now))
    _hand_over(books, refund, made, now=now)
    return replace(made, returned_at=refund.returned_at)


def _hand_over(books: Books, refund: Refund, made: Refund, *, now: datetime) -> None:
    lines = books[RefundLines].of(refund.id, made.money.currency)
    shares = tuple(lines)
    is_whole = made.money == refund.money
    if not is_whole and not made.from_order.is_zero:
        shares = shares_of_lines(lines, back=made.from_order, tax=made.tax)
    books[RefundLines].add(made.id, shares if not made.from_order.is_zero else ())
    if is_whole:
        books[Refunds].move(refund, RefundState.CANCELLED, ask_at=None, done_at=now)
        return
    books[Refunds].lessen(
        refund.id,
        by=made.money,
        from_wallet=made.from_wallet,
        from_order=made.from_order,
        tax=made.tax,
    )
    if not made.from_order.is_zero:
        books[RefundLines].lessen(refund.id, shares)
