"""Money leaves that lay in a wallet and was spent: what it bought gives it back, latest first.

The order that it paid is refunded to the wallet, from where the money then goes.
"""

from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.refunds.bookings import book_intent, follow
from shop.refunds.cases import Case
from shop.refunds.records import RECLAIMED, RefundRoute, Refunds
from shop.refunds.rules import most_to_wallet, portions, spent_of_wallet
from shop.refunds.states import RefundState


def reclaim(books: Books, case: Case, money: Money, *, policy: Policy, now: datetime) -> Case:
    """Have the wallet hold what of `money` it gave away; returns the case as it stands then."""
    if case.customer_id is None:
        return case
    wanted = min(portions(case.standing, money).loss, spent_of_wallet(case.standing))
    if wanted.is_zero:
        return case
    spendings = books[Refunds].spendings_after(
        case.receipt, customer_id=case.customer_id, currency=money.currency
    )
    for receipt, spent in spendings:
        paid = books[Refunds].case(receipt)
        part = min(wanted, spent, most_to_wallet(paid.standing))
        if part.minor <= 0:
            continue
        refund = book_intent(
            books,
            paid,
            part,
            route=RefundRoute.WALLET,
            state=RefundState.DONE,
            reference=f"rf_reclaim_{receipt}_{len(books[Refunds].of_receipt(receipt))}",
            reason=RECLAIMED,
            staff_id=None,
            ask_at=None,
            now=now,
        )
        follow(books, refund, policy=policy, now=now)
        wanted -= part
    return books[Refunds].case(case.receipt)
