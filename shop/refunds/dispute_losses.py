"""What a bank took for good is a refund that nobody here made; what it gave back undoes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shop.books.books import Books
from shop.core.money import Money
from shop.core.policy import Policy
from shop.customers.records import Customer
from shop.ledger.journal_records import REFUNDING, Entry, Journal
from shop.messaging.outbox_records import Effect
from shop.orders.order_records import Orders
from shop.refunds.bookings import DISPUTED, book_intent, follow, reserving_entries
from shop.refunds.cases import Case
from shop.refunds.dispute_records import Dispute, Disputes
from shop.refunds.disputed_money import case_of_dispute, have_taken, hold_disputed
from shop.refunds.owed_again import OWED, lose_owed_again, owed_again
from shop.refunds.reclaiming import reclaim
from shop.refunds.records import Refund, RefundRoute, Refunds
from shop.refunds.restoration import restore_time
from shop.refunds.rules import left_outside
from shop.refunds.states import DisputeState, RefundState
from shop.renewals.given_back import tell_not_renewing


def losses_of(books: Books, dispute: Dispute) -> list[Refund]:
    """What this case has taken for good."""
    if dispute.receipt is None:
        return []
    return [
        one
        for one in books[Refunds].of_receipt(dispute.receipt)
        if one.route is RefundRoute.DISPUTE
        and one.state is RefundState.DONE
        and one.reference.startswith(_reference(dispute, ""))
    ]


def book_loss(books: Books, dispute: Dispute, *, policy: Policy, now: datetime) -> Money:
    """Book what a bank took for good, as far as it is here; returns what was not booked yet."""
    case = case_of_dispute(books, dispute)
    if case is None:
        return Money.zero(dispute.asked.currency)
    owed = owed_again(books, case.receipt)
    booked = _sum(losses_of(books, dispute), dispute.asked.currency)
    is_here = left_outside(case.standing) + _sum(owed, dispute.asked.currency)
    taken = min(dispute.asked, booked + is_here)
    more = taken - booked
    dispute = have_taken(books, dispute, max(taken, booked), now=now)
    if more.minor <= 0:
        return Money.zero(more.currency)
    rest = more
    for one in owed:
        if not rest.is_zero:
            name = _reference(dispute, f"{dispute.turns}_{one.id}")
            rest -= lose_owed_again(books, one, rest, reference=name, policy=policy, now=now)
    if not rest.is_zero:
        _lose(books, case, dispute, rest, policy=policy, now=now)
    return more


def _lose(
    books: Books, case: Case, dispute: Dispute, money: Money, *, policy: Policy, now: datetime
) -> None:
    refund = book_intent(
        books,
        reclaim(books, case, money, policy=policy, now=now),
        money,
        route=RefundRoute.DISPUTE,
        state=RefundState.DONE,
        reference=_reference(dispute, str(dispute.turns)),
        reason="dispute",
        staff_id=None,
        ask_at=None,
        now=now,
    )
    follow(books, refund, policy=policy, now=now)


def undo_losses(
    books: Books, customer: Customer, dispute: Dispute, *, now: datetime
) -> tuple[Money, list[Effect]]:
    """The money is the shop's again: order, wallet and time are as they were before.

    Returns what of it lies in the wallet again, and what brings the time back.
    """
    in_wallet, effects = Money.zero(dispute.money.currency), list[Effect]()
    for one in losses_of(books, dispute):
        if one.reason == OWED:
            _owe_again(books, one, now=now)
            continue
        books[Refunds].move(one, RefundState.CANCELLED, ask_at=None, done_at=now)
        entries = [
            *(replace(entry, money=-entry.money) for entry in reserving_entries(one)),
            Entry(account=REFUNDING, money=-one.money),
            Entry(account=DISPUTED, money=one.money),
        ]
        books[Journal].enter(f"refund:{one.id}:undone", entries, now=now)
        case = books[Refunds].case(one.receipt)
        is_here = case.order_back_surely < case.standing.order_paid
        if case.order_id is not None and is_here:
            books[Orders].unrefund(case.order_id, now=now)
        in_wallet += one.from_wallet
        effects += restore_time(books, customer, one, now=now)
        if case.order_id is not None:
            effects += tell_not_renewing(books, customer, case.order_id, now=now)
    return in_wallet, effects


def _owe_again(books: Books, refund: Refund, *, now: datetime) -> None:
    """It was to be paid back when the bank took it: it is so again, and staff have the task."""
    books[Refunds].mark_returned(refund, note=OWED, now=now)
    entries = (
        Entry(account=DISPUTED, money=refund.money),
        Entry(account=REFUNDING, money=-refund.money),
    )
    books[Journal].enter(f"refund:{refund.id}:owed{refund.again}", entries, now=now)


def bring_disputes(books: Books, receipt: int, *, policy: Policy, now: datetime) -> None:
    """What was on its way back is here again, and a bank asks for it: it has it now."""
    for one in books[Disputes].of_receipt(receipt):
        if one.state is DisputeState.OPEN:
            hold_disputed(books, one, now=now)
        elif one.state is DisputeState.LOST:
            book_loss(books, one, policy=policy, now=now)


def _reference(dispute: Dispute, turn: str) -> str:
    return f"rf_dispute_{dispute.id}_{turn}"


def _sum(refunds: Sequence[Refund], currency: str) -> Money:
    return Money(sum(one.money.minor for one in refunds), currency)
