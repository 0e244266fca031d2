"""What a bank decided about money it was asked for, and what staff decide about its warnings."""

from datetime import datetime

from shop.books.books import Books
from shop.core.moves import may_move
from shop.customers.records import Customers
from shop.messaging.notices import tell_customer, tell_staff
from shop.messaging.outbox_records import Outbox
from shop.orders.claimed_payment import ClaimedPayment
from shop.orders.payment_records import Affairs, Payments
from shop.orders.states import PaymentState
from shop.refunds.acts import Trust
from shop.refunds.bookings import book_intent, follow
from shop.refunds.dispute_records import Dispute, DisputeKind, Disputes
from shop.refunds.disputed_money import enter_disputed
from shop.refunds.notices import DisputeClosed, DisputeOver
from shop.refunds.records import RefundRoute, Refunds
from shop.refunds.revocation import unfreeze_access
from shop.refunds.states import DISPUTE_MOVES, DisputeState, RefundState
from shop.staff.acts import ByStaff


def close_dispute(claimed: ClaimedPayment[Affairs], dispute: Dispute, state: DisputeState) -> None:
    """Let the money, the access and the warnings of the same money follow; tell both sides."""
    books, customer, affairs, now = claimed.books, claimed.customer, claimed.affairs, claimed.now
    books[Disputes].close(dispute, state, now=now)
    if state is DisputeState.WON:
        _give_back(claimed, dispute)
    else:
        _book_loss(claimed, dispute)
    effects = [
        effect
        for one in (*_warnings_of(books, dispute, state, now=now), dispute)
        if one.frozen_id is not None
        for effect in unfreeze_access(books, customer, one.frozen_id, dispute_id=one.id)
    ]
    key, plan = f"{dispute.id}:{state}", affairs.product.slug
    over = DisputeOver(plan=plan, how=state)
    closed = DisputeClosed(
        customer=customer.id,
        name=customer.name,
        plan=plan,
        money=affairs.whole if dispute.money.is_zero else dispute.money,
        how=state,
    )
    effects.append(tell_customer(customer, over, key=key))
    effects += tell_staff(claimed.policy, closed, key=key)
    books[Outbox].add(effects, now=now)


def _give_back(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> None:
    """The provider lets go of the money it kept."""
    books = claimed.books
    if not dispute.money.is_zero:
        enter_disputed(books, dispute, -dispute.money, now=claimed.now, group=":won")
    books[Payments].move(
        claimed.affairs.payment_id,
        old=PaymentState.DISPUTED,
        new=PaymentState.FINAL,
        poll_at=None,
    )


def _book_loss(claimed: ClaimedPayment[Affairs], dispute: Dispute) -> None:
    """The bank took the money: a refund that nobody here made."""
    books = claimed.books
    if dispute.money.is_zero or dispute.receipt is None:
        return
    refund = book_intent(
        books,
        books[Refunds].case(dispute.receipt),
        dispute.money,
        route=RefundRoute.DISPUTE,
        state=RefundState.DONE,
        reference=f"rf_dispute_{dispute.id}",
        reason="dispute",
        staff_id=None,
        ask_at=None,
        now=claimed.now,
    )
    follow(books, refund, policy=claimed.policy, now=claimed.now)


def _warnings_of(
    books: Books, dispute: Dispute, state: DisputeState, *, now: datetime
) -> list[Dispute]:
    """The warnings of the same money, closed with it: the bank has decided what they foretold."""
    if dispute.kind is DisputeKind.WARNING:
        return []
    about = books[Disputes].about(dispute.provider, DisputeKind.WARNING, dispute.receipt_id)
    open_ones = [one for one in about if may_move(DISPUTE_MOVES, one.state, state)]
    return [one for one in open_ones if books[Disputes].close(one, state, now=now)]


def dismiss_warning(books: Books, staff_id: int, *, dispute_id: int, now: datetime) -> bool:
    """Staff trust this customer: access comes back. False when that was decided already."""
    customer = books[Customers].claim(books[Disputes].get(dispute_id).customer_id)
    warning = books[Disputes].get(dispute_id)
    is_open = may_move(DISPUTE_MOVES, warning.state, DisputeState.WON)
    if warning.kind is not DisputeKind.WARNING or not is_open:
        return False
    books[Disputes].close(warning, DisputeState.WON, now=now)
    effects = []
    if warning.frozen_id is not None:
        effects = unfreeze_access(books, customer, warning.frozen_id, dispute_id=dispute_id)
    books[Outbox].add(effects, now=now)
    by = ByStaff(books=books, staff_id=staff_id, now=now)
    by.note(Trust(warning=dispute_id), customer_id=customer.id)
    return True
